"""A link's life: what each side may do to it, and what it authorises at an instant.

product.md sections 3 and 9; algebra.md A3, A10, A19, A23. `links_table.MOVES` says what may happen;
`advance` adds the facts. Reads never wait for a job: `as_of` evaluates the notice period when read.
What stays after an end is in `link_layers`; what a guardian may do now is `rights`, the one function
that the server fences with.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.links_table import MOVES, Cause, Event
from familypair.schema.links import LinkPhase, LinkState
from familypair.schema.scopes import Scope

__all__ = [
    "DEFAULT_NOTICE",
    "HOLD",
    "MAX_NOTICE",
    "MOVES",
    "NO_FACTS",
    "PROBATION",
    "Actor",
    "Cause",
    "Event",
    "Exit",
    "Facts",
    "Freeze",
    "Link",
    "LinkRights",
    "activate",
    "advance",
    "as_of",
    "as_seen_by",
    "change_scopes",
    "ended_by",
    "hold_until",
    "may_relink",
    "phase",
    "probation_until",
    "rights",
]

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


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller found out for one event; each event reads only what its line names."""

    notice: timedelta = DEFAULT_NOTICE
    """END, REMOVE_SCOPES: the notice period of the teen's country (`jurisdiction`), 0 to 168 h."""
    exit_delay: timedelta | None = None
    """SAFETY_EXIT: the random 24-72 h until the generic notice, drawn by the caller."""
    scopes: Scopes = NONE
    """ASK_SCOPES, GRANT_SCOPES, REMOVE_SCOPES: which."""
    reauthenticated: bool = False
    """GRANT_SCOPES: the teen typed the password within the last 5 minutes."""
    disclosed_at: datetime | None = None
    """GRANT_SCOPES: when the teen was shown what the new scopes mean."""


NO_FACTS = Facts()


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


def activate(*, scopes: Scopes, share_history: bool, now: datetime) -> Link:
    """A new link, on approval. It starts with 24 h of probation."""
    return Link(activated_at=now, scopes=scopes, share_history=share_history)


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
    return _ended(link, Cause.NOTICE, link.notice_until)


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
    """Whether a safety exit happened of which the guardian has not been told yet."""
    return link.exit is not None and now < link.exit.notice_at


def as_seen_by(link: Link, viewer: Actor, *, now: datetime) -> Link:
    """The link as that side may know it.

    A guardian reads a safety exit as if it had not happened until the generic notice, and then as an
    end at that instant, without a cause and without a hold that would date the exit.
    """
    current = as_of(link, now=now)
    if viewer is not Actor.GUARDIAN or current.exit is None:
        return current
    if exit_is_silent(current, now=now):
        before = msgspec.structs.replace(
            current, state=current.exit.before, ended_at=None, cause=None, exit=None
        )
        return as_of(before, now=now)
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


def may_relink(link: Link, *, lifted: bool = False) -> bool:
    """Whether the same pair may link again: after a safety exit only when an operator lifted it."""
    return link.exit is None or lifted


def advance(
    link: Link, event: Event, actor: Actor, *, now: datetime, facts: Facts = NO_FACTS
) -> Link | Refusal:
    """The link after `event`, or why it cannot happen. A refusal changes nothing."""
    current = link if event is Event.NOTICE_OVER else as_of(link, now=now)
    if actor is Actor.GUARDIAN and exit_is_silent(current, now=now):
        return Refusal(Reason.TEEN_UNAVAILABLE)
    happens = _refined(current, event, actor, now)
    target = MOVES.get((current.state, happens, actor))
    if target is None:
        return Refusal(_why_no_move(current, happens, actor))
    for guard in GUARDS.get(happens, ()):
        refusal = guard(current, actor, now, facts)
        if refusal is not None:
            return refusal
    if target is LinkState.ENDED:
        return _finish(current, happens, actor, now, facts)
    changes = _EFFECTS[happens](current, actor, now, facts)
    return as_of(msgspec.structs.replace(current, **({"state": target} | changes)), now=now)


def change_scopes(link: Link, *, wanted: Scopes, now: datetime, facts: Facts) -> Link | Refusal:
    """The teen's whole new set: what is gone is taken back, what is new is granted.

    Both or neither: a refused grant leaves the taking back undone too.
    """
    gone, new = link.scopes - wanted, wanted - link.scopes
    result: Link | Refusal = link
    for event, scopes in ((Event.REMOVE_SCOPES, gone), (Event.GRANT_SCOPES, new)):
        if scopes and isinstance(result, Link):
            step = msgspec.structs.replace(facts, scopes=scopes)
            result = advance(result, event, Actor.TEEN, now=now, facts=step)
    return result


def _refined(link: Link, event: Event, actor: Actor, now: datetime) -> Event:
    """A teen's end during probation is the one without a notice period."""
    leaves = event is Event.END and actor is Actor.TEEN and link.state is LinkState.ACTIVE
    return Event.NOT_MY_GUARDIAN if leaves and in_probation(link, now=now) else event


def _why_no_move(link: Link, event: Event, actor: Actor) -> Reason:
    others = ((link.state, event, other) in MOVES for other in Actor if other is not actor)
    return Reason.WRONG_CALLER if any(others) else Reason.NO_SUCH_MOVE


# guards: a fact is missing -> the refusal


def _notice_in_range(_link: Link, _actor: Actor, _now: datetime, facts: Facts) -> Refusal | None:
    if timedelta() <= facts.notice <= MAX_NOTICE:
        return None
    return Refusal(Reason.OUT_OF_RANGE)


def _still_probation(link: Link, _actor: Actor, now: datetime, _facts: Facts) -> Refusal | None:
    return None if in_probation(link, now=now) else Refusal(Reason.NO_SUCH_MOVE)


def _notice_ran_out(link: Link, _actor: Actor, now: datetime, _facts: Facts) -> Refusal | None:
    early = link.notice_until is None or now < link.notice_until
    return Refusal(Reason.TOO_SOON) if early else None


def _nobody_proposed(link: Link, _actor: Actor, _now: datetime, _facts: Facts) -> Refusal | None:
    return None if link.resume_by is None else Refusal(Reason.CONFIRM_BY_OTHER_SIDE)


def _other_proposed(link: Link, actor: Actor, _now: datetime, _facts: Facts) -> Refusal | None:
    if link.resume_by is None:
        return Refusal(Reason.NO_SUCH_MOVE)
    return Refusal(Reason.CONFIRM_BY_OTHER_SIDE) if link.resume_by is actor else None


def _delay_in_range(_link: Link, _actor: Actor, _now: datetime, facts: Facts) -> Refusal | None:
    fits = facts.exit_delay is not None and EXIT_DELAY_MIN <= facts.exit_delay <= EXIT_DELAY_MAX
    return None if fits else Refusal(Reason.OUT_OF_RANGE)


def _undo_in_time(link: Link, _actor: Actor, now: datetime, _facts: Facts) -> Refusal | None:
    if link.exit is None:
        return Refusal(Reason.NO_SUCH_MOVE)
    return None if now < link.exit.undo_until else Refusal(Reason.UNDO_WINDOW_OVER)


def _were_asked(link: Link, _actor: Actor, _now: datetime, facts: Facts) -> Refusal | None:
    return None if facts.scopes <= link.asked else Refusal(Reason.SCOPE_NOT_ASKED, "/granted")


def _shown_and_signed_in(_link: Link, _actor: Actor, now: datetime, facts: Facts) -> Refusal | None:
    if not facts.reauthenticated:
        return Refusal(Reason.INSUFFICIENT_USER_AUTHENTICATION)
    if facts.disclosed_at is None:
        return Refusal(Reason.DISCLOSURE_NOT_SHOWN)
    return Refusal(Reason.TOO_SOON) if now < facts.disclosed_at + ARM_DELAY else None


Guard = Callable[[Link, Actor, datetime, Facts], Refusal | None]

GUARDS: Mapping[Event, tuple[Guard, ...]] = {
    Event.END: (_notice_in_range,),
    Event.NOT_MY_GUARDIAN: (_still_probation,),
    Event.NOTICE_OVER: (_notice_ran_out,),
    Event.RESUME: (_nobody_proposed,),
    Event.RESUME_CONFIRM: (_other_proposed,),
    Event.SAFETY_EXIT: (_delay_in_range,),
    Event.EXIT_UNDO: (_undo_in_time,),
    Event.GRANT_SCOPES: (_were_asked, _shown_and_signed_in),
    Event.REMOVE_SCOPES: (_notice_in_range,),
}


# effects: what an event changes beside the state


def _ending(_link: Link, _actor: Actor, now: datetime, facts: Facts) -> dict[str, Any]:
    return {"ending_at": now, "notice_until": now + facts.notice}


def _proposed(_link: Link, actor: Actor, _now: datetime, _facts: Facts) -> dict[str, Any]:
    return {"resume_by": actor}


def _resumed(_link: Link, _actor: Actor, _now: datetime, _facts: Facts) -> dict[str, Any]:
    return {"ending_at": None, "notice_until": None, "resume_by": None}


def _exit_undone(link: Link, _actor: Actor, _now: datetime, _facts: Facts) -> dict[str, Any]:
    before = LinkState.ACTIVE if link.exit is None else link.exit.before
    return {"state": before, "ended_at": None, "cause": None, "exit": None}


def _asked(link: Link, _actor: Actor, _now: datetime, facts: Facts) -> dict[str, Any]:
    return {"asked": facts.scopes - link.scopes}


def _granted(link: Link, _actor: Actor, _now: datetime, facts: Facts) -> dict[str, Any]:
    return {
        "scopes": link.scopes | facts.scopes,
        "asked": link.asked - facts.scopes,
        "freezes": tuple(freeze for freeze in link.freezes if freeze.scope not in facts.scopes),
    }


def _removed(link: Link, _actor: Actor, now: datetime, facts: Facts) -> dict[str, Any]:
    gone = facts.scopes & link.scopes
    # reading stops at once; writing too, but its fields stay for the notice period (A23), except
    # in probation, which knows no notice period
    frozen = NONE if in_probation(link, now=now) or not facts.notice else gone & WRITE_SCOPES
    running = tuple(freeze for freeze in link.freezes if now < freeze.until)
    until = now + facts.notice
    added = tuple(Freeze(scope=scope, until=until) for scope in sorted(frozen))
    return {"scopes": link.scopes - gone, "freezes": running + added}


_EFFECTS: Mapping[Event, Callable[[Link, Actor, datetime, Facts], dict[str, Any]]] = {
    Event.END: _ending,
    Event.RESUME: _proposed,
    Event.RESUME_CONFIRM: _resumed,
    Event.EXIT_UNDO: _exit_undone,
    Event.ASK_SCOPES: _asked,
    Event.GRANT_SCOPES: _granted,
    Event.REMOVE_SCOPES: _removed,
}

_CAUSES: Mapping[Event, Cause] = {
    Event.END: Cause.GUARDIAN,
    Event.NOT_MY_GUARDIAN: Cause.PROBATION,
    Event.NOTICE_OVER: Cause.NOTICE,
    Event.SAFETY_EXIT: Cause.EXIT,
    Event.COME_OF_AGE: Cause.AGE,
    Event.OPERATOR_END: Cause.OPERATOR,
    Event.DELETION: Cause.DELETION,
}


def _finish(link: Link, event: Event, _actor: Actor, now: datetime, facts: Facts) -> Link:
    if event is Event.NOTICE_OVER:
        return as_of(link, now=now)
    if event is not Event.SAFETY_EXIT:
        return _ended(link, _CAUSES[event], now)
    delay = EXIT_DELAY_MAX if facts.exit_delay is None else facts.exit_delay
    gone = Exit(at=now, before=link.state, undo_until=now + EXIT_UNDO, notice_at=now + delay)
    return msgspec.structs.replace(
        link, state=LinkState.ENDED, ended_at=now, cause=Cause.EXIT, exit=gone
    )


def _ended(link: Link, cause: Cause, at: datetime) -> Link:
    return msgspec.structs.replace(
        link, state=LinkState.ENDED, cause=cause, ended_at=at, resume_by=None
    )
