"""The safety exit: over at once, silent, and safe to take back."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.rules.actors import Actor
from familypair.schema.ledger import EffectiveChanged
from familypair_server.links import statements as sql
from familypair_server.links.help_lines import lines_for
from familypair_server.links.steps import exit_delay
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis
from support.linked import Family, problem, types
from support.pairs import House
from support.server import Running

CONFIRM = {"confirm": True}


async def leave(family: Family) -> dict[str, Any]:
    """The teen leaves."""
    reply = await family.teen.post(family.path("/safety-exit"), CONFIRM)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_one_confirmation_ends_it_and_names_help(family: Family) -> None:
    """No password is asked; the answer names help lines with source and date."""
    family.teen = await family.house.api(family.teen_id, recent=False)
    done = await leave(family)
    assert done["link"]["state"] == "ended"
    contacts = [line["contact"] for line in done["help_lines"]]
    assert "1800 66 66 66" in contacts
    assert all(line["source"] and line["checked_on"] for line in done["help_lines"])
    assert done["link"]["undo_exit_until"] == done["undo_until"]


async def test_without_the_confirmation_nothing_happens(family: Family) -> None:
    """`confirm: false` is a refusal, not an exit."""
    reply = await family.teen.post(family.path("/safety-exit"), {"confirm": False})
    assert reply.status_code == 400
    assert (await family.teen.get(family.path())).json()["state"] == "active"


async def test_the_guardian_reads_a_service_pause(family: Family) -> None:
    """Every read about the teen has one answer; the list shows the link as it was."""
    before = (await family.guardian.get("links")).json()
    await leave(family)
    replies = [
        await family.guardian.get(path)
        for path in (
            family.path(),
            family.path("/receipt"),
            f"teens/{family.teen_id}/settings",
            f"teens/{family.teen_id}/layers/mine",
            f"teens/{family.teen_id}/ledger",
        )
    ]
    replies.append(await family.guardian.post(family.path("/end"), {}))
    assert {reply.status_code for reply in replies} == {503}
    assert all(problem(reply) == problem(replies[0]) for reply in replies)
    assert (await family.guardian.get("links")).json() == before


async def test_then_a_generic_notice_without_a_cause(family: Family) -> None:
    """After at most 72 h the guardian's link is over, names the operator, and no reason."""
    await leave(family)
    family.house.clock.tick(timedelta(hours=72))
    family.guardian = await family.house.api(family.guardian_id)
    link = (await family.guardian.get("links")).json()["items"][0]
    assert link["state"] == "ended"
    assert link.get("ended_by") is None
    assert "the operator of this service" in link["note"]
    assert (await family.guardian.get(f"teens/{family.teen_id}")).status_code == 404


async def test_the_ledger_shows_a_guardians_own_leaving(family: Family, server: Running) -> None:
    """The entry is the one that a guardian's own end writes, and the guardian gets none."""
    other = await Family.make(server)
    server.clock.tick(timedelta(days=1))
    other.guardian = await other.house.api(other.guardian_id)
    await other.guardian.post(other.path("/end"), {})
    await leave(family)
    assert await _last(family) == await _last(other)
    assert "link.ended" not in await types(server.store, family.teen_id, family.guardian_id)


async def _last(family: Family) -> tuple[object, ...]:
    """The newest ledger entry without what names the pair or the instant."""
    item = (await family.house.store.read(ledger.read_ledger(family.teen_id)))[-1]
    assert item.actor is not None
    entry = item.entry
    assert entry is not None
    return ledger.type_of(entry), item.actor.kind, getattr(entry, "by", ""), item.actor.name


async def test_the_teen_alone_takes_it_back_within_a_day(family: Family) -> None:
    """The link goes on, and the guardian's inbox shows no trace of either."""
    before = await types(family.house.store, family.teen_id, family.guardian_id)
    await leave(family)
    family.house.clock.tick(timedelta(hours=23))
    family.teen = await family.house.api(family.teen_id)
    back = await family.teen.post(family.path("/safety-exit/undo"))
    assert back.json()["state"] == "active", back.text
    assert (await family.guardian.get(f"teens/{family.teen_id}")).status_code == 200
    after = await types(family.house.store, family.teen_id, family.guardian_id)
    assert after == before


async def test_what_the_teen_changed_meanwhile_is_told_after_the_way_back(
    family: Family, store: Store
) -> None:
    """A pause leaves no gap: the guardian has an entry of each value that holds differently."""
    await leave(family)
    family.house.clock.tick(timedelta(minutes=1))
    path = f"teens/{family.teen_id}/layers/mine"
    tag = (await family.teen.get(path)).headers["etag"]
    rule = {"interactions": {"mentions": "no_one"}}
    assert (await family.teen.patch(path, rule, tag)).status_code == 200
    assert (await family.teen.post(family.path("/safety-exit/undo"))).status_code == 200
    items = await store.read(ledger.read_inbox(family.teen_id, family.guardian_id))
    entry = items[-1].entry
    assert isinstance(entry, EffectiveChanged)
    assert (entry.by, [change.path for change in entry.effective]) == (
        "teen",
        ["interactions.mentions"],
    )
    assert (await store.read(verify(family.teen_id))).bad is None


async def test_after_a_day_it_cannot_be_taken_back(family: Family) -> None:
    """The window is over at 24 h exactly."""
    await leave(family)
    family.house.clock.tick(timedelta(hours=24))
    late = await family.teen.post(family.path("/safety-exit/undo"))
    assert (late.status_code, late.json()["code"]) == (409, "undo_window_over")


async def test_a_token_without_the_password_brings_nobody_back(family: Family) -> None:
    """A device's token, as somebody may have phished it, undoes no exit; leaving needs none."""
    family.teen = await family.house.api(family.teen_id, recent=False)
    await leave(family)
    reply = await family.teen.post(family.path("/safety-exit/undo"))
    assert (reply.status_code, reply.json()["code"]) == (401, "insufficient_user_authentication")
    assert (await family.teen.get(family.path())).json()["state"] == "ended"


async def test_an_ordinary_end_is_not_undone_so(family: Family) -> None:
    """Only an exit has this way back."""
    await family.guardian.post(family.path("/end"), {})
    reply = await family.teen.post(family.path("/safety-exit/undo"))
    assert (reply.status_code, reply.json()["code"]) == (409, "no_such_move")


@pytest.mark.parametrize("starter", [Actor.GUARDIAN, Actor.TEEN])
async def test_the_pair_cannot_link_again(family: Family, starter: Actor) -> None:
    """Whoever starts, a code between the two is answered as a wrong one, for good."""
    await leave(family)
    house = family.house
    house.clock.tick(timedelta(days=30))
    ids = {Actor.GUARDIAN: family.guardian_id, Actor.TEEN: family.teen_id}
    claimer = Actor.TEEN if starter is Actor.GUARDIAN else Actor.GUARDIAN
    offered = await house.offer(ids[starter], starter)
    api = await house.api(ids[claimer])
    blocked = await api.post("invitations/claim", {"code": offered.code})
    wrong = await api.post("invitations/claim", {"code": "BCDF-GHJK"})
    assert problem(blocked) == problem(wrong)


async def test_an_open_invitation_between_them_is_over_too(server: Running) -> None:
    """A second invitation that was claimed before cannot be approved after an exit."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    first = await house.disclosed(guardian, teen)
    second = await house.disclosed(guardian, teen)
    approved = await house.approve(teen, first)
    assert getattr(approved, "link", None)
    state = (await (await house.api(teen)).get(f"invitations/{second}")).json()["state"]
    assert state == "cancelled"


async def test_the_delay_is_between_one_and_three_days() -> None:
    """Both ends of the random range are reached and never passed."""

    class Ends:
        """Random bytes that are all the same."""

        def __init__(self, byte: int) -> None:
            self.byte = byte

        def bytes(self, n: int) -> bytes:
            """`n` times the byte."""
            return bytes([self.byte]) * n

    assert exit_delay(Ends(0)) == timedelta(hours=24)
    assert timedelta(hours=24) <= exit_delay(Ends(255)) <= timedelta(hours=72)


async def test_the_holds_and_the_ledger_stay_sound(family: Family, store: Store) -> None:
    """After exit, undo and exit again the chains verify."""
    await leave(family)
    await family.teen.post(family.path("/safety-exit/undo"))
    await leave(family)
    assert (await store.read(verify(family.teen_id))).bad is None


def test_every_country_has_a_line() -> None:
    """Nobody is left without a number: own lines, else European ones, else 112."""
    for country in ("US", "GB", "IE", "DE", "FR", "ES", "IT", "BR", ""):
        lines = lines_for(country)
        assert lines
        assert all(line.checked_on and line.source and line.contact for line in lines)
    assert "116 111" not in [line.contact for line in lines_for("IT")]


async def test_the_exited_guardians_own_count_does_not_move(family: Family) -> None:
    """How many teens they are linked with, and so how many more they may ask, tells nothing."""

    async def linked() -> int:
        return await family.house.store.read(_count(family))

    before = await linked()
    await leave(family)
    assert await linked() == before
    family.house.clock.tick(timedelta(hours=72))
    assert await linked() == before - 1


@transaction
def _count(family: Family) -> Txn[int]:
    now = millis(family.house.now)
    return (yield from sql.count_of_guardian.get(guardian=family.guardian_id, now=now))
