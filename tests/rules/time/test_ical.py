"""From events of a calendar file to dated exceptions: what a day, a week, a title becomes."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from familypair.rules.time.ical import HORIZON, MOST_EXCEPTIONS, Event, Wanted, drafted
from familypair.settings import DayException, ExceptionKind, decode, encode

TODAY = date(2026, 11, 22)
LIFT = Wanted(kind=ExceptionKind.LIFT_BLOCKS, zone="Europe/Berlin", today=TODAY)
BLOCK = Wanted(kind=ExceptionKind.ADD_BLOCKS, zone="Europe/Berlin", today=TODAY)


def days(title: str, first: date, nights: int) -> Event:
    """Whole days; the end is exclusive."""
    return Event(title, first, first + timedelta(days=nights))


def made(wanted: Wanted, *events: Event) -> list[str]:
    """The exceptions, each as its dates and label."""
    found = drafted((), events, wanted).exceptions
    return [f"{one.first:%m-%d}/{one.last:%m-%d} {one.label}" for one in found]


def test_the_end_of_whole_days_is_exclusive() -> None:
    """RFC 5545: DTEND 4 January means until the 3rd."""
    assert made(LIFT, days("Winter break", date(2026, 12, 21), 14)) == ["12-21/01-03 Winter break"]
    assert made(LIFT, days("Snow", date(2026, 12, 1), 1)) == ["12-01/12-01 Snow"]


def test_two_halves_of_custody_meet_without_gap_or_overlap() -> None:
    """From Friday 18:00 to Friday 18:00: a day is where its noon is."""
    friday = datetime(2026, 11, 27, 17, tzinfo=UTC)  # 18:00 in Berlin
    week = timedelta(days=7)
    ours = made(LIFT, Event("With Bo", friday, friday + week))
    theirs = made(LIFT, Event("With Dana", friday + week, friday + 2 * week))
    assert ours == ["11-28/12-04 With Bo"]
    assert theirs == ["12-05/12-11 With Dana"]


def test_times_are_on_the_clock_of_the_teens_home() -> None:
    """Midnight in Tokyo is afternoon in Berlin; a time without a zone is at home."""
    start = datetime(2026, 12, 1, 15, tzinfo=UTC)
    there = Event("Trip", start, start + timedelta(days=2))
    assert made(LIFT, there) == ["12-02/12-03 Trip"]
    floating = Event("Trip", datetime(2026, 12, 1), datetime(2026, 12, 3))  # noqa: DTZ001 - floating
    assert made(LIFT, floating) == ["12-01/12-02 Trip"]


def test_days_that_follow_on_each_other_are_one_range() -> None:
    """A calendar with an event for each day of the holidays; another title is another one."""
    each = [days("Holidays", date(2026, 12, 21) + timedelta(days=n), 1) for n in range(5)]
    other = days("Trip", date(2026, 12, 26), 1)
    assert made(LIFT, *each, each[0], other) == ["12-21/12-25 Holidays", "12-26/12-26 Trip"]


def test_only_the_coming_year_counts() -> None:
    """What is over is left out without a word; what has begun starts today."""
    assert made(LIFT, days("Over", date(2026, 11, 1), 3)) == []
    assert made(LIFT, days("Now", date(2026, 11, 20), 5)) == ["11-22/11-24 Now"]
    assert made(LIFT, days("Far", TODAY + HORIZON, 5)) == ["11-23/11-23 Far"]
    assert made(LIFT, days("Further", TODAY + HORIZON + timedelta(days=1), 5)) == []


def test_an_hour_is_no_holiday() -> None:
    """A parents' evening lifts nothing, and that is said."""
    start = datetime(2026, 12, 1, 17, tzinfo=UTC)
    found = drafted((), [Event("Parents", start, start + timedelta(hours=2))], LIFT)
    assert (found.exceptions, found.added) == ((), 0)
    assert found.skipped == ("Parents, 2026-12-01 17:00: it is no whole day",)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-3)])
def test_an_event_without_a_length_is_left_out(length: timedelta) -> None:
    """An end at or before the start."""
    found = drafted((), [Event("", TODAY, TODAY + length)], LIFT)
    assert found.skipped == ("Without a title, 2026-11-22: it has no length",)


def test_as_blocks_an_event_has_its_own_times() -> None:
    """Cut at midnights; whole days from midnight to midnight; seconds count as a minute."""
    start = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
    event = Event("Concert", start, start + timedelta(hours=2, seconds=10))
    found = drafted((), [event, days("Camp", date(2026, 12, 5), 2)], BLOCK).exceptions
    spans = [(e.first.day, e.last.day, e.blocks[0].start, e.blocks[0].end) for e in found]
    assert spans == [
        (1, 1, "22:30", "00:00"),
        (2, 2, "00:00", "00:31"),
        (5, 6, "00:00", "24:00"),
    ]
    assert found[0].blocks[0].days == ("tue",)
    whole = datetime(2026, 12, 1, 23, tzinfo=UTC)
    night = Event("Night", whole, whole + timedelta(days=1, hours=1))
    parts = drafted((), [night], BLOCK).exceptions
    assert [(e.blocks[0].start, e.blocks[0].end) for e in parts] == [
        ("00:00", "24:00"),
        ("00:00", "01:00"),
    ]


def test_my_own_exceptions_stay_and_nothing_is_added_twice() -> None:
    """Importing the same file again adds nothing."""
    mine = DayException(ExceptionKind.LIFT_LIMIT, TODAY, TODAY, label="Birthday")
    event = days("Winter break", date(2026, 12, 21), 14)
    once = drafted((mine,), [event], LIFT)
    assert (len(once.exceptions), once.added) == (2, 1)
    again = drafted(once.exceptions, [event], LIFT)
    assert (again.exceptions, again.added) == (once.exceptions, 0)


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("  Autumn\n holidays ", "Autumn holidays"),
        ("x" * 5000, "x" * 60),
        ("\u202eyadiloh", ""),
        ("\x07bell", ""),
        ("[bold]Trip[/bold]", "[bold]Trip[/bold]"),
    ],
)
def test_a_title_is_text_and_never_more(title: str, label: str) -> None:
    """Cleaned and cut; one that cannot be shown is left out, its day is not."""
    found = drafted((), [days(title, TODAY, 1)], LIFT).exceptions
    assert [one.label for one in found] == [label]


def test_a_layer_has_room_for_so_many() -> None:
    """The earliest are taken, the rest is named; a long list of reasons is cut."""
    events = [days(f"Day {n:03}", TODAY + timedelta(days=n), 1) for n in range(250)]
    mine = (DayException(ExceptionKind.LIFT_LIMIT, TODAY, TODAY),)
    found = drafted(mine, events, LIFT, broken=3)
    assert (len(found.exceptions), found.added) == (MOST_EXCEPTIONS, MOST_EXCEPTIONS - 1)
    assert found.skipped[0] == "Day 199, 2027-06-09: 200 exceptions are the most"
    assert len(found.skipped) == 21
    assert found.skipped[-1] == "and 32 more"


@pytest.mark.parametrize(
    "more",
    [
        {"kind": ExceptionKind.LIFT_BLOCKS},
        {"kind": ExceptionKind.LIFT_LIMIT},
        {"kind": ExceptionKind.SET_LIMIT, "minutes": 90},
        {"kind": ExceptionKind.ADD_BLOCKS},
    ],
)
def test_every_draft_is_a_value_of_the_field(more: dict[str, Any]) -> None:
    """What is drafted could be written as it is."""
    wanted = Wanted(zone="Europe/Berlin", today=TODAY, **more)
    found = drafted((), [days("Holidays", TODAY, 9)], wanted).exceptions
    assert decode("schedule.exceptions", encode("schedule.exceptions", found)) == found


def test_events_of_centuries_cost_no_more_than_the_coming_year() -> None:
    """Thousands of them, hours on end: the earliest days are taken, each once, and rest unread."""
    start, end = datetime(2000, 1, 1, 0, 1), datetime(2400, 1, 1, 23, 59)  # noqa: DTZ001 - floating
    events = [Event(f"{n % 50}", start, end - timedelta(minutes=n)) for n in range(3000)]
    began = time.process_time()
    found = drafted((), events, BLOCK)
    assert time.process_time() - began < 1
    assert (found.added, found.exceptions[0].first) == (MOST_EXCEPTIONS, TODAY)
    assert len(set(found.exceptions)) == MOST_EXCEPTIONS
    assert {one.blocks[0].end for one in found.exceptions} == {"24:00"}
    assert found.skipped[-1] == "and more than 1 more"


@pytest.mark.parametrize("wanted", [LIFT, BLOCK])
@pytest.mark.parametrize("tz", [None, UTC])
def test_the_edges_of_the_calendar_are_only_far_away(wanted: Wanted, tz: timezone | None) -> None:
    """An event from the year 1 to the last minute of 9999 covers the whole horizon."""
    ever = Event("Ever", datetime.min.replace(tzinfo=tz), datetime.max.replace(tzinfo=tz))
    days_ever = Event("Ever", date.min, date.max)
    for event in (ever, days_ever):
        assert drafted((), [event], wanted).exceptions[0].first == TODAY
