"""What is read of iCalendar files, good, odd and hostile (RFC 5545)."""

from datetime import date

import pytest

from familypair_server.calendar import reader
from familypair_server.calendar.reader import Found, Order, read

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//School//EN\r\n"
TAIL = "END:VCALENDAR\r\n"
FRIDAY = "DTSTART;TZID=Europe/Berlin:20261127T180000\r\nDTEND;TZID=Europe/Berlin:20261204T180000"


def event(*lines: str) -> str:
    """One event."""
    return "\r\n".join(("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT", ""))


def found(text: str) -> Found:
    """The events of a year."""
    return read(Order(text, date(2026, 11, 22), date(2027, 11, 22)))


def starts(*lines: str) -> list[str]:
    """When one event's times start."""
    return [one.start for one in found(HEAD + event(*lines) + TAIL).events]


def test_whole_days_are_dates_and_times_are_utc() -> None:
    """A floating time stays without an offset."""
    whole = event("DTSTART;VALUE=DATE:20261221", "DTEND;VALUE=DATE:20270104", "SUMMARY:Break")
    zoned, floating = event(FRIDAY), event("DTSTART:20261130T090000", "DURATION:PT1H")
    parts = (one.replace("UID:1", f"UID:{n}") for n, one in enumerate((whole, zoned, floating)))
    events = found(HEAD + "".join(parts) + TAIL).events
    assert [(one.start, one.end) for one in events] == [
        ("2026-11-27T17:00:00+00:00", "2026-12-04T17:00:00+00:00"),
        ("2026-11-30T09:00:00", "2026-11-30T10:00:00"),
        ("2026-12-21", "2027-01-04"),
    ]
    assert events[2].title == "Break"


def test_a_custody_week_repeats_and_leaves_days_out() -> None:
    """RRULE with EXDATE across a clock change: always 18:00 of Berlin."""
    rule = "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270430T000000Z"
    without = "EXDATE;TZID=Europe/Berlin:20261211T180000"
    every = starts(FRIDAY, rule, without)
    assert every[:2] == ["2026-11-27T17:00:00+00:00", "2026-12-25T17:00:00+00:00"]
    assert every[-1] == "2027-04-16T16:00:00+00:00"


def test_a_zone_that_the_file_defines_itself_is_read() -> None:
    """VTIMEZONE of some school software, with a name of its own."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:School\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    one = event("DTSTART;TZID=School:20261201T090000", "DTEND;TZID=School:20261201T100000")
    assert [e.start for e in found(HEAD + zone + one + TAIL).events] == [
        "2026-12-01T06:00:00+00:00"
    ]


def test_a_cancelled_event_does_not_take_place() -> None:
    """Its twin without the status does."""
    day = "DTSTART;VALUE=DATE:20261221"
    assert starts(day) == ["2026-12-21"]
    assert starts(day, "STATUS:CANCELLED") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it has no calendar in it"),
        ("hello", "it is damaged"),
        ("\x00\x01\x02", "it is damaged"),
        (event("DTSTART;VALUE=DATE:20261221"), "it has no calendar in it"),
        ("BEGIN:VCALENDAR\r\n" * 500, "it has no calendar in it"),
    ],
)
def test_a_file_that_is_no_calendar_is_said_to_be_none(text: str, fault: str) -> None:
    """With what is wrong, and never an error of ours."""
    assert found(text).fault == fault


def test_a_file_with_too_many_events_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repetitions count one by one."""
    monkeypatch.setattr(reader, "MOST", 50)
    hourly = event("DTSTART:20261122T000000Z", "RRULE:FREQ=HOURLY;COUNT=51")
    assert found(HEAD + hourly + TAIL).fault == "it has more than 50 events"
    assert found(HEAD + hourly.replace("51", "50") + TAIL).fault == ""


@pytest.mark.parametrize(
    "broken",
    [
        "RRULE:FREQ=SOMETIMES",
        "RRULE:FREQ=WEEKLY;INTERVAL=" + "9" * 5000,
        "EXDATE:tomorrow",
        "DTEND:never",
    ],
)
def test_one_broken_event_leaves_the_others(broken: str) -> None:
    """A file of a school is not thrown away for one line."""
    good = event("DTSTART;VALUE=DATE:20261221").replace("UID:1", "UID:2")
    read_ = found(HEAD + event(FRIDAY, broken) + good + TAIL)
    assert read_.fault == ""
    assert "2026-12-21" in [one.start for one in read_.events]
    assert read_.broken == 1
