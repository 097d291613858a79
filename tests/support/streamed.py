"""An application behind an HTTP client without a socket, its stream of hints included.

The ASGI transport waits for the end of an answer, and a stream has none: it says `hello` here and
then nothing more, as a server does of whom nobody changes anything.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2

STREAM = "/v1/policies/stream"


class _Hello(httpx2.AsyncByteStream):
    def __init__(self, now: str) -> None:
        self._now = now

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'event: hello\ndata: {"now": "' + self._now.encode() + b'"}\n\n'
        await asyncio.Event().wait()


class Streamed(httpx2.AsyncBaseTransport):
    """Requests go through ASGI; the stream stands."""

    def __init__(self, app: Any, now: str) -> None:
        self._asgi = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self._now = now

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        if request.url.path != STREAM:
            return await self._asgi.handle_async_request(request)
        headers = {"Content-Type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, stream=_Hello(self._now), request=request)
