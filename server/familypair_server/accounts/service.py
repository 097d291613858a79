"""My own account: reading and changing it."""

from base64 import urlsafe_b64encode
from datetime import datetime

import msgspec
from msgspec import UNSET

from familypair.reasons import Reason, Refusal
from familypair.rules.age import age_at
from familypair.rules.days import Regimes, regime_at
from familypair.schema.accounts import Assurance, Band, Kind, Me, MeChange
from familypair.text import clean_line
from familypair_server.accounts import ages, moving, places
from familypair_server.accounts import statements as sql
from familypair_server.auth.principals import Caller, check_recent_sign_in
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis


@transaction
def read(*, account_id: str, keys: Keys, now: datetime) -> Txn[Me]:
    """My account as I see it. Raises `Refused(NOT_FOUND)` when it is gone."""
    row = yield from sql.by_id.one(id=account_id)
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    clock = yield from moving.clock_of(row)
    return _me(row, clock, keys, now)


@transaction
def change(
    *,
    caller: Caller,
    wanted: MeChange,
    if_match: str | None,
    keys: Keys,
    random: Random,
    now: datetime,
) -> Txn[Me]:
    """Apply a merge patch to my account. A teen's new zone holds from a later day boundary.

    Raises `Refused`: bad values, 428 and 412 for the ETag, NEEDS_REQUEST for what of a teen's
    place a linked guardian has a say in (`moving`), else a step-up for both (security 2.6).
    """
    row = yield from sql.lock.one(id=caller.account_id)
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    clock = yield from moving.clock_of(row)
    _check_version(if_match, etag(row, clock, keys))
    name, faults = _checked(wanted)
    country, zone = wanted.country or row.country, wanted.zone or row.zone
    moves = [
        moving.Move(what, old, new)
        for what, new, old in (("country", country, row.country), ("zone", zone, row.zone))
        if new != old
    ]
    if moves and row.kind == Kind.TEEN:
        faults += yield from moving.refusals(row.id, moves, keys, now)
    if faults:
        raise Refused(*faults)
    if moves:
        check_recent_sign_in(caller, now)
    if moves and row.kind == Kind.TEEN:  # before the account is written: days have its old zone
        yield from moving.move(row.id, moves, keys, random, now)
    changed = msgspec.structs.replace(row, name=name or row.name, country=country, zone=zone)
    yield from sql.change.run(
        id=row.id, name=changed.name, country=changed.country, zone=changed.zone
    )
    clock = yield from moving.clock_of(changed)
    return _me(changed, clock, keys, now)


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


def etag(row: sql.AccountRow, clock: Regimes, keys: Keys) -> str:
    """A keyed hash of what the person sees of the account, quoted (contract.md)."""
    zones = ",".join(f"{one.zone} {millis(one.begins)}" for one in clock[-2:])
    digest = keys.mac("etag", "me", row.id, row.name, row.country, row.zone, row.assurance, zones)
    return f'"{urlsafe_b64encode(digest[:18]).decode()}"'


def _me(row: sql.AccountRow, clock: Regimes, keys: Keys, now: datetime) -> Me:
    age = None if row.age is None else age_at(ages.unseal(keys, row.id, row.age), now.date())
    current, latest = regime_at(clock, now), clock[-1]
    return Me(
        id=row.id,
        kind=Kind.ADULT if age is not None and age.band is Band.ADULT else Kind(row.kind),
        name=row.name,
        sign_in_name=row.login,
        country=row.country,
        zone=current.zone,
        zone_pending=latest.zone if latest.zone != current.zone else None,
        zone_from=latest.begins if latest.zone != current.zone else None,
        created_at=instant(row.created_at),
        band=age.band if age else None,
        band_changes_on=age.changes_on.isoformat() if age and age.changes_on else None,
        assurance=Assurance(row.assurance) if row.kind == Kind.GUARDIAN else None,
        etag=etag(row, clock, keys),
    )
