"""What an age has become since it was last written down: the sealed column stays until then.

The sealed band is the one whose consequences are written (layers, links, entries). What time has
moved since is evaluated on every read, so that nothing waits for a job (product.md section 2).
"""

from datetime import UTC, datetime, time

import msgspec

from familypair.rules.age import UNKNOWN, Age, adult_on, changes_until
from familypair_server.accounts import ages
from familypair_server.accounts.ages import Aged
from familypair_server.keys import Keys


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """One person's age at an instant."""

    written: Age
    """As it is stored."""
    since: tuple[Age, ...] = ()
    """What it has become after that and nobody has written down, in order."""
    adult_since: datetime | None = None
    """From when on they are 18, if they are: supervision is over from that instant."""

    @property
    def now(self) -> Age:
        """The age as it stands."""
        return (self.written, *self.since)[-1]


def growth(keys: Keys, person: Aged, now: datetime) -> Growth:
    """The age of a person at `now`; unknown stays the youngest band."""
    if person.age is None:
        return Growth(written=UNKNOWN)
    age, today = ages.unseal(keys, person.id, person.age), now.date()
    day = adult_on(age)
    adult = None if day is None or day > today else datetime.combine(day, time(), UTC)
    return Growth(written=age, since=changes_until(age, today), adult_since=adult)
