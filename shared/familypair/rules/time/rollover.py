"""What is left of yesterday moves to today, layer by layer (algebra.md A21).

A layer's own allowance counts: not gifts, not earlier roll-over, not the starting value. A day of
which nothing is known moves nothing: unknown is not zero, and it is made up for when a late report
says more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from familypair.rules.days import Day
from familypair.rules.layers.model import Policy
from familypair.rules.layers.pairs import MINUTE, Pair, day_pairs
from familypair.rules.time.coarse import MOVED, as_told
from familypair.rules.time.model import Posting, PostingKind, Use
from familypair.rules.time.postings import of_day, posted

ROLL_OVER: Final = "screen_time.roll_over"
_LAST: Final = timedelta(milliseconds=1)


class Saving(msgspec.Struct, frozen=True):
    """One layer that saves: its own allowance of the day, and the most that may move; minutes."""

    owner: str
    allowance: int
    most: int


class Closed(msgspec.Struct, frozen=True):
    """What a day allowed when it ended."""

    limit_seconds: int | None
    savings: tuple[Saving, ...] = ()
    told_seconds: int | None = None
    """The limit for a guardian: without what follows from how much was used when."""


def saves(policy: Policy) -> bool:
    """Whether any layer has a roll-over at all: most have none."""
    return any(layer.values.get(ROLL_OVER) for layer in (policy.teen, *policy.guardians))


def closed(policy: Policy, day: Day, postings: Iterable[Posting]) -> Closed:
    """The day as it stood at its last instant."""
    lines = of_day(postings, day.date)
    pairs = _pairs_at_the_end(policy, day, lines)
    most = _most(policy)
    return Closed(
        limit_seconds=_least(pairs),
        told_seconds=_least(_pairs_at_the_end(policy, day, as_told(lines, sees_use=True))),
        savings=tuple(
            Saving(pair.source.id, pair.limit, most[pair.source.id])
            for pair in pairs
            if isinstance(pair.limit, int) and most.get(pair.source.id) and not pair.waits
        ),
    )


def _pairs_at_the_end(policy: Policy, day: Day, lines: Sequence[Posting]) -> Sequence[Pair]:
    return day_pairs(policy, day.date, now=day.end - _LAST, posted=posted(lines))


def _least(pairs: Iterable[Pair]) -> int | None:
    return min((pair.seconds for pair in pairs if pair.seconds is not None), default=None)


def moved(yesterday: Closed, use: Use) -> Mapping[str, int]:
    """Owner to the seconds that move to the next day; nothing from a day that is not known."""
    if not use.known:
        return {}
    return {
        one.owner: left
        for one in yesterday.savings
        if (left := min(one.most * MINUTE, one.allowance * MINUTE - use.seconds)) > 0
    }


def differences(
    policy: Policy,
    today: Day,
    wanted: Mapping[str, int],
    postings: Iterable[Posting],
    *,
    now: datetime,
) -> tuple[tuple[str, int, PostingKind], ...]:
    """What has to be posted on `today` so that each layer has what moved: (owner, seconds, kind).

    The first is a roll-over, whatever comes later a correction. Only a layer with a limit of its
    own today takes what it saved; what it has been given already is corrected all the same.
    """
    lines = of_day(postings, today.date)
    pairs = day_pairs(policy, today.date, now=now, posted={})
    takers = {p.source.id for p in pairs if isinstance(p.limit, int) and not p.waits}
    has = posted(line for line in lines if line.kind in MOVED)
    first = {line.owner for line in lines if line.kind is PostingKind.ROLL_OVER}
    owners = sorted({owner for owner in wanted if owner in takers} | has.keys())
    return tuple(
        (owner, missing, PostingKind.CORRECTION if owner in first else PostingKind.ROLL_OVER)
        for owner in owners
        if (missing := wanted.get(owner, 0) - has.get(owner, 0))
    )


def _most(policy: Policy) -> dict[str, int]:
    layers = (policy.teen, *policy.guardians)
    return {layer.owner: cast("int", layer.values.get(ROLL_OVER, 0)) for layer in layers}
