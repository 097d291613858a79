"""Whose spans unite over a time, kept by day: the same rules are asked about again and again.

What a voice says of a day depends on its spans and exceptions alone, which never change once they
are read. So it is worked out once per day and kept by the identity of these values.
"""

import functools
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from familypair.rules.days import Regimes
from familypair.rules.kept import Same
from familypair.rules.layers.model import Source
from familypair.rules.schedule import rewritten
from familypair.rules.time.model import Spans
from familypair.rules.time.spans import clip, union
from familypair.rules.time.stretches import (
    DAY,
    Claimed,
    OneDay,
    Span,
    Stretch,
    clipped,
    day_of,
    joined,
    united,
    weekly,
    without,
)
from familypair.settings import DayException

_KEPT_VOICES: Final = 256
_KEPT_DAYS: Final = 1024
"""Days of families."""
_KEPT_SPANS: Final = 4096
"""Days of voices."""
_KEPT_ROWS: Final = 64
"""Days of one voice."""


class Voice(msgspec.Struct, frozen=True):
    """One source's weekly spans with its dated exceptions, and when they are not in force."""

    source: Source
    spans: Same[Any]
    exceptions: Same[Any]
    until: int | None = None
    """The second from which it is silent; None for never."""
    holes: Spans = ()
    """What is opened of it, in seconds."""


class _Own:
    """What one voice says, by day."""

    def __init__(
        self, source: Source, spans: tuple[Any, ...], exceptions: Sequence[DayException]
    ) -> None:
        self._source, self._spans, self._exceptions = source, spans, exceptions
        self._made: dict[tuple[int, str, tuple[int, ...]], OneDay] = {}
        self._kept: dict[tuple[date, str], OneDay] = {}

    def on(self, day: date, day_starts_at: str) -> OneDay:
        """See `stretches.ByDay`."""
        found = self._kept.get((day, day_starts_at))
        if found is None:
            found = self._on(day, day_starts_at)
            if len(self._kept) >= _KEPT_ROWS:
                self._kept.clear()
                self._made.clear()
            self._kept[day, day_starts_at] = found
        return found

    def _on(self, day: date, day_starts_at: str) -> OneDay:
        """Days with the same weekday and the same exceptions in force are the same."""
        every = enumerate(self._exceptions)
        today = tuple(n for n, one in every if one.first <= day <= one.last)
        key = (day.weekday(), day_starts_at, today)
        found = self._made.get(key)
        if found is None:
            spans: Any = rewritten(self._spans, [self._exceptions[n] for n in today])
            found = self._made[key] = day_of(self._source, day, day_starts_at, spans)
        return found


@functools.lru_cache(maxsize=_KEPT_VOICES)
def _own(source: Source, spans: Same[Any], exceptions: Same[Any]) -> _Own:
    return _Own(source, spans.value, exceptions.value)


def voice(
    source: Source,
    spans: Sequence[Span],
    exceptions: Sequence[DayException] = (),
    until: int | None = None,
    holes: Spans = (),
) -> Voice:
    """A voice of these values."""
    return Voice(source, Same(spans), Same(exceptions), until, union(holes))


def claims(voices: Sequence[Voice], regimes: Regimes, start: int, end: int) -> Iterator[Claimed]:
    """Everything that every voice says by itself within `[start, end)`, voice by voice."""
    for one in voices:
        until = end if one.until is None else min(end, one.until)
        if start < until:
            said = weekly(_own(one.source, one.spans, one.exceptions), regimes, start, until)
            yield from without(said, one.holes) if one.holes else said


def stretches(
    voices: Sequence[Voice], regimes: Regimes, start: int, end: int
) -> tuple[Stretch, ...]:
    """All time of `[start, end)` of which anybody says something, and who."""
    speaking = tuple(voices)
    days = (_day(speaking, regimes, n) for n in range(start // DAY, -(-end // DAY)))
    return clipped(joined(days), start, end)


@functools.lru_cache(maxsize=_KEPT_DAYS)
def _day(voices: tuple[Voice, ...], regimes: Regimes, number: int) -> tuple[Stretch, ...]:
    """One day of UTC."""
    low = number * DAY
    return united(claims(voices, regimes, low, low + DAY))


def times(voices: Sequence[Voice], regimes: Regimes, start: int, end: int) -> Spans:
    """All time of `[start, end)` of which anybody says something."""
    numbers = range(start // DAY, -(-end // DAY))
    found = union(*(_spans(one, regimes, number) for number in numbers for one in voices))
    return clip(found, start, end)


@functools.lru_cache(maxsize=_KEPT_SPANS)
def _spans(one: Voice, regimes: Regimes, number: int) -> Spans:
    """All time of one voice in one day of UTC."""
    low = number * DAY
    return union((first, last) for first, last, _ in claims((one,), regimes, low, low + DAY))
