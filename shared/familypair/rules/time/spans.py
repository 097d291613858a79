"""Sets of time as disjoint, sorted, half-open spans of epoch milliseconds.

Every function takes and gives such sets, so order, duplicates and splits of what was reported
cannot matter: they are gone once a set is made by `union`. Spans that touch are one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from operator import itemgetter
from typing import Final

from familypair.rules.time.model import Spans

Span = tuple[int, int]
"""From a millisecond up to, but not with, another."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_START: Callable[[Span], int] = itemgetter(0)
_END: Callable[[Span], int] = itemgetter(1)


def to_ms(instant: datetime) -> int:
    """An aware instant as epoch milliseconds, rounded down."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(at: int) -> datetime:
    """The aware UTC instant of epoch milliseconds."""
    return _EPOCH + at * _MILLISECOND


def union(*groups: Iterable[Span]) -> Spans:
    """Everything that lies in any span of any group; empty and overlapping spans are fine."""
    return _merged(sorted(chain.from_iterable(groups)))


def added(spans: Spans, more: Spans) -> Spans:
    """`union(spans, more)`, at the cost of what lies after the start of `more`."""
    if not spans or not more:
        return spans or more
    kept = bisect_left(spans, more[0][0], key=_END)
    if kept == len(spans):
        return spans + more
    return spans[:kept] + _merged(sorted((*spans[kept:], *more)))


def measure(spans: Spans) -> int:
    """How many milliseconds a set holds."""
    return sum(map(_END, spans)) - sum(map(_START, spans))


def clip(spans: Spans, start: int, end: int) -> Spans:
    """The part of a set inside `[start, end)`."""
    first = bisect_right(spans, start, key=_END)
    last = bisect_left(spans, end, key=_START)
    if first >= last:
        return ()
    inside = list(spans[first:last])
    inside[0] = (max(inside[0][0], start), inside[0][1])
    inside[-1] = (inside[-1][0], min(inside[-1][1], end))
    return tuple(span for span in inside if span[0] < span[1])


def cut(spans: Spans, instants: Sequence[int]) -> tuple[Spans, ...]:
    """The parts of a set before, between and after some instants, which are in order."""
    if not instants:
        return (spans,)
    if not spans:
        return ((),) * (len(instants) + 1)
    low = min(spans[0][0], instants[0])
    high = max(spans[-1][1], instants[-1])
    return tuple(clip(spans, start, end) for start, end in pairwise((low, *instants, high)))


def minus(spans: Spans, taken: Spans) -> Spans:
    """What of a set is in no span of the other."""
    if not spans or not taken:
        return spans
    low, high = spans[0][0], spans[-1][1]
    edges = (low, *chain.from_iterable(clip(taken, low, high)), high)
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple(part for start, end in gaps for part in clip(spans, start, end))


def closed(spans: Spans, gap: int) -> Spans:
    """The set with its gaps of at most `gap` milliseconds filled."""
    return tuple((start, end - gap) for start, end in _merged((s, e + gap) for s, e in spans))


def thinned(sets: Sequence[Spans], most: int) -> tuple[Spans, ...]:
    """The sets, coarser where they have more than `most` spans together: the least gaps are filled.

    Up to `most` spans nothing changes. Beyond it every gap is filled that is no longer than need
    be; of one set that is never more than its whole stretch divided by `most`.
    """
    over = sum(map(len, sets)) - most
    if over <= 0:
        return tuple(sets)
    gaps = sorted(after[0] - before[1] for spans in sets for before, after in pairwise(spans))
    if not gaps:
        return tuple(sets)
    least = gaps[min(over, len(gaps)) - 1]
    return tuple(closed(spans, least) for spans in sets)


def first_part(spans: Spans, length: int) -> Spans:
    """The earliest `length` milliseconds of a set."""
    kept: list[Span] = []
    for start, end in spans:
        if length <= 0:
            break
        kept.append((start, min(end, start + length)))
        length -= end - start
    return tuple(kept)


def _merged(ordered: Iterable[Span]) -> Spans:
    """Spans in order of their starts, those that meet made one."""
    done: list[Span] = []
    low, high = 0, -1
    for start, end in ordered:
        if end <= start:
            continue
        if start > high:
            if low < high:
                done.append((low, high))
            low, high = start, end
        elif end > high:
            high = end
    if low < high:
        done.append((low, high))
    return tuple(done)
