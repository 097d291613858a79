"""What a wall clock showed, minute by minute: an oracle for days, blocks and quiet times.

It knows nothing of our rules' code. Every wall minute is turned into instants by the standard
library (PEP 495): one that exists comes once or, in a fold, twice; one in a gap is read with the
offset from before it, which shifts it forward. A window is the set of the wall minutes in it.
"""

import functools
import zoneinfo
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

MINUTE: Final = timedelta(minutes=1)
DAY: Final = 1440
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks have no zone
NEAR: Final = 26 * 60
"""Minutes before and after a transition that are looked at."""
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Span(msgspec.Struct, frozen=True):
    """A weekly span: the days on which it starts, and minutes after midnight."""

    days: tuple[str, ...]
    start: int
    end: int

    @property
    def length(self) -> int:
        """Minutes; a span that ends where it starts or before runs past midnight."""
        return (self.end - self.start) % DAY or DAY


@contextmanager
def packaged() -> Generator[None]:
    """Zones from the tzdata package, as the machine's own may be of another version."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(before)


def every_zone() -> list[str]:
    """Every name of the tzdata package."""
    with packaged():
        return sorted(zoneinfo.available_timezones())


def clock_of(name: str) -> ZoneInfo:
    """A zone as the standard library reads it from the tzdata package."""
    with packaged():
        return ZoneInfo.no_cache(name)


def transitions(clock: ZoneInfo, first: int, last: int) -> list[int]:
    """The minutes in which the offset changes, from the first year to the end of the last."""
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    found: list[int] = []
    step = timedelta(hours=6)
    while at < end:
        after = at + step
        if _offset(clock, at) != _offset(clock, after):
            while _offset(clock, at) == _offset(clock, at + MINUTE):
                at += MINUTE
            found.append((at + MINUTE - EPOCH) // MINUTE)
        at = after
    return found


def _offset(clock: ZoneInfo, instant: datetime) -> timedelta | None:
    return instant.astimezone(clock).utcoffset()


class Clock:
    """One wall clock from `low` to `high`, both minutes since 1970 in UTC."""

    def __init__(self, clock: ZoneInfo, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.all = frozenset(range(low, high))
        edges = [(_wall(clock, at), at) for at in (low, high)]
        first = min(wall for wall, _ in edges) - 28 * 60
        last = max(wall for wall, _ in edges) + 4 * 60
        self.instants = {wall: _instants(clock, wall) for wall in range(first, last)}

    def inside(self, spans: tuple[Span, ...]) -> set[int]:
        """The minutes of UTC at which one of the spans runs."""
        runs, week, found = week_of(spans), 7 * DAY, set[int]()
        for wall, instants in self.instants.items():
            if runs[wall % week]:
                found.update(instants)
        return found & self.all

    def dates(self, day_starts_at: int) -> list[date]:
        """The local day of every minute: the last one whose start has come."""
        starts = {
            min(instants): _date(wall)
            for wall, instants in self.instants.items()
            if wall % DAY == day_starts_at
        }
        first = min(starts)
        day, found = starts[first], list[date]()
        for instant in range(first, self.high):
            day = max(day, starts.get(instant, day))
            if instant >= self.low:
                found.append(day)
        return found


def _wall(clock: ZoneInfo, instant: int) -> int:
    shown = (EPOCH + instant * MINUTE).astimezone(clock).replace(tzinfo=None)
    return (shown - NAIVE) // MINUTE


def _instants(clock: ZoneInfo, wall: int) -> tuple[int, ...]:
    shown = (NAIVE + wall * MINUTE).replace(tzinfo=clock)
    first, second = shown.utcoffset(), shown.replace(fold=1).utcoffset()
    if first is None or second is None:
        raise ValueError(clock)
    if first == second:
        return (wall - first // MINUTE,)
    if first > second:
        return (wall - first // MINUTE, wall - second // MINUTE)
    return (wall - first // MINUTE,)  # in a gap the second reading would be before it


def _date(wall: int) -> date:
    return (NAIVE + wall * MINUTE).date()


@functools.cache
def week_of(spans: tuple[Span, ...]) -> tuple[bool, ...]:
    """Every minute of a wall clock's week, whether a span runs then; the first day is a Thursday.

    1970 began with one.
    """
    return tuple(any(_covers(span, wall) for span in spans) for wall in range(7 * DAY))


def _covers(span: Span, wall: int) -> bool:
    """Whether it began today, or yesterday and still runs."""
    day, minute = divmod(wall, DAY)
    return any(
        WEEK[(day - back + 3) % 7] in span.days
        and 0 <= minute + back * DAY - span.start < span.length
        for back in (0, 1)
    )


def elapsed_rule(clock: ZoneInfo, spans: Sequence[Span], low: int, high: int) -> set[int]:
    """AdGuard Home's rule: minutes that have gone by since local midnight stand for the clock.

    A span past midnight is two. It is what `t.Sub(midnight)` gives, and wrong on days with a
    clock change.
    """
    found: set[int] = set()
    for instant in range(low, high):
        shown = (EPOCH + instant * MINUTE).astimezone(clock)
        midnight = shown.replace(hour=0, minute=0, fold=0).astimezone(UTC)
        gone = instant - (midnight - EPOCH) // MINUTE
        for span in spans:
            whole = span.start + span.length
            today = WEEK[shown.weekday()] in span.days and span.start <= gone < min(whole, DAY)
            before = WEEK[shown.weekday() - 1] in span.days and gone < whole - DAY
            if today or before:
                found.add(instant)
    return found
