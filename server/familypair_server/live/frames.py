"""Server-sent events as bytes (WHATWG HTML 9.2); JSON has no raw line break: data is one line."""

import msgspec

from familypair.schema.events import EntryEvent, GoneEvent, PendingEvent, ResetEvent

Event = EntryEvent | PendingEvent | ResetEvent | GoneEvent

HEARTBEAT = b": beat\n\n"
_NAMES: dict[type[Event], str] = {
    EntryEvent: "entry",
    PendingEvent: "pending",
    ResetEvent: "reset",
    GoneEvent: "gone",
}
_encoder = msgspec.json.Encoder()


def frame(event: Event, event_id: str = "") -> bytes:
    """One event. Without an id the client's `Last-Event-ID` stays as it is."""
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {_NAMES[type(event)]}\ndata: ".encode() + _encoder.encode(event) + b"\n\n"


def raw(name: str, data: bytes) -> bytes:
    """An event of JSON that is encoded already; it has no id."""
    return f"event: {name}\ndata: ".encode() + data + b"\n\n"


def retry(milliseconds: int) -> bytes:
    """How long the client waits before it comes back."""
    return f"retry: {milliseconds}\n\n".encode()
