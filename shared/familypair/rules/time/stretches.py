"""When weekly spans of a wall clock are, as instants; and the union of what several people say.

A block or window belongs to the weekday of the wall clock on which it starts. At every instant the
zone in force decides what the clock shows, so a move cuts a span and never doubles one. Seconds
since 1970 throughout; gaps and folds are `familypair.rules.zones`.
"""

import functools
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Final, Protocol

import msgspec

from familypair.rules.days import Regime, Regimes
from familypair.rules.layers.model import Source
from familypair.rules.schedule import day_start, local_day, weekday_of
from familypair.rules.zones import Seconds, steady_offset, wall_spans, zone
from familypair.settings import Block, BlockKind, Window
from familypair.settings.weekmask import minute_of

MINUTE: Final = 60
DAY: Final = 86_400
_DAY_MINUTES: Final = 1440
_ONE_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = "00:00"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_START: Callable[["Stretch"], int] = attrgetter("start")
_END: Callable[["Stretch"], int] = attrgetter("end")
_KINDS: Final = ("", *(kind.value for kind in BlockKind))


class Claim(msgspec.Struct, frozen=True, gc=False):
    """Who says it, and for a block of which kind and with which label."""

    source: Source
    kind: str = ""
    label: str = ""


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """Half-open seconds during which the same people say the same."""

    start: int
    end: int
    by: tuple[Claim, ...]


Claimed = tuple[int, int, Claim]
Span = Block | Window
Row = tuple[int, int, Claim, Span]
"""One span of a local day: seconds after its midnight, length, who says it, and the span."""


class OneDay(msgspec.Struct, frozen=True):
    """The spans of one voice that belong to a local day."""

    rows: Sequence[Row]
    reach: int
    """The last of their ends, in wall seconds after the day's midnight."""


class ByDay(Protocol):
    """What one voice says of each local day, without regard to zones."""

    def on(self, day: date, day_starts_at: str) -> OneDay:
        """The spans that belong to a local day."""
        ...


def seconds_of(instant: datetime) -> int:
    """An aware instant in whole seconds, rounded down."""
    return (instant - _EPOCH) // _SECOND


def instant_of(seconds: int) -> datetime:
    """The aware UTC instant of seconds."""
    return _EPOCH + seconds * _SECOND


def weekly(voice: ByDay, regimes: Regimes, start: int, end: int) -> Iterator[Claimed]:
    """Every time of one layer's spans within `[start, end)`."""
    for regime, low, high in _reigns(regimes, start, end):
        for day in _dates(regime, low, high):
            found = voice.on(day, regime.day_starts_at)
            if found.rows:
                yield from _timed(regime.zone, day, found, low, high)


def day_of(source: Source, day: date, day_starts_at: str, spans: Iterable[Span]) -> OneDay:
    """The spans of a local day; one that starts before the day does is of the next date."""
    found: list[Row] = []
    weekday, following = weekday_of(day), weekday_of(day + _ONE_DAY)
    for span in spans:
        later = span.start < day_starts_at
        if (following if later else weekday) in span.days:
            first, last = minute_of(span.start), minute_of(span.end)
            length = ((last - first) % _DAY_MINUTES or _DAY_MINUTES) * MINUTE
            found.append((later * DAY + first * MINUTE, length, _claim(source, span), span))
    return OneDay(found, max((first + length for first, length, *_ in found), default=0))


def _timed(name: str, day: date, found: OneDay, low: int, high: int) -> Iterable[Claimed]:
    midnight = wall_seconds(day)
    offset = steady_offset(name, midnight, midnight + 3 * DAY)
    if offset is None:
        return _cut(_unsteady(name, day, found.rows), low, high)
    base = midnight - offset
    if base >= high or base + found.reach <= low:
        return ()
    every = ((base + first, base + first + length, claim) for first, length, claim, _ in found.rows)
    return _cut(every, low, high)


def _unsteady(name: str, day: date, rows: Sequence[Row]) -> Iterator[Claimed]:
    for first, _, claim, span in rows:
        for low, high in occurrence(name, day + first // DAY * _ONE_DAY, span):
            yield low, high, claim


def _cut(found: Iterable[Claimed], low: int, high: int) -> list[Claimed]:
    return [
        (max(low, first), min(high, last), claim)
        for first, last, claim in found
        if first < high and low < last
    ]


def _claim(source: Source, span: Span) -> Claim:
    return Claim(source, span.kind.value, span.label) if isinstance(span, Block) else Claim(source)


def _reigns(regimes: Regimes, start: int, end: int) -> Iterator[tuple[Regime, int, int]]:
    """Which zone and start of day the clock runs by, piece by piece."""
    firsts = [start, *(seconds_of(one.begins) for one in regimes[1:]), end]
    for regime, first, last in zip(regimes, firsts, firsts[1:], strict=False):
        low, high = max(start, first), min(end, last)
        if low < high:
            yield regime, low, high


def occurrence(name: str, on: date, span: Span) -> Seconds:
    """The instants of a span that starts on this date of the wall clock."""
    return _occurrence(name, on, minute_of(span.start), minute_of(span.end))


@functools.lru_cache(maxsize=16384)
def _occurrence(name: str, on: date, first: int, last: int) -> Seconds:
    if local_day(name, _MIDNIGHT, day_start(name, _MIDNIGHT, on)) != on:
        return ()  # the zone skipped this date, as Apia did in 2011: nothing starts on it
    length = (last - first) % _DAY_MINUTES or _DAY_MINUTES
    start = wall_seconds(on) + first * MINUTE
    return wall_spans(name, start, start + length * MINUTE)


def wall_seconds(on: date) -> int:
    """Midnight of a date as a wall time of `familypair.rules.zones`."""
    return (on.toordinal() - _EPOCH.toordinal()) * DAY


def _dates(regime: Regime, low: int, high: int) -> Iterator[date]:
    """The local days whose spans may reach into `[low, high)`."""
    day = instant_of(low).astimezone(zone(regime.zone)).date() - 2 * _ONE_DAY
    last = instant_of(high).astimezone(zone(regime.zone)).date()
    while day <= last:
        yield day
        day += _ONE_DAY


def united(claimed: Iterable[Claimed]) -> tuple[Stretch, ...]:
    """What all of them say, cut where it changes who says what.

    Of each source one claim is named, of those that run the first by kind and label; sources come
    in the order in which their claims first do.
    """
    found = list(claimed)
    names = _in_order(claim for _, _, claim in found)
    rank = {claim: place for place, claim in enumerate(names)}
    events = [(start, 1, rank[claim]) for start, _, claim in found]
    events += [(end, -1, rank[claim]) for _, end, claim in found]
    events.sort()
    running = _Running(names)
    stretches: list[Stretch] = []
    for (at, step, who), (until, _, _) in pairwise(events):
        running.turn(who, step)
        if until != at and (by := running.first()):
            _add(stretches, Stretch(at, until, by))
    return tuple(stretches)


class _Running:
    """Which claims run, by source."""

    def __init__(self, names: Sequence[Claim]) -> None:
        by_source: dict[Source, list[int]] = {}
        self._names = names
        self._count = [0] * len(names)
        self._mine = [by_source.setdefault(claim.source, []) for claim in names]
        self._sources = list(by_source.values())

    def turn(self, who: int, step: int) -> None:
        """A claim begins or ends; the same claim may run several times at once."""
        before = self._count[who]
        self._count[who] = before + step
        if not before:
            insort(self._mine[who], who)
        elif not before + step:
            self._mine[who].remove(who)

    def first(self) -> tuple[Claim, ...]:
        """Of every source that says something the first claim."""
        return tuple([self._names[mine[0]] for mine in self._sources if mine])


def _in_order(claims: Iterable[Claim]) -> list[Claim]:
    distinct = dict.fromkeys(claims)
    sources = {source: n for n, source in enumerate(dict.fromkeys(c.source for c in distinct))}
    return sorted(distinct, key=lambda c: (sources[c.source], _KINDS.index(c.kind), c.label))


def _add(stretches: list[Stretch], one: Stretch) -> None:
    if stretches and stretches[-1].end == one.start and stretches[-1].by == one.by:
        one = Stretch(stretches.pop().start, one.end, one.by)
    stretches.append(one)


def joined(parts: Iterable[Sequence[Stretch]]) -> tuple[Stretch, ...]:
    """Parts of a time that follow on each other, as if they had been united as a whole."""
    stretches: list[Stretch] = []
    for part in parts:
        for one in part[:1]:
            _add(stretches, one)
        stretches += part[1:]
    return tuple(stretches)


def within(stretches: Sequence[Stretch], start: int, end: int) -> Sequence[Stretch]:
    """Those that reach into `[start, end)`, whole."""
    first = bisect_right(stretches, start, key=_END)
    return stretches[first : bisect_left(stretches, end, key=_START)]


def clipped(stretches: Sequence[Stretch], start: int, end: int) -> tuple[Stretch, ...]:
    """The parts inside `[start, end)`."""
    here = list(within(stretches, start, end))
    for place in {0, len(here) - 1} if here else ():
        one = here[place]
        here[place] = Stretch(max(one.start, start), min(one.end, end), one.by)
    return tuple(here)


def without(claimed: Iterable[Claimed], holes: Sequence[tuple[int, int]]) -> Iterator[Claimed]:
    """Claims with these spans, disjoint and in order, cut out of them."""
    for start, end, claim in claimed:
        at = start
        for n in range(bisect_right(holes, start, key=itemgetter(1)), len(holes)):
            first, last = holes[n]
            if first >= end:
                break
            if at < first:
                yield at, first, claim
            at = last
        if at < end:
            yield at, end, claim
