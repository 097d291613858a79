"""Registering host apps, which only an operator does (`familypair-server clients add --host`)."""

from typing import Final
from urllib.parse import urlsplit

import msgspec

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import HOST_SCOPES, LOOPBACK
from familypair_server.auth.tokens import digest
from familypair_server.ids import Random, new_id
from familypair_server.storage import Txn, transaction

_NAME_LIMIT: Final = 60
_NEVER_IN_AN_ADDRESS: Final = frozenset(" ?#@\\*\"'<>;,")
"""What could mean another place, or end a value in a header or a list of addresses."""


class BadHostError(Exception):
    """An operator described a host app that cannot be registered."""


class NewHost(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator says about a host app."""

    name: str
    redirects: tuple[str, ...]
    scopes: tuple[str, ...] = HOST_SCOPES


@transaction
def add_host(asked: NewHost, *, secret: str, random: Random, now: int) -> Txn[str]:
    """Register a host app; returns its id. Raises `BadHostError` when it cannot work safely."""
    check_host(asked)
    client_id = new_id(random, "cli")
    yield from sql.add_client.run(
        id=client_id,
        name=asked.name,
        secret_hash=digest(secret),
        kind="host",
        redirects=" ".join(asked.redirects),
        scopes=" ".join(asked.scopes),
        now=now,
    )
    return client_id


def check_host(asked: NewHost) -> None:
    """Raise `BadHostError` with what an operator should change."""
    name = asked.name
    if not name.strip() or len(name) > _NAME_LIMIT or not name.isprintable():
        raise BadHostError(f"a name has 1 to {_NAME_LIMIT} printable characters")
    if not asked.redirects:
        raise BadHostError("a host app needs at least one --redirect address")
    for address in asked.redirects:
        if not _may_redirect(address):
            raise BadHostError(
                f"{address} cannot be a redirect address: give https://host/path or"
                f" {LOOPBACK}/path, without a query, a fragment or a sign-in name"
            )
    if not asked.scopes or set(asked.scopes) - set(HOST_SCOPES):
        raise BadHostError(f"a host app's scopes are some of {', '.join(HOST_SCOPES)}")


def _may_redirect(address: str) -> bool:
    """RFC 9700 section 4.1: whole addresses, TLS except on the loopback literal."""
    if (
        not address.isascii()
        or not address.isprintable()
        or _NEVER_IN_AN_ADDRESS.intersection(address)
    ):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "http":
        return address.startswith(f"{LOOPBACK}/") and port is None
    return parts.scheme == "https" and bool(parts.hostname) and parts.path.startswith("/")
