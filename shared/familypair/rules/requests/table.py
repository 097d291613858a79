"""The table of a request: which event, by whom, moves which state where (product.md section 6).

A cell that is not here is refused. `moves` adds the guards.
"""

from collections.abc import Mapping
from enum import StrEnum

from familypair.rules.actors import PEOPLE, Actor


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    COUNTERED = "countered"
    """Another offer lies before the teen."""
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can happen to a request."""

    YES = "yes"
    """An owner agrees, and others still stand in the way."""
    LAST_YES = "last_yes"
    """An owner agrees, and nobody stands in the way any more: it takes effect."""
    DECLINE = "decline"
    COUNTER = "counter"
    ACCEPT = "accept"
    """The teen takes the offer, and others still stand in its way."""
    LAST_ACCEPT = "last_accept"
    """The teen takes the offer, and nobody stands in its way: it takes effect."""
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    """Its time is over, or an owner's link has begun to end (A8)."""
    NOTE = "note"


LIVE: frozenset[RequestState] = frozenset({RequestState.OPEN, RequestState.COUNTERED})
CLOSED: frozenset[RequestState] = frozenset(RequestState) - LIVE

Cell = tuple[RequestState, Event, Actor]
"""State, event, who does it."""

_OPEN, _COUNTERED = RequestState.OPEN, RequestState.COUNTERED
_GUARDIAN, _TEEN, _CLOCK = (Actor.GUARDIAN,), (Actor.TEEN,), (Actor.SYSTEM,)
_ANSWERERS = (Actor.GUARDIAN, Actor.SYSTEM)
"""The system answers for a guardian by their standing yes."""

_ROWS: tuple[tuple[RequestState, Event, tuple[Actor, ...], RequestState], ...] = (
    (_OPEN, Event.YES, _ANSWERERS, _OPEN),
    (_OPEN, Event.LAST_YES, _ANSWERERS, RequestState.APPROVED),
    (_OPEN, Event.DECLINE, _GUARDIAN, RequestState.DECLINED),
    (_OPEN, Event.COUNTER, _GUARDIAN, _COUNTERED),
    (_OPEN, Event.WITHDRAW, _TEEN, RequestState.WITHDRAWN),
    (_OPEN, Event.EXPIRE, _CLOCK, RequestState.EXPIRED),
    (_OPEN, Event.NOTE, PEOPLE, _OPEN),
    # another owner's yes or no to the offer that lies before the teen
    (_COUNTERED, Event.YES, _GUARDIAN, _COUNTERED),
    (_COUNTERED, Event.DECLINE, _GUARDIAN, RequestState.DECLINED),
    (_COUNTERED, Event.ACCEPT, _TEEN, _OPEN),
    (_COUNTERED, Event.LAST_ACCEPT, _TEEN, RequestState.APPROVED),
    (_COUNTERED, Event.WITHDRAW, _TEEN, RequestState.WITHDRAWN),
    (_COUNTERED, Event.EXPIRE, _CLOCK, RequestState.EXPIRED),
    (_COUNTERED, Event.NOTE, PEOPLE, _COUNTERED),
)

MOVES: Mapping[Cell, RequestState] = {
    (state, event, actor): target for state, event, actors, target in _ROWS for actor in actors
}
