"""What a day allows and what is left: the smallest sum over the layers, in seconds (A4, A5, R0).

Every layer's sum is its own limit plus its own postings; the smallest sum holds, and each layer's
`at_limit` acts at that layer's own sum. The same arithmetic as `layers.pairs`, with use and lines.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from familypair.rules.days import Day
from familypair.rules.layers.model import DEFAULT, Policy, Source, SourceKind, Way
from familypair.rules.layers.pairs import ALLOW, DAILY, Minutes, Pair, Rung, day_pairs, rungs_of
from familypair.rules.layers.way import way_of
from familypair.rules.schedule import weekday_of
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.postings import of_day, posted
from familypair.settings import field


class LayerSum(msgspec.Struct, frozen=True, kw_only=True):
    """One layer's own sum with the lines that it is made of (A5)."""

    source: Source
    limit: Minutes
    """Minutes, or "none"."""
    at: str
    seconds: int | None
    """The sum; None for no limit. Never below zero."""
    lines: tuple[Posting, ...] = ()
    posters: tuple[str, ...] = ()
    """Whose postings count here."""
    limit_completed: bool = False
    waits: bool = False


class DayBalance(msgspec.Struct, frozen=True, kw_only=True):
    """The arithmetic of one day for a use that is given in whole seconds."""

    day: Day
    sums: tuple[LayerSum, ...]
    rungs: tuple[Rung, ...]
    """What happens from which second of use on; each stricter than the one before."""
    used: int

    @property
    def limit(self) -> int | None:
        """The smallest sum in seconds; None without a limit."""
        return min((s.seconds for s in self.sums if s.seconds is not None), default=None)

    @property
    def remaining(self) -> int | None:
        """Seconds until the nearest limit, never below zero; None without a limit."""
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def binding(self) -> tuple[LayerSum, ...]:
        """Every layer whose sum is the smallest; all tied layers (A8)."""
        return tuple(s for s in self.sums if s.seconds is not None and s.seconds == self.limit)

    @property
    def next_rung(self) -> Rung | None:
        """What happens next as use goes on; None when the strictest is reached."""
        return next((rung for rung in self.rungs if rung.seconds > self.used), None)

    def outcome(self, used: int | None = None) -> str:
        """`allow`, or the strictest of remind, ask, stop that this use (seconds) has reached."""
        at = self.used if used is None else used
        reached = [rung.outcome for rung in self.rungs if at >= rung.seconds]
        return reached[-1] if reached else ALLOW

    def sum_of(self, owner: str) -> LayerSum | None:
        """The sum on which this owner posts: their own in force, else the default's, else None."""
        mine = [s for s in self.sums if owner in s.posters]
        return next((s for s in mine if s.source == DEFAULT), mine[0] if mine else None)

    def stricter_than(self, wish: int) -> tuple[LayerSum, ...]:
        """Every layer whose sum is strictly smaller than a wish in seconds."""
        return tuple(s for s in self.sums if s.seconds is not None and s.seconds < wish)


def balance(
    policy: Policy,
    day: Day,
    *,
    use_seconds: int,
    postings: Iterable[Posting],
    now: datetime,
) -> DayBalance:
    """What `day` allows; `use_seconds` is the measure of the union of use inside it.

    `postings` may hold other days'; only those of `day` count.
    """
    lines = of_day(postings, day.date)
    pairs = day_pairs(policy, day.date, now=now, posted=posted(lines))
    sums = tuple(_sum(pair, lines) for pair in pairs)
    return DayBalance(day=day, sums=sums, rungs=rungs_of(pairs), used=use_seconds)


def seconds_in_the_way(policy: Policy, found: DayBalance, wish: int, *, now: datetime) -> Way:
    """Who must answer for `wish` seconds on this day, each judged by its own sum (A5, A8)."""
    row = field(DAILY + weekday_of(found.day.date))
    return way_of(policy, row, [s.source for s in found.stricter_than(wish)], now)


def _sum(pair: Pair, lines: Sequence[Posting]) -> LayerSum:
    own = tuple(
        line
        for line in lines
        if line.owner in pair.posters and (line.seconds or line.kind is PostingKind.CHANGED)
    )
    return LayerSum(
        source=pair.source,
        limit=pair.limit,
        at=pair.at,
        seconds=pair.seconds,
        lines=own,
        posters=pair.posters,
        limit_completed=pair.limit_completed,
        waits=pair.waits,
    )


def is_teens(one: LayerSum) -> bool:
    """Whether this is the teen's own layer."""
    return one.source.kind is SourceKind.TEEN
