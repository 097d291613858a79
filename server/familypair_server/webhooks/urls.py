"""Where a webhook may be registered: a plain https address, judged before anything is looked up."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from familypair.reasons import Reason
from familypair_server.problems import refuse
from familypair_server.webhooks.addresses import is_public, parsed

_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
"""What a URL is made of (RFC 3986), without a fragment."""
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME: Final = 253
_LOCAL: Final = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain")
"""Last labels of names that no public resolver knows, so that only a private one could answer."""
_PORTS: Final = {"https": 443, "http": 80}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A checked address, in its parts."""

    scheme: str
    host: str
    """A name in lower case, or an address without brackets."""
    port: int
    path: str
    """With the query."""

    @property
    def authority(self) -> str:
        """The `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, *, loopback: bool = False) -> Target:
    """The parts of a registered address. `loopback` lets this machine through, also over http.

    Raises `Refused`: BAD_TEXT for what is no plain URL, WEBHOOK_NOT_HTTPS, and
    WEBHOOK_PRIVATE_ADDRESS for an address or a name that cannot be public.
    """
    found, port = _split(url)
    host = found.hostname or ""
    address = parsed(host)
    here = loopback and (host == "localhost" or (address is not None and address.is_loopback))
    if found.scheme != "https" and not (here and found.scheme == "http"):
        raise refuse(Reason.WEBHOOK_NOT_HTTPS, "/url")
    if address is None:
        _check_name(host, here=here)
    elif not is_public(address) and not here:
        raise refuse(Reason.WEBHOOK_PRIVATE_ADDRESS, "/url")
    path = (found.path or "/") + (f"?{found.query}" if found.query else "")
    port = _PORTS[found.scheme] if port is None else port
    return Target(scheme=found.scheme, host=host, port=port, path=path)


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError as error:
        raise refuse(Reason.BAD_TEXT, "/url") from error
    odd = not _CHARACTERS.fullmatch(url) or "@" in found.netloc or "%" in found.netloc
    odd |= ("[" in found.netloc) != (":" in (found.hostname or ""))
    if odd or not found.hostname or found.netloc.endswith(":") or port == 0:
        raise refuse(Reason.BAD_TEXT, "/url")
    return found, port


def _check_name(host: str, *, here: bool) -> None:
    labels = host.split(".")
    if len(host) > _LONGEST_NAME or not all(_LABEL.fullmatch(one) for one in labels):
        raise refuse(Reason.BAD_TEXT, "/url")
    # A last label of digits makes resolvers read the whole as an address: 0x7f.1, 2130706433.
    number = re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1])
    if number or (not here and (labels[-1] in _LOCAL or len(labels) == 1)):
        raise refuse(Reason.WEBHOOK_PRIVATE_ADDRESS, "/url")
