"""Live events: one stream that survives drops without a gap or a repeat (architecture 6)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from familypair.client.clean import decode
from familypair.client.streams import HEARTBEAT_TIMEOUT, LiveState, Stream
from familypair.client.wire import Wire
from familypair.schema.events import (
    AppliedEvent,
    EntryEvent,
    GoneEvent,
    PendingEvent,
    RequestEvent,
    ResetEvent,
    UseEvent,
)

if TYPE_CHECKING:
    import httpx2

__all__ = ["HEARTBEAT_TIMEOUT", "EventStream", "LiveEvent", "LiveState"]

LiveEvent = (
    EntryEvent | PendingEvent | UseEvent | RequestEvent | AppliedEvent | ResetEvent | GoneEvent
)

_KINDS: dict[str, type[LiveEvent]] = {
    "entry": EntryEvent,
    "pending": PendingEvent,
    "use": UseEvent,
    "request": RequestEvent,
    "applied": AppliedEvent,
    "reset": ResetEvent,
    "gone": GoneEvent,
}


class EventStream(Stream[LiveEvent]):
    """The events of a person: inbox entries without a gap or a repeat, and the latest values."""

    path = "/v1/events"

    def __init__(
        self,
        wire: Wire,
        *,
        last_event_id: str = "",
        on_state: Callable[[LiveState], None] | None = None,
        silence: float = HEARTBEAT_TIMEOUT,
    ) -> None:
        super().__init__(wire, last_event_id=last_event_id, on_state=on_state, silence=silence)
        self._seen: dict[str, int] = {}

    def _read(self, sent: "httpx2.ServerSentEvent") -> list[LiveEvent]:
        kind = _KINDS.get(sent.event)
        event = decode(sent.data.encode(), kind) if kind else None
        return [] if event is None or self._repeats(event) else [event]

    def _repeats(self, event: LiveEvent) -> bool:
        match event:
            case EntryEvent(entry=entry):
                if entry.seq <= self._seen.get(entry.teen, 0):
                    return True
                self._seen[entry.teen] = entry.seq
            case ResetEvent(heads=heads):
                self._seen = dict(heads)
            case GoneEvent(teen=teen):
                self._seen.pop(teen, None)
            case PendingEvent() | UseEvent() | RequestEvent() | AppliedEvent():
                pass  # the latest value, whole: a repeat does no harm
        return False
