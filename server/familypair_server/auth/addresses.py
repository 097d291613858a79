"""Where a request comes from, for limits: the peer, unless a trusted proxy says who it was."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, cast

from litestar.types import Scope


def client_address(scope: Scope, trusted: Sequence[str]) -> str:
    """The socket's peer; behind trusted proxies the last address that none of them vouches for.

    `X-Forwarded-For` is read from the right, so what a client writes into it has no effect
    (ASVS 4.1.3, 15.3.4).
    """
    peer = cast("Mapping[str, Any]", scope).get("client")
    address: str = peer[0] if peer else "unknown"
    networks = [ip_network(entry, strict=False) for entry in trusted if entry]
    hops = _forwarded(scope)
    while hops and _within(address, networks):
        address = hops.pop()
    return address


def _forwarded(scope: Scope) -> list[str]:
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop.strip() for value in values for hop in value.decode("latin-1").split(",")]


def _within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
