"""28 days as bars, day and night apart, unknown as `?`; below them weeks, and one day in words."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from textual.content import Content

from familypair.schema.time import DayUse, Time
from familypair.settings import say_minutes
from familypair_tui.actions import Key, bindings
from familypair_tui.faults import Fault
from familypair_tui.text import Part, fit, hanging, line
from familypair_tui.widgets.panel import Panel

INSIGHT_KEYS = (
    Key("insight.before", "left,h", "pick(-1)", "Day", "The day before.", 5, "← →"),
    Key("insight.after", "right,l", "pick(1)", "Day", "The day after.", 9),
)
_LABEL: Final = 4
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_LETTERS: Final = "MTWTFSS"
_MINUTE: Final = 60
_APART: Final = 59
"""From this width on bars stand apart."""
_WEEKS: Final = 4
_SCALE: Final = 60
_SUNDAY: Final = 6
_HALF: Final = 30


class InsightPanel(Panel):
    """Bars; left and right choose a day."""

    KEYS = INSIGHT_KEYS
    BINDINGS = bindings(*INSIGHT_KEYS)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.time: Time | None = None
        self.fault: Fault | None = None
        self.place = -1

    def show(self, time: Time | None, fault: Fault | None) -> None:
        """Draw these days."""
        self.time, self.fault = time, fault
        self.refresh()

    def heading(self) -> Content:
        """How many days."""
        count = len(self.time.days) if self.time else 28
        return line(
            (f"The last {_days(count)}" if count != 1 else "The last day", self.title_style())
        )

    def aside(self) -> Content:
        """The average of the days that are known."""
        known = [day.used_seconds for day in self._days() if day.used_seconds is not None]
        if not known:
            return Content("")
        words = say_minutes(sum(known) // len(known) // _MINUTE)
        return line(("avg ", self.ink.muted), (words, self.ink.strong))

    def legend(self) -> Content:
        """What the bars mean."""
        return line(
            ("█ ", self.ink.value_dim),
            ("day ", self.ink.muted),
            ("▓ ", self.ink.dusk),
            ("night ", self.ink.muted),
            ("! ", self.ink.bad),
            ("over ", self.ink.muted),
            ("? unknown", self.ink.muted),
        )

    def _days(self) -> Sequence[DayUse]:
        return self.time.days if self.time else ()

    def action_pick(self, step: int) -> None:
        """Another day."""
        count = len(self._days())
        if count:
            self.place = max(0, min(count - 1, self._at() + step))
            self.refresh()

    def _at(self) -> int:
        count = len(self._days())
        return count - 1 if not 0 <= self.place < count else self.place

    def body(self, width: int, height: int) -> list[Content]:
        """Bars, letters, weeks as far as there is room, and the chosen day."""
        days = self._days()
        if not days:
            return self._nothing(width)
        words = self._day_words(days[self._at()], width)
        weeks = self._week_lines(width)[: max(0, height - 12)]
        rows = max(2, height - len(words) - len(weeks) - 2)
        return [*self._bars(days, rows, width), *self._below(days, width), *words, *weeks]

    def _nothing(self, width: int) -> list[Content]:
        if self.fault is not None:
            return hanging(f"○ {self.fault.sentence}", width, self.ink.muted)
        if self.time is None:
            return [line(("reading the days…", self.ink.muted))]
        return [line(("No day is shared yet.", self.ink.muted))]

    def _bars(self, days: Sequence[DayUse], rows: int, width: int) -> list[Content]:
        top = _top(days)
        lines: list[list[Part]] = [
            [(_scale(row, rows, top), self.ink.muted)] for row in range(rows)
        ]
        for place, day in enumerate(days):
            cells = self._cells(day, rows, top, chosen=place == self._at())
            for parts, (glyph, style) in zip(lines, cells, strict=True):
                parts += [(glyph, style), (_gap(day, width), "")]
        return [fit(line(*parts[:-1]), width) for parts in lines]

    def _cells(self, day: DayUse, rows: int, top: int, *, chosen: bool) -> list[tuple[str, str]]:
        """One bar from the top down: night on day."""
        ink = self.ink
        if day.used_seconds is None:
            return [(" ", "")] * (rows - 1) + [("?", ink.strong if chosen else ink.muted)]
        whole = round(8 * rows * day.used_seconds / _MINUTE / top)
        light = whole - round(8 * rows * (day.night_seconds or 0) / _MINUTE / top)
        cells: list[tuple[str, str]] = []
        for row in range(rows):
            floor = 8 * (rows - 1 - row)
            part = max(0, min(8, whole - floor))
            if floor >= light and part:
                cells.append(("▓" if part > 4 else "▒", ink.dusk))  # noqa: PLR2004 - half a cell
            elif part == 8:  # noqa: PLR2004 - eighths
                cells.append(("█", ink.bar_block if chosen else ink.bar_block_dim))
            else:
                cells.append((_BLOCKS[part], ink.plain_value if chosen else ink.value_dim))
        return cells if whole else [*cells[:-1], ("▁", ink.track)]

    def _below(self, days: Sequence[DayUse], width: int) -> list[Content]:
        """`!` where the day went over its limit, and the letters of the weekdays."""
        marks: list[Part] = [(" " * _LABEL, "")]
        letters: list[Part] = [(" " * _LABEL, "")]
        for place, day in enumerate(days):
            over = _is_over(day)
            chosen = place == self._at()
            marks += [("!" if over else " ", self.ink.bad), (_gap(day, width), "")]
            letter = _LETTERS[day.date.weekday()]
            style = self.ink.key if chosen else self.ink.muted
            letters += [(letter, style), (_gap(day, width), "")]
        return [fit(line(*marks[:-1]), width), fit(line(*letters[:-1]), width)]

    def _day_words(self, day: DayUse, width: int) -> list[Content]:
        name = f"{day.date:%a} {day.date.day} {day.date:%b}"
        if day.used_seconds is None:
            return [
                line(
                    ("▸ ", self.ink.accent), (f"{name} · unknown, which is not zero", self.ink.text)
                )
            ]
        facts = [f"{name} · {say_minutes(day.used_seconds // _MINUTE)}"]
        if day.opens is not None:
            facts.append("1 open" if day.opens == 1 else f"{day.opens} opens")
        if day.night_seconds:
            facts.append(f"{say_minutes(day.night_seconds // _MINUTE)} at night")
        if day.unknown_seconds:
            facts.append(f"{say_minutes(day.unknown_seconds // _MINUTE)} unknown")
        if day.late:
            facts.append("corrected late")
        rows = [line(("▸ ", self.ink.accent), (", ".join(facts), self.ink.text))]
        busiest = sorted(day.surfaces.items(), key=lambda one: -one[1])[:3]
        where = ", ".join(f"{name} {say_minutes(part // _MINUTE)}" for name, part in busiest)
        rows.append(fit(line(("  ", ""), (where, self.ink.muted)), width))
        return rows

    def _week_lines(self, width: int) -> list[Content]:
        weeks = self.time.weeks[:_WEEKS] if self.time else ()
        if not weeks:
            return []
        rows = [line(("Weeks before", self.ink.strong))]
        for week in weeks:
            used = (
                "unknown"
                if week.used_seconds is None
                else say_minutes(week.used_seconds // _MINUTE)
            )
            known = "" if week.known_days == 7 else f", {_days(week.known_days)} known"  # noqa: PLR2004 - a week
            rows.append(
                fit(
                    line(
                        (f"from {_day(week.first)}  ", self.ink.muted),
                        (used, self.ink.text),
                        (known, self.ink.muted),
                    ),
                    width,
                )
            )
        return rows


def _day(day: date) -> str:
    return f"{day.day:>2} {day:%b}"


def _is_over(day: DayUse) -> bool:
    return (
        day.used_seconds is not None
        and day.limit_seconds is not None
        and day.used_seconds > day.limit_seconds
    )


def _top(days: Sequence[DayUse]) -> int:
    """The top of the scale in minutes: half hours, at least one hour."""
    most = max((day.used_seconds or 0 for day in days), default=0) // _MINUTE
    return max(_SCALE, -(-most // _HALF) * _HALF)


def _scale(row: int, rows: int, top: int) -> str:
    """`2 h` beside the row whose top is that hour; nothing where hours would crowd."""
    hours = top // _SCALE
    every = max(1, -(-2 * hours // rows))
    for hour in range(every, hours + 1, every):
        if row == rows - round(rows * hour * _SCALE / top):
            return f"{hour:>2}h "
    return " " * _LABEL


def _gap(day: DayUse, width: int) -> str:
    """What stands behind a bar: days stand apart where there is room, weeks where there is more."""
    if width < _APART:
        return " " if day.date.weekday() == _SUNDAY else ""
    more = width >= _APART + 3 and day.date.weekday() == _SUNDAY
    return "  " if more else " "


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
