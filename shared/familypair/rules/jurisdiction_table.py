"""The rows of the jurisdiction table that a link needs (security.md 3.2, 3.6, 3.7).

Data, not advice: every row has a source, a status and the day on which it was checked. Ages of
GDPR article 8 are national law; a raise that is only planned is `pending` and does not count.
"""

from datetime import date
from enum import StrEnum

import msgspec

ANYWHERE = "*"
_CHECKED = date(2026, 11, 22)


class Rule(StrEnum):
    """What a row is about; the unit is in the name or in the docstring."""

    MINIMUM_AGE = "minimum_age"
    """Years: below it there is no account here."""
    SOCIAL_HOST_MINIMUM_AGE = "social_host_minimum_age"
    """Years: below it a social host on the country's list may not have the account."""
    CONSENT_AGE = "consent_age"
    """Years: below it a guardian's consent is needed beside the teen's (GDPR article 8)."""
    CONSENT_PARTIES = "consent_parties"
    """Who must consent to a link, whatever the teen's age."""
    GUARDIAN_REQUIRED_UNDER = "guardian_required_under"
    """Years: below it an account must be linked; a teen without a link is shown as needing one."""
    NOTICE_HOURS = "notice_hours"
    """Hours that time rules stay after a teen ended a link."""


class Status(StrEnum):
    """Whether a row holds."""

    IN_FORCE = "in_force"
    ENJOINED = "enjoined"
    PENDING = "pending"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of one country for a span of days, with where it was read."""

    country: str
    """ISO 3166-1 alpha-2, or `*`."""
    rule: Rule
    value: int = 0
    parties: tuple[str, ...] = ()
    since: date
    until: date | None = None
    """The first day on which it no longer holds; None is open."""
    source: str
    status: Status = Status.IN_FORCE
    checked_on: date = _CHECKED


_GDPR = date(2018, 5, 25)
_START = date(2018, 1, 1)
_ART_8 = "GDPR article 8(1) and national law, as tabulated in Commission SWD(2020) 115"

_CONSENT_AGES: tuple[tuple[int, str], ...] = (
    (13, "BE EE FI LV MT PT SE IS NO"),
    (14, "AT BG CY IT LT ES"),
    (15, "CZ FR GR"),
    (16, "HR DE HU IE LU NL PL RO SK LI"),
)

_CONSENT_ROWS = tuple(
    Row(country=country, rule=Rule.CONSENT_AGE, value=age, since=_GDPR, source=_ART_8)
    for age, countries in _CONSENT_AGES
    for country in countries.split()
)

ROWS: tuple[Row, ...] = (
    Row(
        country=ANYWHERE,
        rule=Rule.MINIMUM_AGE,
        value=13,
        since=_START,
        source="product rule: no account under 13",
    ),
    Row(
        country=ANYWHERE,
        rule=Rule.SOCIAL_HOST_MINIMUM_AGE,
        value=13,
        since=_START,
        source="product rule: as the service itself",
    ),
    Row(
        country=ANYWHERE,
        rule=Rule.CONSENT_AGE,
        value=16,
        since=_START,
        source="product rule: the highest age of GDPR article 8 where nothing is known",
    ),
    Row(
        country=ANYWHERE,
        rule=Rule.CONSENT_PARTIES,
        parties=("guardian", "teen"),
        since=_START,
        source="product rule: a link needs both",
    ),
    Row(
        country=ANYWHERE,
        rule=Rule.GUARDIAN_REQUIRED_UNDER,
        value=0,
        since=_START,
        source="product rule: supervision is a choice",
    ),
    Row(
        country=ANYWHERE,
        rule=Rule.NOTICE_HOURS,
        value=48,
        since=_START,
        source="product rule: 48 hours",
    ),
    *_CONSENT_ROWS,
    Row(
        country="GB",
        rule=Rule.CONSENT_AGE,
        value=13,
        since=_GDPR,
        source="Data Protection Act 2018, section 9",
    ),
    Row(
        country="DK",
        rule=Rule.CONSENT_AGE,
        value=13,
        since=_GDPR,
        until=date(2024, 1, 1),
        source="Databeskyttelsesloven section 6, before the change of 2024",
    ),
    Row(
        country="DK",
        rule=Rule.CONSENT_AGE,
        value=15,
        since=date(2024, 1, 1),
        source="Databeskyttelsesloven section 6, as changed",
    ),
    Row(
        country="SI",
        rule=Rule.CONSENT_AGE,
        value=15,
        since=date(2023, 1, 26),
        source="ZVOP-2 article 8",
    ),
    Row(
        country="NO",
        rule=Rule.CONSENT_AGE,
        value=15,
        since=_CHECKED,
        source="proposal to raise the age from 13 to 15; day of entry open",
        status=Status.PENDING,
    ),
    Row(
        country="ES",
        rule=Rule.CONSENT_AGE,
        value=16,
        since=_CHECKED,
        source="bill to raise the age from 14 to 16; day of entry open",
        status=Status.PENDING,
    ),
    Row(
        country="FR",
        rule=Rule.CONSENT_PARTIES,
        parties=("guardian", "teen"),
        since=_GDPR,
        source="Loi Informatique et Libertes article 45: joint consent below 15",
    ),
    Row(
        country="AU",
        rule=Rule.SOCIAL_HOST_MINIMUM_AGE,
        value=16,
        since=date(2025, 12, 10),
        source="Online Safety Amendment (Social Media Minimum Age) Act 2024",
    ),
    Row(
        country="BR",
        rule=Rule.GUARDIAN_REQUIRED_UNDER,
        value=16,
        since=date(2026, 3, 17),
        source="Lei 15.211/2025 (ECA Digital)",
    ),
)
