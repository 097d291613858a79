"""What a link authorises now: the one fence before everything that a guardian reads or writes.

Each function is part of the caller's transaction, so the link is judged on the same snapshot as the
data behind it (security 2.2). This module knows no settings; what an end leaves is in `ending`.
"""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.rules.actors import Actor
from familypair.rules.link_layers import Standing, standing
from familypair.rules.link_views import LinkRights, rights
from familypair.rules.links import Link, advance
from familypair.rules.links_table import Event
from familypair.rules.projection import Viewer
from familypair.schema.accounts import Kind
from familypair.schema.links import LinkPhase
from familypair.schema.scopes import Scope
from familypair_server.accounts.growth import growth
from familypair_server.keys import Keys
from familypair_server.links import statements as sql
from familypair_server.links.records import StoredLink, load
from familypair_server.problems import refuse
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis


class LinkFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One link at an instant: who, what it authorises, and how its layer takes part."""

    id: str
    teen_id: str
    guardian_id: str
    epoch: int
    link: Link
    rights: LinkRights
    standing: Standing
    teen_name: str | None = None
    guardian_name: str | None = None
    unwritten: bool = False
    """Whether the teen's 18th birthday ended it and nobody has written that down yet."""

    @property
    def scopes(self) -> frozenset[Scope]:
        """What the guardian may use now; empty when the link gives no right."""
        return self.rights.scopes

    @property
    def phase(self) -> LinkPhase:
        """The state in the words of the wire."""
        return self.rights.phase

    @property
    def activated_at(self) -> datetime:
        """The instant of the teen's approval."""
        return self.link.activated_at


def grown_up(link: Link, adult_since: datetime | None) -> Link:
    """The link, over from the instant at which its teen is 18: no read waits for the job."""
    if adult_since is None:
        return link
    at = max(adult_since, link.activated_at)
    over = advance(link, Event.COME_OF_AGE, Actor.SYSTEM, now=at)
    return over if isinstance(over, Link) else link


def facts(stored: StoredLink, now: datetime, adult_since: datetime | None = None) -> LinkFacts:
    """A stored link as it stands at `now`, for a teen who may be 18 since an instant."""
    link = grown_up(stored.link, adult_since)
    return LinkFacts(
        id=stored.id,
        teen_id=stored.teen_id,
        guardian_id=stored.guardian_id,
        epoch=stored.epoch,
        link=link,
        rights=rights(link, now=now),
        standing=standing(link, now=now),
        teen_name=stored.teen_name,
        guardian_name=stored.guardian_name,
        unwritten=link != stored.link,
    )


def adult_since(teen_id: str, now: datetime, keys: Keys) -> Txn[datetime | None]:
    """From when on this teen is 18, if they are; None too where there is nobody."""
    row = yield from sql.age_of.one(teen=teen_id)
    return None if row is None else growth(keys, row, now).adult_since


def guardian_link(
    teen_id: str, guardian_id: str, now: datetime, keys: Keys
) -> Txn[LinkFacts | None]:
    """The link through which this guardian may read this teen now, or None: answer NOT_FOUND.

    Raises `Refused(TEEN_UNAVAILABLE)` where a service pause would be answered: after a safety exit
    until the generic notice. Nothing else tells the two apart.
    """
    rows = yield from sql.between.all(teen=teen_id, guardian=guardian_id)
    adult = (yield from adult_since(teen_id, now, keys)) if rows else None
    paused = False
    for row in reversed(rows):
        found = facts(load(row), now, adult)
        if found.rights.can_read:
            return found
        paused = paused or found.rights.refusal is Reason.TEEN_UNAVAILABLE
    if paused:
        raise refuse(Reason.TEEN_UNAVAILABLE)
    return None


def must_link(teen_id: str, guardian_id: str, now: datetime, keys: Keys) -> Txn[LinkFacts]:
    """`guardian_link`, raising `Refused(NOT_FOUND)` where there is none."""
    found = yield from guardian_link(teen_id, guardian_id, now, keys)
    if found is None:
        raise refuse(Reason.NOT_FOUND)
    return found


def links_of_teen(
    teen_id: str, now: datetime, adult: datetime | None
) -> Txn[tuple[LinkFacts, ...]]:
    """Every link of a teen in link-date order, ended ones too: what their policy is made of.

    `adult` is what `adult_since` says of this teen.
    """
    rows = yield from sql.by_teen.all(teen=teen_id)
    return tuple(facts(load(row), now, adult) for row in rows)


def links_of_guardian(guardian_id: str, now: datetime, keys: Keys) -> Txn[tuple[LinkFacts, ...]]:
    """Every link of a guardian in link-date order; `rights` says which may be read now.

    A link with `rights.refusal` TEEN_UNAVAILABLE must look like a paused service (product.md 9).
    """
    rows = yield from sql.by_guardian.all(guardian=guardian_id)
    people = yield from sql.ages_of_guardian.all(guardian=guardian_id)
    adults = {person.id: growth(keys, person, now).adult_since for person in people}
    return tuple(facts(load(row), now, adults.get(row.teen_id)) for row in rows)


@transaction
def is_due(teen_id: str, now: datetime, keys: Keys) -> Txn[bool]:
    """Whether time has moved a link or the age of this teen and nobody has written it down yet."""
    row = yield from sql.due_of_teen.one(teen=teen_id, now=millis(now))
    if row is not None:
        return True
    person = yield from sql.age_of.one(teen=teen_id)
    return person is not None and bool(growth(keys, person, now).since)


def guardian_viewer(found: LinkFacts) -> Viewer:
    """The guardian of a link as a reader of ledger entries."""
    return Viewer(
        id=found.guardian_id,
        kind=Kind.GUARDIAN,
        link=found.id,
        scopes=found.scopes,
        silent=found.rights.refusal is Reason.TEEN_UNAVAILABLE,
    )


def viewers_of(teen_id: str, now: datetime, keys: Keys) -> Txn[tuple[Viewer, ...]]:
    """Everyone with an inbox for this teen now: the teen, and guardians whose link lets them read.

    For `records.ledger.append`, in the transaction that writes.
    """
    adult = yield from adult_since(teen_id, now, keys)
    found = yield from links_of_teen(teen_id, now, adult)
    readers = (guardian_viewer(link) for link in found if link.rights.can_read)
    return (Viewer(id=teen_id, kind=Kind.TEEN), *readers)
