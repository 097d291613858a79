"""Local days as pairs of instants, across changes of the zone and of the start of day.

A regime says by which zone and start of day the days are cut from an instant on. A change never
cuts a day short: the day that runs when it is made goes on until the first boundary of the new
regime that is at least 24 hours after its start, not in the past, and of a later date (A20,
product.md section 2), so no change ever gives a second budget, and no day that has begun is ever
dated anew. Wall times are resolved by `familypair.rules.zones` alone.
"""

import functools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from familypair.rules.schedule import day_start, local_day, next_boundary
from familypair.rules.zones import tzdata_version

__all__ = [
    "Day",
    "Regime",
    "Regimes",
    "day_after",
    "day_at",
    "day_before",
    "day_named",
    "days_from",
    "moved",
    "regime_at",
    "tzdata_version",
]

_ONE_DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(microseconds=1)
_START: Final = datetime.min.replace(tzinfo=UTC)
_LAST_YEAR: Final = 9000
"""Beyond it a date is no day of anybody: what is asked for by hand stays inside the calendar."""


class Regime(msgspec.Struct, frozen=True, kw_only=True):
    """How days are cut from `start` on; the day that began at `held_from` lasts until then.

    Should a later time zone database move the boundary, the held day lasts to the first boundary
    at or after `start`: there is never a sliver of a day.
    """

    zone: str
    day_starts_at: str = "00:00"
    start: datetime = _START
    held_from: datetime = _START

    @property
    def begins(self) -> datetime:
        """From when on this regime cuts the days."""
        if self.start == _START:
            return _START
        return next_boundary(self.zone, self.day_starts_at, self.start - _TICK)


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One local day, half-open `[start, end)` in UTC."""

    date: date
    start: datetime
    end: datetime
    zone: str
    day_starts_at: str = "00:00"

    @property
    def seconds(self) -> int:
        """How long it is: 23 to 25 hours across a clock change, up to 50 across a move."""
        return int((self.end - self.start).total_seconds())

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


Regimes = tuple[Regime, ...]
"""In order of time; never empty."""


def regime_at(regimes: Regimes, instant: datetime) -> Regime:
    """By which zone and start of day the clock runs at an instant."""
    return next((one for one in reversed(regimes) if one.begins <= instant), regimes[0])


def day_at(regimes: Regimes, instant: datetime) -> Day:
    """The local day to which an aware instant belongs."""
    now = regime_at(regimes, instant)
    named = local_day(now.zone, now.day_starts_at, instant)
    start = day_start(now.zone, now.day_starts_at, named)
    end = next_boundary(now.zone, now.day_starts_at, instant)
    following = _after(regimes, now)
    if following is not None and following.held_from < end:
        if following.held_from < start:
            start, named = _held(now, following)
        end = following.begins
    return Day(date=named, start=start, end=end, zone=now.zone, day_starts_at=now.day_starts_at)


def day_after(regimes: Regimes, day: Day) -> Day:
    """The day that begins where this one ends."""
    return _day_from(regimes, day.end)


@functools.lru_cache(maxsize=4096)
def _day_from(regimes: Regimes, start: datetime) -> Day:
    return day_at(regimes, start)


def day_before(regimes: Regimes, day: Day) -> Day:
    """The day that ends where this one begins."""
    return day_at(regimes, day.start - _TICK)


def days_from(regimes: Regimes, instant: datetime, count: int) -> Iterator[Day]:
    """`count` days, the one of the instant first."""
    day = day_at(regimes, instant)
    for _ in range(count):
        yield day
        day = day_after(regimes, day)


def day_named(regimes: Regimes, named: date) -> Day | None:
    """The day with this date; None where a move or the zone itself skipped it."""
    if not 1 < named.year < _LAST_YEAR:
        return None
    for regime in regimes:
        day = day_at(regimes, day_start(regime.zone, regime.day_starts_at, named))
        if day.date == named:
            return day
    return None


def moved(
    regimes: Regimes, *, zone: str | None = None, day_starts_at: str | None = None, now: datetime
) -> Regimes:
    """The regimes after a change is made at `now`; a change that has not begun is replaced.

    Going back to what is in force takes the waiting change away, unless the day has already been
    held longer than it would have lasted: then it ends at the next boundary that is to come.
    """
    kept = tuple(one for one in regimes if one.begins <= now) or regimes[:1]
    current, today = kept[-1], day_at(regimes, now)
    pending = regimes[-1]
    wanted = Regime(zone=zone or pending.zone, day_starts_at=day_starts_at or pending.day_starts_at)
    same = (wanted.zone, wanted.day_starts_at) == (current.zone, current.day_starts_at)
    if same and day_at(kept, now).start == today.start:
        return kept
    start = _boundary(wanted, today, now)
    return (*kept, msgspec.structs.replace(wanted, start=start, held_from=today.start))


def _boundary(wanted: Regime, today: Day, now: datetime) -> datetime:
    earliest = max(today.start + _ONE_DAY, now)
    start = next_boundary(wanted.zone, wanted.day_starts_at, earliest - _TICK)
    while local_day(wanted.zone, wanted.day_starts_at, start) <= today.date:
        start = next_boundary(wanted.zone, wanted.day_starts_at, start)
    return start


def _after(regimes: Regimes, regime: Regime) -> Regime | None:
    at = regimes.index(regime) + 1
    return regimes[at] if at < len(regimes) else None


def _held(now: Regime, following: Regime) -> tuple[datetime, date]:
    """Start and date of the long day before a change."""
    named = local_day(now.zone, now.day_starts_at, max(following.held_from, now.begins))
    return day_start(now.zone, now.day_starts_at, named), named
