"""What the handshake and the links need of a running service: plain values, no framework."""

from datetime import datetime, timedelta

import msgspec

from familypair.rules.disclosure import Disclosure, disclosure
from familypair.rules.jurisdiction import notice_period
from familypair.rules.limits import Limits
from familypair.schema.accounts import Band
from familypair.schema.scopes import Scope
from familypair_server.accounts.ages import band_of
from familypair_server.accounts.statements import AccountRow
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.settings import Settings


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """The injected parts and the operator's numbers."""

    keys: Keys
    random: Random
    base_url: str
    contact: str
    country: str
    """The operator's, where a person's is not known."""
    notice: timedelta
    """The operator's notice period; a jurisdiction can only make it shorter."""
    limits: Limits

    @classmethod
    def of(cls, settings: Settings, keys: Keys, random: Random) -> "Desk":
        """The desk of one running application."""
        return cls(
            keys=keys,
            random=random,
            base_url=settings.base_url(),
            contact=settings.operator_contact,
            country=settings.country,
            notice=timedelta(hours=settings.notice_hours),
            limits=Limits(
                teens_per_guardian=settings.max_teens_per_guardian,
                guardians_per_teen=settings.max_guardians_per_teen,
            ),
        )

    def band(self, teen: AccountRow, now: datetime) -> Band:
        """The teen's age band now; unknown counts as the youngest."""
        return band_of(self.keys, teen, now)

    def notice_of(self, teen: AccountRow, now: datetime) -> timedelta:
        """How long time rules stay after this teen ends a link: shorter is stricter."""
        legal = notice_period(teen.country, on=now.date(), operator=self.country)
        return min(legal, self.notice)

    def disclosure(
        self,
        teen: AccountRow,
        asked: frozenset[Scope],
        needed: frozenset[Scope],
        now: datetime,
    ) -> Disclosure:
        """The text that this teen reads for these scopes now."""
        return disclosure(
            asked=asked,
            needed=needed,
            reader=self.band(teen, now),
            notice=self.notice_of(teen, now),
        )
