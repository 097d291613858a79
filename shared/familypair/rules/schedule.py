"""Local days, and the blocks and limits of one layer on one day with its exceptions (A6).

A local day runs from the teen's `day_starts_at` in the home zone: 23, 24 or 25 hours across a
clock change. A wall time in a gap shifts forward; one in a fold starts with its first pass.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, cast

import msgspec

from familypair.rules.zones import first_instant, zone
from familypair.settings import (
    NONE,
    WEEKDAYS,
    Block,
    DayException,
    ExceptionKind,
    Value,
)

_ONE_DAY: Final = timedelta(days=1)
MIDNIGHT: Final = "00:00"


def _time(clock: str) -> time:
    return time(int(clock[:2]), int(clock[3:]))


@functools.lru_cache(maxsize=16384)
def day_start(name: str, day_starts_at: str, day: date) -> datetime:
    """The instant at which a local day begins, in UTC. `name` is an IANA zone."""
    wall = datetime.combine(day, _time(day_starts_at), UTC)
    return datetime.fromtimestamp(first_instant(name, int(wall.timestamp())), UTC)


def local_day(name: str, day_starts_at: str, instant: datetime) -> date:
    """The local day to which an aware instant belongs: the last one that has begun.

    The wall clock may go back behind the start of a day that has begun, and jump over whole days.
    """
    day = instant.astimezone(zone(name)).date() + _ONE_DAY
    while day_start(name, day_starts_at, day) > instant:
        day -= _ONE_DAY
    return day


def next_boundary(name: str, day_starts_at: str, instant: datetime) -> datetime:
    """The first start of a local day after the instant."""
    day = local_day(name, day_starts_at, instant) + _ONE_DAY
    while (start := day_start(name, day_starts_at, day)) <= instant:
        day += _ONE_DAY
    return start


def weekday_of(day: date) -> str:
    """`mon` .. `sun`."""
    return WEEKDAYS[day.weekday()]


class OwnDay(msgspec.Struct, frozen=True):
    """What one layer says about one local day after its own exceptions.

    `limit` is None when the layer does not speak, "none" for a stated or lifted limit.
    """

    limit: int | str | None
    blocks: tuple[Block, ...]


def own_day(values: Mapping[str, Value], day: date) -> OwnDay:
    """Apply a layer's exceptions to itself, in the order swap, lift, add (A6)."""
    weekday = weekday_of(day)
    blocks = tuple(sorted(b for b in blocks_on(values, day) if weekday in b.days))
    return OwnDay(own_limit(values, day), blocks)


def own_limit(values: Mapping[str, Value], day: date) -> int | str | None:
    """What one layer allows on one local day after its own exceptions; see `OwnDay.limit`."""
    limit = cast("int | str | None", values.get(f"screen_time.daily_minutes.{weekday_of(day)}"))
    return _limit(limit, exceptions_on(values, day))


def exceptions_on(values: Mapping[str, Value], day: date) -> list[DayException]:
    """A layer's exceptions that are in force on a local day."""
    written = cast("tuple[DayException, ...]", values.get("schedule.exceptions", ()))
    return [one for one in written if one.first <= day <= one.last]


def blocks_on(values: Mapping[str, Value], day: date) -> Iterable[Block]:
    """A layer's blocks after its exceptions of a local day, of whatever weekday they are."""
    standing = cast("tuple[Block, ...]", values.get("schedule.blocks", ()))
    return rewritten(standing, exceptions_on(values, day))


def rewritten(standing: tuple[Block, ...], today: Sequence[DayException]) -> Iterable[Block]:
    """Blocks after the exceptions that are in force."""
    return _blocks(standing, today) if today else standing


def _limit(standing: int | str | None, today: list[DayException]) -> int | str | None:
    """Several limits take the smallest, a limit beats a lift, a lift means "none"."""
    limits = [one.minutes for one in today if one.kind is ExceptionKind.SET_LIMIT]
    if limits:
        return min(limits)
    if any(one.kind is ExceptionKind.LIFT_LIMIT for one in today):
        return NONE
    return standing


def _blocks(standing: tuple[Block, ...], today: Sequence[DayException]) -> set[Block]:
    """Several swaps unite their blocks; then lifts take away; then additions."""
    swaps = [one for one in today if one.kind is ExceptionKind.SWAP_BLOCKS]
    blocks = {b for one in swaps for b in one.blocks} if swaps else set(standing)
    for one in today:
        if one.kind is ExceptionKind.LIFT_BLOCKS:
            blocks = {b for b in blocks if one.kinds and b.kind not in one.kinds}
    for one in today:
        if one.kind is ExceptionKind.ADD_BLOCKS:
            blocks |= set(one.blocks)
    return blocks
