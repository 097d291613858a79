"""One client's event stream: an ASGI response that lives as long as its link and its token.

Register first, then read what lies after the cursor until nothing is left, then wait for a wake-up
and read again. A wake-up carries nothing, so a slow client is never queued for: while it does not
read, we do not either, and afterwards it gets what its inbox holds, in pages of 16.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar.types import Receive, Scope, Send

from familypair.schema.events import EntryEvent, GoneEvent, PendingEvent, ResetEvent
from familypair_server.live.cursor import Cursor
from familypair_server.live.frames import HEARTBEAT, frame, raw, retry
from familypair_server.live.hub import Hub, Subscription
from familypair_server.live.latest import Sent
from familypair_server.live.service import Look
from familypair_server.storage import StoreUnavailable

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
LAST_WORDS_SECONDS = 0.5
"""How long a stream that must end may take to say so; then it is dropped."""
RETRY_MS = 500
"""A client that was ended comes back after this long, to this node or another."""


class Feed(msgspec.Struct):
    """Where one client stands, and what to say after each look."""

    sign: Callable[[Cursor], str]
    cursor: Cursor | None
    pending: PendingEvent | None = None
    sent: Sent = msgspec.field(default_factory=Sent)

    def tell(self, look: Look) -> bytes:
        """The frames that bring the client up to this look; moves the cursor."""
        parts: list[bytes] = []
        if self.cursor is None or look.reset:
            self.cursor = Cursor(dict(look.heads))
            parts.append(frame(ResetEvent(heads=dict(look.heads)), self.sign(self.cursor)))
        for teen in sorted(self.cursor.seen.keys() - look.served - look.quiet):
            self.cursor = self.cursor.left(teen)
            self.sent.forget({teen})
            parts.append(frame(GoneEvent(teen=teen), self.sign(self.cursor)))
        for entry in look.entries:
            self.cursor = self.cursor.moved(entry.teen, entry.seq)
            parts.append(frame(EntryEvent(entry=entry), self.sign(self.cursor)))
        if look.pending != self.pending:
            self.pending = look.pending
            parts.append(frame(look.pending))
        self.sent.forget(look.quiet)
        parts += [raw(value.name, value.data) for value in self.sent.news(look.latest)]
        return b"".join(parts)


class OpenStream:
    """A stream after its checks: what all kinds have in common, and when one ends."""

    def __init__(self, *, hub: Hub, subscription: Subscription, expires_in: float) -> None:
        self._hub = hub
        self._subscription = subscription
        self._expires_in = expires_in
        self._next_beat = asyncio.get_running_loop().time() + hub.heartbeat

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream; returns when it has ended."""
        subscription = self._subscription
        expiry = asyncio.get_running_loop().call_later(self._expires_in, subscription.close)
        hang_up = asyncio.create_task(_close_at_hang_up(receive, subscription))
        pump = asyncio.create_task(self._pump(send))
        try:
            await subscription.ended_or(pump)
            await asyncio.wait({pump}, timeout=LAST_WORDS_SECONDS)
            if pump.done():
                pump.result()
        finally:
            expiry.cancel()
            hang_up.cancel()
            pump.cancel()
            self._hub.unsubscribe(subscription)

    async def _pump(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await tell(send, retry(RETRY_MS))
        try:
            while await self._round(send):
                pass
        except StoreUnavailable:
            await tell(send, retry(10 * RETRY_MS))
        self._hub.unsubscribe(self._subscription)  # its place is free before the client knows
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _round(self, send: Send) -> bool:
        """Look, tell, rest; False when the stream is over."""
        raise NotImplementedError

    async def _rest(self, send: Send, *, most: float = math.inf) -> bool:
        """Wait for a wake-up or the next beat, at most that many seconds; True after a beat.

        Beats lie on a grid from the stream's start: one that waited anew after every wake-up would
        tell that something happened which this viewer must not know.
        """
        now = asyncio.get_running_loop().time()
        left = self._next_beat - now
        if left > 0 and (await self._subscription.wait(min(left, most)) or most < left):
            return False
        await tell(send, HEARTBEAT)
        while self._next_beat <= asyncio.get_running_loop().time():
            self._next_beat += self._hub.heartbeat
        return True


class EventStream(OpenStream):
    """`GET /v1/events` after its checks: everything that it sends, and when it ends."""

    def __init__(
        self,
        *,
        hub: Hub,
        subscription: Subscription,
        look: Callable[[Cursor | None, frozenset[str] | None], Awaitable[Look]],
        feed: Feed,
        expires_in: float,
    ) -> None:
        super().__init__(hub=hub, subscription=subscription, expires_in=expires_in)
        self._look = look
        self._feed = feed
        self._changed: frozenset[str] | None = None

    async def _round(self, send: Send) -> bool:
        if self._subscription.closed:
            return False
        self._note_woken()
        look = await self._look(self._feed.cursor, self._changed)
        if not look.alive or self._subscription.closed:
            return False
        new_topics = self._hub.watch(self._subscription, look.served | look.quiet)
        said = self._feed.tell(look)
        if said:
            await tell(send, said)
        if new_topics:
            self._changed = None
        elif not look.more:
            self._changed = frozenset()
            if await self._rest(send):
                self._changed = None
        return True

    def _note_woken(self) -> None:
        """Whose values to read: of the teens who moved, or of all where one's own account did.

        They stay to be read until a look has read them.
        """
        woken = self._subscription.take_woken()
        if self._subscription.account_id in woken:
            self._changed = None
        elif self._changed is not None:
            self._changed |= woken


async def tell(send: Send, body: bytes) -> None:
    """Send a part of the stream."""
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _close_at_hang_up(receive: Receive, subscription: Subscription) -> None:
    message: Any = None
    while message is None or message["type"] != "http.disconnect":
        message = await receive()
    subscription.close()
