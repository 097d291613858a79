"""Where a request comes from (ASVS 4.1.3)."""

from typing import Any, cast

import pytest

from familypair_server.auth.addresses import client_address
from familypair_server.auth.limits import network_of

PROXY = ("10.0.0.1", "192.168.0.0/16")


def scope(peer: str | None, *forwarded: str) -> Any:
    """An ASGI scope with a peer and headers."""
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return cast("Any", {"client": (peer, 1) if peer else None, "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("203.0.113.9", [], PROXY, "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], PROXY, "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], (), "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], PROXY, "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], PROXY, "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1, 192.168.3.3"], PROXY, "198.51.100.1"),
        ("10.0.0.1", ["not an address"], PROXY, "not an address"),
        ("10.0.0.1", [], PROXY, "10.0.0.1"),
        (None, ["198.51.100.1"], PROXY, "unknown"),
    ],
)
def test_the_last_address_that_no_proxy_vouches_for(
    peer: str | None, forwarded: list[str], trusted: tuple[str, ...], expected: str
) -> None:
    """What a client writes into X-Forwarded-For has no effect; what a trusted proxy adds has."""
    assert client_address(scope(peer, *forwarded), trusted) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("unknown", "unknown"),
        ("", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    """Limits count a /24 or a /56: a household or a small provider block."""
    assert network_of(address) == network
