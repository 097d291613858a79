"""A teen's use as it is read: days for the balance and insight, weeks for a year.

Transactions of the caller: whoever may read is decided there, on the same snapshot.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from familypair.rules.days import Day, Regimes, day_at, day_before
from familypair.rules.time.insight import night_seconds, opens
from familypair.rules.time.model import Use
from familypair.schema.time import WeekUse
from familypair_server.links.facts import LinkFacts
from familypair_server.storage import Txn
from familypair_server.times import instant
from familypair_server.usage import statements as sql
from familypair_server.usage.books import opened, use
from familypair_server.usage.statements import DayRow, WeekRow

DAYS: Final = 28
"""Days that are shown one by one, today with them."""
WEEKS: Final = 53
_ONE_DAY: Final = timedelta(days=1)


def use_of(teen_id: str, day: Day, now: datetime) -> Txn[Use]:
    """One day's use."""
    return (yield from uses_of(teen_id, (day,), now))[day.date]


def uses_of(teen_id: str, days: Sequence[Day], now: datetime) -> Txn[dict[date, Use]]:
    """The use of each of these days; a day of which nothing is stored is unknown."""
    del now  # what is stored is never ahead of the clock that wrote it
    if not days:
        return {}
    named = sorted(day.date.isoformat() for day in days)
    rows = yield from sql.days_between.all(teen=teen_id, first=named[0], last=named[-1], begun=0)
    stored = {row.day: row for row in rows}
    return {day.date: use(stored.get(day.date.isoformat()), day) for day in days}


def days_shown(
    regimes: Regimes,
    now: datetime,
    *,
    first: date | None = None,
    last: date | None = None,
    since: date | None = None,
) -> list[Day]:
    """The days that are shown one by one, oldest first: 28 with today at most.

    Only those from `first` to `last`, and none before `since` (see `visible_from`).
    """
    day = day_at(regimes, now)
    oldest = max(one for one in (first_day(day.date), first, since) if one is not None)
    days: list[Day] = []
    while day.date >= oldest:
        if last is None or day.date <= last:
            days.append(day)
        day = day_before(regimes, day)
    return days[::-1]


def weeks_of(teen_id: str, today: date) -> Txn[list[WeekUse]]:
    """Weeks of a year, oldest first, of the days that are no longer shown one by one.

    A week may still miss days that are; whether the retention job has run makes no difference.
    """
    first = first_week(today).isoformat()
    kept = yield from sql.weeks.all(teen=teen_id, first=first)
    late = yield from sql.days_before.all(teen=teen_id, before=first_day(today).isoformat())
    found: dict[str, WeekRow] = {}
    for row in (*kept, *map(as_week, late)):
        if row.week >= first:
            found[row.week] = _sum(found[row.week], row) if row.week in found else row
    return [_told(found[week]) for week in sorted(found)]


def first_day(today: date) -> date:
    """The oldest day that is shown by itself."""
    return today - (DAYS - 1) * _ONE_DAY


def first_week(today: date) -> date:
    """The Monday of the oldest week that is kept."""
    return monday(today) - WEEKS * 7 * _ONE_DAY


def monday(day: date) -> date:
    """The first day of its ISO week."""
    return day - day.weekday() * _ONE_DAY


def visible_from(link: LinkFacts, regimes: Regimes) -> date | None:
    """The first day of which this guardian may see the use; None is every day.

    History before the link stays hidden unless the teen ticked that line. The day of the link
    itself is seen whole: its balance could not be told without it.
    """
    if link.link.share_history:
        return None
    return day_at(regimes, link.activated_at).date


def as_week(row: DayRow) -> WeekRow:
    """One day as a part of its week."""
    week = monday(date.fromisoformat(row.day)).isoformat()
    if row.received_at is None:
        return WeekRow(week, 0, 0, 0, 0)
    book = opened(row)
    seconds = Use(spans=book.spans).seconds
    return WeekRow(week, seconds, 1, opens(book.spans), night_seconds(_day(row), book.spans))


def _day(row: DayRow) -> Day:
    return Day(
        date=date.fromisoformat(row.day),
        start=instant(row.start_at),
        end=instant(row.end_at),
        zone=row.zone,
    )


def _sum(one: WeekRow, other: WeekRow) -> WeekRow:
    return WeekRow(
        one.week,
        one.used_seconds + other.used_seconds,
        one.known_days + other.known_days,
        one.opens + other.opens,
        one.night_seconds + other.night_seconds,
    )


def _told(row: WeekRow) -> WeekUse:
    known = row.known_days > 0
    return WeekUse(
        first=date.fromisoformat(row.week),
        used_seconds=row.used_seconds if known else None,
        known_days=row.known_days,
        opens=row.opens if known else None,
        night_seconds=row.night_seconds if known else None,
    )
