"""The handshake: how an invitation moves from one state to the next (product.md section 3).

`MOVES` says what may happen at all: (state, event, actor, who started) -> next state. What is
absent is refused. `GUARDS` says under which facts. Terminal states have no row: they never leave.

- `claimed` means "both sides are here, it is not yet said that they belong together". If the teen
  started, the guardian confirms. If the guardian started, the offer was theirs: their confirmation
  is implied, and the teen's first look at the disclosure makes the step.
- `approved` is reached from `confirmed` only, by the teen only, with re-authentication, the text
  that was shown, 5 s to read it, and the phrase that the guardian told them.
- Precedence of refusals: over > expired > no such move > scopes > sign-in > text > delay > phrase.
  The phrase comes last, so no other refusal tells whether it was right.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import PEOPLE, Actor
from familypair.rules.handshake_table import MOVES, OPEN, Event
from familypair.schema.invitations import InvitationForm, InvitationState
from familypair.schema.scopes import Scope

__all__ = [
    "ARM_DELAY",
    "CLAIMED_LIFE",
    "CODE_LIFE",
    "GUARDS",
    "LINK_LIFE",
    "MOVES",
    "NO_FACTS",
    "PHRASE_TRIES",
    "Actor",
    "Attempt",
    "Event",
    "Facts",
    "Invitation",
    "advance",
    "approve",
    "arm_at",
    "as_of",
    "offer",
    "tries_left",
]

CODE_LIFE = timedelta(minutes=10)
LINK_LIFE = timedelta(hours=48)
CLAIMED_LIFE = timedelta(hours=24)
ARM_DELAY = timedelta(seconds=5)
PHRASE_TRIES = 3

Scopes = frozenset[Scope]
NONE: Scopes = frozenset()


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as the rules know it; ids, codes and names are the caller's."""

    started_by: Actor
    form: InvitationForm
    state: InvitationState
    created_at: datetime
    expires_at: datetime
    """When the present state ends by itself: 10 min or 48 h offered, then 24 h from the claim."""
    asked: Scopes = NONE
    needed: Scopes = NONE
    claimed_at: datetime | None = None
    confirmed_at: datetime | None = None
    disclosed_at: datetime | None = None
    """When the disclosure with this very text was first served to the teen."""
    disclosure_hash: str = ""
    wrong_phrases: int = 0
    granted: Scopes = NONE
    share_history: bool = False
    closed_at: datetime | None = None
    closed_by: Actor | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller found out for one event; each event reads only what its line names."""

    asked: Scopes | None = None
    """CONFIRM: the scopes that the guardian asks for; None keeps those of the offer."""
    needed: Scopes = NONE
    """CONFIRM, with `asked`: those without which the guardian does not want the link."""
    disclosure_hash: str = ""
    """DISCLOSE: of the text being served. APPROVE: of the text as it would be served now."""
    granted: Scopes = NONE
    """APPROVE: what the teen grants."""
    share_history: bool = False
    """APPROVE: whether days before the link may be seen."""
    reauthenticated: bool = False
    """APPROVE: the teen typed the password within the last 5 minutes (security.md 2.6)."""
    phrase_matches: bool = False
    """APPROVE: what was typed equals the phrase (`phrase.matches`)."""


NO_FACTS = Facts()


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A try to approve: the invitation to store in any case, and why it was refused, if it was."""

    invitation: Invitation
    refusal: Refusal | None = None


def offer(
    *,
    started_by: Actor,
    form: InvitationForm,
    now: datetime,
    asked: Scopes = NONE,
    needed: Scopes = NONE,
) -> Invitation | Refusal:
    """Start. A guardian names the scopes now; if a teen starts, the guardian does so in CONFIRM."""
    if started_by not in PEOPLE:
        return Refusal(Reason.WRONG_CALLER)
    if started_by is Actor.TEEN:
        asked, needed = NONE, NONE
    if not needed <= asked:
        return Refusal(Reason.SCOPE_NOT_ASKED, "/needed")
    life = CODE_LIFE if form is InvitationForm.CODE else LINK_LIFE
    return Invitation(
        started_by=started_by,
        form=form,
        state=InvitationState.OFFERED,
        created_at=now,
        expires_at=now + life,
        asked=asked,
        needed=needed,
    )


def as_of(invitation: Invitation, *, now: datetime) -> Invitation:
    """The invitation as it stands at `now`: one that ran out reads as expired, job or no job."""
    if invitation.state not in OPEN or now < invitation.expires_at:
        return invitation
    return _closed(invitation, InvitationState.EXPIRED, Actor.SYSTEM, invitation.expires_at)


def arm_at(invitation: Invitation) -> datetime | None:
    """The earliest instant of an approval: 5 s after the disclosure; None before it was shown."""
    return None if invitation.disclosed_at is None else invitation.disclosed_at + ARM_DELAY


def tries_left(invitation: Invitation) -> int:
    """How often the phrase may still be typed wrongly, the cancelling time included."""
    return max(0, PHRASE_TRIES - invitation.wrong_phrases)


def advance(
    invitation: Invitation,
    event: Event,
    actor: Actor,
    *,
    now: datetime,
    facts: Facts = NO_FACTS,
) -> Invitation | Refusal:
    """The invitation after `event`, or why it cannot happen. A refusal changes nothing.

    Every refused claim has the one reason CODE_NOT_VALID: wrong, used, expired and foreign codes
    are told apart by nobody.
    """
    fault = _fault(invitation, event, actor, now, facts)
    if fault is not None:
        return Refusal(Reason.CODE_NOT_VALID, "/code") if event is Event.CLAIM else fault
    target = MOVES[invitation.state, event, actor, invitation.started_by]
    if event is Event.PHRASE_FAILED:
        return _count_wrong_phrase(invitation, now)
    if target not in OPEN:
        closed = _closed(invitation, target, actor, now)
        return _granted(closed, facts) if event is Event.APPROVE else closed
    changes = _EFFECTS[event](invitation, now, facts)
    return msgspec.structs.replace(invitation, state=target, **changes)


def approve(invitation: Invitation, *, now: datetime, facts: Facts) -> Attempt:
    """The teen's approval with its two consequences of a "no" that must be stored.

    A wrong phrase is counted and the third cancels; a needed scope that is not granted declines.
    """
    result = advance(invitation, Event.APPROVE, Actor.TEEN, now=now, facts=facts)
    if isinstance(result, Invitation):
        return Attempt(invitation=result)
    match result.reason:
        case Reason.WRONG_PHRASE:
            counted = _count_wrong_phrase(invitation, now)
            return Attempt(invitation=counted, refusal=_wrong_phrase(counted))
        case Reason.NEEDED_SCOPE_DECLINED:
            declined = advance(invitation, Event.DECLINE, Actor.TEEN, now=now)
            after = declined if isinstance(declined, Invitation) else invitation
            return Attempt(invitation=after, refusal=result)
        case _:
            return Attempt(invitation=invitation, refusal=result)


def _fault(
    invitation: Invitation, event: Event, actor: Actor, now: datetime, facts: Facts
) -> Refusal | None:
    if invitation.state is InvitationState.EXPIRED:
        return Refusal(Reason.EXPIRED)
    overdue = invitation.state in OPEN and now >= invitation.expires_at
    if overdue and event is not Event.EXPIRE:
        return Refusal(Reason.EXPIRED)
    if (invitation.state, event, actor, invitation.started_by) not in MOVES:
        return Refusal(_why_no_move(invitation, event, actor))
    for guard in GUARDS.get(event, ()):
        refusal = guard(invitation, now, facts)
        if refusal is not None:
            return refusal
    return None


def _why_no_move(invitation: Invitation, event: Event, actor: Actor) -> Reason:
    if invitation.state is InvitationState.CLAIMED and actor is Actor.TEEN:
        if invitation.started_by is Actor.TEEN and event in {Event.DISCLOSE, Event.APPROVE}:
            return Reason.CONFIRM_BY_OTHER_SIDE
        if event is Event.APPROVE:
            return Reason.DISCLOSURE_NOT_SHOWN
    others = (
        (invitation.state, event, other, invitation.started_by) in MOVES
        for other in PEOPLE
        if other is not actor
    )
    return Reason.WRONG_CALLER if any(others) else Reason.NO_SUCH_MOVE


# guards: a fact is missing -> the refusal


def _ran_out(invitation: Invitation, now: datetime, _facts: Facts) -> Refusal | None:
    return Refusal(Reason.TOO_SOON) if now < invitation.expires_at else None


def _needs_what_it_asks(_invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    if facts.asked is None or facts.needed <= facts.asked:
        return None
    return Refusal(Reason.SCOPE_NOT_ASKED, "/needed")


def _has_text(_invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    return None if facts.disclosure_hash else Refusal(Reason.DISCLOSURE_NOT_SHOWN)


def _grants_what_was_asked(invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    if facts.granted <= invitation.asked:
        return None
    return Refusal(Reason.SCOPE_NOT_ASKED, "/scopes")


def _grants_what_is_needed(invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    if invitation.needed <= facts.granted:
        return None
    return Refusal(Reason.NEEDED_SCOPE_DECLINED, "/scopes")


def _signed_in_again(_invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    if facts.reauthenticated:
        return None
    return Refusal(Reason.INSUFFICIENT_USER_AUTHENTICATION)


def _was_shown_this_text(invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    shown = invitation.disclosed_at is not None and bool(invitation.disclosure_hash)
    if shown and facts.disclosure_hash == invitation.disclosure_hash:
        return None
    return Refusal(Reason.DISCLOSURE_NOT_SHOWN)


def _had_time_to_read(invitation: Invitation, now: datetime, _facts: Facts) -> Refusal | None:
    armed = arm_at(invitation)
    if armed is not None and now >= armed:
        return None
    return Refusal(Reason.TOO_SOON)


def _knows_the_phrase(_invitation: Invitation, _now: datetime, facts: Facts) -> Refusal | None:
    return None if facts.phrase_matches else Refusal(Reason.WRONG_PHRASE, "/phrase")


Guard = Callable[[Invitation, datetime, Facts], Refusal | None]

GUARDS: Mapping[Event, tuple[Guard, ...]] = {
    Event.EXPIRE: (_ran_out,),
    Event.CONFIRM: (_needs_what_it_asks,),
    Event.DISCLOSE: (_has_text,),
    Event.APPROVE: (
        _grants_what_was_asked,
        _grants_what_is_needed,
        _signed_in_again,
        _was_shown_this_text,
        _had_time_to_read,
        _knows_the_phrase,
    ),
}


# effects: what an event changes beside the state


def _claimed(_invitation: Invitation, now: datetime, _facts: Facts) -> dict[str, Any]:
    return {"claimed_at": now, "expires_at": now + CLAIMED_LIFE}


def _confirmed(_invitation: Invitation, now: datetime, facts: Facts) -> dict[str, Any]:
    if facts.asked is None:
        return {"confirmed_at": now}
    return {"confirmed_at": now, "asked": facts.asked, "needed": facts.needed}


def _disclosed(invitation: Invitation, now: datetime, facts: Facts) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if invitation.confirmed_at is None:
        changes["confirmed_at"] = now
    if facts.disclosure_hash != invitation.disclosure_hash:
        # another text is another reading: the delay starts again
        changes |= {"disclosed_at": now, "disclosure_hash": facts.disclosure_hash}
    return changes


_EFFECTS: Mapping[Event, Callable[[Invitation, datetime, Facts], dict[str, Any]]] = {
    Event.CLAIM: _claimed,
    Event.CONFIRM: _confirmed,
    Event.DISCLOSE: _disclosed,
}


def _count_wrong_phrase(invitation: Invitation, now: datetime) -> Invitation:
    counted = msgspec.structs.replace(invitation, wrong_phrases=invitation.wrong_phrases + 1)
    if tries_left(counted):
        return counted
    target = MOVES[counted.state, Event.CANCEL, Actor.SYSTEM, counted.started_by]
    return _closed(counted, target, Actor.SYSTEM, now)


def _wrong_phrase(counted: Invitation) -> Refusal:
    left = tries_left(counted)
    if left:
        return Refusal(Reason.WRONG_PHRASE, "/phrase", {"tries_left": left})
    return Refusal(Reason.PHRASE_TRIES_USED_UP, "/phrase")


def _granted(invitation: Invitation, facts: Facts) -> Invitation:
    return msgspec.structs.replace(
        invitation, granted=facts.granted, share_history=facts.share_history
    )


def _closed(invitation: Invitation, state: InvitationState, by: Actor, at: datetime) -> Invitation:
    return msgspec.structs.replace(invitation, state=state, closed_at=at, closed_by=by)
