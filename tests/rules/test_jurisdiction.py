"""The jurisdiction table: sourced rows, stricter wins, unknown is the operator's."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from familypair.rules.jurisdiction import (
    DIRECTIONS,
    Direction,
    basis,
    lookup,
    notice_period,
)
from familypair.rules.jurisdiction_table import ANYWHERE, ROWS, Row, Rule, Status

TODAY = date(2026, 11, 22)
ROW = Row(country="XX", rule=Rule.MINIMUM_AGE, value=14, since=date(2026, 1, 1), source="an act")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.country}-{row.rule}-{row.since}")
def test_every_row_says_where_it_is_from(row: Row) -> None:
    """A source, a day of checking, a country, a span that is not empty, a value or parties."""
    assert row.source
    assert row.checked_on <= TODAY
    assert row.country == ANYWHERE or (len(row.country) == 2 and row.country.isupper())
    assert row.until is None or row.since < row.until
    assert bool(row.parties) == (row.rule is Rule.CONSENT_PARTIES)


def test_every_rule_has_a_direction_and_a_row_for_anywhere() -> None:
    """So a lookup for any country has an answer."""
    assert set(DIRECTIONS) == set(Rule)
    for rule in Rule:
        assert lookup("", rule, on=TODAY).country == ANYWHERE


@pytest.mark.parametrize(
    ("country", "age"), [("DE", 16), ("de ", 16), ("FR", 15), ("GB", 13), ("NO", 13), ("ES", 14)]
)
def test_consent_ages(country: str, age: int) -> None:
    """As tabulated; what is only planned does not count yet."""
    assert lookup(country, Rule.CONSENT_AGE, on=TODAY).value == age


def test_a_law_changes_on_its_day() -> None:
    """Denmark moved from 13 to 15 on 1 January 2024."""
    assert lookup("DK", Rule.CONSENT_AGE, on=date(2023, 12, 31)).value == 13
    assert lookup("DK", Rule.CONSENT_AGE, on=date(2024, 1, 1)).value == 15


def test_brazil_wants_a_guardian_and_australia_sixteen() -> None:
    """In force from their days on, and nowhere else."""
    assert lookup("BR", Rule.GUARDIAN_REQUIRED_UNDER, on=date(2026, 3, 16)).value == 0
    assert lookup("BR", Rule.GUARDIAN_REQUIRED_UNDER, on=date(2026, 3, 17)).value == 16
    assert lookup("AU", Rule.SOCIAL_HOST_MINIMUM_AGE, on=TODAY).value == 16
    assert lookup("AU", Rule.MINIMUM_AGE, on=TODAY).value == 13


def test_an_unknown_country_is_read_with_the_operators() -> None:
    """Unknown to the person or to the table; and without the operator's, with the strict row."""
    for unknown in ("", "ZZ"):
        found = lookup(unknown, Rule.CONSENT_AGE, on=TODAY, operator="GB")
        assert (found.country, found.value) == ("GB", 13)
        nowhere = lookup(unknown, Rule.CONSENT_AGE, on=TODAY)
        assert (nowhere.country, nowhere.value) == (ANYWHERE, 16)
    assert lookup("DE", Rule.CONSENT_AGE, on=TODAY, operator="GB").value == 16


@pytest.mark.parametrize(
    ("rule", "values", "stricter"),
    [
        (Rule.MINIMUM_AGE, (14, 16, 15), 16),
        (Rule.NOTICE_HOURS, (48, 24, 72), 24),
    ],
)
def test_of_two_rows_the_stricter_holds(rule: Rule, values: tuple[int, ...], stricter: int) -> None:
    """By the rule's direction: a higher age, a shorter notice; all rows are cited."""
    rows = [replace(ROW, rule=rule, value=value) for value in values]
    found = lookup("XX", rule, on=TODAY, extra=rows)
    assert found.value == stricter
    assert found.rows == tuple(rows)


def test_more_parties_are_stricter() -> None:
    """Two rows that name different parties ask for all of them."""
    assert DIRECTIONS[Rule.CONSENT_PARTIES] is Direction.MORE
    rows = [
        replace(ROW, rule=Rule.CONSENT_PARTIES, parties=parties)
        for parties in (("teen",), ("guardian", "teen"))
    ]
    found = lookup("XX", Rule.CONSENT_PARTIES, on=TODAY, extra=rows)
    assert (found.parties, found.value) == (("guardian", "teen"), 2)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": Status.PENDING},
        {"status": Status.ENJOINED},
        {"since": TODAY + timedelta(days=1)},
        {"until": TODAY},
        {"country": "YY"},
    ],
)
def test_a_row_that_is_not_in_force_does_not_count(fault: dict[str, object]) -> None:
    """The row counts; with one field changed the table falls back to the row for anywhere."""
    assert lookup("XX", Rule.MINIMUM_AGE, on=TODAY, extra=[ROW]).value == 14
    off = replace(ROW, **fault)
    assert lookup("XX", Rule.MINIMUM_AGE, on=TODAY, extra=[off]).value == 13


def test_the_notice_period_is_two_days_and_never_beyond_a_week() -> None:
    """Whatever rows say, 0 to 168 hours."""
    assert notice_period("DE", on=TODAY) == timedelta(hours=48)
    row = replace(ROW, rule=Rule.NOTICE_HOURS, value=400)
    assert notice_period("XX", on=TODAY, extra=[row]) == timedelta(hours=168)
    assert notice_period("XX", on=TODAY, extra=[replace(row, value=0)]) == timedelta()


def test_before_the_table_begins_there_is_no_answer() -> None:
    """An error that names the day, not a guess."""
    with pytest.raises(LookupError, match="1999-01-01"):
        lookup("DE", Rule.MINIMUM_AGE, on=date(1999, 1, 1))


def test_the_basis_of_a_receipt_is_one_line() -> None:
    """The country whose row decided, the rule and the value."""
    assert basis("DE", on=TODAY) == "DE consent_age 16"
    assert basis("ZZ", on=TODAY, operator="FR") == "FR consent_age 15"
