"""The lines of a card with time: balance, bar, use above schedule, and what comes next."""

from datetime import datetime, tzinfo

from textual.content import Content

from familypair.schema.time import TimeGlance
from familypair_tui.balance import as_of_words, next_words, standing, wordings
from familypair_tui.strip import of_glance
from familypair_tui.text import Part, first_that_fits, fit, line, spread
from familypair_tui.theme import Ink
from familypair_tui.widgets.daystrip import (
    axis_row,
    bar,
    merged_row,
    schedule_row,
    tone,
    use_row,
)

_THREE = 3
_BAR = 22
"""Cells of the bar beside the sentence."""
_SMALLEST_BAR = 8


def balance_line(glance: TimeGlance, width: int, ink: Ink) -> Content:
    """`= 1 h 35 of 2 h, 25 min left: set by Dana`, the longest wording that fits."""
    at = standing(glance)
    return first_that_fits(
        [_worded(words, at.glyph, tone(at, ink), ink) for words in wordings(glance)], width
    )


def _worded(words: str, glyph: str, style: str, ink: Ink) -> Content:
    used, comma, rest = words.partition(", ")
    left, colon, who = rest.partition(": ")
    parts: list[Part] = [(f"{glyph} ", style), (used, ink.strong), (comma, ink.muted)]
    parts += [(left, style), (colon, ink.muted), (who, ink.muted)]
    return line(*parts)


def full_lines(
    glance: TimeGlance, now: datetime, zone: tzinfo, width: int, ink: Ink
) -> list[Content]:
    """Six lines: sentence, bar, use, schedule, hours, what comes."""
    strip = of_glance(glance, now, zone)
    return [
        balance_line(glance, width, ink),
        bar(standing(glance), width, ink),
        use_row(strip, ink),
        schedule_row(strip, ink),
        axis_row(strip, ink),
        fit(after_line(glance, now, zone, width, ink), width),
    ]


def short_lines(
    glance: TimeGlance, now: datetime, zone: tzinfo, room: tuple[int, int], ink: Ink
) -> list[Content]:
    """Two lines, or three where there is room: use above schedule instead of in one row."""
    width, height = room
    strip = of_glance(glance, now, zone)
    first = with_bar(glance, width, ink)
    rest = width - len(strip.schedule) - 2
    if height < _THREE:
        after = after_line(glance, now, zone, rest, ink)
        return [first, line(merged_row(strip, ink), "  ", fit(after, rest))]
    after = after_line(glance, now, zone, rest, ink)
    said = (
        "use is not shared" if not strip.known and glance.used_seconds is None else ""
    ) or as_of_words(glance, now, zone)
    return [
        first,
        line(use_row(strip, ink), "  ", fit(line((said, ink.muted)), rest)),
        line(schedule_row(strip, ink), "  ", fit(after, rest)),
    ]


def with_bar(glance: TimeGlance, width: int, ink: Ink) -> Content:
    """The sentence, and the bar beside it where there is room."""
    words = balance_line(glance, width, ink)
    room = min(_BAR, width - words.cell_length - 2)
    if room < _SMALLEST_BAR:
        return fit(words, width)
    return spread(words, bar(standing(glance), room, ink), width)


def after_line(glance: TimeGlance, now: datetime, zone: tzinfo, width: int, ink: Ink) -> Content:
    """`▸ choir 17:30 in 48m`, and until when use is known."""
    if width < _THREE:
        return Content("")
    options = [
        line(("▸ ", ink.accent), (words, ink.text)) for words in next_words(glance, now, zone)
    ]
    late = as_of_words(glance, now, zone)
    options += [line((words, ink.text)) for words in next_words(glance, now, zone)[-1:]]
    if options and late:
        options.insert(0, line(options[0], (f" · use {late}", ink.muted)))
    if not options:
        use = f" · use {late}" if late else ""
        options = [line((words, ink.muted)) for words in (f"no closed time ahead{use}", "free")]
    return first_that_fits(options, width)
