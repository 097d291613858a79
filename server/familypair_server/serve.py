"""The process that serves: uvicorn with bounded headers and streams that end before it does."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from typing import Any, NoReturn

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from familypair_server.app import Application, create_app, open_ready, utc_now
from familypair_server.settings import LOOPBACK, Settings, SettingsError

HEADER_SECONDS = 10.0
"""A request's headers have this long to arrive; plain uvicorn would wait for ever."""
HEADER_BYTES = 32 * 1024
"""The most bytes of a request line with its headers; the parser itself would take any number."""
SHUTDOWN_SECONDS = 5


_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class UnsafeAddressError(SettingsError):
    """Plain HTTP would leave this machine (ASVS 12.2.1)."""


class BoundedHeaders(HttpToolsProtocol):
    """Closes a connection whose request headers do not arrive in time, or do not end."""

    _deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0
    _in_headers = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows asyncio's type
        """Start the clock with the connection."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEADER_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        """Feed the parser piece by piece, so that headers are never kept beyond their limit."""
        for start in range(0, len(data), HEADER_BYTES):
            piece = data[start : start + HEADER_BYTES]
            self._header_bytes += len(piece) if self._in_headers else 0
            super().data_received(piece)
            if self.transport.is_closing():
                return
            if self._in_headers and self._header_bytes > HEADER_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return

    def on_message_begin(self) -> None:
        """A further request on a kept connection gets its own clock and its own room."""
        super().on_message_begin()
        self._in_headers = True
        self._header_bytes = 0
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def on_headers_complete(self) -> None:
        """All headers are here."""
        self._stop_clock()
        self._in_headers = False
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        self._stop_clock()
        super().connection_lost(exc)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def quiet_collector() -> None:
    """Keep the collector away from the program itself: its walk over all of it is the p99."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class Server(uvicorn.Server):
    """Ends every live stream first, so that a stop takes milliseconds instead of a time-out."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings
        self._app: Application | None = None

    async def serve(self, sockets: Any = None) -> None:
        """Open the database, serve until a signal, close it.

        It is opened before uvicorn starts anything, so that what is wrong with it is one exception
        with one sentence instead of a failed start-up with a stack.
        """
        store = await open_ready(self._settings, utc_now)
        try:
            self._app = create_app(self._settings, store=store)
            self.config.app = self._app
            await super().serve(sockets)
        finally:
            await store.close()

    async def startup(self, sockets: Any = None) -> None:
        """Start, then say where in one line that scripts can read."""
        await super().startup(sockets)
        quiet_collector()
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"listening on http://{host}:{port}", flush=True)  # noqa: T201 - the one line of output

    async def shutdown(self, sockets: Any = None) -> None:
        """Close the streams, then the rest."""
        if self._app is not None:
            await self._app.context.hub.close_all()
        await super().shutdown(sockets)


def listen(settings: Settings) -> tuple[socket.socket, Settings]:
    """Take the port now, so that the issuer names the real one when any free one was asked for."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        message = f"cannot listen on {settings.host}, port {settings.port}: {error.strerror}"
        raise OSError(message) from error
    return listener, msgspec.structs.replace(settings, port=listener.getsockname()[1])


def refuse_unsafe(settings: Settings) -> None:
    """Raise `UnsafeAddressError` for plain HTTP to the outside."""
    if settings.host not in LOOPBACK and not settings.issuer.startswith("https://"):
        message = (
            f"FAMILYPAIR_HOST is {settings.host}, but FAMILYPAIR_ISSUER is not an https address; "
            "put TLS in front and name it there"
        )
        raise UnsafeAddressError(message)


def build(settings: Settings) -> Server:
    """A server for these settings; it opens their database when it starts."""
    config = uvicorn.Config(
        "",
        host=settings.host,
        port=settings.port,
        http=BoundedHeaders,
        ws="none",
        access_log=False,
        log_level=settings.log_level,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        lifespan="on",
    )
    return Server(config, settings)


def serve(settings: Settings) -> int:
    """Serve until a signal; returns the exit code."""
    logging.basicConfig(level=settings.log_level.upper(), stream=sys.stderr)
    logging.getLogger("authlib").setLevel(logging.WARNING)  # it logs tokens at DEBUG
    refuse_unsafe(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopped)
    listener, settings = listen(settings)
    server = build(settings)
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _stopped(_: int, __: object) -> NoReturn:
    """Asked to stop: before the start, or (uvicorn sends it again) after everything is closed."""
    raise SystemExit(0)
