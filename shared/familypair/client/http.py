"""The only module that touches the HTTP library, which it loads with the first request."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from familypair.client.errors import ClientError, Unreachable

if TYPE_CHECKING:
    import httpx2

_CONNECT = 5.0
_READ = 20.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers (names in lower case), and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.status in _SUCCESS

    def header(self, name: str) -> str:
        """A header's value, empty when absent."""
        return self.headers.get(name, "")

    def retry_after(self) -> float | None:
        """Seconds of `Retry-After` (RFC 9110 section 10.2.3: a number or a date)."""
        return retry_after(self.header("retry-after"), now=self.header("date"))


def retry_after(value: str, *, now: str = "") -> float | None:
    """Seconds to wait; a date counts from the server's own `Date`. None when not understood."""
    if value.strip().isdigit():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
        start = parsedate_to_datetime(now) if now else datetime.now(UTC)
        return max(0.0, (then - start).total_seconds())
    except (TypeError, ValueError):
        return None


def checked_issuer(issuer: str) -> str:
    """The issuer without a trailing slash. Raises `ClientError` unless https or loopback."""
    parts = urlsplit(issuer)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ClientError(
            f"{issuer!r} is not a server address; it starts with https:// "
            "(http:// only for this machine)."
        )
    return issuer.rstrip("/")


class Transport:
    """A connection pool to one issuer. `inner` replaces the network (tests, ASGI apps)."""

    def __init__(self, issuer: str, inner: "httpx2.AsyncBaseTransport | None" = None) -> None:
        self.issuer = checked_issuer(issuer)
        self._inner = inner
        self._client: httpx2.AsyncClient | None = None

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes = b"",
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request, read the whole answer. Raises `Unreachable`."""
        async with self._guard():
            answer = await self._pool().request(
                method, path, headers=headers, content=content or None, params=query or None
            )
            return Reply(answer.status_code, dict(answer.headers), answer.content)

    async def form(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST a form, as the endpoints of RFC 6749 want it."""
        sent = {"Accept": "application/json", **(headers or {})}
        async with self._guard():
            answer = await self._pool().post(path, data=dict(fields), headers=sent)
            return Reply(answer.status_code, dict(answer.headers), answer.content)

    @contextlib.asynccontextmanager
    async def stream(
        self, path: str, headers: Mapping[str, str], *, silence: float
    ) -> "AsyncGenerator[httpx2.EventSource]":
        """Open an event stream; `silence` is the most seconds without a byte."""
        timeout: Any = {"connect": _CONNECT, "read": silence, "write": _READ, "pool": _READ}
        async with (
            self._guard(),
            self._pool().sse(path, headers=dict(headers), timeout=_timeout(timeout)) as source,
        ):
            yield source

    async def aclose(self) -> None:
        """Close the pool."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @contextlib.asynccontextmanager
    async def _guard(self) -> AsyncGenerator[None]:
        import httpx2  # noqa: PLC0415 - loads with the first request

        try:
            yield
        except httpx2.TransportError as error:
            never_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise Unreachable(
                f"No answer from {self.issuer}; check the address and the network.",
                never_sent=never_sent,
            ) from error

    def _pool(self) -> "httpx2.AsyncClient":
        if self._client is None:
            import httpx2  # noqa: PLC0415 - loads with the first request

            self._client = httpx2.AsyncClient(
                base_url=self.issuer,
                transport=self._inner,
                timeout=httpx2.Timeout(_READ, connect=_CONNECT),
                headers={"User-Agent": "familypair"},
                verify=_verify(self.issuer),
                trust_env=not self.issuer.startswith("http://"),
            )
        return self._client


def _timeout(values: Mapping[str, float]) -> "httpx2.Timeout":
    import httpx2  # noqa: PLC0415 - loads with the first request

    return httpx2.Timeout(**values)


def _verify(issuer: str) -> Any:
    """The library's default; on loopback a context without roots, whose loading costs 20 ms."""
    if not issuer.startswith("http://"):
        return True
    import ssl  # noqa: PLC0415 - loads with the first request

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
