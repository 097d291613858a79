"""How much of the day a host may know (product.md section 11: exact at 15 minutes or less)."""

from typing import Final

from familypair.rules.time.warnings import EXACT_FROM
from familypair.schema.policies import PolicyDay

STEP: Final = EXACT_FROM * 60
"""Seconds. With more than this left to the next rung, a host knows the use in steps of it."""


def shown_use(day: PolicyDay, exact_seconds: int) -> int:
    """The use that a host gets for `exact_seconds`; a decision with it is the exact one's.

    The seconds left to the next rung are rounded up to whole steps while they are more than one,
    but never so far that a rung that was reached is not any more. When every rung is reached it
    is the last one's seconds: what is used beyond the strictest limit decides nothing.
    """
    reached, following = 0, None
    for rung in day.rungs:
        if rung.seconds > exact_seconds:
            following = rung.seconds
            break
        reached = rung.seconds
    if following is None:
        return reached
    left = following - exact_seconds
    if left <= STEP:
        return max(exact_seconds, 0)
    return max(following + -left // STEP * STEP, reached, 0)
