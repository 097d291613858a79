"""The daily limit and `at_limit` as one pair per layer and weekday (algebra.md A4, A5).

Each layer's outcome acts at that layer's own sum; the strictest one reached holds. "A: 60 remind,
B: 180 stop" is remind from 60 and stop from 180, never stop at 60.

The arithmetic is in seconds and is here once: `rules.time.balance` adds use and reasons to it, and
`day_limit` is its view in whole minutes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Protocol, cast

import msgspec

from familypair.rules.layers.model import CAP, DEFAULT, Layer, Policy, Source, Step
from familypair.rules.layers.voices import (
    cap_of,
    carried_until,
    default_of,
    replaces_default,
    source_of,
    speakers,
    waits,
)
from familypair.rules.schedule import own_limit, weekday_of
from familypair.settings import NONE, Field, field

AT_LIMIT: Final = "screen_time.at_limit"
DAILY: Final = "screen_time.daily_minutes."
ALLOW: Final = "allow"
MINUTE: Final = 60
"""Seconds of a minute."""

Minutes = int | str
LimitOf = Callable[[Layer], Minutes | None]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One layer's limit with what happens there, and its own postings of the day.

    `limit` is in minutes, or "none"; `posted` is in seconds.
    """

    source: Source
    limit: Minutes
    at: str
    posted: int = 0
    posters: tuple[str, ...] = ()
    """Whose postings count here: the owner, or on the default everybody without a limit (A5)."""
    limit_completed: bool = False
    at_completed: bool = False
    waits: bool = False

    @property
    def seconds(self) -> int | None:
        """The layer's own sum in seconds (A5); None without a limit."""
        if isinstance(self.limit, str):
            return None
        return max(0, self.limit * MINUTE + self.posted)

    @property
    def total(self) -> Minutes:
        """The layer's own sum in whole minutes; "none" stays "none"."""
        return self.limit if self.seconds is None else self.seconds // MINUTE


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

    `postings` maps an owner id to the minutes that this owner's postings of this day add up to.
    """
    posted = {owner: minutes * MINUTE for owner, minutes in (postings or {}).items()}
    sums = day_pairs(policy, day, now=now, posted=posted)
    return DayLimit(
        minutes=min((s.total for s in sums), key=_rank), sums=sums, steps=steps_of(sums)
    )


def day_pairs(
    policy: Policy, day: date, *, now: datetime, posted: Mapping[str, int]
) -> tuple[Pair, ...]:
    """Every layer's sum of one local day; `posted` maps an owner id to seconds."""
    weekday = weekday_of(day)
    found = pairs(policy, weekday, lambda layer: own_limit(layer.values, day), now)
    return tuple(_post(policy, found, posted, now))


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
    policy: Policy, found: Sequence[Pair], posted: Mapping[str, int], now: datetime
) -> Iterator[Pair]:
    """Add to each sum its owner's postings; who has no limit in force posts on the default."""
    for pair in found:
        default = pair.source == DEFAULT
        posters = tuple(_on_default(policy, found, now)) if default else (pair.source.id,)
        seconds = sum(posted.get(owner, 0) for owner in posters)
        yield msgspec.structs.replace(pair, posted=seconds, posters=posters)


def _on_default(policy: Policy, found: Sequence[Pair], now: datetime) -> Iterator[str]:
    """Who posts on the default (A5): who is silent, or whose looser limit waits (A10).

    What a guardian gave stays for the day when their layer falls silent (A3).
    """
    in_force = {pair.source.id for pair in found if not pair.waits}
    row = field(AT_LIMIT)
    for layer in (policy.teen, *policy.guardians):
        if layer.owner in in_force or layer.kind not in row.writers:
            continue
        until = carried_until(policy, layer, row)
        if layer.may_speak(row, now) or (until is not None and now < until):
            yield layer.owner


def _rank(minutes: Minutes) -> float:
    return float("inf") if isinstance(minutes, str) else minutes


class Sum(Protocol):
    """One layer's sum of a day, as the rungs need it."""

    @property
    def source(self) -> Source:
        """Whose it is."""
        ...

    @property
    def at(self) -> str:
        """What happens at it."""
        ...

    @property
    def seconds(self) -> int | None:
        """The sum; None without a limit."""
        ...


class Rung(msgspec.Struct, frozen=True):
    """From `seconds` of use on, `outcome` holds, by these sources (A4)."""

    seconds: int
    outcome: str
    sources: tuple[Source, ...]


def rungs_of(sums: Sequence[Sum]) -> tuple[Rung, ...]:
    """What happens from which second on: only rungs that are stricter than those before."""
    covers = field(AT_LIMIT).order.covers
    found: list[Rung] = []
    for seconds in sorted({s.seconds for s in sums if s.seconds is not None}):
        here = [s for s in sums if s.seconds == seconds]
        outcome = field(AT_LIMIT).order.meet([s.at for s in here])
        if not found or not covers(found[-1].outcome, outcome):
            sources = tuple(s.source for s in here if s.at == outcome)
            found.append(Rung(seconds, outcome, sources))
    return tuple(found)


def steps_of(sums: Sequence[Pair]) -> tuple[Step, ...]:
    """`rungs_of` in whole minutes."""
    return tuple(Step(r.seconds // MINUTE, r.outcome, r.sources) for r in rungs_of(sums))


def least(sums: Sequence[Pair]) -> Minutes:
    """The smallest sum; "none" only when every layer says so."""
    return min((s.total for s in sums), key=_rank) if sums else NONE
