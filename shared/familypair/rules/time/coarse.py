"""A day's arithmetic as a guardian may read it: use in steps of 15 minutes (product.md section 8).

Where a line of the arithmetic follows from how much was used (a write-off, the unused part of a
gift), the line is told in the same steps, so that the sum still adds up and says no more than the
figure of use. A guardian who does not see time reads no such line at all.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from familypair.rules.layers.pairs import MINUTE, rungs_of
from familypair.rules.time.balance import DayBalance, LayerSum
from familypair.rules.time.insight import STEP_MS
from familypair.rules.time.model import Posting
from familypair.rules.time.rollover import MOVED

STEP: Final = STEP_MS // 1000
"""Seconds of a step."""


def coarse(found: DayBalance, *, used: int | None) -> DayBalance:
    """The balance for a guardian who reads `used` seconds of use, None for none of it."""
    sums = tuple(_sum(one, sees_use=used is not None) for one in found.sums)
    return DayBalance(day=found.day, sums=sums, rungs=rungs_of(sums), used=used or 0)


def stepped(seconds: int) -> int:
    """Down to a whole step."""
    return seconds // STEP * STEP


def _sum(one: LayerSum, *, sees_use: bool) -> LayerSum:
    if isinstance(one.limit, str):
        return one
    lines = _lines(one.lines, one.limit * MINUTE, sees_use=sees_use)
    total = one.limit * MINUTE + sum(line.seconds for line in lines)
    return msgspec.structs.replace(one, lines=lines, seconds=max(0, total))


def _lines(lines: Sequence[Posting], limit: int, *, sees_use: bool) -> tuple[Posting, ...]:
    exact, told = limit, limit
    found: list[Posting] = []
    for line in lines:
        exact += line.seconds
        seconds = line.seconds
        if line.by_use:
            seconds = _same_sign(stepped(exact) - told, line.seconds)
        if sees_use or not (line.by_use or line.kind in MOVED):
            found.append(msgspec.structs.replace(line, seconds=seconds))
            told += seconds
    return tuple(found)


def _same_sign(told: int, exact: int) -> int:
    """A write-off is never told as something taken away, nor the other way round."""
    return max(0, told) if exact > 0 else min(0, told)
