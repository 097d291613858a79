"""What the law of a country says about a link, as dated data (product.md 2; security.md 3).

A row holds from `since` until before `until`. Only rows in force count. When several rows speak,
the stricter holds, and each rule says which way that is. A country without a row of its own is read
with the operator's country, and then with the row `*`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from familypair.rules.jurisdiction_table import ANYWHERE, ROWS, Row, Rule, Status


class Direction(StrEnum):
    """Which way is stricter."""

    HIGHER = "higher"
    LOWER = "lower"
    MORE = "more"
    """More parties must consent."""


DIRECTIONS: dict[Rule, Direction] = {
    Rule.MINIMUM_AGE: Direction.HIGHER,
    Rule.SOCIAL_HOST_MINIMUM_AGE: Direction.HIGHER,
    Rule.CONSENT_AGE: Direction.HIGHER,
    Rule.GUARDIAN_REQUIRED_UNDER: Direction.HIGHER,
    Rule.CONSENT_PARTIES: Direction.MORE,
    Rule.NOTICE_HOURS: Direction.LOWER,
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What holds, and the rows that it comes from: a screen can cite them."""

    rule: Rule
    country: str
    """Whose row decided: the teen's country, the operator's, or `*`."""
    value: int
    """Years, hours, or for the parties how many must consent."""
    parties: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def lookup(
    country: str,
    rule: Rule,
    *,
    on: date,
    operator: str = "",
    extra: Iterable[Row] = (),
) -> Finding:
    """What `rule` is for a teen of that country on that day.

    `country` is ISO 3166-1 alpha-2 in any case, "" when unknown; `operator` likewise; `extra` are
    the operator's own rows for these countries, which can only make it stricter. Raises LookupError
    for a day before the table begins.
    """
    table = (*ROWS, *extra)
    for place in (country.strip().upper(), operator.strip().upper(), ANYWHERE):
        rows = tuple(row for row in table if _speaks(row, place, rule, on))
        if place and rows:
            return _strictest(rule, place, rows)
    raise LookupError(f"no row for {rule} on {on.isoformat()}")


def notice_period(
    country: str, *, on: date, operator: str = "", extra: Iterable[Row] = ()
) -> timedelta:
    """How long time rules stay after a teen ended a link: 0 to 168 hours."""
    found = lookup(country, Rule.NOTICE_HOURS, on=on, operator=operator, extra=extra)
    return timedelta(hours=max(0, min(168, found.value)))


def basis(country: str, *, on: date, operator: str = "") -> str:
    """The rows behind a link's consent in one line, for the receipt: `DE consent_age 16`."""
    found = lookup(country, Rule.CONSENT_AGE, on=on, operator=operator)
    return f"{found.country} {found.rule.value} {found.value}"


def _speaks(row: Row, country: str, rule: Rule, on: date) -> bool:
    return (
        row.rule is rule
        and row.country == country
        and row.status is Status.IN_FORCE
        and row.since <= on
        and (row.until is None or on < row.until)
    )


def _strictest(rule: Rule, country: str, rows: tuple[Row, ...]) -> Finding:
    direction = DIRECTIONS[rule]
    if direction is Direction.MORE:
        parties = tuple(sorted({party for row in rows for party in row.parties}))
        return Finding(rule=rule, country=country, value=len(parties), parties=parties, rows=rows)
    values = [row.value for row in rows]
    value = max(values) if direction is Direction.HIGHER else min(values)
    return Finding(rule=rule, country=country, value=value, rows=rows)
