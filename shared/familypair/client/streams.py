"""An event stream that reconnects by itself: back-off, stale tokens, silence (architecture 6)."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from familypair.client.around import back_off
from familypair.client.errors import Unreachable
from familypair.client.http import Reply
from familypair.client.wire import UNAUTHORIZED, Wire, refusal

if TYPE_CHECKING:
    import httpx2

E = TypeVar("E")

HEARTBEAT_TIMEOUT: Final = 45.0
"""Seconds without a byte after which a stream counts as dead; the server beats every 15 s."""
_SETTLED: Final = 5.0
"""Seconds; a connection that lived this long starts the back-off anew."""
_OK: Final = 200
_BUSY: Final = frozenset({429, 500, 502, 503, 504})


class LiveState(StrEnum):
    """How live the picture is."""

    CONNECTING = "connecting"
    LIVE = "live"
    WAITING = "waiting"
    """The stream dropped; a new try comes after a pause."""


class Stream(ABC, Generic[E]):
    """Iterate it for events, for as long as you like; it reconnects by itself.

    The iteration ends only by an exception: `NotSignedIn`, `ProblemError` (not allowed any more),
    `BadAnswer`. `last_event_id` may be kept and handed to a later stream.
    """

    path: str
    """Where it is."""

    def __init__(
        self,
        wire: Wire,
        *,
        last_event_id: str = "",
        on_state: Callable[[LiveState], None] | None = None,
        silence: float = HEARTBEAT_TIMEOUT,
    ) -> None:
        self._wire = wire
        self._on_state = on_state
        self._silence = silence
        self._retry: float | None = None
        self._refused = ""
        self.last_event_id = last_event_id
        self.state = LiveState.CONNECTING

    async def __aiter__(self) -> AsyncGenerator[E]:
        around = self._wire.around
        attempt = 0
        while True:
            started = around.monotonic()
            self._retry = None
            try:
                async for event in self._connection():
                    yield event
            except Unreachable:
                self._tell(LiveState.WAITING)
            attempt = 1 if around.monotonic() - started >= _SETTLED else attempt + 1
            wait = back_off(attempt, around.jitter(), most=30.0)
            await around.sleep(wait if self._retry is None else max(self._retry, wait))

    async def _connection(self) -> AsyncGenerator[E]:
        self._tell(LiveState.CONNECTING)
        token = await self._wire.keeper.access_token(stale=self._refused)
        headers = {"Authorization": f"Bearer {token}"}
        if self.last_event_id:
            headers["Last-Event-ID"] = self.last_event_id
        stream = self._wire.transport.stream(self.path, headers, silence=self._silence)
        async with stream as source:
            if source.response.status_code != _OK:
                await self._turned_away(source.response, token)
                return
            self._refused = ""
            self._tell(LiveState.LIVE)
            async for sent in source:
                for event in self._take(sent):
                    yield event
        self._tell(LiveState.WAITING)

    async def _turned_away(self, response: "httpx2.Response", token: str) -> None:
        """A stale token is renewed once, a busy server waited for, anything else raised."""
        reply = Reply(response.status_code, dict(response.headers), await response.aread())
        self._tell(LiveState.WAITING)
        if reply.status == UNAUTHORIZED and not self._refused:
            self._refused = token
        elif reply.status in _BUSY:
            self._retry = reply.retry_after()
        else:
            raise refusal(reply)

    def _take(self, sent: "httpx2.ServerSentEvent") -> list[E]:
        """Move the cursor once the event is understood."""
        found = self._read(sent)
        if sent.retry is not None:
            self._retry = sent.retry / 1000
        if sent.id:
            self.last_event_id = sent.id
        return found

    @abstractmethod
    def _read(self, sent: "httpx2.ServerSentEvent") -> list[E]:
        """What an event says; nothing for one of an unknown kind and for a repeat."""

    def _tell(self, state: LiveState) -> None:
        self.state = state
        if self._on_state is not None:
            self._on_state(state)
