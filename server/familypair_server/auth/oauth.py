"""The "transaction sandwich": read the rows, let Authlib decide, make its changes, then answer.

All of it is one transaction, so an answer never leaves before what it says is durable, and two
requests with one secret cannot both win (security 2.5). Errors that must persist (a replay, a poll
counter) are changes too and are committed with the error.
"""

from collections.abc import Callable
from typing import Final, cast

import msgspec
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidGrantError

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import BIND, FIRST_PARTY, registered
from familypair_server.auth.oauth_call import (
    Asked,
    Call,
    Code,
    Device,
    HostToken,
    Reply,
    Surroundings,
    Token,
    check,
)
from familypair_server.auth.oauth_server import Server
from familypair_server.auth.tokens import digest, successor, well_formed
from familypair_server.hosts import binding
from familypair_server.storage import Store, Txn, transaction

Work = Callable[[Call], object]
"""What Authlib does with a call; pure."""

DEVICE_PATH: Final = "/oauth/device_authorization"
_TRIES: Final = 4
"""A fresh user code collides with a live one about once in 10^7 requests."""


class Lost(Exception):  # noqa: N818 - names what happened
    """A claim changed no row: somebody else was first. Nothing of the call is kept."""


class Outcome(msgspec.Struct, frozen=True):
    """What to answer, and which families ended with it."""

    reply: Reply
    ended: tuple[str, ...] = ()


async def perform(store: Store, asked: Asked, around: Surroundings, work: Work) -> Outcome:
    """Do one OAuth request; the changes are durable when this returns."""
    try:
        check(asked)
    except OAuth2Error as error:
        return Outcome(_reply_of(error))
    for _ in range(_TRIES):
        try:
            return await store.run(_sandwich(asked=asked, around=around, work=work))
        except Lost:
            continue
    return Outcome(_reply_of(InvalidGrantError()))


def device_authorization(server: Server) -> Work:
    """RFC 8628 section 3.1."""
    return lambda call: server.create_endpoint_response("device_authorization", call)


def token(server: Server) -> Work:
    """RFC 6749 section 3.2."""
    return server.create_token_response


def revocation(server: Server) -> Work:
    """RFC 7009."""
    return lambda call: server.create_endpoint_response("revocation", call)


def introspection(server: Server) -> Work:
    """RFC 7662."""
    return lambda call: server.create_endpoint_response("introspection", call)


@transaction
def _sandwich(*, asked: Asked, around: Surroundings, work: Work) -> Txn[Outcome]:
    call = Call(asked, around)
    yield from _fetch(call)
    if asked.path == DEVICE_PATH:
        pending = yield from sql.pending_devices_of.one(network=around.network, now=around.ms)
        call.pending_devices = pending or 0
    try:
        reply = cast("Reply", work(call))
    except OAuth2Error as error:
        reply = _reply_of(error)
    for effect in call.effects:
        changed = yield from effect.work
        if effect.claim and changed != 1:
            raise Lost
    return Outcome(reply, tuple(call.ended))


def _reply_of(error: OAuth2Error) -> Reply:
    return Reply(*error())


def _fetch(call: Call) -> Txn[None]:
    data = call.payload.data
    now = call.around.ms
    if code := data.get("code"):
        row = yield from sql.code_by_hash.one(hash=digest(code))
        call.code = Code(row) if row else None
        if row is not None and row.scope == BIND:
            yield from _fetch_binding(call, row)
    if device := data.get("device_code"):
        found = yield from sql.device_by_hash.one(hash=digest(device))
        first = (yield from _first_refresh(call, found.family_id)) if found else None
        call.device = Device(found, now, first) if found else None
    yield from _fetch_tokens(call, data.get("refresh_token") or data.get("token") or "")
    yield from _fetch_client(call)


def _fetch_tokens(call: Call, secret: str) -> Txn[None]:
    if well_formed(secret, "fpr_"):
        yield from sql.lock_family_of_refresh.one(hash=digest(secret))
        refresh = yield from sql.refresh_by_hash.one(hash=digest(secret))
        call.refresh = Token(refresh, call.around.ms) if refresh else None
    elif well_formed(secret, "fpa_"):
        access = yield from sql.access_by_hash.one(hash=digest(secret))
        call.access = Token(access, call.around.ms) if access else None
    elif well_formed(secret, "fph_"):
        own = yield from sql.host_token_by_hash.one(hash=digest(secret))
        call.host_token = HostToken(own, call.around.ms) if own else None


def _first_refresh(call: Call, family: str | None) -> Txn[sql.RefreshRow | None]:
    """The first refresh token of the sign-in that a used code paid for."""
    if family is None:
        return None
    first = digest(successor(call.around.keys, family, 0))
    yield from sql.lock_family_of_refresh.one(hash=first)
    return (yield from sql.refresh_by_hash.one(hash=first))


def _fetch_binding(call: Call, row: sql.CodeRow) -> Txn[None]:
    """What the teen is called at the host already, under the teen's lock; adults bind nothing."""
    around = call.around
    standing = yield from binding.standing(
        row.account_id, row.client_id, now=around.now, keys=around.keys
    )
    if standing is None:
        call.code = None
    else:
        call.subject = standing.subject


def _fetch_client(call: Call) -> Txn[None]:
    """The client that says a secret, or that a person was just asked about."""
    asking = call.payload.data.get("client_id", "") if call.method == "GET" else ""
    claimed = call.basic_client_id or asking
    known = claimed and claimed not in FIRST_PARTY
    row = (yield from sql.client_by_id.one(id=claimed)) if known else None
    if row is not None:
        call.clients[row.id] = registered(row)
