"""What a draft would do: its sentences over real use, and the next 7 days where they differ."""

from textual.content import Content

from familypair.schema.settings import Preview, PreviewDay
from familypair_tui.text import fit, hanging, line
from familypair_tui.theme import Ink
from familypair_tui.when import minutes_words

_DAYS = 7
_DATE = 11
_HOURS = 3


def effect_lines(preview: Preview, width: int, ink: Ink) -> list[Content]:
    """The sentences first, then a line for every day that would be another one."""
    rows: list[Content] = []
    for words in preview.words:
        first, *rest = hanging(words, width - 2, ink.strong, lines=2) or [Content("")]
        rows += [line(("▸ ", ink.accent), first), *(line("  ", row) for row in rest)]
    days = [day for day in preview.ahead if _differs(day)][:_DAYS]
    if days:
        rows.append(line(("The next 7 days", ink.muted)))
    return [*rows, *(row for day in days for row in _day(day, width, ink))]


def _differs(day: PreviewDay) -> bool:
    return bool(day.hours) or day.limit_before != day.limit_after


def _day(day: PreviewDay, width: int, ink: Ink) -> list[Content]:
    """`Mon 23 Nov  60 min → 45 min  18:00-20:00: free → blocked`, on two lines where it is long."""
    name = f"{day.date:%a} {day.date.day} {day.date:%b}"
    parts = [line((f"  {name:<{_DATE}}", ink.text))]
    if day.limit_before != day.limit_after:
        before, after = minutes_words(day.limit_before), minutes_words(day.limit_after)
        parts.append(line((before, ink.muted), (" → ", ink.accent), (f"{after}  ", ink.value)))
    shown = [hours.words for hours in day.hours[:_HOURS]]
    more = len(day.hours) - _HOURS
    words = "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
    first = line(*parts)
    room = max(width - first.cell_length, 10)
    rows = hanging(words, room, ink.plain_value, lines=2) or [Content("")]
    blank = " " * first.cell_length
    return [fit(line(blank if place else first, row), width) for place, row in enumerate(rows)]
