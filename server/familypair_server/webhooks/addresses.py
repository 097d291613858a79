"""Which addresses a webhook may reach: public ones only (OWASP API7:2023; security T6).

Written out instead of asking `ipaddress.is_global`, whose answer changes with the version of
Python. From the IANA special-purpose registries of IPv4 and IPv6.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

_CLOSED_4: Final = tuple(
    ip_network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; also one cloud's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # one cloud's agent, in public space
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_OPEN_6: Final = ip_network("2000::/3")
"""Global unicast: mapped, translated (NAT64), local and multicast addresses are outside of it."""
_CLOSED_6: Final = tuple(
    ip_network(net)
    for net in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether it is a host of the open internet."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in _CLOSED_4)
    return (
        address.scope_id is None
        and address in _OPEN_6
        and not any(address in net for net in _CLOSED_6)
    )


def parsed(text: str) -> Address | None:
    """The address that a text is; None for a name and for odd forms of an address."""
    try:
        return ip_address(text)
    except ValueError:
        return None
