"""Half hours of a day, amounts, plans and notes as people type them.

A day: `18:00-20:00 away dinner, 22:00-07:00 sleep, 14:00-15:00 free`. A plan: `mon-fri 45,
weekend 1h30`. An amount: `45`, `1h30`, `rest`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from familypair.schema.requests import MoreTime
from familypair.settings.values import WEEKDAYS, BlockKind
from familypair_tui.typed_spans import (
    NotTypedError,
    read_blocks,
    read_clock,
    read_days,
    read_minutes,
)

DAY_EXAMPLE: Final = "18:00-20:00 away dinner, 22:00-07:00 sleep, 14:00-15:00 free"
PLAN_EXAMPLE: Final = "mon-fri 45, weekend 1h30"
AMOUNT_EXAMPLE: Final = "Minutes: 20, 45, 1h30, or rest (until the day ends)"
MOST_NOTE: Final = 140
"""Longest reason or note (product.md section 6)."""

_FREE: Final = re.compile(r"\b(free|open)\b", re.IGNORECASE)
_LATE: Final = re.compile(r"(?<![\d:.])(2[5-9]|[3-9]\d|24[:.](?!00)\d\d)")
_PIECE: Final = re.compile(r"\s*[;,]\s*(?=\d{1,2}[:.]\d{2}|[a-z]+ \d{1,2}[:.]\d{2})", re.IGNORECASE)
_MOST_MINUTES: Final = 1440


@dataclass(frozen=True, slots=True)
class Painted:
    """One typed stretch of a day; no kind is free."""

    start: str
    end: str
    kind: BlockKind | None
    label: str = ""


def read_day(text: str) -> list[Painted]:
    """Stretches of one day; an end before the start is on the next day."""
    return [_painted(part) for part in _PIECE.split(text.strip())]


def _painted(text: str) -> Painted:
    if _LATE.search(text):
        raise NotTypedError(f"{text}: hours end at 24:00.")
    free = _FREE.search(text)
    found = read_blocks(_FREE.sub("", text, count=1))
    if len(found) != 1 or list(found[0]["days"]) != list(WEEKDAYS):
        raise NotTypedError(f'"{text}": this is one day; write times like 18:00-20:00 away.')
    block = found[0]
    if block["start"] in {block["end"], "24:00"}:
        raise NotTypedError(f"{text}: the end has to be after the start.")
    kind = None if free else BlockKind(block["kind"])
    return Painted(block["start"], block["end"], kind, "" if free else block.get("label", ""))


def write_day(blocks: Sequence[Mapping[str, Any]], day: str) -> str:
    """Text that `read_day` gives back as the blocks that start on this weekday."""
    parts = [
        [f"{block['start']}-{block['end']}", block["kind"], block.get("label", "")]
        for block in blocks
        if day in block["days"]
    ]
    return ", ".join(" ".join(word for word in words if word) for words in parts)


def read_amount(text: str) -> MoreTime:
    """`20`, `1h30`, or `rest`."""
    if text.strip().lower() in {"rest", "rest of day", "rest of the day", "the rest of the day"}:
        return MoreTime(rest_of_day=True)
    minutes = read_minutes(text.strip())
    if not isinstance(minutes, int) or not 0 < minutes <= _MOST_MINUTES:
        raise NotTypedError("Please give 1 to 1440 minutes, or rest.")
    return MoreTime(minutes=minutes)


def read_plan(text: str) -> dict[str, Any]:
    """The merge patch of a plan for daily minutes: `mon-fri 45, weekend 1h30`."""
    limits: dict[str, Any] = {}
    for part in re.split(r"\s*[;,]\s*", text.strip()):
        days, _, amount = part.rpartition(" ")
        if not days:
            raise NotTypedError(f'"{part}": write {PLAN_EXAMPLE}.')
        minutes = read_minutes(amount)
        if isinstance(minutes, int) and minutes > _MOST_MINUTES:
            raise NotTypedError("A day has at most 1440 minutes.")
        limits |= dict.fromkeys(read_days(days), minutes)
    return {"screen_time": {"daily_minutes": limits}}


def read_until(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The instant of a wall time later today, in the teen's zone: `16:30`."""
    wall = read_clock(text.strip().lower().removeprefix("until").strip())
    local = now.astimezone(zone)
    day = local.date()
    if wall == "24:00":
        day, wall = day + timedelta(days=1), "00:00"
    at = datetime.combine(day, time(int(wall[:2]), int(wall[3:])), tzinfo=zone)
    if at <= local:
        raise NotTypedError(f"{wall} is over already today.")
    return at


def read_note(text: str) -> str:
    """A line of at most 140 characters."""
    if len(text) > MOST_NOTE:
        raise NotTypedError(f"At most {MOST_NOTE} characters; this has {len(text)}.")
    return text.strip()
