"""HTTP connections for the client of the decision benches, as small as they can be."""

import asyncio
from typing import Any


class Wire(asyncio.Protocol):
    """One kept connection, as small as it can be: one request, one answer."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._buffer = b""
        self._waiter: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        """Keep it."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """An answer is whole when its body is as long as it says."""
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        place = self._buffer.find(b"content-length: ")
        if head < 0 or self._waiter is None:
            return
        length = int(self._buffer[place + 16 : self._buffer.index(b"\r", place)])
        if len(self._buffer) >= head + 4 + length:
            waiter, self._waiter = self._waiter, None
            answer, self._buffer = self._buffer, b""
            waiter.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits fails."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> bytes:
        """Send a request; the whole answer. Anything but 200 raises."""
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._waiter
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer[:400])
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Ended(asyncio.Protocol):
    """A connection for one answer that ends with it."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._data = b""
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Keep it."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect."""
        self._data += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """That is all."""
        self._end.set_result(None)

    async def read(self, request: bytes) -> bytes:
        """The body of the answer."""
        self._transport.write(request)
        await self._end
        body = self._data.partition(b"\r\n\r\n")[2]
        return body if not body[:1].isalnum() else body.split(b"\r\n")[1]
