"""Sets of time against an oracle of plain sets of milliseconds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from familypair.rules.time.model import Spans
from familypair.rules.time.spans import (
    added,
    clip,
    closed,
    cut,
    first_part,
    from_ms,
    measure,
    minus,
    thinned,
    to_ms,
    union,
)
from support.families import PROFILE

TOP = 60
points = st.integers(0, TOP)
spans = st.lists(st.tuples(points, points), max_size=8)


def held(some: Spans) -> set[int]:
    """The oracle: every millisecond of a set, which must be well formed."""
    assert all(start < end for start, end in some)
    assert all(before[1] < after[0] for before, after in pairwise(some))
    return {at for start, end in some for at in range(start, end)}


def all_of(raw: list[tuple[int, int]]) -> set[int]:
    """Every millisecond of spans in any shape."""
    return {at for start, end in raw for at in range(start, end)}


@PROFILE
@given(spans, spans, st.randoms())
def test_order_duplicates_and_groups_cannot_matter(
    one: list[tuple[int, int]], other: list[tuple[int, int]], random: Random
) -> None:
    """A union is the set of its milliseconds, however it came about."""
    together = union(one, other)
    assert held(together) == all_of(one) | all_of(other)
    shuffled = [*one, *other, *one]
    random.shuffle(shuffled)
    assert union(shuffled) == together
    assert added(union(one), union(other)) == together
    assert measure(together) == len(all_of(one) | all_of(other))


@PROFILE
@given(spans, st.lists(points, max_size=6))
def test_splits_cannot_matter(one: list[tuple[int, int]], at: list[int]) -> None:
    """Cutting every span at any instants changes nothing, and the parts are the parts."""
    parts = cut(union(one), sorted(at))
    assert union(*parts) == union(one)
    assert len(parts) == len(at) + 1
    assert sum(map(measure, parts)) == measure(union(one))


@PROFILE
@given(spans, spans, points, points)
def test_parts_and_differences_are_those_of_sets(
    one: list[tuple[int, int]], other: list[tuple[int, int]], start: int, end: int
) -> None:
    """`clip` is an intersection, `minus` a difference, `first_part` the earliest of it."""
    whole = union(one)
    assert held(clip(whole, start, end)) == all_of(one) & set(range(start, end))
    assert held(minus(whole, union(other))) == all_of(one) - all_of(other)
    assert held(first_part(whole, start)) == set(sorted(held(whole))[:start])


@PROFILE
@given(spans, st.integers(0, 10))
def test_pauses_up_to_the_gap_are_closed(one: list[tuple[int, int]], gap: int) -> None:
    """A pause of exactly the gap is closed, one longer is not; the outer ends stay."""
    filled = closed(union(one), gap)
    pauses = [after[0] - before[1] for before, after in pairwise(filled)]
    assert all(pause > gap for pause in pauses)
    assert held(union(one)) <= held(filled)
    assert not filled or filled[0][0] == min(held(union(one)))
    assert not filled or filled[-1][1] == max(held(union(one))) + 1


@PROFILE
@given(spans, spans, st.integers(1, 6))
def test_too_many_spans_lose_their_least_gaps(
    one: list[tuple[int, int]], other: list[tuple[int, int]], most: int
) -> None:
    """Exact up to the bound; beyond it nothing is lost, and no gap is filled above day / most."""
    sets = (union(one), union(other))
    thin = thinned(sets, most)
    assert sum(map(len, thin)) <= max(most, sum(map(bool, sets)))
    if sum(map(len, sets)) <= most:
        assert thin == sets
    assert all(held(before) <= held(after) for before, after in zip(sets, thin, strict=True))
    (alone,) = thinned(sets[:1], most)
    filled = minus(alone, sets[0])
    assert all(end - start <= TOP / most for start, end in filled)


def test_touching_spans_are_one() -> None:
    """Half-open: what ends where the next begins is one stretch; a gap of 1 ms keeps two."""
    assert union([(0, 5), (5, 9)]) == ((0, 9),)
    assert union([(0, 5), (6, 9)]) == ((0, 5), (6, 9))


def test_instants_go_to_milliseconds_and_back() -> None:
    """Rounded down, exact to the millisecond, in UTC."""
    at = datetime(2026, 3, 2, 12, 0, 0, 1_999, tzinfo=UTC)
    assert from_ms(to_ms(at)) == at - timedelta(microseconds=999)
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC)) == 0
