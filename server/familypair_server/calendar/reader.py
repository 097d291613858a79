"""Read one iCalendar file (RFC 5545) in a process of its own, and say what is in it.

A file can ask for more work than there are years (a rule that never comes true, a series by the
second), in libraries that cannot be interrupted. So this process has little memory and little time,
knows no secret, and is ended by whoever started it (security.md T4). It takes one JSON object on
standard input and answers with one on standard output; see `Order` and `Found`.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import icalendar
import msgspec
import recurring_ical_events

from familypair.rules.time.ical import MOST_TITLE

MEMORY: Final = 512 * 1024 * 1024
"""Bytes."""
SECONDS: Final = 4
"""Of processor time."""
MOST: Final = 5000
"""Events of a file, its repetitions counted one by one."""


class Order(msgspec.Struct, frozen=True):
    """A file, and the days of which the events are wanted."""

    ics: str
    first: date
    last: date
    seconds: int = SECONDS


class Event(msgspec.Struct, frozen=True):
    """One time that something takes place, in ISO 8601.

    Dates are whole days and the end is exclusive; a time without an offset is on whatever clock
    the reader's home has.
    """

    title: str
    start: str
    end: str


class Found(msgspec.Struct, frozen=True):
    """What was read. `fault` in place of events where the file cannot be used."""

    events: tuple[Event, ...] = ()
    broken: int = 0
    """Events that could not be read; the others could."""
    fault: str = ""


class _NoCalendarError(Exception):
    """What was read is something else."""


def read(order: Order) -> Found:
    """The events of a file between two days, in order of time."""
    try:
        every = [*_series(icalendar.Calendar.from_ical(order.ics, multiple=True))]
    except _NoCalendarError:
        return Found(fault="it has no calendar in it")
    except Exception:  # noqa: BLE001 - whatever a library makes of a hostile file; it is said
        return Found(fault="it is damaged")
    events: list[Event] = []
    broken = 0
    for series in every:
        try:
            events += _events(series, order)
        except Exception:  # noqa: BLE001 - as above; one bad event leaves the others, and is counted
            broken += 1
        if len(events) > MOST:
            return Found(fault=f"it has more than {MOST} events")
    events.sort(key=lambda one: (one.start, one.title))
    return Found(tuple(events), broken)


def _series(calendars: list[icalendar.Calendar]) -> Iterator[icalendar.Calendar]:
    """Each event with its repetitions and their changes as a calendar of its own."""
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise _NoCalendarError
    for calendar in calendars:
        by_uid: dict[str, list[icalendar.Event]] = {}
        for n, part in enumerate(calendar.events):
            by_uid.setdefault(str(part.get("UID", f"#{n}")), []).append(part)
        for parts in by_uid.values():
            alone = icalendar.Calendar(calendar)
            alone.subcomponents = [*parts]
            yield alone


def _events(calendar: icalendar.Calendar, order: Order) -> list[Event]:
    if any(part.errors for part in calendar.subcomponents):
        raise ValueError("a line that means nothing")
    query = recurring_ical_events.of(calendar)
    return [
        Event(str(one.get("SUMMARY", ""))[:MOST_TITLE], _on_utc(one.start), _on_utc(one.end))
        for one in query.between(order.first, order.last + timedelta(days=1))
        if str(one.get("STATUS", "")).upper() != "CANCELLED"
    ]


def _on_utc(at: date | datetime) -> str:
    if isinstance(at, datetime) and at.tzinfo is not None:
        at = at.astimezone(UTC)
    return at.isoformat()


def _bounded(seconds: int) -> None:
    """Little memory and little time, where the system can do that."""
    try:
        import resource  # noqa: PLC0415 - only some systems have it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> None:
    """One file, one answer."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    _bounded(order.seconds)
    sys.stdout.buffer.write(msgspec.json.encode(read(order)))


if __name__ == "__main__":
    main()
