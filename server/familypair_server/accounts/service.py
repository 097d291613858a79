"""My own account: reading and changing it, and the age band that others' rules need."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import UNSET

from familypair.reasons import Reason, Refusal
from familypair.rules.age import age_at
from familypair.schema.accounts import Assurance, Band, Kind, Me, MeChange
from familypair.text import clean_line
from familypair_server.accounts import ages, places
from familypair_server.accounts import statements as sql
from familypair_server.auth.principals import Caller, check_recent_sign_in
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant


class Aged(Protocol):
    """Any row that has an account's id and its sealed age."""

    @property
    def id(self) -> str: ...
    @property
    def age(self) -> str | None: ...


def band_of(keys: Keys, person: Aged, now: datetime) -> Band:
    """The age band at an instant; unknown counts as the youngest (product.md section 2)."""
    if person.age is None:
        return Band.YOUNGER
    return age_at(ages.unseal(keys, person.id, person.age), now.date()).band


@transaction
def read(*, account_id: str, keys: Keys, now: datetime) -> Txn[Me]:
    """My account as I see it. Raises `Refused(NOT_FOUND)` when it is gone."""
    row = yield from sql.by_id.one(id=account_id)
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    return _me(row, keys, now)


@transaction
def change(
    *, caller: Caller, wanted: MeChange, if_match: str | None, keys: Keys, now: datetime
) -> Txn[Me]:
    """Apply a merge patch to my account.

    Raises `Refused`: bad values, 428 and 412 for the ETag, NEEDS_REQUEST for a teen's country or
    zone while a guardian is linked (product.md section 2), else a step-up for them (security 2.6).
    """
    row = yield from sql.lock.one(id=caller.account_id)
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    _check_version(if_match, etag(row, keys))
    name, faults = _checked(wanted)
    country, zone = wanted.country or row.country, wanted.zone or row.zone
    moves = [
        field
        for field, new, old in (("country", country, row.country), ("zone", zone, row.zone))
        if new != old
    ]
    if moves and row.kind == Kind.TEEN and (yield from sql.linked_guardians.all(teen=row.id)):
        faults += [Refusal(Reason.NEEDS_REQUEST, f"/{field}") for field in moves]
    if faults:
        raise Refused(*faults)
    if moves:
        check_recent_sign_in(caller, now)
    changed = msgspec.structs.replace(row, name=name or row.name, country=country, zone=zone)
    yield from sql.change.run(
        id=row.id, name=changed.name, country=changed.country, zone=changed.zone
    )
    return _me(changed, keys, now)


def _checked(wanted: MeChange) -> tuple[str, list[Refusal]]:
    """The cleaned name (empty when it stays), and what is wrong with the patch."""
    found: list[Refusal | None] = []
    name: str | Refusal = ""
    if wanted.name is not UNSET:
        name = clean_line(wanted.name, pointer="/name")
    if wanted.country is not UNSET:
        found.append(places.country_fault(wanted.country, pointer="/country"))
    if wanted.zone is not UNSET:
        found.append(places.zone_fault(wanted.zone, pointer="/zone"))
    faults = [fault for fault in found if fault is not None]
    return ("", [name, *faults]) if isinstance(name, Refusal) else (name, faults)


def _check_version(if_match: str | None, current: str) -> None:
    if not if_match:
        raise refuse(Reason.IF_MATCH_REQUIRED)
    if if_match != current:
        raise refuse(Reason.STALE_VERSION)


def etag(row: sql.AccountRow, keys: Keys) -> str:
    """A keyed hash of what the person sees of the account, quoted (contract.md)."""
    digest = keys.mac("etag", "me", row.id, row.name, row.country, row.zone, row.assurance)
    return f'"{urlsafe_b64encode(digest[:18]).decode()}"'


def _me(row: sql.AccountRow, keys: Keys, now: datetime) -> Me:
    age = None if row.age is None else age_at(ages.unseal(keys, row.id, row.age), now.date())
    return Me(
        id=row.id,
        kind=Kind.ADULT if age is not None and age.band is Band.ADULT else Kind(row.kind),
        name=row.name,
        sign_in_name=row.login,
        country=row.country,
        zone=row.zone,
        created_at=instant(row.created_at),
        band=age.band if age else None,
        band_changes_on=age.changes_on.isoformat() if age and age.changes_on else None,
        assurance=Assurance(row.assurance) if row.kind == Kind.GUARDIAN else None,
        etag=etag(row, keys),
    )
