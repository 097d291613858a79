"""Days, balance, calendar and gifts in lines: pure functions of what the server says."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from familypair.schema.settings import PreviewDay
from familypair.schema.teens import TeenCard
from familypair.schema.time import (
    Balance,
    Calendar,
    CalendarDay,
    DayUse,
    Grant,
    PostingView,
    SumView,
    Time,
    TimeGlance,
    WeekUse,
)
from familypair.settings import say_minutes
from familypair_tui.balance import decided_words, next_words, standing, state_words, wordings
from familypair_tui.plain.console import counted
from familypair_tui.plain.words import handle

When = Callable[[datetime], str]
"""An instant as its reader says it."""

_MINUTE = 60
_STEP_MINUTES = 15
_BAR = 24
"""Cells of a bar; the longest day of the table fills it."""
_BARS = {True: ("█", "·"), False: ("#", ".")}


def capital(text: str) -> str:
    """A text as the start of a sentence."""
    return text[:1].upper() + text[1:]


def say_seconds(seconds: int) -> str:
    """Whole minutes of so many seconds, in words."""
    return say_minutes(max(0, seconds) // _MINUTE)


def time_lines(found: Time, name: str, when: When, *, days: int, glyphs: bool) -> list[str]:
    """The balance, the last `days` days as a table, and the weeks before."""
    shown = found.days[-days:]
    lines = balance_lines(found.today, name, when, shared=bool(shown))
    if shown:
        lines += ["", f"Days ({found.zone}):", *day_table(shown, glyphs=glyphs)]
    if shown and found.visible_from is not None:
        lines.append(f"Days before {day_words(found.visible_from)} are not shared with you.")
    if found.weeks:
        lines += ["", "Weeks:", *(week_line(week) for week in found.weeks)]
    return lines


def balance_lines(today: Balance, name: str, when: When, *, shared: bool = True) -> list[str]:
    """Who allows how much and why, what is left, and what happens then.

    `shared` says whether this viewer may see use at all.
    """
    state = state_words(standing(today)) if shared else "use is not shared with you"
    head = f"{name}, {day_words(today.day)}: {state}."
    lines = [head, f"  {today.words}"] if today.words else [head]
    for one in today.sums:
        lines += sum_lines(one, when)
    lines += [f"  Then: {step.words}" for step in today.steps]
    if today.warning:
        lines.append(f"  Warning: {counted(today.warning, 'minute')} or less.")
    if today.as_of is not None:
        steps = "" if today.exact else f", in steps of {_STEP_MINUTES} minutes"
        lines.append(f"  Use is known until {when(today.as_of)}{steps}.")
    return lines


def sum_lines(one: SumView, when: When) -> list[str]:
    """One layer's own arithmetic."""
    limit = say_minutes(one.limit) if isinstance(one.limit, int) else "no limit"
    starting = ", a starting value" if one.starting_value and one.owner != "default" else ""
    binds = "; this is the limit that counts" if one.binds else ""
    then = f"{limit}, then {one.at_limit}" if isinstance(one.limit, int) else limit
    head = f"  {capital(one.name)}: {then}{starting}{binds}."
    return [head, *(f"    {posting_line(posting, when)}" for posting in one.postings)]


def posting_line(one: PostingView, when: When) -> str:
    """What was added to a day, when, and how to take or undo it."""
    at = f", {when(one.at)}" if one.at is not None else ""
    line = f"{one.words.rstrip('.')}{at}."
    if one.waiting:
        line += f" It waits for a yes: familypair grant accept {one.id}"
    if one.undoable:
        line += f" Undo: familypair grant undo {one.id}"
    return line


def day_table(days: Sequence[DayUse], *, glyphs: bool) -> list[str]:
    """One line a day: the figures first, a bar of the minutes last."""
    longest = max((day.used_seconds or 0 for day in days), default=0)
    rows = [(day_words(day.date), _used(day), _opens(day), _night(day)) for day in days]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    lines: list[str] = []
    for day, row in zip(days, rows, strict=True):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        cells = cells.rstrip() if day.used_seconds is None else cells
        tail = " ".join(part for part in (bar(day, longest, glyphs=glyphs), _marks(day)) if part)
        lines.append(f"  {cells}  {tail}".rstrip())
    return lines


def bar(day: DayUse, longest: int, *, glyphs: bool) -> str:
    """The minutes as a bar; empty when nothing is known, dots up to the day's limit."""
    if day.used_seconds is None:
        return ""
    full, rest = _BARS[glyphs]
    scale = max(longest, 1)
    cells = max(1 if day.used_seconds else 0, round(_BAR * day.used_seconds / scale))
    limit = 0 if day.limit_seconds is None else round(_BAR * day.limit_seconds / scale)
    return full * cells + rest * max(0, min(limit, _BAR) - cells)


def _used(day: DayUse) -> str:
    if day.used_seconds is None:
        return "unknown"
    used = say_seconds(day.used_seconds)
    return used if day.limit_seconds is None else f"{used} of {say_seconds(day.limit_seconds)}"


def _opens(day: DayUse) -> str:
    return "" if day.opens is None else counted(day.opens, "open")


def _night(day: DayUse) -> str:
    return f"night {say_seconds(day.night_seconds)}" if day.night_seconds else ""


def _marks(day: DayUse) -> str:
    marks: list[str] = []
    hours = round((day.end - day.start) / timedelta(hours=1))
    if day.used_seconds is not None and day.unknown_seconds >= _MINUTE:
        marks.append(f"{say_seconds(day.unknown_seconds)} unknown")
    if hours != 24:  # noqa: PLR2004 - a day across a clock change
        marks.append(f"{hours} hours")
    if day.late:
        marks.append("corrected later")
    if not day.closed:
        marks.append("so far")
    return f"({', '.join(marks)})" if marks else ""


def week_line(week: WeekUse) -> str:
    """Seven days in one line."""
    used = "unknown" if week.used_seconds is None else say_seconds(week.used_seconds)
    some = f", {week.known_days} of 7 days known" if week.known_days < 7 else ""  # noqa: PLR2004 - a week
    opens = "" if week.opens is None else f", {counted(week.opens, 'open')}"
    return f"  Week of {day_words(week.first)}: {used}{opens}{some}"


def day_words(day: date) -> str:
    """`Sun 22 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def glance_lines(card: TeenCard, now: datetime, when: When) -> list[str]:
    """Today in one line under a teen's name, what blocks, and what waits."""
    lines: list[str] = []
    if card.time is not None:
        lines.append(f"Today: {today_words(card.time)}.")
        coming = next_words(card.time, now, _zone(card.zone))
        lines += [f"Next: {coming[0]}."] if coming else []
        if card.time.as_of is not None and card.time.unknown:
            lines.append(f"Use is known until {when(card.time.as_of)}.")
    if card.waiting:
        one = card.waiting == 1
        waits = "waits" if one else "wait"
        lines.append(f"{counted(card.waiting, 'request')} {waits} for you: familypair requests")
    return lines


def today_words(glance: TimeGlance) -> str:
    """`48 min of 1 h 15, 27 min left: set by Dana`; what is unknown is said to be."""
    if glance.used_seconds is not None:
        return wordings(glance)[0]
    binds = f": {decided_words(glance.binds)}" if glance.binds else ""
    if glance.limit_seconds is None:
        return "use is not known, no limit"
    return f"use is not known, the limit is {say_seconds(glance.limit_seconds)}{binds}"


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def calendar_lines(found: Calendar, name: str, *, days: int) -> list[str]:
    """Each day with its limit, what differs, and every span with its reason.

    Days in a row that are alike stand together.
    """
    shown = found.days[:days]
    lines = [f"{name}, the next {counted(len(shown), 'day')} ({found.zone}):"]
    for body, alike in groupby(shown, key=_day_body):
        same = list(alike)
        first, last = day_words(same[0].date), day_words(same[-1].date)
        head = first if len(same) == 1 else f"{first} to {last}"
        lines += [f"{head}: {body[0]}", *body[1:]]
    return lines


def _day_body(day: CalendarDay) -> tuple[str, ...]:
    """What a day's lines say, without its date."""
    spans = [f"  {one.local_start}-{_end(one.local_end)}  {one.words}" for one in day.spans]
    notes = [f"  {note}" for note in day.notes]
    return (day.limit_words, *notes, *(spans or ["  Nothing is blocked."]))


def _end(wall: str) -> str:
    return "24:00" if wall == "00:00" else wall


def ahead_lines(days: Sequence[PreviewDay]) -> list[str]:
    """The next days on which a draft differs from what holds now."""
    lines: list[str] = []
    for day in days:
        if day.limit_before != day.limit_after:
            before, after = _limit(day.limit_before), _limit(day.limit_after)
            lines.append(f"  {day_words(day.date)}: {before} becomes {after}.")
        lines += [f"  {day_words(day.date)}: {hour.words}" for hour in day.hours]
    return lines


def _limit(value: int | str) -> str:
    return say_minutes(value) if isinstance(value, int) else "no limit"


def grant_lines(grant: Grant, name: str) -> list[str]:
    """A gift that was given: what it did, and how to take it back."""
    lines = [f"{name}: {grant.effect.words.rstrip('.')}."]
    lines += [f"  {grant.balance.words}"] if grant.balance.words else []
    return [*lines, f"Take back what is not used: familypair grant undo {grant.id}"]


def show_hint(name: str) -> str:
    """The command that shows the day."""
    return f"More: familypair time {handle(name)}"
