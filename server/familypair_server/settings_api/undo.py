"""Undo: a new write that takes an earlier one of my own back, per field (algebra.md A24)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from familypair.reasons import Reason
from familypair.rules.free_text import Aside, whole
from familypair.rules.layers import Undo, check_undo
from familypair.schema.ledger import FieldChange, LayerChanged
from familypair.settings import Value, decode
from familypair_server.problems import refuse
from familypair_server.records import ledger
from familypair_server.settings_api import statements as sql
from familypair_server.settings_api.edits import Judge, Judged
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn


class _Path(msgspec.Struct):
    path: str


class _Touch(msgspec.Struct):
    owner: str
    changes: list[_Path]


class _Body(msgspec.Struct):
    entry: _Touch


_body = msgspec.json.Decoder(_Body)


def by_entry(seq: int) -> Judge:
    """The judge of a revert of entry `seq` of the owner's own inbox."""

    def judge(state: TeenState, owner_id: str, now: datetime) -> Txn[Judged]:
        item = yield from _entry(state.teen.id, owner_id, seq)
        entry = item.entry
        if not isinstance(entry, LayerChanged) or entry.owner != owner_id:
            raise refuse(Reason.NOT_UNDOABLE)
        touched = yield from _touched_since(state.teen.id, owner_id, seq)
        undo = yield from _changes(state.teen.id, item.ledger_seq, entry)
        outcome = check_undo(state.policy, owner_id, undo, touched=touched, now=now)
        return Judged(outcome, item.ledger_seq)

    return judge


def _entry(teen_id: str, owner_id: str, seq: int) -> Txn[ledger.InboxItem]:
    found = yield from ledger.read_inbox(teen_id, owner_id, after=seq - 1, limit=1)
    if not found or found[0].seq != seq:
        raise refuse(Reason.NOT_FOUND)
    return found[0]


def _touched_since(teen_id: str, owner_id: str, seq: int) -> Txn[set[str]]:
    """The fields of this owner's layer that a later entry changed, even if it changed them back."""
    rows = yield from sql.later_changes.all(teen=teen_id, viewer=owner_id, after=seq)
    later = [_body.decode(row).entry for row in rows]
    return {change.path for entry in later if entry.owner == owner_id for change in entry.changes}


def _changes(teen_id: str, seq: int, entry: LayerChanged) -> Txn[list[Undo]]:
    """What the write did, with the text that lies beside its entry."""
    found = yield from ledger.asides_of(teen_id, entry.owner, first=seq, last=seq)
    return [_undo(change, found.get(seq, ())) for change in entry.changes]


def _undo(told: FieldChange, asides: Iterable[Aside]) -> Undo:
    change = whole(told, asides)
    if change is None:
        raise refuse(Reason.NOT_UNDOABLE)
    return Undo(
        path=change.path,
        before=_value(change.path, change.before),
        after=_value(change.path, change.after),
    )


def _value(path: str, raw: Any) -> Value | None:
    return None if raw is None else decode(path, raw)
