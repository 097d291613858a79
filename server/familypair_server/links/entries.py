"""Entries of a link's life, written for the teen and for that link's own guardian."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from familypair.rules.projection import Viewer
from familypair.schema.accounts import Kind
from familypair.schema.ledger import AnyEntry
from familypair.schema.scopes import ALL_SCOPES
from familypair_server.accounts.statements import AccountRow
from familypair_server.ids import Random
from familypair_server.links.records import StoredLink
from familypair_server.records import ledger
from familypair_server.records.ledger import Actor
from familypair_server.storage import Txn, notify

PLATFORM = Actor("platform")


class Pair(msgspec.Struct, frozen=True):
    """The two people of a link."""

    teen: AccountRow
    guardian: AccountRow

    @property
    def by_teen(self) -> Actor:
        """The teen as a doer."""
        return Actor("teen", self.teen.id)

    @property
    def by_guardian(self) -> Actor:
        """The guardian as a doer."""
        return Actor("guardian", self.guardian.id, self.guardian.name)


def teen_only(stored: StoredLink) -> tuple[Viewer, ...]:
    """For what the guardian must not know."""
    return (Viewer(id=stored.teen_id, kind=Kind.TEEN),)


def both(stored: StoredLink) -> tuple[Viewer, ...]:
    """The teen and this link's guardian, whatever the link still authorises."""
    guardian = Viewer(
        id=stored.guardian_id,
        kind=Kind.GUARDIAN,
        link=stored.id,
        scopes=frozenset(ALL_SCOPES),
    )
    return (*teen_only(stored), guardian)


def write(
    stored: StoredLink,
    entry: AnyEntry,
    actor: Actor,
    *,
    now: datetime,
    random: Random,
    viewers: Sequence[Viewer] | None = None,
) -> Txn[None]:
    """Append one entry and wake both people's streams."""
    yield from ledger.append(
        teen_id=stored.teen_id,
        entry=entry,
        actor=actor,
        now=now,
        viewers=both(stored) if viewers is None else viewers,
        random=random,
    )
    yield from notify(stored.guardian_id)
