"""PATCH of my own layer: merge patch, versions, refusals that name their place."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import parse_patch
from familypair_server.settings_api import edits
from familypair_server.settings_api.edits import Parts, Write
from support.faults import digest, no_half_state
from support.homes import Home

MONDAY = "screen_time.daily_minutes.mon"


def daily(**minutes: Any) -> dict[str, Any]:
    """A patch of the limits of some days."""
    return {"screen_time": {"daily_minutes": minutes}}


async def test_a_guardian_writes_and_the_teen_sees_who_decided(home: Home) -> None:
    """A write holds at once, with the guardian's name as its reason for the teen."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, daily(mon=45))
    assert saved["layer"]["values"] == daily(mon=45)
    change = saved["changes"][0]
    assert (change["before"], change["after"]) == (None, 45)
    assert (change["effective_before"], change["effective_after"]) == (60, 45)
    seen = await home.field(teen, teen, MONDAY)
    assert seen["value"] == 45
    assert "Dana Smith" in seen["reason"]


async def test_absent_stays_and_null_removes(home: Home) -> None:
    """Merge patch (RFC 7396): what is absent is untouched, null unsets exactly what it names."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, daily(mon=45, tue=50))
    absent = await home.write(guardian, teen, daily(wed=40))
    assert absent["layer"]["values"] == daily(mon=45, tue=50, wed=40)
    removed = await home.write(guardian, teen, daily(mon=None))
    assert removed["layer"]["values"] == daily(tue=50, wed=40)
    cleared = await home.write(guardian, teen, {"screen_time": None})
    assert cleared["layer"]["values"] == {}


async def test_none_is_a_stated_wish_and_null_is_silence(home: Home) -> None:
    """ "none" is stored as a value; null leaves no value at all."""
    guardian, teen = await home.family()
    assert (await home.write(guardian, teen, daily(mon="none")))["layer"]["values"] == daily(
        mon="none"
    )
    assert (await home.write(guardian, teen, daily(mon=None)))["layer"]["values"] == {}


async def test_an_empty_patch_changes_nothing(home: Home) -> None:
    """A patch without a change keeps the version, and writes no entry."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, daily(mon=45))
    before = await home.layer(guardian, teen)
    for body in ({}, daily(mon=45), daily()):
        same = await home.write(guardian, teen, body)
        assert same["changes"] == []
        assert same["entry"] is None
        assert same["layer"] == before


async def test_both_json_media_types_are_taken_and_no_other(home: Home) -> None:
    """application/merge-patch+json and application/json work; text/plain is 415."""
    guardian, teen = await home.family()
    path = f"/v1/teens/{teen}/layers/mine"
    for kind, status in (
        ("application/merge-patch+json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 415),
    ):
        tag = (await home.layer(guardian, teen))["etag"]
        headers = home.headers(guardian, **{"If-Match": tag, "Content-Type": kind})
        answer = await home.web.patch(path, headers=headers, content=b"{}")
        assert answer.status_code == status, kind


async def test_a_write_without_a_version_is_428_and_with_a_stale_one_412(home: Home) -> None:
    """No edit is lost: the sender must have read what they change."""
    guardian, teen = await home.family()
    path = f"/v1/teens/{teen}/layers/mine"
    bare = await home.web.patch(path, headers=home.headers(guardian), json=daily(mon=45))
    assert (bare.status_code, bare.json()["code"]) == (428, "if_match_required")
    old = (await home.layer(guardian, teen))["etag"]
    await home.write(guardian, teen, daily(mon=45))
    stale = await home.patch(guardian, teen, daily(mon=50), etag=old)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    weak = (await home.layer(guardian, teen))["etag"]
    weakly = await home.patch(guardian, teen, daily(mon=50), etag=f"W/{weak}")
    assert weakly.status_code == 412
    assert (await home.layer(guardian, teen))["values"] == daily(mon=45)


async def test_the_answer_has_the_next_version(home: Home) -> None:
    """The ETag of a write's answer is the one to send with the next write."""
    guardian, teen = await home.family()
    tag = (await home.layer(guardian, teen))["etag"]
    for minutes in (45, 50, 55):
        answer = await home.patch(guardian, teen, daily(mon=minutes), etag=tag)
        assert answer.status_code == 200
        assert answer.headers["etag"] == answer.json()["layer"]["etag"] != tag
        tag = answer.headers["etag"]


async def test_of_racing_writers_exactly_one_per_version_wins(home: Home) -> None:
    """64 writers with one ETag: one 200 and 63 times 412, and the layer is the winner's."""
    guardian, teen = await home.family()
    for start in (100, 200):
        tag = (await home.layer(guardian, teen))["etag"]
        answers = await asyncio.gather(
            *(home.patch(guardian, teen, daily(mon=n), etag=tag) for n in range(start, start + 64))
        )
        won = [answer for answer in answers if answer.status_code == 200]
        assert len(won) == 1
        assert {a.status_code for a in answers if a not in won} == {412}
        assert (await home.layer(guardian, teen))["values"] == won[0].json()["layer"]["values"]


async def test_two_owners_never_hinder_each_other(home: Home) -> None:
    """Guardian and teen write at the same time; both take, since each owns their layer."""
    guardian, teen = await home.family()
    first = await asyncio.gather(
        home.patch(guardian, teen, daily(mon=45)), home.patch(teen, teen, daily(mon=30))
    )
    assert [answer.status_code for answer in first] == [200, 200]
    assert (await home.field(teen, teen, MONDAY))["value"] == 30


async def test_every_refused_field_is_named_and_then_nothing_changes(home: Home) -> None:
    """One refused field refuses all; each is named with its own reason."""
    guardian, teen = await home.guardian(), await home.teen()
    some = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SET_SEARCH)
    await home.link(guardian, teen, some)
    await home.settle_in()
    body = {
        **daily(mon=45),
        "search": {"enabled": "off"},
        "messages": {"audience": "everyone"},
    }
    answer = await home.patch(guardian, teen, body)
    found = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert found == {
        "/search/enabled": "scope_not_granted",
        "/messages/audience": "looser_than_cap",
    }
    assert answer.status_code == 403
    assert (await home.layer(guardian, teen))["values"] == {}


async def test_looser_than_a_cap_names_the_cap(home: Home) -> None:
    """422, and the words say what the platform allows at most."""
    guardian, teen = await home.family()
    answer = await home.patch(guardian, teen, {"interactions": {"duet": "friends"}})
    assert (answer.status_code, answer.json()["code"]) == (422, "looser_than_cap")
    twin = await home.patch(guardian, teen, {"interactions": {"duet": "no_one"}})
    assert twin.status_code == 200


async def test_a_stranger_and_an_unknown_teen_get_the_same_404(home: Home) -> None:
    """Nobody learns from an answer whether a teen exists."""
    _, teen = await home.family()
    stranger = await home.guardian("Eve")
    answers: list[dict[str, Any]] = []
    for target in (teen, "acc_00000000000000000000000000", stranger, "x", "%00", "%F0%9F%98%80"):
        path = f"/v1/teens/{target}/layers/mine"
        headers = home.headers(stranger, **{"If-Match": '"x"'})
        for answer in (
            await home.web.get(path, headers=headers),
            await home.web.patch(path, headers=headers, json=daily(mon=1)),
        ):
            assert answer.status_code == 404, (target, answer.text)
            body = answer.json()
            body.pop("request_id")
            answers.append(body)
    assert all(answer == answers[0] for answer in answers)


async def test_a_sixty_first_write_in_an_hour_has_to_wait(home: Home) -> None:
    """60 writes an hour, then 429 with the seconds to wait; the hour begins with the first."""
    guardian, teen = await home.family()
    for minutes in range(60):
        await home.write(guardian, teen, daily(mon=minutes))
    home.clock.tick(timedelta(minutes=5))
    late = await home.patch(guardian, teen, daily(mon=100))
    assert (late.status_code, late.headers["retry-after"]) == (429, str(55 * 60))
    assert (await home.write(teen, teen, daily(mon=20)))["changes"]
    home.clock.tick(timedelta(minutes=55))
    await home.sign_in_again()
    assert (await home.write(guardian, teen, daily(mon=100)))["changes"]


async def test_in_probation_a_looser_value_waits(home: Home) -> None:
    """Accepted, marked, and in force when the first 24 hours are over; a stricter one at once."""
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen)
    saved = await home.write(guardian, teen, daily(mon=120, tue=30))
    looser, stricter = saved["changes"]
    assert (looser["takes_effect"], looser["effective_after"]) == ("end_of_probation", 60)
    assert (stricter["takes_effect"], stricter["effective_after"]) == ("now", 30)
    await home.settle_in()
    assert (await home.field(guardian, teen, MONDAY))["value"] == 120


async def test_after_the_end_nothing_can_be_written(home: Home) -> None:
    """A link that ended gives no right: reading and writing are the 404 of what is absent."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    tag = (await home.layer(guardian, teen))["etag"]
    ended = await home.post(guardian, f"/v1/links/{link}/end", {})
    assert ended.status_code < 300, ended.text
    answer = await home.patch(guardian, teen, daily(mon=45), etag=tag)
    assert answer.status_code == 404


async def test_a_write_first_writes_down_what_time_has_moved(home: Home) -> None:
    """The end of the first 24 hours is an entry before the write that came after it."""
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen)
    home.clock.tick(timedelta(hours=25))
    await home.sign_in_again()
    answer = await home.patch(guardian, teen, daily(mon=45), etag="*")
    assert answer.status_code == 200, answer.text
    kinds = [entry["entry"]["type"] for entry in await home.inbox(guardian, teen)]
    assert kinds == ["link.activated", "link.probation_ended", "layer.changed"]


@pytest.mark.parametrize("who", ["guardian", "teen"])
async def test_a_fault_between_any_two_steps_leaves_no_half_state(home: Home, who: str) -> None:
    """Layer, ledger, inboxes and heads change together or not at all."""
    guardian, teen = await home.family()
    owner = guardian if who == "guardian" else teen
    await home.write(guardian, teen, daily(mon=45))
    patch = parse_patch(daily(mon=30, tue=20))
    assert not isinstance(patch, tuple)
    parts = Parts(keys=home.people.keys, random=home.people.random, writes_per_hour=60)
    ask = Write(teen_id=teen, caller_id=owner)
    tried = await no_half_state(
        home.store, lambda: edits.write(parts, ask, edits.by_patch(patch), home.people.now)
    )
    assert tried > 8
    assert (await home.layer(owner, teen))["values"] == daily(mon=30, tue=20)


async def test_a_refused_write_leaves_the_database_as_it_was(home: Home) -> None:
    """Not only the layer: no entry, no counter, no version moved."""
    guardian, teen = await home.family()
    tag = (await home.layer(guardian, teen))["etag"]
    before = await digest(home.store)
    refused = await home.patch(guardian, teen, {"live": {"host": "on"}}, etag=tag)
    assert refused.status_code == 422
    assert await digest(home.store) == before
