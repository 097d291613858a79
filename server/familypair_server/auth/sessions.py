"""Browser sessions on our own pages: opaque, hashed at rest, new at every sign-in (ASVS 7)."""

from datetime import datetime

import msgspec

from familypair_server.auth import statements as sql
from familypair_server.auth.lifetimes import SECOND, WEB_IDLE_MS, WEB_MS
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint, well_formed
from familypair_server.ids import Random, new_id
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis

_TOUCH_EVERY_MS = 60 * SECOND


class WebSession(msgspec.Struct, frozen=True):
    """Who sits at the browser, as far as its cookie says."""

    id: str
    account_id: str
    kind: str
    name: str
    login: str
    auth_time: datetime
    """When the password was typed."""


@transaction
def start(*, account_id: str, network: str, now: datetime, random: Random) -> Txn[str]:
    """A new session after the password was right; returns the cookie's value, shown once."""
    secret = mint("fpw_", random.bytes(SECRET_BYTES))
    at = millis(now)
    yield from sql.forget_webs.run(
        account=account_id, oldest=at - WEB_MS, idle_since=at - WEB_IDLE_MS
    )
    yield from sql.insert_web.run(
        id=new_id(random, "web"),
        hash=digest(secret),
        account=account_id,
        network=network,
        now=at,
    )
    return secret


@transaction
def find(*, cookie: str, now: datetime) -> Txn[tuple[WebSession, bool] | None]:
    """The live session of a cookie, and whether its last use should be written down."""
    if not well_formed(cookie, "fpw_"):
        return None
    at = millis(now)
    row = yield from sql.web_by_hash.one(
        hash=digest(cookie), oldest=at - WEB_MS, idle_since=at - WEB_IDLE_MS
    )
    if row is None:
        return None
    session = WebSession(
        row.id, row.account_id, row.kind, row.name, row.login, instant(row.auth_time)
    )
    return session, at - row.last_used_at > _TOUCH_EVERY_MS


@transaction
def touch(*, session_id: str, now: datetime) -> Txn[None]:
    """Note that the session is in use."""
    yield from sql.touch_web.run(id=session_id, now=millis(now))


@transaction
def end(*, session_id: str, account_id: str) -> Txn[bool]:
    """Sign one browser out; False when there is no such session of this account."""
    return (yield from sql.end_web.run(id=session_id, account=account_id)) == 1
