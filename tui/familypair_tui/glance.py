"""A teen's day in facts that a card can draw: words, deciders, and the 48 half hours of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final, cast

from familypair.schema.links import Link, LinkPhase
from familypair.settings.values import WEEKDAYS
from familypair.settings.weekmask import DAY, minute_of, span_mask
from familypair_tui.store import TeenData
from familypair_tui.when import day_clock, short_span

CELLS: Final = 48
_CELL: Final = DAY // CELLS
_LIMIT: Final = "screen_time.daily_minutes"


@dataclass(frozen=True, slots=True)
class Fact:
    """One value in force: words, who decided, and whether it is nobody's rule yet."""

    path: str
    value: Any
    words: str
    who: str
    starting: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """Today in half hours; every string has 48 characters of ` ` or `x`."""

    quiet: str
    calm: str
    closed: str
    now: int
    """The half hour of now, 0 to 47, in the teen's zone."""


def fact(data: TeenData, path: str) -> Fact | None:
    """A value in force, from the explained settings or else from the card's highlights."""
    found = data.field_of(path)
    if found is not None:
        return Fact(
            path,
            found.value,
            found.words,
            _who(found.reason),
            found.starting_value,
            found.locked,
        )
    line = next((item for item in data.card.highlights if item.path == path), None)
    if line is None:
        return None
    return Fact(path, line.value, line.words, _who(line.reason), locked=line.locked)


def _who(reason: str) -> str:
    """The part of "60 min: set by Dana" after the value."""
    return reason.partition(": ")[2] or reason


def limits(data: TeenData) -> list[Fact | None]:
    """The limit of each weekday, Monday first."""
    return [fact(data, f"{_LIMIT}.{day}") for day in WEEKDAYS]


def today_index(data: TeenData) -> int:
    """Monday is 0."""
    return WEEKDAYS.index(data.card.weekday) if data.card.weekday in WEEKDAYS else 0


def local_now(data: TeenData, read_at: datetime | None, now: datetime) -> int:
    """Minutes after midnight at the teen's home, moved on since the card was read."""
    try:
        local = datetime.fromisoformat(data.card.local_time)
    except ValueError:
        return 0
    passed = int((now - read_at).total_seconds() // 60) if read_at else 0
    return (local.hour * 60 + local.minute + max(0, passed)) % DAY


def day_of(data: TeenData, minutes: int) -> Day:
    """The half hours of today in which something holds."""
    today = today_index(data)
    quiet = _covered(_windows_mask(_value(data, "notifications.mute")), today)
    closed = _covered(_windows_mask(_value(data, "schedule.blocks")), today)
    calm = _calm(_value(data, "schedule.wind_down"), quiet)
    return Day(quiet, calm, closed, minutes // _CELL)


def _value(data: TeenData, path: str) -> Any:
    found = fact(data, path)
    return found.value if found else None


def _windows_mask(value: Any) -> int:
    """The minutes of the week of a list of windows or blocks; anything else is empty."""
    mask = 0
    for spans in _mappings(value):
        try:
            mask |= span_mask(tuple(spans["days"]), spans["start"], spans["end"])
        except (KeyError, ValueError, TypeError, IndexError):
            continue  # a newer server may write windows in a way that this client cannot draw
    return mask


def _covered(mask: int, weekday: int) -> str:
    day = (mask >> (weekday * DAY)) & ((1 << DAY) - 1)
    half = (1 << _CELL) - 1
    counts = [((day >> (cell * _CELL)) & half).bit_count() for cell in range(CELLS)]
    return "".join("x" if 2 * count >= _CELL else " " for count in counts)


def _calm(value: Any, quiet: str) -> str:
    """From the wind-down until the quiet of the night ends (algebra.md A16)."""
    if not isinstance(value, str) or value == "off":
        return " " * CELLS
    try:
        start = minute_of(value) // _CELL
    except ValueError:
        return " " * CELLS
    morning = next((cell for cell in range(CELLS) if quiet[cell] != "x"), CELLS)
    if morning == CELLS or start < CELLS // 2:
        morning = 0
    return "".join("x" if cell >= start or cell < morning else " " for cell in range(CELLS))


def tonight(data: TeenData) -> list[tuple[str, str]]:
    """`(word, time)` of what comes tonight: wind-down and quiet notifications."""
    found: list[tuple[str, str]] = []
    calm = _value(data, "schedule.wind_down")
    if isinstance(calm, str):
        found.append(("wind-down", calm))
    quiet = next(iter(_windows_today(data, "notifications.mute")), None)
    if quiet:
        found.append(("quiet", quiet))
    return found


def coming(data: TeenData, minutes: int) -> list[tuple[str, str]]:
    """`(time, words)` of what still starts or ends today."""
    found: list[tuple[str, str]] = []
    calm = _value(data, "schedule.wind_down")
    if isinstance(calm, str) and calm != "off":
        found.append((calm, "wind-down starts"))
    for path, word in (("notifications.mute", "quiet"), ("schedule.blocks", "closed time")):
        for span, label in _spans_today(data, path):
            name = label or word
            start, _, end = span.partition("–")
            found.append((start, f"{name} starts"))
            if end > start:
                found.append((end, f"{name} ends"))
    now = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return sorted({item for item in found if item[0] > now})


def _windows_today(data: TeenData, path: str) -> list[str]:
    return [span for span, _ in _spans_today(data, path)]


def _spans_today(data: TeenData, path: str) -> list[tuple[str, str]]:
    value = _value(data, path)
    today = WEEKDAYS[today_index(data)]
    return [
        (f"{item['start']}–{item['end']}", str(item.get("label", "")))
        for item in _mappings(value)
        if today in item.get("days", ()) and "start" in item and "end" in item
    ]


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    items = cast("list[object]", value) if isinstance(value, list | tuple) else []
    return [cast("Mapping[str, Any]", item) for item in items if isinstance(item, Mapping)]


def first_day_over(link: Link | None, zone: tzinfo) -> str:
    """`Tue 15:17`: when the first day of a link is over; empty when none runs."""
    if link is None or link.phase is not LinkPhase.PROBATION:
        return ""
    return day_clock(link.probation_until, zone)


def end_words(link: Link, *, teen: bool = False) -> str:
    """Who ended a link, as far as this reader (a guardian, or the teen) may know it."""
    other, mine = (link.guardian.name, "teen") if teen else (link.teen.name, "guardian")
    if link.ended_by == mine:
        return f"You ended the link with {other}"
    if link.ended_by in {"teen", "guardian"}:
        return f"{other} ended the link"
    if link.ended_by == "age":
        return f"{other} is an adult now: the link ended"
    return f"The link with {other} ended"


def phase_words(link: Link | None, now: datetime) -> tuple[str, str] | None:
    """What is special about a link now: `(glyph and words, tone)`; None when nothing is."""
    if link is None:
        return None
    match link.phase:
        case LinkPhase.PROBATION:
            return f"◷ first day · {short_span(link.probation_until, now)} left", "accent"
        case LinkPhase.NOTICE if link.notice_until:
            return f"◷ ending · notice {short_span(link.notice_until, now)}", "bad"
        case LinkPhase.HOLD if link.hold_until:
            return f"◷ ended · kept {short_span(link.hold_until, now)}", "muted"
        case LinkPhase.ENDED:
            return "× ended", "muted"
        case _:
            return None
