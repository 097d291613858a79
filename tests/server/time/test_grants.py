"""Gifts over HTTP: given, previewed, taken, taken back; bounded and told (A5, A7, A9, A22)."""

from typing import Any

import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from support.timed import MINUTE, Timed, daily


async def test_a_gift_changes_the_day_the_card_and_both_inboxes(house: Timed) -> None:
    """60 + 30 by Dana: preview, gift, balance, card, entries; then its unused part is undone."""
    await house.use(48)
    ahead = await house.post(house.guardian, "grants/preview", {"minutes": 30})
    assert (ahead["minutes"], ahead["now_minutes"], ahead["words"]) == (30, 30, "+30 min")
    gift = await house.post(house.guardian, "grants", {"minutes": 30}, status=201)
    assert (gift["state"], gift["minutes"], gift["by"]) == ("given", 30, "you")
    mine = (await house.time(house.teen))["today"]
    assert (mine["used_seconds"], mine["remaining_seconds"]) == (48 * 60, 42 * 60)
    start = "60 min (starting value, you may change it) + 30 min (Dana Smith)"
    assert mine["words"] == f"{start} - 48 min used = 42 min left"
    (card,) = (await house.home.get(house.guardian, "/v1/teens")).json()["items"]
    # the open day of a guardian moves in steps of 15 minutes
    assert card["time"]["used_seconds"] == 45 * 60
    assert card["time"]["words"] == "45 min left of 1 h 30"
    for who, actor in ((house.guardian, "me"), (house.teen, "Dana Smith")):
        entry = (await house.home.inbox(who, house.teen))[-1]
        assert (entry["actor"], entry["entry"]["type"]) == (actor, "time.posted")
        assert entry["entry"]["seconds"] == 1800
    back = await house.delete(house.guardian, f"/v1/grants/{gift['id']}")
    assert (back["state"], back["balance"]["limit_seconds"]) == ("undone", 3600)
    again = await house.delete(house.guardian, f"/v1/grants/{gift['id']}", status=409)
    assert again["code"] == "not_unused"


@pytest.mark.engine("sqlite")
async def test_a_gift_waits_for_the_teens_yes_where_their_own_rule_binds(house: Timed) -> None:
    """A7 over HTTP: no effect until the teen takes it with one key; nobody else can."""
    await house.home.write(house.guardian, house.teen, daily(60))
    await house.home.write(house.teen, house.teen, daily(60))
    ahead = await house.post(house.guardian, "grants/preview", {"minutes": 30})
    assert (ahead["now_minutes"], ahead["needs_teen"], ahead["limited_by"]) == (0, True, ["teen"])
    gift = await house.post(house.guardian, "grants", {"minutes": 30}, status=201)
    assert gift["state"] == "waiting"
    mine = (await house.time(house.teen))["today"]
    waiting = [p for s in mine["sums"] for p in s["postings"] if p["waiting"]]
    assert ([p["id"] for p in waiting], mine["limit_seconds"]) == ([gift["id"]], 3600)
    path = f"/v1/grants/{gift['id']}/accept"
    await house.post(house.guardian, path, status=403)
    taken = await house.post(house.teen, path)
    assert (taken["state"], taken["balance"]["limit_seconds"]) == ("given", 5400)
    assert (await house.post(house.teen, path, status=409))["code"] == "not_waiting"


async def test_a_repeated_request_gives_once_and_a_stranger_gives_nothing(house: Timed) -> None:
    """The same key has one effect and one answer; a guardian without `set_time` is refused."""
    home, path = house.home, f"/v1/teens/{house.teen}/grants"
    headers = home.headers(house.guardian, **{"Idempotency-Key": "once"})
    first = await home.web.post(path, headers=headers, json={"minutes": 15})
    second = await home.web.post(path, headers=headers, json={"minutes": 15})
    other = await home.web.post(path, headers=headers, json={"minutes": 16})
    assert (first.status_code, first.json()) == (201, second.json())
    assert other.json()["code"] == "idempotency_key_reused"
    mine = (await house.time(house.teen))["today"]
    assert mine["limit_seconds"] == 75 * 60
    watcher = await home.guardian("Ola")
    await home.link(watcher, house.teen, (Scope.SEE_TIME,))
    refused = await home.post(watcher, path, {"minutes": 15})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_granted")
    stranger = await home.guardian("Eve")
    assert (await home.post(stranger, path, {"minutes": 15})).status_code == 404
    own = await home.post(house.teen, path, {"minutes": 15})
    assert own.json()["code"] == "needs_request"


@pytest.mark.engine("sqlite")
async def test_minutes_are_only_ever_given(house: Timed) -> None:
    """Nobody can make a teen's day shorter by a posting, nor longer than it is."""
    path = f"/v1/teens/{house.teen}/grants"
    bodies: list[tuple[Any, str]] = [
        ({"minutes": -30}, "out_of_range"),
        ({"minutes": 0}, "out_of_range"),
        ({"minutes": 1440}, "over_the_day"),
        ({"minutes": 30, "rest_of_day": True}, "bad_request"),
        ({}, "bad_request"),
    ]
    for body, code in bodies:
        answer = (await house.home.post(house.guardian, path, body)).json()
        assert answer["code"] == code or [e["code"] for e in answer.get("errors", [])] == [code]
    assert (await house.time(house.teen))["today"]["limit_seconds"] == 3600


@pytest.mark.engine("sqlite")
async def test_giving_and_taking_back_is_no_means_of_harassment(
    house: Timed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many acts a day, then the next day: nobody's history is to be filled up (T2)."""
    monkeypatch.setattr("familypair_server.time.acts.MOST_A_DAY", 3)
    path = f"/v1/teens/{house.teen}/grants"
    for _ in range(2):
        gift = await house.post(house.guardian, "grants", {"minutes": 1}, status=201)
        await house.delete(house.guardian, f"/v1/grants/{gift['id']}")
    refused = await house.home.post(house.guardian, path, {"minutes": 1})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.engine("sqlite")
async def test_a_write_off_is_a_line_that_tells_a_guardian_no_more_than_use(house: Timed) -> None:
    """78:20 used of 60: the teen reads 18:20 written off, the guardian a step of 15 minutes."""
    await house.use(78 + 1 / 3)
    await house.post(house.guardian, "grants", {"minutes": 30}, status=201)
    mine = (await house.time(house.teen))["today"]
    assert mine["words"].endswith(
        "+ 18 min 20 s (written off) + 30 min (Dana Smith) - 1 h 18 min 20 s used = 30 min left"
    )
    hers = (await house.time(house.guardian))["today"]
    assert hers["words"] == (
        "60 min (starting value) + 15 min (written off) + 30 min (you) - 1 h 15 used = 30 min left"
    )
    assert (hers["exact"], mine["exact"]) == (False, True)
    seen = await house.home.inbox(house.guardian, house.teen)
    posted = [one["entry"] for one in seen if one["entry"]["type"] == "time.posted"]
    assert [(p["kind"], p["seconds"]) for p in posted] == [("write_off", 900), ("grant", 1800)]
    assert all((p["limit_after"] or 0) % 900 == 0 for p in posted)


@pytest.mark.engine("sqlite")
async def test_a_guardian_without_see_time_gives_blindly(house: Timed) -> None:
    """They read the limit and their gift, and nothing that follows from use."""
    blind = await house.home.guardian("Ola")
    scopes = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SEE_TIME)
    await house.home.link(blind, house.teen, scopes)
    await house.home.settle_in()
    await house.use(70)
    gift = await house.post(blind, "grants", {"minutes": 30}, status=201)
    for today in (gift["balance"], (await house.time(blind))["today"]):
        assert (today["used_seconds"], today["remaining_seconds"]) == (None, None)
        assert (today["outcome"], today["as_of"], today["limit_seconds"]) == ("", None, 5400)
        kinds = [p["kind"] for s in today["sums"] for p in s["postings"]]
        assert kinds == ["grant"]
    assert gift["effect"]["write_off_seconds"] == 0
    assert (await house.time(blind))["days"] == []
    seen = await house.home.inbox(blind, house.teen)
    kinds = [one["entry"].get("kind") for one in seen if one["entry"]["type"] == "time.posted"]
    assert kinds == ["grant"]


@pytest.mark.engine("sqlite")
async def test_two_guardians_read_their_own_lines_and_the_sum_that_binds(house: Timed) -> None:
    """Ben reads his own and the 45 of "another guardian"; never Dana's name, lines or gifts."""
    ben = await house.home.guardian("Ben Jones")
    await house.home.link(ben, house.teen)
    await house.home.settle_in()
    await house.home.write(house.guardian, house.teen, daily(45))
    await house.home.write(ben, house.teen, daily(60, at_limit="stop"))
    ahead = await house.post(ben, "grants/preview", {"minutes": 30})
    assert (ahead["now_minutes"], ahead["limited_by"]) == (0, ["another_guardian"])
    assert ahead["words"] == "+30 min, of which 0 min now: another guardian also limits"
    house.home.clock.tick(MINUTE)
    await house.post(house.guardian, "grants", {"minutes": 5}, status=201)
    today = (await house.time(ben))["today"]
    assert [
        (s["owner"], s["name"], s["total_seconds"], len(s["postings"])) for s in today["sums"]
    ] == [
        ("another_guardian", "another guardian", 50 * 60, 0),
        ("me", "you", 60 * 60, 1),
    ]
    assert "Dana" not in str(today)
    assert [(s["minutes"], s["outcome"]) for s in today["steps"]] == [(50, "ask"), (60, "stop")]
    mine = (await house.time(house.teen))["today"]
    owners = {s["name"]: [p["kind"] for p in s["postings"]] for s in mine["sums"]}
    assert owners == {"Dana Smith": ["changed", "grant"], "Ben Jones": ["changed"]}
    changed = next(
        one
        for one in await house.home.inbox(ben, house.teen)
        if one["entry"]["type"] == "time.changed"
    )
    assert (changed["entry"]["by"], changed["entry"]["after"]) == ("another_guardian", 3000)
