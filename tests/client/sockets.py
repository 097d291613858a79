"""Raw sockets for tests: an HTTP server around a handler, and scripted event streams."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx2

Handler = Callable[[httpx2.Request], httpx2.Response]
Session = Callable[["Connection"], Awaitable[None]]


class Connection:
    """One accepted connection with its request read; what the script writes goes out at once."""

    def __init__(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        self.head = head
        self.body = body
        self._writer = writer

    @property
    def target(self) -> str:
        """Method and path of the request."""
        return " ".join(self.head.split(" ", 2)[:2])

    def header(self, name: str) -> str:
        """A header of the request, empty when absent."""
        for line in self.head.split("\r\n")[1:]:
            found, _, value = line.partition(":")
            if found.lower() == name.lower():
                return value.strip()
        return ""

    async def send(self, data: bytes) -> None:
        """Write bytes and wait until they are on their way."""
        self._writer.write(data)
        await self._writer.drain()

    async def start_stream(self) -> None:
        """Answer 200 as an event stream without an end."""
        await self.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        )


@contextlib.asynccontextmanager
async def socket_server(session: Session) -> AsyncGenerator[str]:
    """Serve every connection with `session`; gives the issuer's address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        connection = Connection(head, b"", writer)
        length = int(connection.header("content-length") or 0)
        connection.body = await reader.readexactly(length)
        try:
            await session(connection)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def http_server(handler: Handler) -> AsyncGenerator[str]:
    """Serve a handler of plain answers on a free port, one request a connection."""

    async def session(connection: Connection) -> None:
        method, target = connection.target.split(" ")
        headers = [line.partition(": ") for line in connection.head.split("\r\n")[1:] if line]
        request = httpx2.Request(
            method,
            f"http://127.0.0.1{target}",
            headers=[(name, value) for name, _, value in headers],
            content=connection.body,
        )
        reply = handler(request)
        head = f"HTTP/1.1 {reply.status_code} X\r\nConnection: close\r\n"
        head += f"Content-Length: {len(reply.content)}\r\n"
        head += "".join(
            f"{name}: {value}\r\n"
            for name, value in reply.headers.items()
            if name not in {"content-length", "connection"}
        )
        await connection.send(head.encode() + b"\r\n" + reply.content)

    async with socket_server(session) as issuer:
        yield issuer
