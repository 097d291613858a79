"""A day's postings as a guardian may read them: use in steps of 15 minutes (product.md section 8).

A line that follows from use (a write-off, the unused part of a gift) carries what guardians read of
it, worked out when it was posted from the same arithmetic with use in whole steps, or with none.
Rounding the exact seconds instead would tell them, bit by bit, to whoever moves the other lines.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from familypair.rules.time.insight import STEP_MS
from familypair.rules.time.model import Posting, PostingKind

STEP: Final = STEP_MS // 1000
"""Seconds of a step."""
MOVED: Final = frozenset({PostingKind.ROLL_OVER, PostingKind.CORRECTION})
"""Lines that follow from how much was used on the day before."""


def stepped(seconds: int) -> int:
    """Down to a whole step."""
    return seconds // STEP * STEP


def as_told(lines: Iterable[Posting], *, sees_use: bool) -> tuple[Posting, ...]:
    """The lines for a guardian with or without `see_time`; none is left out, some are zero."""
    return tuple(
        msgspec.structs.replace(line, seconds=_seconds(line, sees_use=sees_use)) for line in lines
    )


def _seconds(line: Posting, *, sees_use: bool) -> int:
    if sees_use:
        return (line.told or 0) if line.by_use else line.seconds
    if line.by_use:
        return line.blind or 0
    return 0 if line.kind in MOVED else line.seconds
