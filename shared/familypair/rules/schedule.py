"""Local days, and the blocks and limits of one layer on one day with its exceptions (A6).

A local day runs from the teen's `day_starts_at` in the home zone: 23, 24 or 25 hours across a
clock change. A wall time in a gap shifts forward; one in a fold starts with its first pass.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

import msgspec

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


def day_start(zone: str, day_starts_at: str, day: date) -> datetime:
    """The instant at which a local day begins, in UTC. `zone` is an IANA name."""
    wall = time(int(day_starts_at[:2]), int(day_starts_at[3:]))
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_day(zone: str, day_starts_at: str, instant: datetime) -> date:
    """The local day to which an aware instant belongs."""
    day = instant.astimezone(ZoneInfo(zone)).date()
    return day if day_start(zone, day_starts_at, day) <= instant else day - _ONE_DAY


def next_boundary(zone: str, day_starts_at: str, instant: datetime) -> datetime:
    """The first start of a local day after the instant."""
    return day_start(zone, day_starts_at, local_day(zone, day_starts_at, instant) + _ONE_DAY)


def weekday_of(day: date) -> str:
    """`mon` .. `sun`."""
    return WEEKDAYS[day.weekday()]


def new_day_start_from(zone: str, old: str, new: str, now: datetime) -> datetime:
    """When a changed `day_starts_at` takes effect (A20): days only ever get longer.

    It is the first boundary of the new value at least 24 h after the current day began.
    """
    earliest = day_start(zone, old, local_day(zone, old, now)) + _ONE_DAY
    day = earliest.astimezone(ZoneInfo(zone)).date()
    boundary = day_start(zone, new, day)
    return boundary if boundary >= earliest else day_start(zone, new, day + _ONE_DAY)


class OwnDay(msgspec.Struct, frozen=True):
    """What one layer says about one local day after its own exceptions.

    `limit` is None when the layer does not speak, "none" for a stated or lifted limit.
    """

    limit: int | str | None
    blocks: tuple[Block, ...]


def own_day(values: Mapping[str, Value], day: date) -> OwnDay:
    """Apply a layer's exceptions to itself, in the order swap, lift, add (A6)."""
    written = cast("tuple[DayException, ...]", values.get("schedule.exceptions", ()))
    today = [one for one in written if one.first <= day <= one.last]
    weekday = weekday_of(day)
    standing = cast("tuple[Block, ...]", values.get("schedule.blocks", ()))
    limit = cast("int | str | None", values.get(f"screen_time.daily_minutes.{weekday}"))
    return OwnDay(_limit(limit, today), _blocks(standing, today, weekday))


def _limit(standing: int | str | None, today: list[DayException]) -> int | str | None:
    """Several limits take the smallest, a limit beats a lift, a lift means "none"."""
    limits = [one.minutes for one in today if one.kind is ExceptionKind.SET_LIMIT]
    if limits:
        return min(limits)
    if any(one.kind is ExceptionKind.LIFT_LIMIT for one in today):
        return NONE
    return standing


def _blocks(
    standing: tuple[Block, ...], today: list[DayException], weekday: str
) -> tuple[Block, ...]:
    """Several swaps unite their blocks; then lifts take away; then additions."""
    swaps = [one for one in today if one.kind is ExceptionKind.SWAP_BLOCKS]
    blocks = {b for one in swaps for b in one.blocks} if swaps else set(standing)
    for one in today:
        if one.kind is ExceptionKind.LIFT_BLOCKS:
            blocks = {b for b in blocks if one.kinds and b.kind not in one.kinds}
    for one in today:
        if one.kind is ExceptionKind.ADD_BLOCKS:
            blocks |= set(one.blocks)
    return tuple(sorted(b for b in blocks if weekday in b.days))
