"""Ending a link and taking the end back: either side, any time, no reason."""

from datetime import datetime

from familypair.rules import links as rules
from familypair.rules.actors import Actor
from familypair.rules.link_views import ended_by, hold_until
from familypair.rules.links_table import Event
from familypair.schema import links as wire
from familypair.schema.ledger import LinkEnded, LinkEnding, LinkResumed, LinkResumeProposed
from familypair.schema.links import LinkState
from familypair_server.links import entries, remains
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.links.steps import Held, advance, exit_delay, locked, seen, unknowing
from familypair_server.storage import Txn, notify, transaction


@transaction
def end(
    desk: Desk, *, account_id: str, link_id: str, ask: wire.EndLink, now: datetime
) -> Txn[wire.Link]:
    """End it. The guardian's reading and writing are over when this is committed.

    A teen's end leaves the time rules for the notice period, except in probation, where "this is
    not my guardian" is kept as the cause: never in the ledger, never told to the guardian.
    """
    held = yield from locked(desk, account_id, link_id, now)
    event = Event.NOT_MY_GUARDIAN if ask.not_my_guardian else Event.END
    facts = rules.Facts(notice=desk.notice_of(held.pair.teen, now))
    yield from _leave_protection(desk, held, event, facts, now)
    ended = yield from advance(held, event, now, facts)
    if unknowing(held):
        yield from notify(ended.guardian_id)
    elif ended.link.state is LinkState.ENDED:
        yield from _tell_ended(desk, held, ended, now)
    else:
        yield from _tell_ending(desk, held, ended, now)
    return seen(desk, held, ended, now)


def _leave_protection(
    desk: Desk, held: Held, event: Event, facts: rules.Facts, now: datetime
) -> Txn[None]:
    """What stays is computed from what holds now, while the guardian's layer still speaks."""
    if unknowing(held):
        return
    before = held.stored
    future = rules.advance(before.link, event, held.actor, now=now, facts=facts)
    if isinstance(future, rules.Link) and before.link.state is LinkState.ENDING:
        yield from remains.end_early(before, now)
    elif isinstance(future, rules.Link):
        yield from remains.hold(desk, before, now, ends_at=future.notice_until or now)
        if future.state is LinkState.ENDING and future.notice_until is not None:
            yield from remains.freeze_time(desk, before, future.notice_until, now)


def _tell_ended(desk: Desk, held: Held, ended: StoredLink, now: datetime) -> Txn[None]:
    entry = LinkEnded(
        link=ended.id,
        guardian=held.pair.guardian.id,
        guardian_name=held.pair.guardian.name,
        by=ended_by(ended.link, Actor.TEEN, now=now) or held.actor.value,
        hold_until=hold_until(ended.link),
    )
    yield from entries.write(ended, entry, held.doer, now=now, random=desk.random)


def _tell_ending(desk: Desk, held: Held, ending: StoredLink, now: datetime) -> Txn[None]:
    entry = LinkEnding(
        link=ending.id,
        guardian=held.pair.guardian.id,
        guardian_name=held.pair.guardian.name,
        notice_until=ending.link.notice_until or now,
    )
    yield from entries.write(ending, entry, held.doer, now=now, random=desk.random)


@transaction
def resume(
    desk: Desk, *, account_id: str, link_id: str, signed_in_recently: bool, now: datetime
) -> Txn[wire.Link]:
    """Propose to take the end back; the other side confirms. A teen types the password for it."""
    held = yield from locked(desk, account_id, link_id, now)
    facts = rules.Facts(reauthenticated=signed_in_recently)
    proposed = yield from advance(held, Event.RESUME, now, facts)
    if unknowing(held):
        yield from notify(proposed.guardian_id)
    else:
        yield from tell_proposed(desk, held, proposed, now)
    return seen(desk, held, proposed, now)


def tell_proposed(desk: Desk, held: Held, proposed: StoredLink, now: datetime) -> Txn[None]:
    """One side would like to go on."""
    by = proposed.link.resume_by or held.actor
    entry = LinkResumeProposed(
        link=proposed.id,
        guardian=held.pair.guardian.id,
        guardian_name=held.pair.guardian.name,
        by=by.value,
    )
    doer = held.pair.by_teen if by is Actor.TEEN else held.pair.by_guardian
    yield from entries.write(proposed, entry, doer, now=now, random=desk.random)


@transaction
def confirm_resume(
    desk: Desk, *, account_id: str, link_id: str, signed_in_recently: bool, now: datetime
) -> Txn[wire.Link]:
    """Agree to take the end back: the scopes stay, and no new probation begins.

    A teen types the password for it.
    """
    held = yield from locked(desk, account_id, link_id, now)
    facts = rules.Facts(reauthenticated=signed_in_recently, exit_delay=exit_delay(desk.random))
    resumed = yield from advance(held, Event.RESUME_CONFIRM, now, facts)
    if unknowing(held):
        yield from notify(resumed.guardian_id)
    else:
        yield from remains.thaw(resumed)
        yield from tell_resumed(desk, held, resumed, now)
    return seen(desk, held, resumed, now)


def tell_resumed(
    desk: Desk, held: Held, resumed: StoredLink, now: datetime, *, teen_only: bool = False
) -> Txn[None]:
    """The link goes on; `teen_only` where its guardian was never told that it had ended."""
    entry = LinkResumed(
        link=resumed.id, guardian=held.pair.guardian.id, guardian_name=held.pair.guardian.name
    )
    viewers = entries.teen_only(resumed) if teen_only else None
    yield from entries.write(
        resumed, entry, held.doer, now=now, random=desk.random, viewers=viewers
    )
