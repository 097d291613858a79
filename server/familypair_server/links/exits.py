"""The safety exit: one confirmation, over at once, and nobody is told why (product.md 3 and 9).

In the ledger it is the ordinary entry of a guardian's own leaving. The exited guardian's reads are
answered as a service pause until a random instant; then their view of the link says that it is
over, without a cause. The pair cannot link again until an operator allows it.
"""

from datetime import datetime, timedelta
from typing import Final

from familypair.rules import links as rules
from familypair.rules.link_views import (
    EXIT_DELAY_MAX,
    EXIT_DELAY_MIN,
    EXIT_UNDO,
    hold_until,
)
from familypair.rules.links_table import Event
from familypair.schema import links as wire
from familypair.schema.ledger import LinkEnded
from familypair.schema.links import LinkState
from familypair_server.ids import Random
from familypair_server.invitations.pairs import protect, unprotect
from familypair_server.invitations.service import close_between
from familypair_server.links import entries, remains
from familypair_server.links.desk import Desk
from familypair_server.links.ending import tell_resumed
from familypair_server.links.help_lines import lines_for
from familypair_server.links.records import StoredLink
from familypair_server.links.steps import Held, advance, locked, seen
from familypair_server.storage import Txn, transaction

_DRAW_BYTES: Final = 8


@transaction
def leave(desk: Desk, *, account_id: str, link_id: str, now: datetime) -> Txn[wire.ExitDone]:
    """Leave now. Contacts that this guardian had blocked are free at once."""
    held = yield from locked(desk, account_id, link_id, now)
    facts = rules.Facts(exit_delay=delay(desk.random))
    yield from _leave_protection(desk, held, facts, now)
    gone = yield from advance(held, Event.SAFETY_EXIT, now, facts)
    teen, guardian = held.pair.teen, held.pair.guardian
    yield from protect(teen.id, guardian.id)
    yield from close_between(teen.id, guardian.id, now)
    yield from _enter(desk, held, gone, now)
    return wire.ExitDone(
        link=seen(desk, held, gone, now),
        help_lines=lines_for(teen.country or desk.country),
        undo_until=now + EXIT_UNDO,
    )


def delay(random: Random) -> timedelta:
    """24 to 72 hours, to the second, each as likely."""
    span = int((EXIT_DELAY_MAX - EXIT_DELAY_MIN).total_seconds())
    drawn = int.from_bytes(random.bytes(_DRAW_BYTES)) % (span + 1)
    return EXIT_DELAY_MIN + timedelta(seconds=drawn)


def _leave_protection(desk: Desk, held: Held, facts: rules.Facts, now: datetime) -> Txn[None]:
    before = held.stored
    future = rules.advance(before.link, Event.SAFETY_EXIT, held.actor, now=now, facts=facts)
    if isinstance(future, rules.Link):
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
def undo(desk: Desk, *, account_id: str, link_id: str, now: datetime) -> Txn[wire.Link]:
    """The teen alone takes the exit back within 24 h; the guardian was never told of it."""
    held = yield from locked(desk, account_id, link_id, now)
    back = yield from advance(held, Event.EXIT_UNDO, now)
    yield from unprotect(held.pair.teen.id, held.pair.guardian.id)
    yield from remains.thaw(back)
    if back.link.state is LinkState.ENDING and back.link.notice_until is not None:
        yield from remains.hold(desk, back, now, ends_at=back.link.notice_until)
        yield from remains.freeze_time(desk, back, back.link.notice_until, now)
    yield from tell_resumed(desk, held, back, now, teen_only=True)
    return seen(desk, held, back, now)
