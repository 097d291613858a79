"""A receiver of webhooks on a real socket of this machine, which answers as a test wants."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The message's id."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.body)


@dataclass
class Receiver:
    """Every request that came, and what is answered: a status line with headers."""

    url: str = ""
    port: int = 0
    got: list[Received] = field(default_factory=list[Received])
    answer: Callable[[Received], str | None] = field(default=lambda _: "200 OK")
    """None hangs up without a word."""
    first: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something came."""
    endless: bool = False
    """Whether the answer promises a body that never ends."""
    hold: asyncio.Event | None = None
    """When set, answers wait for it."""

    @property
    def types(self) -> list[str]:
        """What the messages say, in the order of arrival."""
        return [one.json["type"] for one in self.got]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection with one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            one = Received(head[0].split(" ")[1], headers, body)
            self.got.append(one)
            self.first.set()
            if self.hold is not None:
                await self.hold.wait()
            if (said := self.answer(one)) is not None:
                length = 10**12 if self.endless else 0
                writer.write(f"HTTP/1.1 {said}\r\ncontent-length: {length}\r\n\r\n".encode())
                await writer.drain()
                if self.endless:
                    await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(trust: ssl.SSLContext | None = None) -> AsyncGenerator[Receiver]:
    """A receiver at a free port; with a context it speaks TLS."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    scheme = "http" if trust is None else "https"
    receiver.url = f"{scheme}://127.0.0.1:{receiver.port}/hook"
    async with server:
        yield receiver
