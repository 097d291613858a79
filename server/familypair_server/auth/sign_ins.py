"""Where a person is signed in, apps and browsers alike, and ending that (ASVS 7.4, 7.5)."""

from datetime import datetime, timedelta

import msgspec

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import client_name
from familypair_server.auth.lifetimes import IDLE_MS, WEB_IDLE_MS, WEB_MS
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis

_MISUSE_SHOWN_FOR = timedelta(days=90)


class Place(msgspec.Struct, frozen=True):
    """One sign-in."""

    id: str
    """`ses_...` for an app's token family, `web_...` for a browser."""
    client: str
    created_at: datetime
    last_used_at: datetime


class Misuse(msgspec.Struct, frozen=True):
    """A sign-in that was ended because one of its secrets was used twice."""

    client: str
    at: datetime


@transaction
def places(*, account_id: str, now: datetime) -> Txn[list[Place]]:
    """Everywhere the person is signed in, newest first."""
    at = millis(now)
    families = yield from sql.families_of.all(account=account_id, now=at, idle_since=at - IDLE_MS)
    webs = yield from sql.web_of.all(
        account=account_id, oldest=at - WEB_MS, idle_since=at - WEB_IDLE_MS
    )
    found = [
        Place(row.id, client_name(row.client_id), instant(row.created_at), _used(row))
        for row in families
    ]
    found += [Place(row.id, "A browser", instant(row.created_at), _used(row)) for row in webs]
    return sorted(found, key=lambda place: place.created_at, reverse=True)


@transaction
def misuses(*, account_id: str, now: datetime) -> Txn[list[Misuse]]:
    """What reuse detection ended lately, for the owner to see (security T5)."""
    since = millis(now - _MISUSE_SHOWN_FOR)
    rows = yield from sql.misused_families_of.all(account=account_id, since=since)
    return [Misuse(client_name(row.client_id), instant(row.revoked_at or 0)) for row in rows]


@transaction
def end(*, account_id: str, session_id: str, now: datetime) -> Txn[bool]:
    """End one sign-in; False when the account has no such one (absent and foreign look alike)."""
    ended = yield from sql.revoke_family_of.run(
        id=session_id, account=account_id, now=millis(now), why="signed_out"
    )
    if not ended:
        ended = yield from sql.end_web.run(id=session_id, account=account_id)
    return ended == 1


@transaction
def end_others(*, account_id: str, keep: str, now: datetime) -> Txn[list[str]]:
    """End everything but `keep`, also what would become a sign-in; returns the ended families.

    In this order, so that each statement sees what a step that got in before it has committed:
    browsers approve codes, and codes become families.
    """
    at = millis(now)
    yield from sql.end_other_webs.run(account=account_id, keep=keep)
    yield from sql.deny_devices_of.run(account=account_id)
    yield from sql.forget_unused_codes_of.run(account=account_id)
    families = yield from sql.live_family_ids.all(account=account_id, now=at)
    gone = [family for family in families if family != keep]
    for family in gone:
        yield from sql.revoke_family.run(id=family, now=at, why="password_changed")
    return gone


def _used(row: sql.FamilyRow | sql.WebSessionRow) -> datetime:
    return instant(row.last_used_at)
