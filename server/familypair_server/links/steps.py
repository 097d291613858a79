"""What every change of a link does alike: find, lock, settle, ask the rule, save, fence."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules import links as rules
from familypair.rules.actors import Actor
from familypair.rules.link_views import EXIT_DELAY_MAX, EXIT_DELAY_MIN, rights
from familypair.rules.links import Link
from familypair.rules.links_table import Event
from familypair.schema import links as wire
from familypair.schema.accounts import Kind
from familypair_server.accounts import statements as accounts
from familypair_server.accounts.statements import AccountRow
from familypair_server.ids import Random
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.entries import Pair
from familypair_server.links.growing import grow
from familypair_server.links.records import StoredLink, load, save
from familypair_server.links.transitions import fence, settle_one
from familypair_server.links.views import shape
from familypair_server.problems import Refused, refuse
from familypair_server.records.ledger import Actor as Doer
from familypair_server.storage import Txn, teens

_DRAW_BYTES: Final = 8


class Held(msgspec.Struct, frozen=True):
    """A link under the teen's lock, with its people and the side that asks."""

    stored: StoredLink
    pair: Pair
    actor: Actor

    @property
    def doer(self) -> Doer:
        """The asking side, as the ledger names it."""
        return self.pair.by_teen if self.actor is Actor.TEEN else self.pair.by_guardian


def side(row: sql.LinkRow | None, account_id: str) -> tuple[sql.LinkRow, Actor]:
    """The row and the caller's side; raises NOT_FOUND for what is absent or not theirs."""
    if row is not None and account_id == row.teen_id:
        return row, Actor.TEEN
    if row is not None and account_id == row.guardian_id:
        return row, Actor.GUARDIAN
    raise refuse(Reason.NOT_FOUND)


def exit_delay(random: Random) -> timedelta:
    """Until the generic notice after an exit: 24 to 72 hours, to the second, each as likely."""
    span = int((EXIT_DELAY_MAX - EXIT_DELAY_MIN).total_seconds())
    drawn = int.from_bytes(random.bytes(_DRAW_BYTES)) % (span + 1)
    return EXIT_DELAY_MIN + timedelta(seconds=drawn)


def unknowing(held: Held) -> bool:
    """Whether a guardian moves a link that the teen has left by a safety exit.

    What they do is kept for their own reading alone: it changes no rule and is no entry.
    """
    return held.actor is Actor.GUARDIAN and held.stored.link.exit is not None


def refuse_paused(stored: StoredLink, actor: Actor, now: datetime) -> None:
    """After a silent exit its guardian gets the answer of a service pause, to everything."""
    found = rights(stored.link, now=now)
    if actor is Actor.GUARDIAN and found.refusal is Reason.TEEN_UNAVAILABLE:
        raise refuse(Reason.TEEN_UNAVAILABLE)


def locked(desk: Desk, account_id: str, link_id: str, now: datetime) -> Txn[Held]:
    """The caller's link: accounts locked in id order, then the teen; what was due is settled."""
    row, actor = side((yield from sql.anywhere.one(id=link_id)), account_id)
    people = yield from _locked_people(row.teen_id, row.guardian_id)
    yield from teens.lock.get(teen=row.teen_id)
    if (yield from grow(row.teen_id, now, desk.random, desk.keys)):
        people = yield from _locked_people(row.teen_id, row.guardian_id)
    fresh = yield from sql.by_id.get(teen=row.teen_id, id=link_id)
    stored = yield from settle_one(load(fresh), now, desk.random)
    refuse_paused(stored, actor, now)
    return Held(stored, Pair(people[row.teen_id], people[row.guardian_id]), actor)


def _locked_people(teen_id: str, guardian_id: str) -> Txn[dict[str, AccountRow]]:
    first, second = sorted((teen_id, guardian_id))
    return {
        first: (yield from accounts.lock.get(id=first)),
        second: (yield from accounts.lock.get(id=second)),
    }


def advance(
    held: Held, event: Event, now: datetime, facts: rules.Facts = rules.NO_FACTS
) -> Txn[StoredLink]:
    """Ask the rule for one event by the caller and save what it says; raises its refusal.

    Nothing brings the link of an adult back, not even the undo of an exit (product.md section 2).
    """
    if held.pair.teen.kind == Kind.ADULT:
        raise refuse(Reason.NO_SUCH_MOVE)
    moved = rules.advance(held.stored.link, event, held.actor, now=now, facts=facts)
    return (yield from keep(held, moved))


def keep(held: Held, moved: Link | Refusal) -> Txn[StoredLink]:
    """Save a changed link under a new fence; raises a refusal."""
    if isinstance(moved, Refusal):
        raise Refused(moved)
    stored = yield from save(held.stored, moved)
    return (yield from fence(stored))


def seen(desk: Desk, held: Held, stored: StoredLink, now: datetime) -> wire.Link:
    """The changed link for the side that asked."""
    return shape(
        desk, stored, held.actor, teen=held.pair.teen, guardian=held.pair.guardian, now=now
    )
