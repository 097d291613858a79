"""Values of which only the latest matters: sent whole on connect, and again when they differ.

A subject registers a function that reads its value for one client and one teen, in the snapshot in
which the link and the token were read. It is asked only for teens that the client may read now; a
client without a part in the value gets None, and then nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from familypair.schema.base import Answer
from familypair_server.links.desk import Desk
from familypair_server.live.clients import Client
from familypair_server.storage import Txn

Latest = Callable[[Desk, Client, str, datetime], Txn[Answer | None]]
"""The value of one teen for one client now, or None for nothing at all."""

LATEST: Final[dict[str, Latest]] = {}
"""Event name to reader, collected from the subjects; see `familypair_server.live.subjects`."""

_encoder = msgspec.json.Encoder()


class Value(msgspec.Struct, frozen=True):
    """One value as it goes out: the event's name, whose it is, and its JSON."""

    name: str
    teen: str
    data: bytes


def values(
    desk: Desk, client: Client, teens: Iterable[str], now: datetime
) -> Txn[tuple[Value, ...]]:
    """Every registered value of these teens for this client."""
    found: list[Value] = []
    for teen in sorted(teens):
        for name, read in LATEST.items():
            answer = yield from read(desk, client, teen, now)
            if answer is not None:
                found.append(Value(name, teen, _encoder.encode(answer)))
    return tuple(found)


class Sent:
    """What one stream has sent last, by name and teen: only what differs is worth sending."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], bytes] = {}

    def news(self, now: Iterable[Value]) -> Iterable[Value]:
        """The values that this stream has not sent as they are."""
        for value in now:
            key = (value.name, value.teen)
            if self._last.get(key) != value.data:
                self._last[key] = value.data
                yield value

    def forget(self, teens: Iterable[str]) -> None:
        """Drop these teens: were they served again, their values are news."""
        gone = set(teens)
        self._last = {key: data for key, data in self._last.items() if key[1] not in gone}


def register(readers: Mapping[str, Latest]) -> None:
    """Add a subject's values."""
    LATEST.update(readers)
