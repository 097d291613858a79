"""When weekly spans of a wall clock are, as instants; and the union of what several people say.

A block or window belongs to the weekday of the wall clock on which it starts. At every instant the
zone in force decides what the clock shows, so a move cuts a span and never doubles one. Seconds
since 1970 throughout; gaps and folds are `familypair.rules.zones`.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from familypair.rules.days import Regime, Regimes
from familypair.rules.layers.model import Source
from familypair.rules.schedule import day_start, local_day, weekday_of
from familypair.rules.zones import Seconds, wall_spans, zone
from familypair.settings import Block, BlockKind, Window
from familypair.settings.weekmask import minute_of

MINUTE: Final = 60
DAY: Final = 86_400
_DAY_MINUTES: Final = 1440
_ONE_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = "00:00"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_KINDS: Final = ("", *(kind.value for kind in BlockKind))


class Claim(msgspec.Struct, frozen=True, gc=False):
    """Who says it, and for a block of which kind and with which label."""

    source: Source
    kind: str = ""
    label: str = ""


class Stretch(msgspec.Struct, frozen=True):
    """Half-open seconds during which the same people say the same."""

    start: int
    end: int
    by: tuple[Claim, ...]


Claimed = tuple[int, int, Claim]
SpansOf = Callable[[date], Iterable[Block | Window]]
"""A layer's spans that belong to a local day, of whatever weekday they are."""


def seconds_of(instant: datetime) -> int:
    """An aware instant in whole seconds, rounded down."""
    return (instant - _EPOCH) // _SECOND


def instant_of(seconds: int) -> datetime:
    """The aware UTC instant of seconds."""
    return _EPOCH + seconds * _SECOND


def weekly(
    source: Source, spans_of: SpansOf, regimes: Regimes, start: int, end: int
) -> Iterator[Claimed]:
    """Every time of one layer's spans within `[start, end)`."""
    for regime, low, high in _reigns(regimes, start, end):
        for day in _dates(regime, low, high):
            for span in spans_of(day):
                on = day if span.start >= regime.day_starts_at else day + _ONE_DAY
                if weekday_of(on) in span.days:
                    claim = _claim(source, span)
                    for first, last in occurrence(regime.zone, on, span):
                        if first < high and low < last:
                            yield max(first, low), min(last, high), claim


def _claim(source: Source, span: Block | Window) -> Claim:
    return Claim(source, span.kind.value, span.label) if isinstance(span, Block) else Claim(source)


def _reigns(regimes: Regimes, start: int, end: int) -> Iterator[tuple[Regime, int, int]]:
    """Which zone and start of day the clock runs by, piece by piece."""
    firsts = [start, *(seconds_of(one.begins) for one in regimes[1:]), end]
    for regime, first, last in zip(regimes, firsts, firsts[1:], strict=False):
        low, high = max(start, first), min(end, last)
        if low < high:
            yield regime, low, high


def occurrence(name: str, on: date, span: Block | Window) -> Seconds:
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

    Claims are named in the order in which their sources first come; those of one source by kind.
    """
    found = list(claimed)
    rank = {claim: place for place, claim in enumerate(_in_order(c for _, _, c in found))}
    events = sorted(
        [(start, 1, rank[claim]) for start, _, claim in found]
        + [(end, -1, rank[claim]) for _, end, claim in found]
    )
    names, running = list(rank), Counter[int]()
    stretches: list[Stretch] = []
    for (at, step, who), (until, _, _) in pairwise(events):
        running[who] += step
        if until == at:
            continue
        by = tuple(names[place] for place in sorted(running) if running[place] > 0)
        if by:
            _add(stretches, Stretch(at, until, by))
    return tuple(stretches)


def _in_order(claims: Iterable[Claim]) -> list[Claim]:
    distinct = dict.fromkeys(claims)
    sources = {source: n for n, source in enumerate(dict.fromkeys(c.source for c in distinct))}
    return sorted(distinct, key=lambda c: (sources[c.source], _KINDS.index(c.kind), c.label))


def _add(stretches: list[Stretch], one: Stretch) -> None:
    if stretches and stretches[-1].end == one.start and stretches[-1].by == one.by:
        one = Stretch(stretches.pop().start, one.end, one.by)
    stretches.append(one)


def without(claimed: Iterable[Claimed], holes: Iterable[tuple[int, int]]) -> Iterator[Claimed]:
    """Claims with these spans cut out of them."""
    cut = sorted(holes)
    for start, end, claim in claimed:
        at = start
        for first, last in cut:
            if at < first < end:
                yield at, first, claim
            if first < end:
                at = max(at, last)
        if at < end:
            yield at, end, claim
