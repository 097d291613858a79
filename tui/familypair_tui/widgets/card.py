"""The card of one teen: today's balance and day, or what holds where no time is shared."""

from datetime import UTC, datetime, tzinfo

from textual.content import Content
from textual.message import Message

from familypair_tui.actions import Key, bindings
from familypair_tui.applied import behind
from familypair_tui.glance import (
    CELLS,
    Day,
    Fact,
    day_of,
    fact,
    limits,
    local_now,
    phase_words,
    today_index,
    tonight,
)
from familypair_tui.store import TeenData
from familypair_tui.text import Part, first_that_fits, fit, line, spread
from familypair_tui.theme import Ink
from familypair_tui.when import minutes_words, zone_of
from familypair_tui.widgets.chrome import tone_style
from familypair_tui.widgets.panel import Panel, chip
from familypair_tui.widgets.timecard import full_lines, short_lines

DAY_TEEN = Key("card.open", "enter", "open('today')", "Day", "Today in figures, and 28 days.", 1)
GIVE_TEEN = Key("card.give", "plus", "open('give')", "Give", "Give minutes for today.", 2)
WEEK_TEEN = Key("card.week", "w,s", "open('week')", "Week", "Paint the week of this teen.", 4)
HISTORY_TEEN = Key("card.history", "h", "open('history')", "History", "This teen's history.", 5)

_LETTERS = "MTWTFSS"
_BAR_WIDTH = 3
_FULL = 7
"""Lines of the full card."""
_CHART = 7 * _BAR_WIDTH
_BLOCKS = " ▁▂▃▄▅▆▇█"
_RULES = (
    ("messages.audience", "DMs"),
    ("search.restricted_mode", "Search"),
    ("privacy.private_account", "Account"),
)


class TeenCardPanel(Panel):
    """One teen at a glance; Enter opens their day."""

    DEFAULT_CSS = """
    TeenCardPanel { height: 9; }
    """
    KEYS = (DAY_TEEN, GIVE_TEEN, WEEK_TEEN, HISTORY_TEEN)
    BINDINGS = bindings(*KEYS)

    class Opened(Message):
        """A card was opened; `view` is `today`, `give`, `week` or `history`."""

        def __init__(self, teen: str, view: str) -> None:
            super().__init__()
            self.teen = teen
            self.view = view

    def __init__(self, data: TeenData, colour: int) -> None:
        super().__init__(classes="card")
        self.data = data
        self.colour = colour
        self.now: datetime | None = None
        self.read_at: datetime | None = None
        self.zone: tzinfo = UTC

    def show(self, data: TeenData, now: datetime, read_at: datetime | None) -> None:
        """Draw this state."""
        self.data, self.now, self.read_at = data, now, read_at
        self.zone = zone_of(data.card.zone, self.zone)
        self.refresh()

    def heading(self) -> Content:
        """Chip, name and age band."""
        card = self.data.card
        name = line((card.name, self.title_style())).truncate(28, ellipsis=True)
        band = card.band.replace("-", "–")
        about = f" · {band}" if band else ""
        return line(chip(card.name, self.colour, self.ink), " ", name, (about, self.ink.muted))

    def aside(self) -> Content:
        """Unseen changes, and the phase of the link."""
        parts: list[Part] = []
        if self.data.card.waiting:
            parts += [(f"! {asks_words(self.data.card.waiting)}", self.ink.bad)]
        if self.data.unseen:
            parts += ["  "] if parts else []
            parts.append((f"{self.data.unseen} new", self.ink.strong))
        late = behind(self.data.applied)
        if late:
            parts += ["  "] if parts else []
            parts.append((late, self.ink.accent))
        phase = phase_words(self.data.card.link, self.now) if self.now else None
        if phase:
            parts += ["  "] if parts else []
            parts.append((phase[0], tone_style(phase[1], self.ink)))
        return line(*parts)

    def body(self, width: int, height: int) -> list[Content]:
        """Full, wide and short, or two lines."""
        if self.data.card.unavailable:
            return [
                line(("○ ", self.ink.bad), ("not available now", self.ink.muted)),
                line(("r", self.ink.key), (" looks again", self.ink.muted)),
            ]
        if self.data.fault is not None:
            return [
                line(("○ ", self.ink.bad), (self.data.fault.sentence, self.ink.muted)),
                line(("r", self.ink.key), (" try again", self.ink.muted)),
            ]
        if self.data.settings is None and not self.data.card.highlights:
            return [line(("loading…", self.ink.muted))]
        if height >= _FULL and width >= CELLS + 2 + _CHART:
            return self._full(width)
        glance = self.data.card.time
        if glance is not None and self.now is not None:
            return short_lines(glance, self.now, self.zone, (width, height), self.ink)
        return self._short(width)

    def _minutes(self) -> int:
        return local_now(self.data, self.read_at, self.now) if self.now else 0

    def _day(self) -> Day:
        return day_of(self.data, self._minutes())

    def _full(self, width: int) -> list[Content]:
        left_width = width - _CHART - 2
        day = self._day()
        glance = self.data.card.time
        if glance is not None and self.now is not None:
            rows = full_lines(glance, self.now, self.zone, left_width, self.ink)
            left = [*rows, self._rules_line(left_width)]
        else:
            left = [
                *self._limit_lines(left_width),
                now_row(day, self.ink),
                strip_row(day, self.ink),
                axis_row(self.ink),
                self._tonight_line(left_width),
                self._rules_line(left_width),
            ]
        right = self._chart()
        return [
            line(fit(one, left_width), "  ", other) for one, other in zip(left, right, strict=True)
        ]

    def _short(self, width: int) -> list[Content]:
        day = self._day()
        limit, who = self._limit()
        rest = width - CELLS - 2
        first = spread(limit, line((who, self.ink.muted)), width)
        return [first, line(strip_row(day, self.ink), "  ", fit(self._tonight_short(rest), rest))]

    def _limit(self) -> tuple[Content, str]:
        """Today's limit in words, and who decided."""
        today = limits(self.data)[today_index(self.data)]
        if today is None:
            return line(("time is not shared with you", self.ink.muted)), ""
        words = line((minutes_words(today.value), self.ink.value), (" today", self.ink.text))
        after = fact(self.data, "screen_time.at_limit")
        if after and today.value != "none":
            words = line(words, (f", then {after.words}", self.ink.muted))
        return words, decided(today)

    def _limit_lines(self, width: int) -> list[Content]:
        words, who = self._limit()
        return [fit(words, width), line((who, self.ink.muted))]

    def _tonight_line(self, width: int) -> Content:
        items = [
            line((f"{word} ", self.ink.muted), (time, self.ink.text))
            for word, time in tonight(self.data)
        ]
        if not items:
            return line(("nothing tonight", self.ink.muted))
        return fit(line(("▸ ", self.ink.accent), line((" · ", self.ink.muted)).join(items)), width)

    def _tonight_short(self, width: int) -> Content:
        items = tonight(self.data)
        options = [
            line(
                ("▸ ", self.ink.accent),
                (" · ".join(f"{word} {time.split('–')[0]}" for word, time in some), self.ink.muted),
            )
            for some in (items, items[:1])
            if some
        ]
        options += [line((time.split("–")[0], self.ink.muted)) for _, time in items[:1]]
        return first_that_fits(options, width) if options else Content("")

    def _rules_line(self, width: int) -> Content:
        parts: list[Content] = []
        for path, title in _RULES:
            found = fact(self.data, path)
            if found:
                words = _rule_words(path, found)
                parts.append(line((f"{title} ", self.ink.muted), (words, self.ink.plain_value)))
        band = self.data.card.search
        if band is not None and band.this_week != "0":
            stopped = f"{band.this_week.replace('-', '–')} until yesterday"
            parts.append(
                line(("Searches in a stopped category ", self.ink.muted), (stopped, self.ink.value))
            )
        gap = line((" · ", self.ink.muted))
        options = [
            gap.join(parts),
            *(gap.join(parts[:count]) for count in range(len(parts) - 1, 0, -1)),
        ]
        return first_that_fits(options, width) if parts else Content("")

    def _chart(self) -> list[Content]:
        """Seven bars, one limit per weekday; today is bright; "none" is open at the top."""
        facts = limits(self.data)
        today = today_index(self.data)
        known = [found.value for found in facts if found and isinstance(found.value, int)]
        top = max([*known, 60])
        title = f"max {minutes_words(top)} a day" if known else "limit per day"
        rows: list[list[Part]] = [[] for _ in range(5)]
        for place, found in enumerate(facts):
            cells = _bar(found.value if found else 0, top, len(rows))
            style = self.ink.bar_block if place == today else self.ink.bar_block_dim
            line_style = self.ink.value if place == today else self.ink.value_dim
            for row, cell in zip(rows, cells, strict=True):
                row += [(cell * 2, style if cell == "█" else line_style), " "]
        letters = [
            (f"{letter}  ", self.ink.strong if place == today else self.ink.muted)
            for place, letter in enumerate(_LETTERS)
        ]
        head = fit(line((title, self.ink.muted)), _CHART)
        return [head, *(fit(line(*row), _CHART) for row in rows), fit(line(*letters), _CHART)]

    def action_open(self, view: str) -> None:
        """Open one of the teen's screens."""
        self.post_message(self.Opened(self.data.card.id, view))

    def on_click(self) -> None:
        """A second click opens."""
        if self.has_focus:
            self.action_open("today")


def asks_words(count: int) -> str:
    """`1 question`, `2 questions`."""
    return "1 question" if count == 1 else f"{count} questions"


def decided(found: Fact) -> str:
    """Who decided, with a glyph: `● set by you`, `○ starting value`, `⊘ platform rule`."""
    glyph = "○" if found.starting else ("⊘" if found.locked else "●")
    return f"{glyph} {found.who}"


def _rule_words(path: str, found: Fact) -> str:
    short = found.words.partition(" (")[0]
    if path == "search.restricted_mode":
        return "restricted" if found.value == "on" else "open"
    if path == "privacy.private_account":
        return "private" if found.value == "on" else "public"
    return short


def _bar(value: object, top: int, rows: int) -> list[str]:
    """The cells of one bar from the top down, in eighths."""
    if value == "none":
        return ["░"] * rows
    eighths = round(int(value) * rows * 8 / top) if isinstance(value, int) else 0
    if eighths == 0:
        return [" "] * (rows - 1) + ["▁"]
    cells: list[str] = []
    for row in range(rows):
        part = max(0, min(8, eighths - (rows - 1 - row) * 8))
        cells.append(_BLOCKS[part])
    return cells


def strip_row(day: Day, ink: Ink) -> Content:
    """24 hours in 48 cells: quiet `▄`, calm `▀`, both `█`, closed `▒`, free `─`, now `┃`."""
    parts: list[Part] = []
    for cell in range(CELLS):
        if cell == day.now:
            parts.append(("┃", ink.accent))
        elif day.closed[cell] == "x":
            parts.append(("▒", ink.away))
        elif day.quiet[cell] == "x" and day.calm[cell] == "x":
            parts.append(("█", ink.night))
        elif day.quiet[cell] == "x":
            parts.append(("▄", ink.night.split(" on ")[0]))
        elif day.calm[cell] == "x":
            parts.append(("▀", ink.night.split(" on ")[0]))
        else:
            parts.append(("─", ink.track))
    return line(*parts)


def now_row(day: Day, ink: Ink) -> Content:
    """The mark of now above the strip."""
    return fit(line(" " * day.now, ("▼", ink.accent)), CELLS)


def axis_row(ink: Ink) -> Content:
    """The hours below the strip."""
    return line(("".join(f"{hour:<6}" for hour in range(0, 24, 3)), ink.muted))


def strip_legend(ink: Ink) -> Content:
    """What the cells mean."""
    night = ink.night.split(" on ")[0]
    return line(
        ("▄ ", night),
        ("quiet  ", ink.muted),
        ("▀ ", night),
        ("wind-down  ", ink.muted),
        ("▒ ", ink.away),
        ("closed  ", ink.muted),
        ("┃ ", ink.accent),
        ("now", ink.muted),
    )
