"""Time cut where something changes, for a bisection: the cost does not grow with the blocks."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from familypair.rules.decide.model import ms_of
from familypair.rules.decide.parts import Moment, No, moment, same
from familypair.schema.policies import TimeStretch

_SECOND = 1000
_LATEST = 2**32 - 1
"""The last second that an array can hold: 136 years after the start."""


class Track(msgspec.Struct, frozen=True, gc=False):
    """What holds when, in seconds since the start of its snapshot."""

    cuts: "array[int]"
    """The first is 0."""
    codes: bytes
    """Which of `moments` holds from each cut on."""
    moments: tuple[Moment, ...]
    ends: "array[int]"
    """Where unbroken time with a no ends."""

    def __hash__(self) -> int:
        return hash((self.cuts.tobytes(), self.codes, self.moments))

    def place(self, second: int) -> int:
        """The cut in force."""
        return bisect_right(self.cuts, second) - 1

    def end_of(self, second: int) -> int:
        """Where the time with a no that runs in this second ends."""
        return self.ends[bisect_right(self.ends, second)]


Stops = Sequence[tuple[TimeStretch, No]]


def track_of(start_ms: int, stops: Stops, calm: Sequence[TimeStretch]) -> Track:
    """Cut time by stretches with a no and calm stretches, each disjoint and in order."""
    closed = [(_second(start_ms, s.start), _second(start_ms, s.end), no) for s, no in stops]
    still = [(_second(start_ms, s.start), _second(start_ms, s.end)) for s in calm]
    points = {0, *(p for one in closed for p in one[:2]), *(p for one in still for p in one)}
    cuts: list[int] = []
    found: list[Moment] = []
    for point, stops_here, calm_here in _swept(sorted(points), closed, still):
        here = moment(stops_here, calm_here)
        if not found or found[-1] is not here:
            cuts.append(point)
            found.append(here)
    distinct = tuple(dict.fromkeys(found))
    codes = bytes(map(distinct.index, found))
    return same(Track(array("I", cuts), codes, same(distinct), array("I", _ends(closed))))


def _swept(
    points: Sequence[int], closed: Sequence[tuple[int, int, No]], still: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, No | None, bool]]:
    for point in points:
        place = bisect_right(closed, point, key=_start) - 1
        stops = closed[place][2] if place >= 0 and point < closed[place][1] else None
        calm = bisect_right(still, point, key=_start) - 1
        yield point, stops, calm >= 0 and point < still[calm][1]


def _start(one: tuple[int, int] | tuple[int, int, No]) -> int:
    return one[0]


def _ends(closed: Sequence[tuple[int, int, No]]) -> Iterator[int]:
    for following, (_, end, _) in enumerate(closed, 1):
        if following == len(closed) or end < closed[following][0]:
            yield end


def _second(start_ms: int, instant: datetime) -> int:
    return min(max(0, (ms_of(instant) - start_ms) // _SECOND), _LATEST)
