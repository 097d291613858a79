"""Ending a link: what stops at once, what stays for a while, and the way back."""

import asyncio
from datetime import timedelta

import pytest

from familypair.schema.scopes import ALL_SCOPES
from familypair_server.records import ledger
from support.linked import Family, problem, types
from support.server import Running


async def test_a_teens_end_stops_reading_at_once(family: Family) -> None:
    """From the answer on the guardian reads nothing, while time rules stay for the notice."""
    assert (await family.guardian.get(f"teens/{family.teen_id}")).status_code == 200
    ended = await family.teen.post(family.path("/end"), {})
    assert ended.status_code == 200, ended.text
    assert ended.json()["state"] == "ending"
    assert ended.json()["phase"] == "notice"
    for path in ("", "/settings", "/layers/mine", "/ledger"):
        reply = await family.guardian.get(f"teens/{family.teen_id}{path}")
        assert reply.status_code == 404, (path, reply.text)


async def test_no_read_after_the_end_sees_anything(family: Family) -> None:
    """Of many reads around the end, those begun after its answer get nothing (security t2b)."""
    path = f"teens/{family.teen_id}/layers/mine"
    ended = asyncio.Event()

    async def end() -> None:
        await family.teen.post(family.path("/end"), {})
        ended.set()

    async def read() -> tuple[bool, int]:
        late = ended.is_set()
        return late, (await family.guardian.get(path)).status_code

    async def reads() -> list[tuple[bool, int]]:
        return [await read() for _ in range(10)]

    *found, _ = await asyncio.gather(*(reads() for _ in range(10)), end())
    answers = [answer for some in found if some for answer in some]
    answers += await reads()
    assert {status for _, status in answers} <= {200, 404}
    assert {status for late, status in answers if late} == {404}


async def test_a_guardians_end_has_no_notice_period(family: Family) -> None:
    """The link is over at once, and protection stays for seven days."""
    ended = (await family.guardian.post(family.path("/end"), {})).json()
    assert ended["state"] == "ended"
    assert ended["phase"] == "hold"
    assert ended["ended_by"] == "guardian"


async def test_the_notice_period_ends_by_itself(family: Family) -> None:
    """Nobody has to do anything; the entries come when somebody looks."""
    await family.teen.post(family.path("/end"), {})
    family.house.clock.tick(timedelta(hours=48))
    link = (await family.teen.get("links")).json()["items"][0]
    assert (link["state"], link["phase"]) == ("ended", "hold")
    family.house.clock.tick(timedelta(days=7))
    link = (await family.teen.get("links")).json()["items"][0]
    assert link["phase"] == "ended"
    assert await types(family.house.store, family.teen_id, family.teen_id) == [
        "link.activated",
        "link.probation_ended",
        "link.ending",
        "link.ended",
        "hold.ended",
    ]


async def test_an_end_is_taken_back_by_both(family: Family) -> None:
    """One side proposes, the other confirms; scopes stay and no probation begins."""
    await family.teen.post(family.path("/end"), {})
    proposed = await family.guardian.post(family.path("/resume"))
    assert proposed.json()["resume_by"] == "guardian"
    own = await family.guardian.post(family.path("/resume/confirm"))
    assert own.json()["code"] == "confirm_by_other_side"
    resumed = await family.teen.post(family.path("/resume/confirm"))
    assert (resumed.json()["state"], resumed.json()["phase"]) == ("active", "active")
    assert set(resumed.json()["scopes"]) == set(ALL_SCOPES)
    assert (await family.guardian.get(f"teens/{family.teen_id}")).status_code == 200


async def test_the_teens_part_of_a_take_back_needs_the_password(family: Family) -> None:
    """With a device's token a teen neither proposes nor agrees; a guardian may do both."""
    device = await family.house.api(family.teen_id, recent=False)
    await family.teen.post(family.path("/end"), {})
    proposed = await device.post(family.path("/resume"))
    assert (proposed.status_code, proposed.json()["code"]) == (
        401,
        "insufficient_user_authentication",
    )
    guardian = await family.house.api(family.guardian_id, recent=False)
    assert (await guardian.post(family.path("/resume"))).status_code == 200
    agreed = await device.post(family.path("/resume/confirm"))
    assert (agreed.status_code, agreed.json()["code"]) == (
        401,
        "insufficient_user_authentication",
    )
    assert (await family.teen.get(family.path())).json()["state"] == "ending"


async def test_not_my_guardian_ends_at_once(server: Running) -> None:
    """In probation there is no notice period, and no ledger names the cause."""
    family = await Family.make(server)
    ended = await family.teen.post(family.path("/end"), {"not_my_guardian": True})
    assert ended.json()["state"] == "ended"
    inbox = await server.store.read(ledger.read_inbox(family.teen_id, family.guardian_id))
    assert "probation" not in repr([item.entry for item in inbox[1:]])


async def test_after_probation_not_my_guardian_is_no_move(family: Family) -> None:
    """Later the ordinary end is the way, with its notice period."""
    reply = await family.teen.post(family.path("/end"), {"not_my_guardian": True})
    assert (reply.status_code, reply.json()["code"]) == (409, "no_such_move")


async def test_a_stranger_sees_no_link(family: Family) -> None:
    """A link that is not mine and a link that never was get the same answer."""
    stranger = await family.house.api(await family.house.guardian("Eve"))
    theirs = await stranger.get(family.path())
    absent = await stranger.get("links/lnk_00000000000000000000000000")
    assert theirs.status_code == absent.status_code == 404
    assert problem(theirs) == problem(absent)
    assert (await stranger.post(family.path("/end"), {})).status_code == 404


@pytest.mark.parametrize(("value", "status"), [(False, 200), (0, 400), ("false", 400)])
async def test_what_looks_like_a_yes_or_no_is_not_one(
    family: Family, value: object, status: int
) -> None:
    """A number or a word is never taken as true or false: nothing ends by a loose reading."""
    reply = await family.teen.post(family.path("/end"), {"not_my_guardian": value})
    assert reply.status_code == status, reply.text
    if status == 400:
        assert reply.json()["errors"][0]["pointer"] == "/not_my_guardian"
