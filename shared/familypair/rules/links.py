"""A link's life: what each side may do to it (product.md sections 3 and 9; algebra.md A23).

`MOVES` says what may happen at all, `GUARDS` under which facts. `ended` has one way out, the undo
of a safety exit. What a link authorises at an instant is `rights` (in `link_views`); what of the
guardian's layer still applies is `link_layers.standing`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.link_views import (
    ARM_DELAY,
    DEFAULT_NOTICE,
    EXIT_DELAY_MAX,
    EXIT_DELAY_MIN,
    EXIT_UNDO,
    HOLD,
    MAX_NOTICE,
    NONE,
    PROBATION,
    WRITE_SCOPES,
    Exit,
    Freeze,
    Link,
    LinkRights,
    Scopes,
    as_of,
    as_seen_by,
    ended,
    ended_by,
    exit_is_silent,
    exit_is_told,
    hold_until,
    in_probation,
    phase,
    probation_until,
    rights,
    without_exit,
)
from familypair.rules.links_table import MOVES, Cause, Event
from familypair.schema.links import LinkState

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
    "exit_is_silent",
    "hold_until",
    "in_probation",
    "phase",
    "probation_until",
    "rights",
]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller found out for one event; each event reads only what its line names."""

    notice: timedelta = DEFAULT_NOTICE
    """END, REMOVE_SCOPES: the notice period of the teen's country (`jurisdiction`), 0 to 168 h."""
    exit_delay: timedelta | None = None
    """SAFETY_EXIT: the random 24-72 h until the generic notice, drawn by the caller.

    RESUME_CONFIRM too: a guardian's, after an exit that they do not know of."""
    scopes: Scopes = NONE
    """ASK_SCOPES, GRANT_SCOPES, REMOVE_SCOPES: which."""
    reauthenticated: bool = False
    """The teen typed the password within the last 5 minutes: for everything that gives a guardian
    more or brings one back (GRANT_SCOPES, the teen's RESUME and RESUME_CONFIRM, EXIT_UNDO)."""
    disclosed_at: datetime | None = None
    """GRANT_SCOPES: when the teen was shown what the new scopes mean."""


NO_FACTS = Facts()


def activate(*, scopes: Scopes, share_history: bool, now: datetime) -> Link:
    """A new link, on approval. It starts with 24 h of probation."""
    return Link(activated_at=now, scopes=scopes, share_history=share_history)


def advance(
    link: Link, event: Event, actor: Actor, *, now: datetime, facts: Facts = NO_FACTS
) -> Link | Refusal:
    """The link after `event`, or why it cannot happen. A refusal changes nothing."""
    current = link if event is Event.NOTICE_OVER else as_of(link, now=now)
    if actor is Actor.GUARDIAN and exit_is_silent(current, now=now):
        return Refusal(Reason.TEEN_UNAVAILABLE)
    if actor is Actor.GUARDIAN and current.exit is not None and not exit_is_told(current, now=now):
        return _unknowing(current, current.exit, event, now, facts)
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


def _unknowing(link: Link, gone: Exit, event: Event, now: datetime, facts: Facts) -> Link | Refusal:
    """A move by a guardian whom the teen left during the notice period: on what they know.

    Where it makes the link active again for them, the service pause of any exit follows.
    """
    after = advance(without_exit(link, now=now), event, Actor.GUARDIAN, now=now, facts=facts)
    if isinstance(after, Refusal):
        return after
    notice_at = gone.notice_at
    if after.state is LinkState.ACTIVE:
        notice_at = now + (facts.exit_delay or EXIT_DELAY_MAX)
    return msgspec.structs.replace(
        link, exit=msgspec.structs.replace(gone, shown=after, notice_at=notice_at)
    )


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
    if without_exit(link, now=now).state is LinkState.ENDED:
        return Refusal(Reason.UNDO_WINDOW_OVER)
    return None if now < link.exit.undo_until else Refusal(Reason.UNDO_WINDOW_OVER)


def _were_asked(link: Link, _actor: Actor, _now: datetime, facts: Facts) -> Refusal | None:
    return None if facts.scopes <= link.asked else Refusal(Reason.SCOPE_NOT_ASKED, "/granted")


def _shown_and_signed_in(_link: Link, _actor: Actor, now: datetime, facts: Facts) -> Refusal | None:
    if not facts.reauthenticated:
        return Refusal(Reason.INSUFFICIENT_USER_AUTHENTICATION)
    if facts.disclosed_at is None:
        return Refusal(Reason.DISCLOSURE_NOT_SHOWN)
    return Refusal(Reason.TOO_SOON) if now < facts.disclosed_at + ARM_DELAY else None


def _teen_signed_in(_link: Link, actor: Actor, _now: datetime, facts: Facts) -> Refusal | None:
    if actor is Actor.TEEN and not facts.reauthenticated:
        return Refusal(Reason.INSUFFICIENT_USER_AUTHENTICATION)
    return None


Guard = Callable[[Link, Actor, datetime, Facts], Refusal | None]

GUARDS: Mapping[Event, tuple[Guard, ...]] = {
    Event.END: (_notice_in_range,),
    Event.NOT_MY_GUARDIAN: (_still_probation,),
    Event.NOTICE_OVER: (_notice_ran_out,),
    Event.RESUME: (_nobody_proposed, _teen_signed_in),
    Event.RESUME_CONFIRM: (_other_proposed, _teen_signed_in),
    Event.SAFETY_EXIT: (_delay_in_range,),
    Event.EXIT_UNDO: (_undo_in_time, _teen_signed_in),
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


def _exit_undone(link: Link, _actor: Actor, now: datetime, _facts: Facts) -> dict[str, Any]:
    return msgspec.structs.asdict(without_exit(link, now=now))


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
        return ended(link, _CAUSES[event], now)
    delay = EXIT_DELAY_MAX if facts.exit_delay is None else facts.exit_delay
    ends = now + EXIT_UNDO
    gone = Exit(
        at=now,
        before=link.state,
        undo_until=min(ends, link.notice_until or ends),
        notice_at=now + delay,
        shown=link if link.state is LinkState.ENDING else None,
    )
    return msgspec.structs.replace(
        link, state=LinkState.ENDED, ended_at=now, cause=Cause.EXIT, exit=gone
    )
