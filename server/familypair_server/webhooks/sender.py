"""One attempt over the network, to a checked address only (OWASP API7:2023; security T6).

The name is looked up once, every address that it has must be public, and the connection goes to
the very address that was checked, with the name in SNI, certificate and `Host`: a second look-up
that answers otherwise (rebinding) has no effect. The transport is used without a client around it,
so there are no redirects, cookies or proxies from the environment; a connection serves one attempt,
because two webhooks may share an address and must not share a certificate's check.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx2

from familypair_server.problems import Refused
from familypair_server.webhooks.addresses import Address, is_public, parsed
from familypair_server.webhooks.queue import Outcome
from familypair_server.webhooks.urls import Target, target_of

ATTEMPT_SECONDS: Final = 15.0
"""For everything: look-up, connection, sending, and the answer's headers."""
_LOOK_UP_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 5.0
_MOST_TRIED: Final = 3
"""Addresses of one name that are tried, when those before did not take the connection."""
_OK: Final = range(200, 300)
AGENT: Final = "FamilyPairing-Webhooks/1"

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a name, as text; raises `OSError` when there are none."""


class SystemResolver:
    """The system's look-up, in threads of its own: a slow name server holds up nobody else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="webhook-names")

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of a name, each once, in the system's order."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(found))


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Sender:
    """Sends messages. Safe to use from many tasks of one event loop."""

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Resolve | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`loopback` lets this machine through; the others replace what the system says."""
        self._loopback = loopback
        self._resolve = resolve or SystemResolver()
        self._trust = trust
        self._transport: httpx2.AsyncHTTPTransport | None = None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """One attempt; whatever goes wrong is in the outcome."""
        try:
            target = target_of(url, loopback=self._loopback)
            async with asyncio.timeout(ATTEMPT_SECONDS):
                addresses = await self._addresses(target)
                return await self._post(target, addresses, headers, body)
        except (Refused, _NotPublic):
            return Outcome(error="address")
        except (TimeoutError, httpx2.TimeoutException):
            return Outcome(error="timeout")
        except httpx2.HTTPError as error:
            return Outcome(error="tls" if _of_tls(error) else "connection")

    async def aclose(self) -> None:
        """Let go of what connections need."""
        if self._transport is not None:
            await self._transport.aclose()

    async def _addresses(self, target: Target) -> list[Address]:
        literal = parsed(target.host)
        if literal is not None:
            return [literal]
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                found = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise _NotPublic from error
        checked = [address for text in found if (address := parsed(text)) is not None]
        if not checked or len(checked) != len(found) or not all(map(self._may_reach, checked)):
            raise _NotPublic
        return checked[:_MOST_TRIED]

    def _may_reach(self, address: Address) -> bool:
        return is_public(address) or (self._loopback and address.is_loopback)

    async def _post(
        self, target: Target, addresses: list[Address], headers: Mapping[str, str], body: bytes
    ) -> Outcome:
        *others, last = addresses
        for address in others:
            try:
                return await self._ask(target, address, headers, body)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue  # nothing was sent
        return await self._ask(target, last, headers, body)

    async def _ask(
        self, target: Target, address: Address, headers: Mapping[str, str], body: bytes
    ) -> Outcome:
        host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6
        own = {
            "host": target.authority,
            "user-agent": AGENT,
            "content-type": "application/json",
            "accept": "*/*",
        }
        seconds = dict.fromkeys(("read", "write", "pool"), ATTEMPT_SECONDS)
        request = httpx2.Request(
            "POST",
            f"{target.scheme}://{host}:{target.port}{target.path}",
            headers=own | dict(headers),
            content=body,
            extensions={
                "timeout": seconds | {"connect": _CONNECT_SECONDS},
                "sni_hostname": target.host,
            },
        )
        answer = await self._ready().handle_async_request(request)
        # The body is not read: nothing in it matters here.
        await answer.aclose()
        error = "" if answer.status_code in _OK else "status"
        after = answer.headers.get("retry-after", "")
        return Outcome(status=answer.status_code, error=error, retry_after=after)

    def _ready(self) -> httpx2.AsyncHTTPTransport:
        if self._transport is None:
            self._transport = httpx2.AsyncHTTPTransport(
                verify=self._trust or ssl.create_default_context(),
                trust_env=False,
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            )
        return self._transport


class _NotPublic(Exception):  # noqa: N818 - says what is wrong
    """The name has no address, or one that is not public: the same answer for both."""


def _of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
