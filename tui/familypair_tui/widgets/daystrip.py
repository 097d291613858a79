"""Drawing a day: use above schedule on one axis, and the bar of today's balance."""

from typing import Final

from textual.content import Content

from familypair_tui.balance import Standing
from familypair_tui.strip import FREE, KINDS, UNKNOWN, Strip
from familypair_tui.text import Part, line
from familypair_tui.theme import Ink

_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_CLOSED: Final = frozenset(KINDS[kind] for kind in ("sleep", "school", "away", "custom"))


def use_row(strip: Strip, ink: Ink) -> Content:
    """When the app was used; `?` where nothing is known, `▼` at now."""
    parts: list[Part] = []
    for place, glyph in enumerate(strip.use):
        if place == strip.now:
            parts.append(
                ("▼" if glyph in " ?" else glyph, ink.accent if glyph in " ?" else ink.use)
            )
        else:
            parts.append((glyph, ink.muted if glyph == UNKNOWN else ink.use))
    return line(*parts)


def schedule_row(strip: Strip, ink: Ink) -> Content:
    """When the app is open and closed, with `┃` at now."""
    parts: list[Part] = []
    for place, glyph in enumerate(strip.schedule):
        if place == strip.now:
            parts.append(("┃", ink.accent))
        else:
            parts.append((glyph, _style(glyph, ink)))
    return line(*parts)


def _style(glyph: str, ink: Ink) -> str:
    if glyph == KINDS["sleep"]:
        return ink.night
    if glyph in _CLOSED:
        return ink.away
    if glyph == KINDS["wind_down"]:
        return ink.dusk
    return ink.track if glyph == FREE else ink.plain_value


def merged_row(strip: Strip, ink: Ink) -> Content:
    """Both in one row, for small cards: use lies over the schedule."""
    parts: list[Part] = []
    for place, (use, glyph) in enumerate(zip(strip.use, strip.schedule, strict=True)):
        if place == strip.now:
            parts.append(("┃", ink.accent))
        elif use == " " or (use == UNKNOWN and glyph in _CLOSED):
            parts.append((glyph, _style(glyph, ink)))
        else:
            parts.append((use, ink.muted if use == UNKNOWN else ink.use))
    return line(*parts)


def axis_row(strip: Strip, ink: Ink) -> Content:
    """The hours of the wall clock."""
    return line((strip.axis, ink.muted))


def legend(ink: Ink, width: int = 80) -> Content:
    """What the cells mean, as much of it as fits, the most important first."""
    night = ink.night.split(" on ", maxsplit=1)[0]
    items = (
        ("█", night, "sleep"),
        ("▒", ink.away, "school"),
        ("░", ink.away, "away"),
        ("▅", ink.use, "use"),
        ("┃", ink.accent, "now"),
        ("┄", ink.dusk, "quiet"),
        ("?", ink.muted, "unknown"),
        ("═", ink.plain_value, "opened"),
    )
    parts: list[Part] = []
    for glyph, style, word in items:
        more: list[Part] = [("  " if parts else "", ""), (f"{glyph} ", style), (word, ink.muted)]
        if line(*parts, *more).cell_length > width:
            break
        parts += more
    return line(*parts)


def tone(at: Standing, ink: Ink) -> str:
    """The style of a state: blue, amber near the end, vermilion at and over it."""
    styles = {"near": ink.near, "over": ink.bad, "unknown": ink.muted}
    return styles.get(at.level, ink.value)


def bar(at: Standing, width: int, ink: Ink) -> Content:
    """Use against the limit: filled, then `·`; over it the mark `┃` and the rest hatched `▓`."""
    if at.used is None or at.limit is None or width < 2:  # noqa: PLR2004 - a mark and a cell
        return line(("·" * max(width, 0), ink.track))
    if at.over:
        inside = max(0, min(width - 2, width * at.limit // at.used))
        rest = width - inside - 1
        return line(("█" * inside, ink.over_block), ("┃", ink.strong), ("▓" * rest, ink.over))
    eighths = width * 8 * at.used // at.limit if at.limit else width * 8
    full, part = divmod(min(eighths, width * 8), 8)
    near = at.level != "normal"
    block, edge = (ink.near_block, ink.near) if near else (ink.bar_block, ink.plain_value)
    if at.level == "over":
        block, edge = ink.over_block, ink.over
    tip = _EIGHTHS[part] if part else ""
    gap = width - full - len(tip)
    return line(("█" * full, block), (tip, edge.replace("bold ", "")), ("·" * gap, ink.track))
