"""The overview, one teen at a glance, and the teen's own pages about who sees what."""

from datetime import timedelta
from typing import Any

from familypair.schema.scopes import ALL_SCOPES, Scope
from support.homes import Home

SUNDAY = "screen_time.daily_minutes.sun"


async def test_a_guardian_sees_their_teens_in_order_of_linking(home: Home) -> None:
    """One card for each, with the settings worth a line and their reasons; no one else's."""
    guardian, other = await home.guardian(), await home.guardian("Eve")
    first, second, foreign = await home.teen("Mia"), await home.teen("Ben"), await home.teen("Zoe")
    await home.link(guardian, second)
    await home.link(guardian, first)
    await home.link(other, foreign)
    await home.settle_in()
    cards = (await home.get(guardian, "/v1/teens")).json()["items"]
    assert [card["name"] for card in cards] == ["Ben", "Mia"]
    for card in cards:
        assert card["link"]["guardian"]["id"] == guardian
        assert card["highlights"][0]["path"].startswith("screen_time.daily_minutes.")
        assert card["highlights"][0]["reason"]
        assert card["guardians"] == 0
        assert not card["unavailable"]


async def test_a_teen_sees_their_own_card_and_how_many_guardians(home: Home) -> None:
    """The teen's overview is themselves."""
    guardian, teen = await home.family()
    (card,) = (await home.get(teen, "/v1/teens")).json()["items"]
    assert (card["id"], card["guardians"], card["link"]) == (teen, 1, None)
    assert card == (await home.get(teen, f"/v1/teens/{teen}")).json()
    seen = (await home.get(guardian, f"/v1/teens/{teen}")).json()
    assert seen["head"] == (await home.inbox(guardian, teen))[-1]["seq"]


async def test_the_card_tells_the_wall_clock_of_the_teens_home(home: Home) -> None:
    """`local_time` and `weekday` are those of the teen's zone, not the server's."""
    guardian, teen = await home.family()
    home.clock.set(home.clock().replace(hour=23, minute=30))
    home.clock.tick(timedelta(days=180))
    await home.sign_in_again()
    card = (await home.get(guardian, f"/v1/teens/{teen}")).json()
    # Half past eleven at night in UTC is half past midnight in Dublin's summer.
    assert card["local_time"].endswith("T00:30")
    assert card["weekday"] != f"{home.clock():%a}".lower()


async def test_a_guardian_without_scopes_sees_no_setting(home: Home) -> None:
    """The card is there, and nothing that was not granted is on it."""
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen, (Scope.SEE_TIME,))
    await home.settle_in()
    (card,) = (await home.get(guardian, "/v1/teens")).json()["items"]
    assert card["highlights"] == []
    assert card["scopes"] == ["see_time"]


async def test_the_sharing_page_follows_the_scopes(home: Home) -> None:
    """Every line belongs to a granted scope, in the words of the disclosure."""
    some = (Scope.SEE_TIME, Scope.SET_TIME)
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen, some)
    whole, (shared,) = await _sharing(home, teen)
    assert {line["scope"] for line in shared["sees"] + shared["changes"]} == set(some)
    assert any(line["example"] == "Today: 60 min" for line in shared["changes"])
    assert any("message" in line for line in whole["never"])
    other = await home.guardian("Eve")
    await home.link(other, teen, ALL_SCOPES)
    _, both = await _sharing(home, teen)
    assert [one["link"]["guardian"]["name"] for one in both] == ["Dana Smith", "Eve"]


async def test_a_look_of_a_guardian_is_shown_to_the_teen_once_an_hour(home: Home) -> None:
    """Who, which page and when; looking again in the same hour adds no line."""
    guardian, teen = await home.family()
    for _ in range(3):
        assert (await home.get(guardian, f"/v1/teens/{teen}/settings")).status_code == 200
    first = await _looks(home, teen)
    assert [(one["name"], one["what"]) for one in first] == [("Dana Smith", "settings")]
    home.clock.tick(timedelta(hours=1))
    await home.sign_in_again()
    await home.inbox(guardian, teen)
    await home.get(guardian, f"/v1/teens/{teen}/settings")
    later = await _looks(home, teen)
    assert [one["what"] for one in later] == ["history", "settings", "settings"]
    _, (shared,) = await _sharing(home, teen)
    assert shared["last_viewed_at"] == later[0]["at"]


async def test_the_teens_own_looks_are_not_recorded(home: Home) -> None:
    """Nobody keeps when a teen reads about themselves."""
    _, teen = await home.family()
    await home.get(teen, f"/v1/teens/{teen}/settings")
    await home.get(teen, "/v1/teens")
    assert await _looks(home, teen) == []


async def test_the_teens_pages_are_for_the_teen_alone(home: Home) -> None:
    """A guardian is refused by kind, another teen gets the 404 of what is absent."""
    guardian, teen = await home.family()
    other = await home.teen("Ben")
    for page in ("sharing", "access-log"):
        assert (await home.get(guardian, f"/v1/teens/{teen}/{page}")).status_code == 403
        assert (await home.get(other, f"/v1/teens/{teen}/{page}")).status_code == 404


async def test_after_a_safety_exit_the_guardian_sees_a_pause(home: Home) -> None:
    """The card stays without data and the page is 503 `teen_unavailable`; nothing is recorded."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    await home.settle_in()
    left = await home.post(teen, f"/v1/links/{link}/safety-exit", {"confirm": True})
    assert left.status_code < 300, left.text
    (card,) = (await home.get(guardian, "/v1/teens")).json()["items"]
    assert (card["unavailable"], card["highlights"], card["head"]) == (True, [], 0)
    assert card["link"]["state"] == "active"
    for page in ("", "/settings", "/layers/mine", "/ledger"):
        answer = await home.get(guardian, f"/v1/teens/{teen}{page}")
        assert (answer.status_code, answer.json()["code"]) == (503, "teen_unavailable"), page
    assert await _looks(home, teen) == []


async def _sharing(home: Home, teen: str) -> tuple[Any, Any]:
    """The page, and its guardians."""
    answer = await home.get(teen, f"/v1/teens/{teen}/sharing")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.json()["guardians"]


async def _looks(home: Home, teen: str) -> list[dict[str, str]]:
    return list((await home.get(teen, f"/v1/teens/{teen}/access-log")).json()["items"])
