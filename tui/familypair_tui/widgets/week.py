"""The week as a grid to paint on, and the dated exceptions below it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from textual.content import Content
from textual.message import Message

from familypair.settings import WEEKDAYS
from familypair.settings.values import BlockKind
from familypair.settings.weekmask import clock_of
from familypair_tui.actions import Key, bindings
from familypair_tui.strip import FREE, KINDS
from familypair_tui.text import Part, fit, hanging, line, spread
from familypair_tui.typed_dates import exceptions_text
from familypair_tui.typed_days import write_day
from familypair_tui.weekgrid import CELL, CELLS, Paint, Place, WeekGrid
from familypair_tui.when import minutes_words
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, Panel, chip, key_hint

PAINTS: Final = (BlockKind.SLEEP, BlockKind.SCHOOL, BlockKind.AWAY)
GRID_KEYS = (
    Key("week.left", "left", "step(0,-1)", "Move", "30 minutes before.", 9),
    Key("week.right", "right", "step(0,1)", "Move", "30 minutes on.", 9),
    Key("week.up", "up,k", "step(-1,0)", "Move", "The day before.", 9),
    Key("week.down", "down,j", "step(1,0)", "Move", "The next day.", 9),
    Key("week.home", "home", "edge(0)", "Move", "The start of the day.", 9),
    Key("week.end", "end", "edge(-1)", "Move", "The end of the day.", 9),
    Key("week.paint", "1", "paint(0)", "Paint", "Paint sleep.", 1, "1-3"),
    Key("week.school", "2", "paint(1)", "Paint", "Paint school.", 9),
    Key("week.away", "3", "paint(2)", "Paint", "Paint time away.", 9),
    Key("week.free", "x,0,delete", "paint(-1)", "Free", "Make it free.", 2),
    Key("week.select", "v", "select", "Select", "Select from here; again lets go.", 3),
    Key("week.copy", "y", "copy", "Copy day", "Copy this day.", 6),
    Key("week.paste", "p", "paste", "Paste", "Paste the copied day here.", 6),
    Key("week.weekdays", "W", "weekdays", "Weekdays", "This day for Monday to Friday.", 6),
    Key("week.limit", "equals_sign", "ask('limit')", "Limit", "Type the limit of this day.", 4),
    Key("week.type", "e,enter", "ask('type')", "Type", "Type times: 18:00-20:00 away.", 2),
)
_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OTHERS: Final = ":"
_LABEL: Final = 6
_LIMIT: Final = 12
_NOTES: Final = 24
"""Cells from which a day's blocks are said in words as well."""
_ROOM: Final = 62
"""Below this width there is one day at a time."""
_WORDS: Final = {
    BlockKind.SLEEP: "sleep",
    BlockKind.SCHOOL: "school",
    BlockKind.AWAY: "time away",
    BlockKind.CUSTOM: "closed",
}


class WeekPanel(Panel):
    """A row of 48 half hours for every day, with its limit. It changes the grid, nothing else."""

    KEYS = GRID_KEYS
    BINDINGS = bindings(*GRID_KEYS)

    DEFAULT_CSS = """
    WeekPanel { height: 12; }
    """

    class Painted(Message):
        """The grid is another one now."""

        def __init__(self, days: Sequence[int] = ()) -> None:
            """`days`: also take the limit of the cursor's day to these."""
            super().__init__()
            self.days = days

    class Asked(Message):
        """A value is to be typed: `limit` or `type`."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    class Moved(Message):
        """The cursor is elsewhere."""

    def __init__(self) -> None:
        super().__init__(id="week")
        self.grid: WeekGrid | None = None
        self.others: list[list[bool]] = []
        self.limits: Sequence[tuple[Any, bool]] = ()
        self.who, self.colour = "", 0
        self.changes = 0
        self.place = Place(0, 16)
        self.held: int | None = None
        self.copied: int | None = None
        self.past: list[dict[Paint, int]] = []

    def show(
        self,
        grid: WeekGrid,
        others: list[list[bool]],
        limits: Sequence[tuple[Any, bool]],
        who: tuple[str, int],
        changes: int,
    ) -> None:
        """Draw this grid; `limits` are pairs of minutes and whether they are not saved."""
        self.grid, self.others, self.limits, self.changes = grid, others, limits, changes
        self.who, self.colour = who
        self.refresh()

    # drawing

    def heading(self) -> Content:
        """Whose week."""
        name = line((self.who, self.title_style())).truncate(24, ellipsis=True)
        return line(
            chip(self.who, self.colour, self.ink), " ", name, (" · week", self.title_style())
        )

    def aside(self) -> Content:
        """How much is not saved."""
        if not self.changes:
            return Content("")
        plural = "change" if self.changes == 1 else "changes"
        return line((f"✎ {self.changes} {plural} not saved", self.ink.strong))

    def legend(self) -> Content:
        """What the keys paint."""
        parts: list[Part] = []
        for key, kind in zip("123", PAINTS, strict=True):
            style = self.ink.night.split(" on ")[0] if kind is BlockKind.SLEEP else self.ink.away
            parts += [(f"{key} ", self.ink.key), (KINDS[kind.value], style)]
            parts.append((f" {kind.value}  ", self.ink.muted))
        return line(*parts, ("x ", self.ink.key), (f"{FREE} free", self.ink.muted))

    def body(self, width: int, height: int) -> list[Content]:
        """Hours, days (or one day), and what lies under the cursor."""
        if self.grid is None:
            return [line(("reading the week…", self.ink.muted))]
        axis = line((" " * _LABEL + "".join(f"{h:<6}" for h in range(0, 24, 3)), self.ink.muted))
        if width < _ROOM:
            return self._one_day(axis, width, height)
        limit = line(("limit", self.ink.muted))
        head = line(fit(axis, _LABEL + CELLS + 1), limit)
        notes = self._notes(width - _LABEL - CELLS - 1 - _LIMIT)
        days = [
            line(fit(self._day(day, self.grid), _LABEL + CELLS + 1 + _LIMIT), note)
            for day, note in enumerate(notes)
        ]
        return [head, *days, *self._under(width)]

    def _notes(self, room: int) -> list[Content]:
        """What starts on each day, in words, where there is room."""
        if self.grid is None or room < _NOTES:
            return [Content("")] * 7
        blocks = self.grid.blocks()
        return [fit(line((write_day(blocks, day), self.ink.muted)), room) for day in WEEKDAYS]

    def _one_day(self, axis: Content, width: int, height: int) -> list[Content]:
        """60 columns: the cursor's day, and the names of the others."""
        day = self.place.day
        names = line(
            *[
                (f"{name} ", self.ink.tab if place == day else self.ink.muted)
                for place, name in enumerate(_NAMES)
            ]
        )
        if self.grid is None:
            return []
        row = self._cells(day, self.grid)
        limit = line(("limit ", self.ink.muted), self._limit(day))
        gap = [Content("")] if height > 6 else []  # noqa: PLR2004 - room for an empty line
        return [
            spread(names, limit, width),
            *gap,
            fit(line(axis.plain[_LABEL:]), CELLS).stylize(self.ink.muted),
            row,
            *self._under(width),
        ]

    def _day(self, day: int, grid: WeekGrid) -> Content:
        here = day == self.place.day
        mark = "›" if here else " "
        name = line((f"{_NAMES[day]} ", self.ink.strong if here else self.ink.muted))
        copied = ("y", self.ink.key) if day == self.copied else (" ", "")
        head = line(name, copied, (mark, self.ink.key))
        return line(fit(head, _LABEL), self._cells(day, grid), " ", self._limit(day))

    def _cells(self, day: int, grid: WeekGrid) -> Content:
        parts: list[Part] = []
        chosen = self.selection() if day == self.place.day else range(0)
        for cell, paint in enumerate(grid.row(day)):
            glyph, style = self._cell(day, cell, paint)
            if cell in chosen:
                style = f"{style.split(' on ')[0]} {self.ink.cursor}".strip()
            if day == self.place.day and cell == self.place.cell and self.has_focus:
                glyph, style = "◆", f"{self.ink.key} reverse"
            parts.append((glyph, style))
        return line(*parts)

    def _cell(self, day: int, cell: int, paint: Paint | None) -> tuple[str, str]:
        if paint is not None:
            kind = paint[0]
            return KINDS[kind.value], self.ink.night if kind is BlockKind.SLEEP else self.ink.away
        if self.others and self.others[day][cell]:
            return _OTHERS, self.ink.muted
        return FREE, self.ink.track

    def _limit(self, day: int) -> Content:
        if day >= len(self.limits):
            return Content("")
        minutes, changed = self.limits[day]
        words = minutes_words(minutes)
        return line(
            (words, self.ink.strong if changed else self.ink.value),
            ("*" if changed else "", self.ink.key),
        )

    def _under(self, width: int) -> list[Content]:
        """`Wed 18:30–19:00 · time away (dinner)`."""
        if self.grid is None:
            return []
        day, cells = self.place.day, self.selection()
        start, end = clock_of(cells[0] * CELL), clock_of((cells[-1] + 1) * CELL)
        paint = self.grid.at(day, self.place.cell)
        if paint is not None:
            words = _WORDS[paint[0]] + (f" ({paint[1]})" if paint[1] else "")
        elif self.others and self.others[day][self.place.cell]:
            words = "closed by somebody else's rule (:)"
        else:
            words = "free"
        several = " · selected" if self.held is not None else ""
        found = line(
            (f"{_NAMES[day]} {start}–{end}", self.ink.strong),
            (f" · {words}{several}", self.ink.text),
        )
        return [fit(found, width)]

    # keys

    def selection(self) -> range:
        """The selected half hours of the cursor's day; at least the cursor's own."""
        first = self.place.cell if self.held is None else self.held
        return range(min(first, self.place.cell), max(first, self.place.cell) + 1)

    def _moved(self) -> None:
        self.refresh()
        self.post_message(self.Moved())

    def action_step(self, days: int, cells: int) -> None:
        """Move; another day lets go of the selection."""
        day = max(0, min(6, self.place.day + days))
        cell = max(0, min(CELLS - 1, self.place.cell + cells))
        if day != self.place.day:
            self.held = None
        self.place = Place(day, cell)
        self._moved()

    def action_edge(self, cell: int) -> None:
        """To the start or the end of the day."""
        self.place = Place(self.place.day, cell % CELLS)
        self._moved()

    def action_select(self) -> None:
        """Start or end a selection."""
        self.held = self.place.cell if self.held is None else None
        self._moved()

    def action_paint(self, kind: int) -> None:
        """Paint what is selected; without a selection the cursor goes on to the next half hour."""
        if self.grid is None:
            return
        cells = self.selection()
        self.keep()
        paint = (PAINTS[kind], "") if kind >= 0 else None
        self.grid.paint_cells(self.place.day, cells[0], cells[-1], paint)
        if self.held is None:
            self.place = Place(self.place.day, min(CELLS - 1, self.place.cell + 1))
        self.held = None
        self.post_message(self.Painted())

    def keep(self) -> None:
        """Remember the grid, for undo."""
        if self.grid is not None:
            self.past.append(dict(self.grid.masks))

    def undo(self) -> bool:
        """The grid before the last change; whether there was one."""
        if not self.past or self.grid is None:
            return False
        self.grid.masks = self.past.pop()
        return True

    def action_copy(self) -> None:
        """Take this day."""
        self.copied = self.place.day
        self._moved()

    def action_paste(self) -> None:
        """Make this day like the one that was taken."""
        if self.grid is not None and self.copied is not None:
            self.keep()
            self.grid.copy_day(self.copied, (self.place.day,))
            self.post_message(self.Painted())

    def action_weekdays(self) -> None:
        """Monday to Friday become like this day, with its limit."""
        if self.grid is not None:
            self.keep()
            self.grid.copy_day(self.place.day, range(5))
            self.post_message(self.Painted(range(5)))

    def action_ask(self, what: str) -> None:
        """Type it."""
        self.post_message(self.Asked(what))


class ExceptionsPanel(ListPanel):
    """Holidays, custody weeks and other days on which my own rules differ."""

    KEYS = LIST_KEYS

    def __init__(self) -> None:
        super().__init__(id="exceptions")
        self.items: Sequence[Mapping[str, Any]] = ()
        self.changed = False

    def show(self, items: Sequence[Mapping[str, Any]], *, changed: bool) -> None:
        """Draw these."""
        self.items, self.changed = items, changed
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        words = f"Exceptions · {len(self.items)}" if self.items else "Exceptions"
        return line((words, self.title_style()))

    def aside(self) -> Content:
        """Whether they are saved."""
        return line(("✎ not saved" if self.changed else "", self.ink.strong))

    def legend(self) -> Content:
        """The keys."""
        keys = (("n", "new"), ("d", "remove"), ("i", "import .ics"))
        return line("  ").join([key_hint(key, word, self.ink) for key, word in keys])

    def count(self) -> int:
        """Exceptions."""
        return len(self.items)

    def nothing(self, width: int) -> list[Content]:
        """The empty state."""
        rows = hanging("No holidays or other dated exceptions.", width, self.ink.muted)
        keys = (("n", "type one: 2026-12-24..2027-01-06 no school"), ("i", "import a calendar"))
        return [*rows, *(key_hint(key, word, self.ink) for key, word in keys)]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """`24 Dec – 6 Jan  no school   Christmas holidays`."""
        del selected
        one = self.items[index]
        what = exceptions_text([{**one, "label": ""}]).partition(" ")[2]
        dates = _dates(str(one["first"]), str(one.get("last", one["first"])))
        head = line((f"{dates:<22}", self.ink.strong), (what, self.ink.value))
        return [spread(head, line((str(one.get("label", "")), self.ink.muted)), width)]


def _dates(first: str, last: str) -> str:
    """`24 Dec 2026 – 6 Jan`, or one date."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    words = f"{start.day} {start:%b}"
    if start == end:
        return f"{words} {start.year}"
    return f"{words} – {end.day} {end:%b} {end.year}"


def weekday_path(day: int) -> str:
    """The path of the limit of a day; Monday is 0."""
    return f"screen_time.daily_minutes.{WEEKDAYS[day]}"
