"""A request in the database and as the rules know it: the two ways between them."""

import msgspec

from familypair.reasons import Reason
from familypair.rules.requests.model import Asked
from familypair.rules.requests.table import LIVE, RequestState
from familypair_server.problems import refuse
from familypair_server.requests import statements as sql
from familypair_server.storage import Txn
from familypair_server.times import millis


class StoredRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its ids, as services handle it."""

    id: str
    teen_id: str
    version: int
    asked: Asked
    reason: str = ""


def load(row: sql.RequestRow) -> StoredRequest:
    """The row as the rules know it."""
    return StoredRequest(
        id=row.id,
        teen_id=row.teen_id,
        version=row.version,
        asked=msgspec.json.decode(row.doc, type=Asked),
        reason=row.reason,
    )


def insert(stored: StoredRequest) -> Txn[None]:
    """A new request with those who were asked."""
    asked = stored.asked
    yield from sql.insert.run(
        teen=stored.teen_id,
        id=stored.id,
        state=asked.state,
        any_one=int(asked.any_one),
        now=millis(asked.created_at),
        expires=millis(asked.expires_at),
        closed=None if asked.closed_at is None else millis(asked.closed_at),
        doc=_document(asked),
        reason=stored.reason,
    )
    yield from _put_parts(stored)


def save(stored: StoredRequest, asked: Asked) -> Txn[StoredRequest]:
    """Write a moved request back; raises STALE_VERSION when another writer was first."""
    count = yield from sql.save.run(
        teen=stored.teen_id,
        id=stored.id,
        version=stored.version,
        state=asked.state,
        any_one=int(asked.any_one),
        closed=None if asked.closed_at is None else millis(asked.closed_at),
        doc=_document(asked),
    )
    if not count:
        raise refuse(Reason.STALE_VERSION)
    after = msgspec.structs.replace(stored, asked=asked, version=stored.version + 1)
    yield from _put_parts(after)
    return after


def _put_parts(stored: StoredRequest) -> Txn[None]:
    """Who may read it, and whose turn it is."""
    asked = stored.asked
    live = asked.state in LIVE
    turns = {who: live and who in asked.waits_for for who in asked.asked}
    if asked.counter is not None or stored.version > 1:
        turns[stored.teen_id] = asked.state is RequestState.COUNTERED
    for owner, waits in turns.items():
        yield from sql.put_part.run(
            teen=stored.teen_id, request=stored.id, owner=owner, waits=int(waits)
        )


def _document(asked: Asked) -> str:
    return msgspec.json.encode(asked, order="deterministic").decode()
