"""The table of the handshake: which event, by whom, moves which state where (product.md section 3).

A cell that is not here is refused. `handshake` adds the guards and the effects.
"""

from collections.abc import Mapping
from enum import StrEnum

from familypair.rules.actors import PEOPLE, Actor
from familypair.schema.invitations import InvitationState


class Event(StrEnum):
    """What can happen to an invitation."""

    OFFER = "offer"
    """Makes a new invitation; it never moves an old one: a new try is a new row."""
    CLAIM = "claim"
    """The other side entered the code or opened the link."""
    CONFIRM = "confirm"
    """The guardian says that this is their teen, and what they ask for."""
    DISCLOSE = "disclose"
    """The teen was served what this guardian will see and can change."""
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    EXPIRE = "expire"
    PHRASE_FAILED = "phrase_failed"
    """The teen typed a wrong phrase; the third time cancels."""


OPEN: frozenset[InvitationState] = frozenset(
    {InvitationState.OFFERED, InvitationState.CLAIMED, InvitationState.CONFIRMED}
)
TERMINAL: frozenset[InvitationState] = frozenset(InvitationState) - OPEN

Cell = tuple[InvitationState, Event, Actor, Actor]
"""State, event, who does it, who started."""

_OFFERED, _CLAIMED, _CONFIRMED = (
    InvitationState.OFFERED,
    InvitationState.CLAIMED,
    InvitationState.CONFIRMED,
)
_GUARDIAN, _TEEN = (Actor.GUARDIAN,), (Actor.TEEN,)
_CLOCK = (Actor.SYSTEM,)
_STAFF = (Actor.SYSTEM, Actor.OPERATOR)

_Row = tuple[InvitationState, Event, tuple[Actor, ...], tuple[Actor, ...], InvitationState]

_ROWS: tuple[_Row, ...] = (
    # state, event, who, who started, next state
    (_OFFERED, Event.CLAIM, _TEEN, _GUARDIAN, _CLAIMED),
    (_OFFERED, Event.CLAIM, _GUARDIAN, _TEEN, _CLAIMED),
    (_OFFERED, Event.CANCEL, _GUARDIAN, _GUARDIAN, InvitationState.CANCELLED),
    (_OFFERED, Event.CANCEL, _TEEN, _TEEN, InvitationState.CANCELLED),
    (_OFFERED, Event.CANCEL, _STAFF, PEOPLE, InvitationState.CANCELLED),
    (_OFFERED, Event.EXPIRE, _CLOCK, PEOPLE, InvitationState.EXPIRED),
    # the guardian's own offer is their confirmation: then the teen's first look is enough
    (_CLAIMED, Event.CONFIRM, _GUARDIAN, PEOPLE, _CONFIRMED),
    (_CLAIMED, Event.DISCLOSE, _TEEN, _GUARDIAN, _CONFIRMED),
    # whoever is asked may say no; a teen at any time
    (_CLAIMED, Event.DECLINE, _TEEN, PEOPLE, InvitationState.DECLINED),
    (_CLAIMED, Event.DECLINE, _GUARDIAN, _TEEN, InvitationState.DECLINED),
    (_CLAIMED, Event.CANCEL, PEOPLE, PEOPLE, InvitationState.CANCELLED),
    (_CLAIMED, Event.CANCEL, _STAFF, PEOPLE, InvitationState.CANCELLED),
    (_CLAIMED, Event.EXPIRE, _CLOCK, PEOPLE, InvitationState.EXPIRED),
    (_CONFIRMED, Event.DISCLOSE, _TEEN, PEOPLE, _CONFIRMED),
    (_CONFIRMED, Event.PHRASE_FAILED, _TEEN, PEOPLE, _CONFIRMED),
    (_CONFIRMED, Event.APPROVE, _TEEN, PEOPLE, InvitationState.APPROVED),
    (_CONFIRMED, Event.DECLINE, _TEEN, PEOPLE, InvitationState.DECLINED),
    (_CONFIRMED, Event.CANCEL, PEOPLE, PEOPLE, InvitationState.CANCELLED),
    (_CONFIRMED, Event.CANCEL, _STAFF, PEOPLE, InvitationState.CANCELLED),
    (_CONFIRMED, Event.EXPIRE, _CLOCK, PEOPLE, InvitationState.EXPIRED),
)

MOVES: Mapping[Cell, InvitationState] = {
    (state, event, actor, starter): target
    for state, event, actors, starters, target in _ROWS
    for actor in actors
    for starter in starters
}
