"""Wall clocks and instants: the one place that knows gaps and folds.

Every wall time that a rule names is found here: starts of days, blocks, mutes, wind-down. The
rule, for each wall second of a window by itself: in a gap it shifts forward by the gap (02:30
becomes 03:30 in the spring night of Berlin); in a fold it is there twice, and both passes count.
So a window inside a gap is not lost, and a longer window never covers less than a shorter one.

Zones come from the pinned `tzdata` package and not from the machine, so that the stored version
says which rules were used (security.md T3). Whole seconds since 1970; a wall time is counted as if
its zone were UTC.
"""

import functools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Seconds = tuple[tuple[int, int], ...]
"""Disjoint, sorted, half-open spans of seconds since 1970."""

_STEP: Final = timedelta(hours=6)
"""No zone changes its clock twice within it."""
_MARGIN: Final = timedelta(days=4)
_ONE_DAY: Final = 86_400
_AROUND: Final = 26 * 3600
"""More than two offsets of a zone that follow on each other differ by."""
_FIRST: Final = datetime.min.replace(tzinfo=UTC) + _MARGIN
_LAST: Final = datetime.max.replace(tzinfo=UTC) - _MARGIN


@functools.cache
def tzdata_version() -> str:
    """The version of the time zone database that the days of this process are cut with."""
    return version("tzdata")


@functools.cache
def zone_names() -> frozenset[str]:
    """Every name that `zone` takes, old ones included."""
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())


@functools.lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The rules of an IANA zone; raises `ZoneInfoNotFoundError` (a KeyError) for another name."""
    if name not in zone_names():
        raise ZoneInfoNotFoundError(name)
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


class _Stretch(msgspec.Struct, frozen=True):
    """Seconds during which a zone keeps one offset from UTC."""

    start: int
    end: int
    offset: int


@functools.lru_cache(maxsize=16384)
def first_instant(name: str, wall: int) -> int:
    """When a wall time comes for the first time: in a gap shifted forward, in a fold pass one."""
    return wall_spans(name, wall, wall + 1)[0][0]


def wall_spans(name: str, start: int, end: int) -> Seconds:
    """The instants at which a zone's wall clock is in `[start, end)`, a few days at most."""
    return united(_found(_stretches(name, _year(start)), start, end))


@functools.lru_cache(maxsize=16384)
def steady_offset(name: str, start: int, end: int) -> int | None:
    """The offset from UTC where a zone keeps it for all of a wall clock's `[start, end)`.

    Then the window is one span of instants, `[start - offset, end - offset)`. None near a change.
    """
    for one in _stretches(name, _year(start)):
        low, high = start - one.offset, end - one.offset
        if one.start + _AROUND <= low and high <= one.end - _AROUND:
            return one.offset
    return None


def united(spans: Iterable[tuple[int, int]]) -> Seconds:
    """The union of spans; those that touch become one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return tuple(found)


def _found(stretches: tuple[_Stretch, ...], start: int, end: int) -> Iterator[tuple[int, int]]:
    near = bisect_left(stretches, start - 2 * _ONE_DAY, key=lambda one: one.end)
    before: _Stretch | None = None
    for one in stretches[near:]:
        if one.start > end + 2 * _ONE_DAY:
            return
        if before is not None and before.offset < one.offset:
            yield from _shared(
                start, end, one.start, one.start + one.offset - before.offset, before
            )
        yield from _shared(start, end, one.start, one.end, one)
        before = one


def _shared(
    start: int, end: int, first: int, last: int, clock: _Stretch
) -> Iterator[tuple[int, int]]:
    """The instants in `[first, last)` at which a clock with this offset shows `[start, end)`."""
    low, high = max(first, start - clock.offset), min(last, end - clock.offset)
    if low < high:
        yield low, high


def _year(seconds: int) -> int:
    return datetime.fromtimestamp(seconds, UTC).year


@functools.lru_cache(maxsize=2048)
def _stretches(name: str, year: int) -> tuple[_Stretch, ...]:
    """A year of a zone with some days around it, cut where the offset changes."""
    at = _FIRST if year <= _FIRST.year else datetime(year, 1, 1, tzinfo=UTC) - _MARGIN
    last = _LAST if year >= _LAST.year else datetime(year + 1, 1, 1, tzinfo=UTC) + _MARGIN
    cuts = [int(at.timestamp())]
    offsets = [_offset(name, at)]
    while at < last:
        following = min(at + _STEP, last)
        if _offset(name, following) != offsets[-1]:
            cuts.append(_change_between(name, int(at.timestamp()), int(following.timestamp())))
            offsets.append(_offset(name, following))
        at = following
    ends = [*cuts[1:], int(last.timestamp())]
    return tuple(map(_Stretch, cuts, ends, offsets))


def _change_between(name: str, low: int, high: int) -> int:
    """The first second of the offset that holds at `high`."""
    offset = _offset(name, datetime.fromtimestamp(high, UTC))
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(name, datetime.fromtimestamp(middle, UTC)) == offset:
            high = middle
        else:
            low = middle
    return high


def _offset(name: str, instant: datetime) -> int:
    """The offset from UTC; in seconds, as those before 1970 are not whole minutes."""
    found = instant.astimezone(zone(name)).utcoffset()
    return 0 if found is None else int(found.total_seconds())
