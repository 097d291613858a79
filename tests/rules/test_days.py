"""Local days as pairs of instants: they partition time and only ever get longer (A20, T3)."""

from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from itertools import pairwise
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from familypair.rules import zones
from familypair.rules.days import (
    Regime,
    Regimes,
    day_after,
    day_at,
    day_before,
    day_named,
    days_from,
    moved,
    tzdata_version,
)
from support.families import PROFILE

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Tokyo",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Casablanca",
    "Asia/Gaza",
    "Antarctica/Troll",
)
STARTS = ("00:00", "02:30", "04:00", "12:00", "23:30")
CHANGES = st.lists(
    st.tuples(st.integers(0, 60 * 72), st.sampled_from((None, *ZONES)), st.sampled_from(STARTS)),
    max_size=6,
)
BEGIN = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - made aware below


def at_home(zone: str = "Europe/Berlin", start: str = "00:00") -> Regimes:
    """Somebody who has never moved."""
    return (Regime(zone=zone, day_starts_at=start),)


def test_a_day_has_two_instants_and_a_date() -> None:
    """Noon of a Sunday in Berlin: from 23:00 UTC to 23:00 UTC, 24 hours."""
    day = day_at(at_home(), NOON)
    assert (day.date, day.seconds) == (date(2026, 11, 22), 86400)
    assert (day.start, day.end) == (NOON - 13 * HOUR, NOON + 11 * HOUR)
    assert day.start in day
    assert day.end not in day


@pytest.mark.parametrize(
    ("zone", "named", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Antarctica/Troll", date(2026, 3, 29), 22),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_its_clock(zone: str, named: date, hours: float) -> None:
    """22 to 26 hours across a clock change."""
    day = day_named(at_home(zone), named)
    assert day is not None
    assert day.seconds == hours * 3600


def test_a_date_that_a_zone_skipped_is_no_day() -> None:
    """Samoa went over the date line: the 30th of December 2011 is in no calendar of Apia."""
    apia = at_home("Pacific/Apia")
    assert day_named(apia, date(2011, 12, 30)) is None
    before = day_named(apia, date(2011, 12, 29))
    assert before is not None
    assert day_after(apia, before).date == date(2011, 12, 31)
    late = at_home("Pacific/Apia", "04:00")
    assert [d.date.day for d in days_from(late, before.start + 6 * HOUR, 2)] == [29, 31]


@pytest.mark.parametrize("named", [date(1, 1, 1), date.max])
def test_a_date_beyond_the_calendar_is_no_day(named: date) -> None:
    """What somebody types cannot break the arithmetic of dates."""
    assert day_named(at_home(), named) is None


def test_a_move_holds_the_day_until_the_new_zones_boundary() -> None:
    """From Berlin to Tokyo on Sunday noon: Sunday lasts 40 hours, until Tuesday begins there."""
    after = moved(at_home(), zone="Asia/Tokyo", now=NOON)
    today, following = days_from(after, NOON, 2)
    assert (today.date.day, today.seconds, today.zone) == (22, 40 * 3600, "Europe/Berlin")
    assert (following.date.day, following.zone) == (24, "Asia/Tokyo")
    assert day_at(after, today.end - HOUR) == today
    assert day_before(after, following) == today
    assert day_named(after, date(2026, 11, 23)) is None


def test_a_move_west_makes_one_long_day_too() -> None:
    """From Berlin to New York: Sunday ends with New York's, 30 hours after it began."""
    after = moved(at_home(), zone="America/New_York", now=NOON)
    today, following = days_from(after, NOON, 2)
    assert (today.seconds, following.date.day) == (30 * 3600, 23)


def test_taking_a_move_back_in_time_leaves_nothing() -> None:
    """Before the day would have ended anyway it is as if nothing had been said."""
    after = moved(at_home(), zone="Asia/Tokyo", now=NOON)
    assert moved(after, zone="Europe/Berlin", now=NOON + HOUR) == at_home()


def test_taking_a_move_back_late_dates_no_hour_anew() -> None:
    """Sunday has been held into Monday: it goes on to the next midnight in Berlin."""
    after = moved(at_home(), zone="Asia/Tokyo", now=NOON)
    late = NOON + 14 * HOUR
    back = moved(after, zone="Europe/Berlin", now=late)
    held = day_at(back, late)
    assert (held.start, held.date) == (day_at(after, late).start, date(2026, 11, 22))
    assert (held.end, day_after(back, held).date.day) == (NOON + 35 * HOUR, 24)


def test_another_change_takes_the_place_of_one_that_waits() -> None:
    """Only the last zone counts, and a start of day said with it before is kept."""
    one = moved(at_home(), zone="Asia/Tokyo", now=NOON)
    two = moved(one, day_starts_at="04:00", now=NOON + HOUR)
    assert [(r.zone, r.day_starts_at) for r in two] == [
        ("Europe/Berlin", "00:00"),
        ("Asia/Tokyo", "04:00"),
    ]


def test_a_boundary_that_a_new_tzdata_moves_leaves_no_sliver_of_a_day() -> None:
    """A stored start that is no boundary any more holds the day to the next one."""
    off = Regime(zone="Asia/Tokyo", start=NOON + 30 * HOUR, held_from=NOON - 13 * HOUR)
    regimes = (*at_home(), off)
    today, following = days_from(regimes, NOON, 2)
    assert today.end == following.start == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert following.seconds == 86400


@settings(PROFILE, max_examples=60)
@given(BEGIN, st.sampled_from(ZONES), st.sampled_from(STARTS), CHANGES)
@example(datetime(2026, 10, 24, 12), "Europe/Berlin", "00:00", [(60, "Asia/Tokyo", "23:30")])  # noqa: DTZ001 - made aware below
def test_days_partition_time_whatever_moves(
    naive: datetime, zone: str, start: str, changes: list[tuple[int, str | None, str]]
) -> None:
    """Day after day without gap or overlap, dates rise, and what has begun is never redated."""
    now = naive.replace(tzinfo=UTC)
    regimes, seen = at_home(zone, start), [day_at(at_home(zone, start), now)]
    for minutes, new_zone, new_start in changes:
        now += timedelta(minutes=minutes)
        while now >= seen[-1].end:
            seen.append(day_after(regimes, seen[-1]))
        running = day_at(regimes, now)
        regimes = moved(regimes, zone=new_zone, day_starts_at=new_start, now=now)
        held = day_at(regimes, now)
        assert (held.date, held.start) == (running.date, running.start)
        assert held.end > now
        seen[-1] = held
    seen += list(days_from(regimes, seen[-1].end, 3))
    for one, following in pairwise(seen):
        assert one.end == following.start
        assert one.date < following.date
        if (one.zone, one.day_starts_at) != (following.zone, following.day_starts_at):
            assert following.start - one.start >= DAY
    for one in seen[-4:]:
        middle = one.start + (one.end - one.start) / 2
        assert day_at(regimes, one.start) == day_at(regimes, middle) == one
        assert day_named(regimes, one.date) == one


def test_the_zones_are_those_of_the_package_and_its_version_is_known() -> None:
    """The machine's own zones may be of another version than the one that is stored."""
    with mock.patch.object(zones, "version", side_effect=AssertionError("asked again")):
        tzdata_version.cache_clear()
        with pytest.raises(AssertionError):
            tzdata_version()
    assert tzdata_version() == version("tzdata")
    with mock.patch.object(zones, "version", side_effect=AssertionError("asked again")):
        assert tzdata_version()
    assert {"UTC", "Asia/Calcutta", "Europe/Berlin"} <= zones.zone_names()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "Mars/Olympus", "europe/berlin"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    """No path ever reaches the file system."""
    with pytest.raises(KeyError):
        zones.zone(name)
