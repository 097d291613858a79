"""The panel of a day: sentence, bar, use above schedule, hours, what comes next; and the apps."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from familypair.schema.time import Calendar, CalendarSpan, Time, TimeGlance
from familypair.schema.usage import App
from familypair_tui.balance import as_of_words, span_name, standing
from familypair_tui.faults import Fault
from familypair_tui.store import TeenData
from familypair_tui.strip import Strip, of_glance, of_spans
from familypair_tui.text import fit, hanging, line, spread
from familypair_tui.when import ago, minutes_words
from familypair_tui.widgets.daystrip import axis_row, bar, legend, schedule_row, use_row
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, Panel, chip
from familypair_tui.widgets.timecard import after_line, balance_line, with_bar

_ROWS = 6


class DayPanel(Panel, can_focus=False):
    """Today of one teen; for the teen with exact use."""

    DEFAULT_CSS = """
    DayPanel { height: 8; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.data: TeenData | None = None
        self.now = datetime.min.replace(tzinfo=UTC)
        self.zone: tzinfo = UTC
        self.colour = 0

    def show(self, data: TeenData, now: datetime, zone: tzinfo, colour: int) -> None:
        """Draw this."""
        self.data, self.now, self.zone, self.colour = data, now, zone, colour
        self.refresh()

    def heading(self) -> Content:
        """Whose day."""
        if self.data is None:
            return Content("")
        name = self.data.card.name
        local = self.now.astimezone(self.zone)
        day = f" · {local:%A} {local.day} {local:%B}"
        shown = line((name, self.ink.strong)).truncate(24, ellipsis=True)
        return line(chip(name, self.colour, self.ink), " ", shown, (day, self.ink.muted))

    def aside(self) -> Content:
        """Until when use is known, if that is long ago."""
        glance = self.data.card.time if self.data else None
        words = as_of_words(glance, self.now, self.zone) if glance else ""
        return line((f"use {words}" if words else "", self.ink.muted))

    def legend(self) -> Content:
        """What the cells mean."""
        return legend(self.ink, self.size.width - 10)

    def body(self, width: int, height: int) -> list[Content]:
        """Six lines; with less room the bar stands beside the sentence."""
        glance = self.data.card.time if self.data else None
        if self.data is None or glance is None:
            return [
                Content(""),
                *hanging("○ Time is not shared with you.", width, self.ink.muted),
                *hanging(
                    "The teen decides which permissions a guardian has.", width, self.ink.muted
                ),
            ]
        strip = exact_strip(glance, self.data.time, self.now, self.zone)
        if height < _ROWS:
            head = [with_bar(glance, width, self.ink)]
        else:
            wide = min(width, len(strip.use))
            head = [
                balance_line(glance, width, self.ink),
                bar(standing(glance), wide, self.ink),
            ]
        return [
            *head,
            use_row(strip, self.ink),
            schedule_row(strip, self.ink),
            axis_row(strip, self.ink),
            after_line(glance, self.now, self.zone, width, self.ink),
        ]


def exact_strip(glance: TimeGlance, time: Time | None, now: datetime, zone: tzinfo) -> Strip:
    """The day's strip, with the teen's own spans where they are known."""
    strip = of_glance(glance, now, zone)
    today = next((day for day in time.days if day.date == glance.day), None) if time else None
    if today is not None and today.spans:
        return of_spans(strip, today.spans, today.start, glance.as_of)
    return strip


class AheadPanel(ListPanel):
    """The next 7 days: the limit of each, and what is closed when."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.calendar: Calendar | None = None
        self.fault: Fault | None = None

    def show(self, calendar: Calendar | None, fault: Fault | None) -> None:
        """Draw this."""
        self.calendar, self.fault = calendar, fault
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line(("The next 7 days", self.title_style()))

    def count(self) -> int:
        """Days."""
        return len(self.calendar.days) if self.calendar else 0

    def nothing(self, width: int) -> list[Content]:
        """Not read yet, or not shared."""
        words = f"○ {self.fault.sentence}" if self.fault else "reading the days…"
        return hanging(words, width, self.ink.muted)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """`Mon 23  2 h   sleep until 07:00, school 08:00-14:00`; the selected one with reasons."""
        if self.calendar is None:
            return []
        day = self.calendar.days[index]
        name = f"{day.date:%a} {day.date.day:<2} "
        limit = f"{minutes_words(day.limit):<9}"
        closed = [span for span in day.spans if span.kind in {"block", "lifted"}]
        words = ", ".join([_span_words(span) for span in closed] + list(day.notes)) or "open"
        rows = [
            fit(
                line((name, self.ink.strong), (limit, self.ink.value), (words, self.ink.muted)),
                width,
            )
        ]
        if selected:
            reasons = [day.limit_words, *dict.fromkeys(span.words for span in closed)]
            rows += [
                fit(line(("       ", ""), (why, self.ink.text)), width) for why in reasons if why
            ]
        return rows


def _span_words(span: CalendarSpan) -> str:
    """`school 08:00-14:00`."""
    end = "24:00" if span.local_end == "00:00" else span.local_end
    return f"{span_name(span)} {span.local_start}-{end}"


class AppsPanel(ListPanel):
    """The apps that a teen has connected, and what each learns."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.apps: Sequence[App] | None = None
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(self, apps: Sequence[App] | None, now: datetime) -> None:
        """Draw these."""
        self.apps, self.now = apps, now
        self.refresh()

    def app_id(self) -> str:
        """The selected app."""
        return self.apps[self.index].id if self.apps and self.index < len(self.apps) else ""

    def heading(self) -> Content:
        """The title."""
        return line(("Connected apps", self.title_style()))

    def count(self) -> int:
        """Apps."""
        return len(self.apps or ())

    def nothing(self, width: int) -> list[Content]:
        """None, or not read yet."""
        words = "reading…" if self.apps is None else "No app is connected."
        return hanging(words, width, self.ink.muted)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Name and devices, last report, and what it learns."""
        del selected
        if self.apps is None:
            return []
        one = self.apps[index]
        devices = "1 device" if one.devices == 1 else f"{one.devices} devices"
        seen = (
            f"reported {ago(one.last_report_at, self.now)}" if one.last_report_at else "no report"
        )
        head = line((one.name, self.ink.strong), (f" · {devices}", self.ink.muted))
        rows = [spread(head, line((seen, self.ink.muted)), width)]
        learns = f"learns {', '.join(one.learns)}" if one.learns else ""
        return rows + [fit(row, width) for row in hanging(learns, width, self.ink.muted, indent=2)]
