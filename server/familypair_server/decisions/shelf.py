"""The hot cache: compiled policies by host and subject, as many as fit into a number of bytes.

An answer never waits for a commit and never misses one: a commit on this node drops what it touches
before its caller is answered, a policy whose reading began before that commit is used for the
questions that were already waiting and not kept, and where other nodes write too (PostgreSQL) what
is older than a second is checked again with one statement.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from familypair.rules.decide.model import NO_USE, Use, ms_of
from familypair.rules.decide.snapshot import PolicySnapshot

FRESH_MS: Final = 1000
"""What another node may have changed is looked at again after this."""
MOST_UNKNOWN: Final = 10_000
"""Subjects that are known to be nobody; one more, and the list begins anew."""
OVERHEAD: Final = 900
"""Bytes of an entry beside its policy: the key, the index, and this structure."""

Key = tuple[str, str]
"""A host's client id and the teen's id at that host."""


class Entry(msgspec.Struct):
    """What is known of one subject at one host; nobody when `snapshot` is None."""

    teen_id: str = ""
    snapshot: PolicySnapshot | None = None
    use: Use = NO_USE
    head: Any = None
    """What the source compares to see whether anything has moved."""
    stale_ms: int = 0
    """From then on the policy changes by itself."""
    size: int = 0
    """Bytes of the policy."""
    read_ms: int = 0
    look_ms: int = 0
    """From then on it must be looked at again."""


class Source(Protocol):
    """Where policies come from; it asks the database."""

    @property
    def others_write(self) -> bool:
        """Whether other processes write to the same database."""
        ...

    async def read(self, key: Key, now: datetime) -> Entry | None:
        """What holds now; None when the subject is nobody's at this host."""
        ...

    async def same(self, key: Key, entry: Entry, now: datetime) -> bool:
        """Whether nothing has moved since the entry was read; one statement."""
        ...


class _Flight(NamedTuple):
    """One reading that is under way, and what was committed since it began."""

    task: asyncio.Task[Entry]
    moved: set[str]


class Shelf:
    """Policies of one node. Not thread-safe: it belongs to one event loop."""

    def __init__(self, most_bytes: int, most_unknown: int = MOST_UNKNOWN) -> None:
        self._most = most_bytes
        self._most_unknown = most_unknown
        self._bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._by_topic: dict[str, set[Key]] = {}
        self._unknown: dict[Key, Entry] = {}
        self._flights: dict[Key, _Flight] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def unknown(self) -> int:
        """How many subjects are remembered as nobody."""
        return len(self._unknown)

    @property
    def bytes(self) -> int:
        """How many bytes the policies take, by their own count."""
        return self._bytes

    def hot(self, key: Key, now_ms: int) -> Entry | None:
        """What is on the shelf and may be used now, without a look at the database."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        else:
            entry = self._unknown.get(key)
        return entry if entry is not None and entry.read_ms <= now_ms < entry.look_ms else None

    async def find(self, source: Source, key: Key, now: datetime) -> Entry:
        """What holds now. Many that ask at the same time wait for one reading."""
        flight = self._flights.get(key)
        if flight is None or flight.moved:
            moved: set[str] = set()
            task = asyncio.create_task(self._look(source, key, now, moved))
            task.add_done_callback(_heard)
            flight = self._flights[key] = _Flight(task, moved)
        return await asyncio.shield(flight.task)

    def forget(self, topics: Iterable[str]) -> None:
        """Drop what belongs to these teens or hosts: the listener for `Store.on_commit`."""
        for flight in self._flights.values():
            flight.moved.update(topics)
        self._unknown.clear()
        for topic in topics:
            for key in tuple(self._by_topic.get(topic, ())):
                self._drop(key)

    def clear(self) -> None:
        """Drop everything: what all policies hang on has changed, as the word packs."""
        for (host_id, _), flight in self._flights.items():
            flight.moved.add(host_id)
        self.forget(tuple(self._by_topic))

    async def _look(self, source: Source, key: Key, now: datetime, moved: set[str]) -> Entry:
        try:
            found = await self._found(source, key, now)
        finally:
            flight = self._flights.get(key)
            if flight is not None and flight.moved is moved:
                del self._flights[key]
        if found.snapshot is None:
            self._keep_unknown(key, found, moved)
        elif moved.isdisjoint((found.teen_id, key[0])):
            self.keep(key, found)
        else:
            self._drop(key)
        return found

    async def _found(self, source: Source, key: Key, now: datetime) -> Entry:
        now_ms = ms_of(now)
        found = self._entries.get(key)
        known = found is not None and found.read_ms <= now_ms < found.stale_ms
        if found is None or not known or not await source.same(key, found, now):
            found = await source.read(key, now) or Entry(stale_ms=now_ms + FRESH_MS)
        found.read_ms = now_ms
        checked_until = now_ms + FRESH_MS if source.others_write else found.stale_ms
        found.look_ms = min(checked_until, found.stale_ms)
        return found

    def keep(self, key: Key, entry: Entry) -> None:
        """Put a policy on the shelf, in place of what was there; the oldest make room."""
        self._drop(key)
        self._entries[key] = entry
        self._bytes += entry.size + OVERHEAD
        for topic in (entry.teen_id, key[0]):
            self._by_topic.setdefault(topic, set()).add(key)
        while self._bytes > self._most and self._entries:
            self._drop(next(iter(self._entries)))

    def _keep_unknown(self, key: Key, entry: Entry, moved: set[str]) -> None:
        self._drop(key)
        if moved:
            return
        if len(self._unknown) >= self._most_unknown:
            self._unknown.clear()
        self._unknown[key] = entry

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size + OVERHEAD
        for topic in (entry.teen_id, key[0]):
            keys = self._by_topic[topic]
            keys.discard(key)
            if not keys:
                del self._by_topic[topic]


def _heard(task: asyncio.Task[Entry]) -> None:
    """Everybody who waited may be gone; what went wrong was told to those who are not."""
    if not task.cancelled():
        task.exception()
