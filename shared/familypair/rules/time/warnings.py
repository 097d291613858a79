"""Warnings before the end, in minutes left (product.md section 5, algebra.md A17)."""

from collections.abc import Collection
from typing import Final, cast

from familypair.rules.layers.pairs import MINUTE

EXACT_FROM: Final = 15
"""At this many minutes left or fewer a host is told the number (product.md section 11)."""
MORE: Final = f"more_than_{EXACT_FROM}"


def in_force(warnings: Collection[int], remaining: int | None) -> int | None:
    """The smallest warning that has been reached; None before the first and without a limit.

    `remaining` is in seconds, `warnings` are minutes left.
    """
    if remaining is None:
        return None
    return min((one for one in warnings if remaining <= one * MINUTE), default=None)


def crossed(warnings: Collection[int], before: int | None, after: int | None) -> int | None:
    """The warning that use has just reached, going from `before` to `after` seconds left.

    One at most: where several were passed at once, the last one is what matters.
    """
    reached = in_force(warnings, after)
    return reached if reached != in_force(warnings, before) and _less(after, before) else None


def minutes_left(remaining: int | None) -> int | str | None:
    """What a host may know: whole minutes (begun ones count) at 15 or less, else `more_than_15`."""
    if remaining is None:
        return None
    minutes = -(-remaining // MINUTE)
    return minutes if minutes <= EXACT_FROM else MORE


def _less(after: int | None, before: int | None) -> bool:
    return before is None or cast("int", after) < before
