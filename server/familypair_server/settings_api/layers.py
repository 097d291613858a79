"""Layers in the database: values as text, written under the teen's lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

import msgspec

from familypair.rules.free_text import Aside, whole
from familypair.rules.layers import Layer, Outgoing, Version
from familypair.schema.ledger import FieldChange
from familypair.settings import Value, decode, decode_flat, encode, encode_flat
from familypair_server.records import ledger
from familypair_server.settings_api import statements as sql
from familypair_server.storage import Param, Txn, Write, together
from familypair_server.times import instant, millis

NO_VALUES: Mapping[str, Value] = MappingProxyType({})
NO_OUTGOING: Mapping[str, Outgoing] = MappingProxyType({})


class _StoredOutgoing(msgspec.Struct, frozen=True):
    value: object
    until: int


_outgoing = msgspec.json.Decoder(dict[str, _StoredOutgoing])


@lru_cache(maxsize=512)
def read_doc(doc: str) -> Mapping[str, Value]:
    """A stored layer as values. Cached by its text: most layers are read far more than written."""
    return MappingProxyType(decode_flat(msgspec.json.decode(doc, type=dict[str, object])))


def write_doc(values: Mapping[str, Value]) -> str:
    """Values as the text that `read_doc` takes; the same values give the same text."""
    return msgspec.json.encode(encode_flat(values)).decode()


def read_outgoing(text: str, now: datetime) -> Mapping[str, Outgoing]:
    """Old values that are still in force at `now`."""
    if text == "{}":
        return NO_OUTGOING
    found = {
        path: Outgoing(decode(path, one.value), instant(one.until))
        for path, one in _outgoing.decode(text).items()
    }
    return {path: one for path, one in found.items() if now < one.until}


def write_outgoing(outgoing: Mapping[str, Outgoing]) -> str:
    """Outgoing values as text."""
    stored = {
        path: _StoredOutgoing(encode(path, one.value), millis(one.until))
        for path, one in outgoing.items()
    }
    return msgspec.json.encode(stored).decode()


class Window(msgspec.Struct, frozen=True):
    """How many writes an hour has had: it begins with the first write after the last one."""

    at: int = 0
    writes: int = 0


def put(teen_id: str, layer: Layer, now: datetime, window: Window | None = None) -> Txn[None]:
    """Write a layer whole. Without `window` it is the system that writes, and nothing is counted.

    The caller holds the teen's lock and has asked the rules.
    """
    yield from together(putting(teen_id, layer, now, window))


def putting(teen_id: str, layer: Layer, now: datetime, window: Window | None = None) -> Write:
    """`put` as a part of something bigger."""
    counted = window or Window(millis(now), 0)
    params: dict[str, Param] = {
        "teen": teen_id,
        "owner": layer.owner,
        "doc": write_doc(layer.values),
        "outgoing": write_outgoing(layer.outgoing) if layer.outgoing else "{}",
        "now": millis(now),
        "window_at": counted.at,
        "window_writes": counted.writes,
    }
    return Write(sql.put, params)


def drop(teen_id: str, owner_id: str) -> Txn[None]:
    """The layer is gone for good: its link, its notice and its hold are over."""
    yield from sql.drop.run(teen=teen_id, owner=owner_id)


class _Written(msgspec.Struct):
    owner: str
    changes: list[FieldChange]


class _Body(msgspec.Struct):
    entry: _Written


_body = msgspec.json.Decoder(_Body)


def history(
    teen_id: str, owner_id: str, *, since: datetime, now: datetime
) -> Txn[tuple[Version, ...]]:
    """The layer as it was from `since` until now, oldest first; the first version is of `since`.

    Read backwards from the layer as it is: the ledger has before and after of every write, and
    what was typed lies beside it.
    """
    rows = yield from sql.layers.all(teen=teen_id)
    values = dict(next((read_doc(r.doc) for r in rows if r.owner_id == owner_id), NO_VALUES))
    entries = yield from sql.changes_since.all(teen=teen_id, since=millis(since))
    first = entries[-1].seq if entries else 0
    typed = yield from ledger.asides_of(teen_id, owner_id, first=first)
    versions: list[Version] = []
    for row in entries:
        entry = _body.decode(row.body).entry
        if entry.owner == owner_id:
            versions.append(Version(at=instant(row.at), values=dict(values)))
            _take_back(values, entry.changes, typed.get(row.seq, ()))
    versions.append(Version(at=min(since, now), values=values))
    return tuple(reversed(versions))


def _take_back(
    values: dict[str, Value], changes: Sequence[FieldChange], asides: Sequence[Aside]
) -> None:
    for told in changes:
        change = whole(told, asides)
        if change is None:
            continue
        if change.before is None:
            values.pop(change.path, None)
        else:
            values[change.path] = decode(change.path, change.before)
