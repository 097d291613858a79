"""A client of the event stream, driven through ASGI: it can stop reading, hang up and resume."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from support.homes import Home

PATIENCE = 10.0


class Sent(msgspec.Struct):
    """One event as it arrived."""

    event: str
    id: str
    data: Any


class Listener:
    """One open stream. Use as a context manager; leaving it hangs up."""

    def __init__(
        self,
        home: Home,
        who: str = "",
        last_event_id: str = "",
        *,
        path: str = "/v1/events",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """As a person, or at another path with these headers."""
        self._home = home
        self._path = path
        self._headers = home.headers(who) if headers is None else dict(headers)
        if last_event_id:
            self._headers["Last-Event-ID"] = last_event_id
        self._inbox: asyncio.Queue[Any] = asyncio.Queue()
        self._reading = asyncio.Event()
        self._reading.set()
        self._news = asyncio.Condition()
        self._rest = b""
        self.status = 0
        self.raw = b""
        self.events: list[Sent] = []
        self.ended = False
        self.last_event_id = last_event_id

    async def __aenter__(self) -> Self:
        self._inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self._task = asyncio.create_task(self._run())
        await self.until(lambda: self.status != 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hang_up()
        self._reading.set()
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({self._task})

    def hang_up(self) -> None:
        """Close the connection."""
        self._inbox.put_nowait({"type": "http.disconnect"})

    def stop_reading(self) -> None:
        """Let the connection fill up."""
        self._reading.clear()

    def go_on_reading(self) -> None:
        """Read again."""
        self._reading.set()

    async def until(self, true: Any) -> None:
        """Wait until a condition on this listener holds."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(true)

    async def expect(self, event: str, count: int = 1) -> list[Sent]:
        """Wait for that many events of a kind; all of that kind so far."""
        await self.until(lambda: len(self.of(event)) >= count)
        return self.of(event)

    def of(self, event: str) -> list[Sent]:
        """The events of a kind so far."""
        return [one for one in self.events if one.event == event]

    def seqs(self) -> list[int]:
        """The inbox numbers that arrived."""
        return [one.data["entry"]["seq"] for one in self.of("entry")]

    async def gone(self) -> None:
        """Wait until the server has ended the stream."""
        await self.until(lambda: self.ended)

    async def _run(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in self._headers.items()],
            "client": ("192.0.2.1", 1),
            "server": ("pair.example", 443),
        }
        app: Any = self._home.app
        try:
            await app(scope, self._inbox.get, self._send)
        finally:
            self.ended = True
            async with self._news:
                self._news.notify_all()

    async def _send(self, message: Any) -> None:
        await self._reading.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self._read(message.get("body", b""))
            self.ended = self.ended or not message.get("more_body", False)
        async with self._news:
            self._news.notify_all()

    def _read(self, body: bytes) -> None:
        self.raw += body
        *blocks, self._rest = (self._rest + body).split(b"\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n"))
            if "event" in fields:
                sent = Sent(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
                self.last_event_id = sent.id or self.last_event_id
                self.events.append(sent)
