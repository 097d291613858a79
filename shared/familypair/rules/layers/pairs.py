"""The daily limit and `at_limit` as one pair per layer and weekday (algebra.md A4, A5).

Each layer's outcome acts at that layer's own sum; the strictest one reached holds. "A: 60 remind,
B: 180 stop" is remind from 60 and stop from 180, never stop at 60.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, cast

import msgspec

from familypair.rules.layers.model import CAP, DEFAULT, Layer, Policy, Source, Step
from familypair.rules.layers.voices import (
    cap_of,
    default_of,
    replaces_default,
    source_of,
    speakers,
    waits,
)
from familypair.rules.schedule import own_day, weekday_of
from familypair.settings import NONE, Field, field

AT_LIMIT: Final = "screen_time.at_limit"
DAILY: Final = "screen_time.daily_minutes."
ALLOW: Final = "allow"
PROBATION_GIFT: Final = 60
"""Minutes a day that a guardian in probation may give on the default (product.md section 3)."""

Minutes = int | str
LimitOf = Callable[[Layer], Minutes | None]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One layer's limit with what happens there, and its own postings of the day."""

    source: Source
    limit: Minutes
    at: str
    posted: int = 0
    limit_completed: bool = False
    at_completed: bool = False
    waits: bool = False

    @property
    def total(self) -> Minutes:
        """The layer's own sum (A5); "none" stays "none"."""
        return self.limit if isinstance(self.limit, str) else max(0, self.limit + self.posted)


class DayLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The arithmetic of one day: `minutes` is the smallest sum."""

    minutes: Minutes
    sums: tuple[Pair, ...]
    steps: tuple[Step, ...]

    def outcome(self, used: int) -> str:
        """`allow`, or the strictest of remind, ask, stop that `used` minutes have reached."""
        reached = [step.outcome for step in self.steps if used >= step.minutes]
        return reached[-1] if reached else ALLOW


def standing_pairs(policy: Policy, weekday: str, now: datetime) -> list[Pair]:
    """The pairs of a weekday as they stand, without exceptions and postings."""
    cell = DAILY + weekday
    return pairs(policy, weekday, lambda layer: cast("Minutes | None", layer.values.get(cell)), now)


def day_limit(
    policy: Policy, day: date, *, now: datetime, postings: Mapping[str, int] | None = None
) -> DayLimit:
    """What one local day allows, with exceptions (A6) and each owner's postings (A5).

    `postings` maps an owner id to the sum of that owner's postings of this day.
    """
    weekday = weekday_of(day)
    found = pairs(policy, weekday, lambda layer: own_day(layer.values, day).limit, now)
    sums = tuple(_post(policy, found, postings or {}, now))
    return DayLimit(
        minutes=min((s.total for s in sums), key=_rank), sums=sums, steps=steps_of(sums)
    )


def pairs(policy: Policy, weekday: str, limit_of: LimitOf, now: datetime) -> list[Pair]:
    """Every layer's completed pair; the default's while nobody replaced it (A2)."""
    cell, at_field = field(DAILY + weekday), field(AT_LIMIT)
    spoken = [
        (layer, pair)
        for layer in speakers(policy, cell, now)
        if (pair := _complete(policy, layer, cell, limit_of(layer), now)) is not None
    ]
    found = _cap_pair(policy, cell)
    if not any(replaces_default(layer, cell, now) for layer, _ in spoken):
        limit = cast("Minutes", default_of(policy, cell, now))
        at = cast("str", default_of(policy, at_field, now))
        found.append(Pair(source=DEFAULT, limit=limit, at=at))
    return found + [pair for _, pair in spoken]


def _cap_pair(policy: Policy, cell: Field) -> list[Pair]:
    """An operator's own cap on time, where there is one."""
    limit, at = cap_of(policy, cell), cap_of(policy, field(AT_LIMIT))
    if limit is None and at is None:
        return []
    start = field(AT_LIMIT).default(policy.band)
    full = (cell.default(policy.band) if limit is None else limit, start if at is None else at)
    return [Pair(source=CAP, limit=cast("Minutes", full[0]), at=cast("str", full[1]))]


def _complete(
    policy: Policy, layer: Layer, cell: Field, limit: Minutes | None, now: datetime
) -> Pair | None:
    """A layer that sets one half takes the default for the other (A4)."""
    at = cast("str | None", layer.values.get(AT_LIMIT))
    if limit is None and at is None:
        return None
    start, start_at = cell.default(policy.band), field(AT_LIMIT).default(policy.band)
    return Pair(
        source=source_of(layer),
        limit=cast("Minutes", start if limit is None else limit),
        at=cast("str", start_at if at is None else at),
        limit_completed=limit is None,
        at_completed=at is None,
        waits=waits(policy, layer, cell, now),
    )


def _post(
    policy: Policy, found: Sequence[Pair], postings: Mapping[str, int], now: datetime
) -> list[Pair]:
    """Add to each sum its owner's postings; who has no pair posts on the default in force."""
    owners = {pair.source.id for pair in found}
    on_default = 0
    for layer in speakers(policy, field(AT_LIMIT), now):
        if layer.owner not in owners:
            given = postings.get(layer.owner, 0)
            on_default += min(given, PROBATION_GIFT) if layer.in_probation(now) else given
    return [
        msgspec.structs.replace(
            pair, posted=on_default if pair.source == DEFAULT else postings.get(pair.source.id, 0)
        )
        for pair in found
    ]


def _rank(minutes: Minutes) -> float:
    return float("inf") if isinstance(minutes, str) else minutes


def steps_of(sums: Sequence[Pair]) -> tuple[Step, ...]:
    """What happens from which minute on: only steps that are stricter than those before."""
    rank = field(AT_LIMIT).order.covers
    found: list[Step] = []
    for minutes in sorted({s.total for s in sums if isinstance(s.total, int)}):
        here = [s for s in sums if s.total == minutes]
        outcome = field(AT_LIMIT).order.meet([s.at for s in here])
        if not found or not rank(found[-1].outcome, outcome):
            sources = tuple(s.source for s in here if s.at == outcome)
            found.append(Step(minutes, outcome, sources))
    return tuple(found)


def least(sums: Sequence[Pair]) -> Minutes:
    """The smallest sum; "none" only when every layer says so."""
    return min((s.total for s in sums), key=_rank) if sums else NONE
