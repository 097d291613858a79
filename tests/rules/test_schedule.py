"""Local days in the teen's home zone, across clock changes and other starts of day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.rules.schedule import day_start, local_day, next_boundary, weekday_of
from support.families import PROFILE

BERLIN, KOLKATA, LORD_HOWE = "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"


def hours(zone: str, start: str, day: date) -> float:
    """How long a local day is."""
    end = day_start(zone, start, day + timedelta(days=1))
    return (end - day_start(zone, start, day)) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 3, 30), 24),
        (BERLIN, date(2026, 10, 25), 25),
        (KOLKATA, date(2026, 3, 29), 24),
        (LORD_HOWE, date(2026, 4, 5), 24.5),
    ],
)
def test_a_local_day_is_as_long_as_the_clock_makes_it(zone: str, day: date, length: float) -> None:
    """23, 24 or 25 hours across a clock change, half hours where the zone has them."""
    assert hours(zone, "00:00", day) == length


def test_a_start_in_a_gap_shifts_forward() -> None:
    """02:30 does not exist on the spring night: the day starts at 03:30 summer time."""
    start = day_start(BERLIN, "02:30", date(2026, 3, 29))
    assert start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_start_in_a_fold_is_the_first_pass() -> None:
    """02:30 comes twice on the autumn night: both passes belong to the new day."""
    start = day_start(BERLIN, "02:30", date(2026, 10, 25))
    assert start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second_pass = start + timedelta(hours=1)
    assert local_day(BERLIN, "02:30", second_pass) == date(2026, 10, 25)


def test_before_the_start_of_day_it_is_still_yesterday() -> None:
    """With a start at 04:00 the night belongs to the day before; the twin is a minute later."""
    four = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert local_day("UTC", "04:00", four - timedelta(minutes=1)) == date(2026, 11, 21)
    assert local_day("UTC", "04:00", four) == date(2026, 11, 22)
    assert weekday_of(date(2026, 11, 22)) == "sun"


@PROFILE
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - made aware below
    st.sampled_from([BERLIN, KOLKATA, LORD_HOWE, "America/New_York", "Pacific/Apia"]),
    st.sampled_from(["00:00", "02:30", "04:00", "23:30"]),
)
def test_every_instant_belongs_to_one_day(naive: datetime, zone: str, start: str) -> None:
    """An instant lies between the start of its day and the next boundary."""
    instant = naive.replace(tzinfo=UTC)
    day = local_day(zone, start, instant)
    after = next_boundary(zone, start, instant)
    assert day_start(zone, start, day) <= instant < after
    assert local_day(zone, start, after) == day + timedelta(days=1)
