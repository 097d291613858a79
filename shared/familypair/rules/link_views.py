"""What a link is, and what it means at an instant: rights, phase, and what each side may know.

product.md sections 3, 9 and 10. `rights` is the one function that the server fences reads and
writes with. No reading waits for a job: `as_of` evaluates the notice period when asked.
"""

from datetime import datetime, timedelta

import msgspec

from familypair.reasons import Reason
from familypair.rules.actors import Actor
from familypair.rules.links_table import Cause
from familypair.schema.links import LinkPhase, LinkState
from familypair.schema.scopes import Scope

PROBATION = timedelta(hours=24)
DEFAULT_NOTICE = timedelta(hours=48)
MAX_NOTICE = timedelta(hours=168)
HOLD = timedelta(days=7)
EXIT_UNDO = timedelta(hours=24)
EXIT_DELAY_MIN = timedelta(hours=24)
EXIT_DELAY_MAX = timedelta(hours=72)
ARM_DELAY = timedelta(seconds=5)

Scopes = frozenset[Scope]
NONE: Scopes = frozenset()
WRITE_SCOPES: Scopes = frozenset(
    {Scope.SET_TIME, Scope.SET_SEARCH, Scope.SET_MESSAGES, Scope.SET_PRIVACY}
)


class Freeze(msgspec.Struct, frozen=True, kw_only=True):
    """A `set_*` scope that was taken back: its fields stay as they are until `until` (A23)."""

    scope: Scope
    until: datetime


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """A safety exit (product.md section 3). Never in a ledger, never told to the guardian."""

    at: datetime
    before: LinkState
    """Where the link was, for the undo and for what the guardian goes on reading."""
    undo_until: datetime
    notice_at: datetime
    """When the guardian gets the generic notice: a random 24-72 h after the exit."""
    shown: "Link | None" = None
    """An exit during the notice period: the link as it would be without the exit.

    Its guardian, who had lost every right before, goes on with this one: reads it, moves it, and
    sees it end by itself."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link as the rules know it; ids and names are the caller's."""

    activated_at: datetime
    scopes: Scopes
    state: LinkState = LinkState.ACTIVE
    share_history: bool = False
    asked: Scopes = NONE
    """Scopes that the guardian would like in addition; only the teen can grant them."""
    freezes: tuple[Freeze, ...] = ()
    ending_at: datetime | None = None
    notice_until: datetime | None = None
    resume_by: Actor | None = None
    ended_at: datetime | None = None
    cause: Cause | None = None
    exit: Exit | None = None


class LinkRights(msgspec.Struct, frozen=True, kw_only=True):
    """What a guardian's link authorises at an instant. Default deny."""

    can_read: bool = False
    can_write: bool = False
    scopes: Scopes = NONE
    phase: LinkPhase = LinkPhase.ENDED
    sees_from: datetime | None = None
    """The earliest instant whose facts may be read; None with `can_read` means all of it."""
    until: datetime | None = None
    """When these rights change by themselves (end of probation), if nobody acts before."""
    refusal: Reason | None = None
    """What a refused read or write answers: NOT_FOUND, or TEEN_UNAVAILABLE after a silent exit."""


def probation_until(link: Link) -> datetime:
    """The end of the first 24 h. Taking an end back starts no new probation."""
    return link.activated_at + PROBATION


def in_probation(link: Link, *, now: datetime) -> bool:
    """Whether the first 24 hours are still running."""
    return now < probation_until(link)


def as_of(link: Link, *, now: datetime) -> Link:
    """The link as it stands at `now`: a notice period that ran out has ended it."""
    if link.state is not LinkState.ENDING or link.notice_until is None or now < link.notice_until:
        return link
    return ended(link, Cause.NOTICE, link.notice_until)


def hold_until(link: Link) -> datetime | None:
    """Until when contact, privacy and search stay as they were; None while not ended.

    Seven days after every end but one: at 18 nothing is held, the account is an adult's (A11).
    """
    if link.ended_at is None or link.cause is Cause.AGE:
        return None
    return link.ended_at + HOLD


def phase(link: Link, *, now: datetime) -> LinkPhase:
    """The state at `now` in the words of the wire."""
    current = as_of(link, now=now)
    match current.state:
        case LinkState.ACTIVE:
            return LinkPhase.PROBATION if in_probation(current, now=now) else LinkPhase.ACTIVE
        case LinkState.ENDING:
            return LinkPhase.NOTICE
        case LinkState.ENDED:
            held = hold_until(current)
            return LinkPhase.HOLD if held is not None and now < held else LinkPhase.ENDED


def rights(link: Link, *, now: datetime) -> LinkRights:
    """What this link lets its guardian do at `now`: the one place that fences reads and writes.

    Only an active link gives any right. After a safety exit, until the generic notice, the refusal
    is that of a service pause; else it is the 404 of what is absent.
    """
    current = as_of(link, now=now)
    if current.state is LinkState.ACTIVE:
        trial = in_probation(current, now=now)
        return LinkRights(
            can_read=True,
            can_write=bool(current.scopes & WRITE_SCOPES),
            scopes=current.scopes,
            phase=phase(current, now=now),
            sees_from=None if current.share_history else current.activated_at,
            until=probation_until(current) if trial else None,
        )
    silent = exit_is_silent(current, now=now)
    known = as_seen_by(current, Actor.GUARDIAN, now=now)
    paused = silent and known.state is LinkState.ACTIVE
    return LinkRights(
        phase=phase(known, now=now),
        refusal=Reason.TEEN_UNAVAILABLE if paused else Reason.NOT_FOUND,
    )


def exit_is_silent(link: Link, *, now: datetime) -> bool:
    """Whether the guardian's service is paused: an exit of which they have not been told yet.

    Not when the teen left during the notice period: that guardian has nothing left to be paused.
    """
    told = without_exit(link, now=now).state is not LinkState.ACTIVE
    return link.exit is not None and not told and now < link.exit.notice_at


def exit_is_told(link: Link, *, now: datetime) -> bool:
    """Whether the guardian has had the generic notice of a safety exit."""
    active = without_exit(link, now=now).state is LinkState.ACTIVE
    return link.exit is not None and active and now >= link.exit.notice_at


def guardian_moves_at(link: Link) -> datetime | None:
    """After a safety exit: when time alone changes what its guardian sees of it, if it does."""
    if link.exit is None:
        return None
    shown = link.exit.shown
    match link.exit.before if shown is None else shown.state:
        case LinkState.ACTIVE:
            return link.exit.notice_at
        case LinkState.ENDING:
            return link.notice_until if shown is None else shown.notice_until
        case LinkState.ENDED:
            return None


def without_exit(link: Link, *, now: datetime) -> Link:
    """The link at `now` as it would stand if the teen had not left by a safety exit."""
    if link.exit is None:
        return as_of(link, now=now)
    if link.exit.shown is not None:
        return as_of(link.exit.shown, now=now)
    before = msgspec.structs.replace(
        link, state=link.exit.before, ended_at=None, cause=None, exit=None
    )
    return as_of(before, now=now)


def as_seen_by(link: Link, viewer: Actor, *, now: datetime) -> Link:
    """The link as that side may know it.

    A guardian reads a safety exit as if it had not happened until the generic notice, and then as
    an end at that instant without a cause: nothing dates the exit. A guardian whom the teen left
    during the notice period reads that period and its end, as if there had been no exit.
    """
    current = as_of(link, now=now)
    if viewer is not Actor.GUARDIAN or current.exit is None:
        return current
    if not exit_is_told(current, now=now):
        return without_exit(current, now=now)
    return msgspec.structs.replace(
        current,
        ended_at=current.exit.notice_at,
        ending_at=None,
        notice_until=None,
        cause=None,
        exit=None,
    )


def ended_by(link: Link, viewer: Actor, *, now: datetime) -> str | None:
    """Who ended it, as that side may know it: `teen guardian age operator deletion`, or None."""
    seen = as_seen_by(link, viewer, now=now)
    if seen.state is LinkState.ENDING:
        return "teen"
    match seen.cause:
        case None:
            return None
        case Cause.PROBATION | Cause.NOTICE | Cause.EXIT:
            return "teen"
        case cause:
            return cause.value


def ended(link: Link, cause: Cause, at: datetime) -> Link:
    """The link after its end, whatever its cause."""
    return msgspec.structs.replace(
        link, state=LinkState.ENDED, cause=cause, ended_at=at, resume_by=None
    )
