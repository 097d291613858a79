"""Age bands: the neutral screen, the day of the change, and the 14-day notice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.rules.age import (
    UNKNOWN,
    Age,
    NoDate,
    TooYoung,
    adult_on,
    age_at,
    age_on,
    changes_until,
    next_band,
    notice_on,
    screen,
)
from familypair.settings import Band
from support.families import PROFILE

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("birth", "verdict"),
    [
        (date(2013, 11, 23), TooYoung()),
        (date(2013, 11, 22), Age(band=Band.YOUNGER, changes_on=date(2029, 12, 1))),
        (date(2010, 11, 30), Age(band=Band.YOUNGER, changes_on=date(2026, 12, 1))),
        (date(2010, 11, 1), Age(band=Band.YOUNGER, changes_on=date(2026, 12, 1))),
        (date(2010, 10, 31), Age(band=Band.OLDER, changes_on=date(2028, 11, 1))),
        (date(2008, 12, 31), Age(band=Band.OLDER, changes_on=date(2027, 1, 1))),
        (date(2008, 10, 31), Age(band=Band.ADULT)),
        (date(2026, 11, 23), NoDate()),
        (date(1900, 1, 1), NoDate()),
    ],
)
def test_screen(birth: date, verdict: Age | TooYoung | NoDate) -> None:
    """Under 13 is refused; else the band holds until the month after the birthday begins."""
    assert screen(birth, TODAY) == verdict


def test_the_band_changes_on_its_day_and_not_before() -> None:
    """Good and bad twin differ by one day."""
    age = Age(band=Band.YOUNGER, changes_on=date(2026, 12, 1))
    assert age_at(age, date(2026, 11, 30)) == age
    assert age_at(age, date(2026, 12, 1)) == Age(band=Band.OLDER, changes_on=date(2028, 12, 1))


def test_a_long_absence_passes_through_every_band() -> None:
    """Somebody who comes back years later has the band of today."""
    age = Age(band=Band.YOUNGER, changes_on=date(2026, 12, 1))
    assert age_at(age, date(2030, 1, 1)) == Age(band=Band.ADULT)


def test_an_unknown_age_counts_as_the_youngest() -> None:
    """Unknown is 13-15 and stays so: nothing is assumed to change."""
    assert age_at(UNKNOWN, date(2099, 1, 1)) == UNKNOWN
    assert (notice_on(UNKNOWN), next_band(UNKNOWN)) == (None, None)


def test_both_sides_are_told_14_days_before() -> None:
    """The notice is due two weeks before the change, and says which band comes."""
    age = Age(band=Band.OLDER, changes_on=date(2026, 12, 1))
    assert notice_on(age) == date(2026, 11, 17)
    assert next_band(age) is Band.ADULT


@PROFILE
@given(st.dates(date(2000, 1, 1), date(2026, 11, 22)), st.integers(0, 5000))
def test_the_kept_age_follows_the_birth_date_with_a_lag_under_32_days(
    birth: date, days: int
) -> None:
    """What is kept gives the right band on every later day, except in the month of a birthday."""
    start = screen(birth, TODAY)
    if not isinstance(start, Age):
        return
    day = TODAY + timedelta(days=days)
    expected = {band_for(age_on(birth, day)), band_for(age_on(birth, day - timedelta(days=31)))}
    assert age_at(start, day).band in expected
    assert age_at(age_at(start, day), day) == age_at(start, day)


def band_for(years: int) -> Band:
    """The band of completed years."""
    return Band.ADULT if years >= 18 else Band.OLDER if years >= 16 else Band.YOUNGER


def test_every_band_that_began_is_named_in_order() -> None:
    """Whoever was not looked at for years went through both changes; one day earlier, through one.

    The day of 18+ is known from the stored age alone.
    """
    age = Age(band=Band.YOUNGER, changes_on=date(2026, 12, 1))
    assert changes_until(age, date(2026, 11, 30)) == ()
    older = Age(band=Band.OLDER, changes_on=date(2028, 12, 1))
    assert changes_until(age, date(2028, 11, 30)) == (older,)
    assert changes_until(age, date(2028, 12, 1)) == (older, Age(band=Band.ADULT))
    assert adult_on(age) == adult_on(older) == date(2028, 12, 1)
    assert adult_on(Age(band=Band.ADULT)) == date.min
    assert adult_on(UNKNOWN) is None
