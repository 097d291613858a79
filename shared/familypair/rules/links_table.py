"""The table of a link: which event, by whom, moves which state where (product.md section 3).

A cell that is not here is refused. `links` adds the guards and the effects.
"""

from collections.abc import Mapping
from enum import StrEnum

from familypair.rules.actors import PEOPLE, Actor
from familypair.schema.links import LinkState


class Event(StrEnum):
    """What can happen to a link."""

    END = "end"
    """One side ends it, any time, no reason asked."""
    NOT_MY_GUARDIAN = "not_my_guardian"
    """The teen ends it during probation: no notice period."""
    NOTICE_OVER = "notice_over"
    """The notice period of a teen's end has run out."""
    RESUME = "resume"
    """One side proposes to take the end back."""
    RESUME_CONFIRM = "resume_confirm"
    """The other side agrees to take it back."""
    SAFETY_EXIT = "safety_exit"
    EXIT_UNDO = "exit_undo"
    COME_OF_AGE = "come_of_age"
    """The teen is 18."""
    OPERATOR_END = "operator_end"
    DELETION = "deletion"
    """The guardian's account is deleted. (A teen's deletion is that teen's ordinary END.)"""
    ASK_SCOPES = "ask_scopes"
    GRANT_SCOPES = "grant_scopes"
    REMOVE_SCOPES = "remove_scopes"


class Cause(StrEnum):
    """Why a link is over. Kept from ledger and guardian; see `links.ended_by` for what is told."""

    GUARDIAN = "guardian"
    PROBATION = "probation"
    NOTICE = "notice"
    """The teen ended it and the notice period is over."""
    EXIT = "exit"
    AGE = "age"
    OPERATOR = "operator"
    DELETION = "deletion"


Cell = tuple[LinkState, Event, Actor]
"""State, event, who does it."""

_ACTIVE, _ENDING, _ENDED = LinkState.ACTIVE, LinkState.ENDING, LinkState.ENDED

_ROWS: tuple[tuple[LinkState, Event, tuple[Actor, ...], LinkState], ...] = (
    (_ACTIVE, Event.END, (Actor.GUARDIAN,), _ENDED),
    (_ACTIVE, Event.END, (Actor.TEEN,), _ENDING),
    (_ACTIVE, Event.NOT_MY_GUARDIAN, (Actor.TEEN,), _ENDED),
    (_ACTIVE, Event.SAFETY_EXIT, (Actor.TEEN,), _ENDED),
    (_ACTIVE, Event.COME_OF_AGE, (Actor.SYSTEM,), _ENDED),
    (_ACTIVE, Event.OPERATOR_END, (Actor.OPERATOR,), _ENDED),
    (_ACTIVE, Event.DELETION, (Actor.SYSTEM,), _ENDED),
    (_ACTIVE, Event.ASK_SCOPES, (Actor.GUARDIAN,), _ACTIVE),
    (_ACTIVE, Event.GRANT_SCOPES, (Actor.TEEN,), _ACTIVE),
    (_ACTIVE, Event.REMOVE_SCOPES, (Actor.TEEN,), _ACTIVE),
    (_ENDING, Event.END, (Actor.GUARDIAN,), _ENDED),
    (_ENDING, Event.NOTICE_OVER, (Actor.SYSTEM,), _ENDED),
    (_ENDING, Event.RESUME, PEOPLE, _ENDING),
    (_ENDING, Event.RESUME_CONFIRM, PEOPLE, _ACTIVE),
    (_ENDING, Event.SAFETY_EXIT, (Actor.TEEN,), _ENDED),
    (_ENDING, Event.COME_OF_AGE, (Actor.SYSTEM,), _ENDED),
    (_ENDING, Event.OPERATOR_END, (Actor.OPERATOR,), _ENDED),
    (_ENDING, Event.DELETION, (Actor.SYSTEM,), _ENDED),
    # the one way back, for 24 h, for the teen alone; to `ending` if the exit was made from there
    (_ENDED, Event.EXIT_UNDO, (Actor.TEEN,), _ACTIVE),
)

MOVES: Mapping[Cell, LinkState] = {
    (state, event, actor): target for state, event, actors, target in _ROWS for actor in actors
}
