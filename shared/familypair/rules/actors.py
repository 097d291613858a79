"""Who does something, as the state machines know it."""

from enum import StrEnum


class Actor(StrEnum):
    """The doer of an event. Which account that is, the caller has checked before."""

    GUARDIAN = "guardian"
    TEEN = "teen"
    SYSTEM = "system"
    """The clock and the jobs: expiry, a birthday, an erased account."""
    OPERATOR = "operator"


PEOPLE: tuple[Actor, ...] = (Actor.GUARDIAN, Actor.TEEN)
