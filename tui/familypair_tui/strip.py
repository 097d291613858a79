"""A day on one axis: use above schedule in half hours, as characters; no colours, no widgets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from familypair.schema.time import CalendarSpan, TimeGlance, UseSpan

CELL: Final = timedelta(minutes=30)
MOST_CELLS: Final = 52
"""A day across a clock change has 46 or 50; a longer one (a move) is cut."""
LEVELS: Final = " ▁▃▅▇"
"""Use of a half hour in four steps."""
EXACT: Final = " ▁▂▃▄▅▆▇█"
"""The same in eighths, for the teen."""
FREE: Final = "─"
UNKNOWN: Final = "?"
KINDS: Final = {
    "sleep": "█",
    "school": "▒",
    "away": "░",
    "custom": "▚",
    "wind_down": "┄",
    "mute": "┄",
    "lifted": "═",
}
"""Filled: the app is closed. Lines: it is open - free, calm, or opened for today."""
_ORDER: Final = ("mute", "wind_down", "block", "lifted")


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of equal length, one character a half hour."""

    use: str
    """Glyphs of use; `?` where nothing is known; spaces after now."""
    schedule: str
    now: int
    """The half hour of now; -1 when it lies on another day."""
    axis: str
    known: bool = True
    """Whether anything about use is known."""


def of_glance(glance: TimeGlance, now: datetime, zone: tzinfo) -> Strip:
    """Today from the glance: use in four steps."""
    count = cell_count(glance.day_start, glance.day_end)
    here = _cell(glance.day_start, now, count)
    known = bool(glance.cells) and not (glance.unknown and glance.used_seconds is None)
    seen = _cell(glance.day_start, glance.as_of, count) if glance.as_of else here
    use = "".join(
        _use_at(place, glance.cells, here, seen if known else -1) for place in range(count)
    )
    schedule = schedule_row(glance.blocks, glance.day_start, count)
    return Strip(use, schedule, here, axis(glance.day_start, count, zone), known)


def _use_at(place: int, cells: Sequence[int], now: int, seen: int) -> str:
    """One cell: a level where use is known, `?` where it is not, nothing in the future."""
    level = cells[place] if place < len(cells) else 0
    if level > 0:
        return LEVELS[min(level, len(LEVELS) - 1)]
    if now < 0 or place > now:
        return " "
    return UNKNOWN if place > seen and place < now else " "


def of_spans(
    strip: Strip, spans: Iterable[UseSpan], start: datetime, known_until: datetime | None
) -> Strip:
    """The same day with the teen's own exact use, in eighths."""
    count = len(strip.use)
    parts = [0.0] * count
    for span in spans:
        first, last = _reach(start, span.start), _reach(start, span.end)
        for place in range(max(0, int(first)), min(count, int(last) + 1)):
            parts[place] += max(0.0, min(last, place + 1) - max(first, place))
    drawn: list[str] = []
    for place, part in enumerate(parts):
        seen = known_until is not None and start + place * CELL < known_until
        none = " " if seen else strip.use[place]
        drawn.append(EXACT[max(1, min(8, round(8 * part)))] if part > 0 else none)
    return Strip("".join(drawn), strip.schedule, strip.now, strip.axis, known=True)


def cell_count(start: datetime, end: datetime) -> int:
    """How many half hours a day has."""
    return max(1, min(MOST_CELLS, round((end - start) / CELL)))


def _cell(start: datetime, instant: datetime, count: int) -> int:
    place = int((instant - start) // CELL)
    return place if 0 <= place < count else -1


def _reach(start: datetime, instant: datetime) -> float:
    """How many half hours an instant lies after the start of the day."""
    return (instant - start) / CELL


def schedule_row(spans: Iterable[CalendarSpan], start: datetime, count: int) -> str:
    """What holds in each half hour: what covers at least half of it, the strictest kind last."""
    cells = [FREE] * count
    for span in sorted(spans, key=lambda one: _rank(one.kind)):
        glyph = KINDS.get(span.block_kind or span.kind, KINDS["custom"])
        first, last = _reach(start, span.start), _reach(start, span.end)
        for place in range(max(0, int(first)), min(count, int(last) + 1)):
            if 2 * (min(last, place + 1) - max(first, place)) >= 1:
                cells[place] = glyph
    return "".join(cells)


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def axis(start: datetime, count: int, zone: tzinfo) -> str:
    """The hours below the cells, one label every three hours of the wall clock."""
    row = [" "] * (count + 2)
    local = start.astimezone(zone)
    place = (-local.minute % 60) // 30
    while place < count:
        local = (start + place * CELL).astimezone(zone)
        if local.hour % 3 == 0:
            label = str(local.hour)
            row[place : place + len(label)] = label
        place += 2
    return "".join(row[:count])
