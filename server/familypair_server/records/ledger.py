"""Write and read a teen's ledger, and the inbox of everyone who may see some of it.

The ledger is the truth: gapless, append-only, hash-chained. In the same transaction each viewer's
inbox gets the projection that this viewer may see, under its own gapless numbers, so that what a
viewer must not know cannot show as a gap (architecture.md section 2).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from familypair.rules.free_text import Aside, split
from familypair.rules.projection import Viewer, actor_for, project
from familypair.schema.ledger import AnyEntry, LayerChanged
from familypair_server.ids import Random
from familypair_server.records import statements
from familypair_server.records.chain import SALT_BYTES, canonical, commitment, genesis, link
from familypair_server.storage import (
    Param,
    Txn,
    Write,
    from_ms,
    notify,
    teens,
    to_ms,
    together,
    transaction,
)

LAST: Final = 2**62
"""Above every number of an entry."""


class Actor(msgspec.Struct, frozen=True):
    """Who did it, as the ledger keeps it; an inbox says it in the words a viewer may know."""

    kind: Literal["guardian", "teen", "platform"]
    id: str = ""
    """The account; empty for the platform."""
    name: str = ""
    """What a guardian was called then."""


class LedgerItem(msgspec.Struct, frozen=True):
    """A ledger entry as it was written. `actor` and `entry` are None when erased."""

    seq: int
    at: datetime
    hash: str
    actor: Actor | None
    entry: AnyEntry | None


class InboxItem(msgspec.Struct, frozen=True):
    """An inbox entry. `ledger_seq` is for the server only; `entry` is None when erased."""

    seq: int
    ledger_seq: int
    at: datetime
    hash: str
    actor: str
    entry: AnyEntry | None


class Head(msgspec.Struct, frozen=True):
    """Where a viewer's inbox for one teen ends."""

    teen_id: str
    seq: int
    hash: str


class _LedgerBody(msgspec.Struct, frozen=True):
    actor: Actor
    entry: AnyEntry


class _InboxBody(msgspec.Struct, frozen=True):
    actor: str
    entry: AnyEntry


_ledger_body = msgspec.json.Decoder(_LedgerBody)
_inbox_body = msgspec.json.Decoder(_InboxBody)


@transaction
def open_teen(teen_id: str) -> Txn[None]:
    """Begin a teen's ledger; harmless when it is there."""
    yield from teens.insert.run(teen=teen_id, genesis=genesis(teen_id))


class Before(msgspec.Struct, frozen=True):
    """Where the ledger and every inbox of a teen end; read under the teen's lock."""

    teen: teens.TeenRow
    inboxes: Sequence[statements.HeadRow]


class Appended(msgspec.Struct, frozen=True):
    """The number of a new entry in the ledger, and where each inbox ends with it."""

    seq: int
    inboxes: Mapping[str, statements.HeadRow]


@transaction
def append(
    *,
    teen_id: str,
    entry: AnyEntry,
    actor: Actor,
    now: datetime,
    viewers: Sequence[Viewer],
    random: Random,
) -> Txn[int]:
    """Write the next entry, and what each viewer may know of it; returns the entry's number.

    Free text of the entry is written beside it, and nobody's inbox has it (product.md section 10).
    Takes the teen's lock. Raises `RowMissing` for a teen without a ledger (`open_teen`).
    """
    teen = yield from teens.lock.get(teen=teen_id)
    inboxes = yield from statements.heads_of_teen.all(teen=teen_id)
    told = Told(entry=entry, actor=actor, now=now, viewers=viewers)
    return (yield from append_after(Before(teen, inboxes), told, random)).seq


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, who did it, when, and who may know."""

    entry: AnyEntry
    actor: Actor
    now: datetime
    viewers: Sequence[Viewer]


def append_after(
    before: Before, told: Told, random: Random, also: Sequence[Write] = ()
) -> Txn[Appended]:
    """`append` for a caller who holds the teen's lock and has read where everything ends.

    `also` is written in the same round trip.
    """
    teen = before.teen
    entry, asides = split(told.entry)
    origin = (teen.seq + 1, to_ms(told.now))
    writes = [*also, _record(teen, origin, _LedgerBody(told.actor, entry), random)]
    writes += [_aside(teen.id, origin[0], entry, aside) for aside in asides]
    inboxes = {row.viewer_id: row for row in before.inboxes}
    for viewer in told.viewers:
        seen = project(entry, viewer)
        if seen is not None:
            content = _InboxBody(_known_as(told.actor, viewer, seen), seen)
            end = inboxes.get(viewer.id) or _no_entries(teen.id, viewer.id)
            write, inboxes[viewer.id] = _deliver(end, origin, content, _salt(random))
            writes.append(write)
    yield from together(*writes)
    yield from notify(teen.id)
    return Appended(origin[0], inboxes)


@transaction
def read_inbox(
    teen_id: str, viewer_id: str, *, after: int = 0, limit: int = 100
) -> Txn[list[InboxItem]]:
    """The viewer's entries numbered above `after`, oldest first."""
    rows = yield from statements.inbox_page.all(
        teen=teen_id, viewer=viewer_id, after=after, limit=limit
    )
    return [_inbox_item(row) for row in rows]


@transaction
def read_ledger(teen_id: str, *, after: int = 0, limit: int = 100) -> Txn[list[LedgerItem]]:
    """The entries themselves, which no viewer gets as they are; for undo, export and operators."""
    rows = yield from statements.ledger_page.all(teen=teen_id, after=after, limit=limit)
    return [_ledger_item(row) for row in rows]


@transaction
def ledger_item(teen_id: str, seq: int) -> Txn[LedgerItem | None]:
    """One ledger entry by its ledger number (`InboxItem.ledger_seq`)."""
    rows = yield from statements.ledger_page.all(teen=teen_id, after=seq - 1, limit=1)
    return _ledger_item(rows[0]) if rows and rows[0].seq == seq else None


def asides_of(
    teen_id: str, owner_id: str, *, first: int, last: int = LAST
) -> Txn[dict[int, list[Aside]]]:
    """What this owner typed in their writes, by ledger number; erased entries have nothing."""
    rows = yield from statements.texts.all(teen=teen_id, owner=owner_id, first=first, last=last)
    found: dict[int, list[Aside]] = {}
    for row in rows:
        aside = Aside(row.path, _from_json(row.before), _from_json(row.after))
        found.setdefault(row.seq, []).append(aside)
    return found


@transaction
def head(teen_id: str, viewer_id: str) -> Txn[Head]:
    """Where the viewer's inbox for this teen ends; number 0 for an empty one."""
    row = yield from statements.inbox_head.one(teen=teen_id, viewer=viewer_id)
    row = row or _no_entries(teen_id, viewer_id)
    return Head(teen_id, row.seq, row.head)


@transaction
def heads(viewer_id: str) -> Txn[list[Head]]:
    """Every teen on whom this viewer has an inbox, with where it ends, also of ended links.

    Whether the viewer may still read is the link's matter, not the inbox's.
    """
    rows = yield from statements.heads_of_viewer.all(viewer=viewer_id)
    return [Head(row.teen_id, row.seq, row.head) for row in rows]


@transaction
def erase(teen_id: str, seq: int) -> Txn[int]:
    """Erase what entry `seq` says, in the ledger, beside it and in every inbox.

    The chains stay whole. Returns how many rows lost their text. Final: the salt goes with it.
    """
    yield from teens.lock.get(teen=teen_id)
    gone = yield from statements.erase_body.run(teen=teen_id, seq=seq)
    gone += yield from statements.erase_text.run(teen=teen_id, seq=seq)
    return gone + (yield from statements.erase_inbox.run(teen=teen_id, ledger_seq=seq))


def type_of(entry: AnyEntry) -> str:
    """The type of an entry, which is its tag on the wire."""
    return str(entry.__struct_config__.tag)


def _salt(random: Random) -> str:
    return random.bytes(SALT_BYTES).hex()


def _record(
    teen: teens.TeenRow, origin: tuple[int, int], content: _LedgerBody, random: Random
) -> Write:
    (seq, at), kind = origin, type_of(content.entry)
    salt, body = _salt(random), canonical(content)
    committed = commitment(salt, body)
    params: dict[str, Param] = {
        "teen": teen.id,
        "seq": seq,
        "type": kind,
        "at": at,
        "commitment": committed,
        "hash": link(teen.head, seq=seq, kind=kind, at=at, committed=committed),
        "salt": salt,
        "body": body,
    }
    return Write(statements.record, params)


def _aside(teen_id: str, seq: int, entry: AnyEntry, aside: Aside) -> Write:
    params: dict[str, Param] = {
        "teen": teen_id,
        "seq": seq,
        "owner": entry.owner if isinstance(entry, LayerChanged) else "",
        "path": aside.path,
        "before": _to_json(aside.before),
        "after": _to_json(aside.after),
    }
    return Write(statements.put_text, params)


def _to_json(value: Any) -> str | None:
    return None if value is None else canonical(value)


def _from_json(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _deliver(
    before: statements.HeadRow, origin: tuple[int, int], content: _InboxBody, salt: str
) -> tuple[Write, statements.HeadRow]:
    """Put `content` into one inbox; `origin` is the ledger entry's number and instant."""
    ledger_seq, at = origin
    seq, kind, body = before.seq + 1, type_of(content.entry), canonical(content)
    committed = commitment(salt, body, ledger_seq)
    hashed = link(before.head, seq=seq, kind=kind, at=at, committed=committed)
    params: dict[str, Param] = {
        "teen": before.teen_id,
        "viewer": before.viewer_id,
        "seq": seq,
        "ledger_seq": ledger_seq,
        "type": kind,
        "at": at,
        "commitment": committed,
        "hash": hashed,
        "salt": salt,
        "body": body,
    }
    head = statements.HeadRow(before.teen_id, before.viewer_id, seq, hashed)
    return Write(statements.deliver, params), head


def _no_entries(teen_id: str, viewer_id: str) -> statements.HeadRow:
    return statements.HeadRow(teen_id, viewer_id, 0, genesis(teen_id, viewer_id))


def _known_as(actor: Actor, viewer: Viewer, seen: AnyEntry) -> str:
    """Rule of `projection.actor_for`; an id that the viewer may know becomes the name."""
    known = actor_for(seen, viewer, actor.id if actor.kind == "guardian" else actor.kind)
    return actor.name if known == actor.id else known


def _ledger_item(row: statements.LedgerRow) -> LedgerItem:
    body = None if row.body is None else _ledger_body.decode(row.body)
    known = (None, None) if body is None else (body.actor, body.entry)
    return LedgerItem(row.seq, from_ms(row.at), row.hash, *known)


def _inbox_item(row: statements.InboxRow) -> InboxItem:
    body = None if row.body is None else _inbox_body.decode(row.body)
    known = ("", None) if body is None else (body.actor, body.entry)
    return InboxItem(row.seq, row.ledger_seq, from_ms(row.at), row.hash, *known)
