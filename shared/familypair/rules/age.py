"""Age bands (product.md section 2): from a birth date to a band, and when the band changes.

What is kept is the band and the first day of the month after the birthday that changes it; the
birth date itself is not. The band changes on that day, so it can lag the birthday by a month.
"""

from datetime import date, timedelta
from typing import Final

import msgspec

from familypair.settings import Band

MINIMUM_AGE: Final = 13
NOTICE: Final = timedelta(days=14)
_OLDEST: Final = 120
_NEXT: Final = {Band.YOUNGER: Band.OLDER, Band.OLDER: Band.ADULT}
_BIRTHDAY: Final = {Band.YOUNGER: 16, Band.OLDER: 18}


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an age: the band, and the local day on which it changes (None at 18+)."""

    band: Band
    changes_on: date | None = None


UNKNOWN: Final = Age(band=Band.YOUNGER)
"""An unknown age counts as the youngest band and does not change by itself."""


class TooYoung(msgspec.Struct, frozen=True):
    """Under 13: no account, and nothing of the birth date is kept."""


class NoDate(msgspec.Struct, frozen=True):
    """A day in the future or more than 120 years ago: a slip, to be asked again."""


def screen(birth: date, today: date) -> Age | TooYoung | NoDate:
    """The neutral age screen. Who is 13 today may join; `today` is local to the person."""
    years = age_on(birth, today)
    if birth > today or years > _OLDEST:
        return NoDate()
    if years < MINIMUM_AGE:
        return TooYoung()
    start = Age(band=Band.YOUNGER, changes_on=_change_day(birth, _BIRTHDAY[Band.YOUNGER]))
    return age_at(start, today)


def age_on(birth: date, day: date) -> int:
    """Completed years; a birthday on 29 February counts on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_at(age: Age, day: date) -> Age:
    """The age as it stands on a local day: the stored band moved over every change day passed."""
    return (age, *changes_until(age, day))[-1]


def changes_until(age: Age, day: date) -> tuple[Age, ...]:
    """The ages that follow a stored one by a local day, in order; empty while it still holds."""
    found: list[Age] = []
    while age.changes_on is not None and age.changes_on <= day:
        band = _NEXT[age.band]
        step = _BIRTHDAY.get(band, 0) - _BIRTHDAY[age.band]
        later = age.changes_on.replace(year=age.changes_on.year + step) if step > 0 else None
        age = Age(band=band, changes_on=later)
        found.append(age)
    return tuple(found)


def adult_on(age: Age) -> date | None:
    """The day from which the band is `18+`; None where it never changes, `date.min` where it is."""
    day = date.min
    for step in (age, *changes_until(age, date.max)):
        if step.band is Band.ADULT:
            return day
        day = step.changes_on or day
    return None


def notice_on(age: Age) -> date | None:
    """The day on which both sides are told of the next change, 14 days before it."""
    return None if age.changes_on is None else age.changes_on - NOTICE


def next_band(age: Age) -> Band | None:
    """The band after the next change; None when there is none to come."""
    return None if age.changes_on is None else _NEXT.get(age.band)


def _change_day(birth: date, years: int) -> date:
    """The first day of the month after the birthday on which somebody turns `years`."""
    year, month = birth.year + years + birth.month // 12, birth.month % 12 + 1
    return date(year, month, 1)
