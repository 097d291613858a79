"""The safety exit: one confirmation, over at once, and nobody is told why (product.md 3 and 9).

In the ledger it is the ordinary entry of a guardian's own leaving. The exited guardian's reads are
answered as a service pause until a random instant; then their view of the link says that it is
over, without a cause. The pair cannot link again until an operator allows it.
"""

from datetime import datetime

from familypair.rules import links as rules
from familypair.rules.actors import Actor
from familypair.rules.link_views import hold_until
from familypair.rules.links_table import Event
from familypair.schema import links as wire
from familypair.schema.ledger import LinkEnded
from familypair.schema.links import LinkState
from familypair_server.invitations.pairs import protect, unprotect
from familypair_server.invitations.service import close_between
from familypair_server.links import entries, remains
from familypair_server.links.catching_up import catch_up
from familypair_server.links.desk import Desk
from familypair_server.links.ending import tell_proposed, tell_resumed
from familypair_server.links.help_lines import lines_for
from familypair_server.links.records import StoredLink
from familypair_server.links.steps import Held, advance, exit_delay, locked, seen
from familypair_server.storage import Txn, transaction


@transaction
def leave(desk: Desk, *, account_id: str, link_id: str, now: datetime) -> Txn[wire.ExitDone]:
    """Leave now. Contacts that this guardian had blocked are free at once."""
    held = yield from locked(desk, account_id, link_id, now)
    facts = rules.Facts(exit_delay=exit_delay(desk.random))
    yield from _leave_protection(desk, held, facts, now)
    gone = yield from advance(held, Event.SAFETY_EXIT, now, facts)
    teen, guardian = held.pair.teen, held.pair.guardian
    yield from protect(teen.id, guardian.id)
    yield from close_between(teen.id, guardian.id, now)
    yield from _enter(desk, held, gone, now)
    return wire.ExitDone(
        link=seen(desk, held, gone, now),
        help_lines=lines_for(teen.country or desk.country),
        undo_until=now if gone.link.exit is None else gone.link.exit.undo_until,
    )


def _leave_protection(desk: Desk, held: Held, facts: rules.Facts, now: datetime) -> Txn[None]:
    before = held.stored
    future = rules.advance(before.link, Event.SAFETY_EXIT, held.actor, now=now, facts=facts)
    if isinstance(future, rules.Link) and before.link.state is LinkState.ENDING:
        yield from remains.end_early(before, now)
        yield from remains.free_contacts(before)
    elif isinstance(future, rules.Link):
        yield from remains.hold(desk, before, now, ends_at=now, safety_exit=True)


def _enter(desk: Desk, held: Held, gone: StoredLink, now: datetime) -> Txn[None]:
    entry = LinkEnded(
        link=gone.id,
        guardian=held.pair.guardian.id,
        guardian_name=held.pair.guardian.name,
        by="guardian",
        hold_until=hold_until(gone.link),
    )
    yield from entries.write(
        gone,
        entry,
        held.pair.by_guardian,
        now=now,
        random=desk.random,
        viewers=entries.teen_only(gone),
    )


@transaction
def undo(
    desk: Desk, *, account_id: str, link_id: str, signed_in_recently: bool, now: datetime
) -> Txn[wire.Link]:
    """The teen alone takes the exit back within 24 h, with the password typed just now.

    The guardian was never told of it; what they did since, on a link that they took for ending,
    counts from now on.
    """
    held = yield from locked(desk, account_id, link_id, now)
    facts = rules.Facts(reauthenticated=signed_in_recently)
    back = yield from advance(held, Event.EXIT_UNDO, now, facts)
    yield from unprotect(held.pair.teen.id, held.pair.guardian.id)
    yield from _bring_back(desk, back, now)
    yield from _tell_back(desk, held, back, now)
    return seen(desk, held, back, now)


def _bring_back(desk: Desk, back: StoredLink, now: datetime) -> Txn[None]:
    """The guardian's own layer again, or the rest of a notice period as it was."""
    until = back.link.notice_until
    if back.link.state is LinkState.ENDING and until is not None:
        yield from remains.hold_on(back, until)
        yield from remains.freeze_time(desk, back, until, back.link.ending_at or now)
    else:
        yield from remains.thaw(back)


def _tell_back(desk: Desk, held: Held, back: StoredLink, now: datetime) -> Txn[None]:
    """To the guardian only what they did themselves: a proposal, an agreement."""
    left = held.stored.link.exit
    was_ending = left is not None and left.before is LinkState.ENDING
    agreed = was_ending and back.link.state is LinkState.ACTIVE
    yield from tell_resumed(desk, held, back, now, teen_only=not agreed)
    if left is not None and back.link.state is LinkState.ACTIVE:
        yield from catch_up(desk, back, left.at, now)
    if back.link.resume_by is Actor.GUARDIAN and held.stored.link.resume_by is None:
        yield from tell_proposed(desk, held, back, now)
