"""One teen's policy at one host: the document, its version, and whether anything has moved.

A version is a promise: two documents with the same one are equal, an older one never comes back.
It is given under the teen's lock, and only when the document says something else than before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from familypair.rules.decide.model import Use
from familypair.schema.policies import PolicyDocument
from familypair_server.ids import is_id
from familypair_server.policies import sayings
from familypair_server.policies import statements as sql
from familypair_server.policies.building import (
    At,
    Built,
    Parts,
    basis_of,
    build,
    day_of,
    written_day,
)
from familypair_server.policies.readings import things_of
from familypair_server.storage import Store, Txn, teens, transaction
from familypair_server.times import instant, millis

NOBODY: Final = "sub_" + "0" * 26
"""An id that is nobody's: looked up in place of what is no id, so that both take the same work."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything stood that a document and its use were made of; see `check`."""

    subject: str
    seq: int
    epoch: int
    basis: str
    eve_mark: int
    use_mark: int
    use_size: int
    """Length of what is stored of today: two reports may arrive in one millisecond."""
    version: int
    refresh_ms: int


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a teen at a host now."""

    teen_id: str
    """Our own id, which no host gets."""
    document: PolicyDocument
    use: Use
    """Today's, as exactly as the host may know: decisions use this and nothing finer."""
    head: Head
    changed_at: datetime
    """When the version was given."""


class Found(msgspec.Struct, frozen=True):
    """What a look found: the policy, or that a version must be written first."""

    current: Current | None
    must_write: bool = False


async def fetch(
    store: Store, parts: Parts, host_id: str, subject: str, now: datetime
) -> Current | None:
    """The policy of a teen by their id at this host; None for an id that means nobody here.

    One read; a write only when the document says something new.
    """
    if not is_id(subject):
        return None
    found = await store.read(look(parts, host_id, subject, now))
    if not found.must_write:
        return found.current
    return await store.run(renewed(parts, host_id, subject, now))


@transaction
def look(parts: Parts, host_id: str, subject: str, now: datetime) -> Txn[Found]:
    """The policy as it stands, when its version is written already."""
    row = yield from sql.standing.one(host=host_id, subject=subject)
    if row is None or row.version is None:
        return Found(None, must_write=row is not None)
    restricted = yield from restricts(host_id)
    built = yield from build(parts, _at(host_id, row), now, restricted=restricted)
    if built is None:
        return Found(None)
    if not _says(row, built) or (row.refresh_at or 0) <= millis(now):
        return Found(None, must_write=True)
    return Found(_current(parts, row, built, restricted=restricted))


@transaction
def renewed(parts: Parts, host_id: str, subject: str, now: datetime) -> Txn[Current | None]:
    """`current` by the id at the host alone."""
    row = yield from sql.standing.one(host=host_id, subject=subject)
    if row is None:
        return None
    return (yield from current(parts, host_id, row.teen_id, subject, now))


@transaction
def current(
    parts: Parts, host_id: str, teen_id: str, subject: str, now: datetime
) -> Txn[Current | None]:
    """The policy now, with a new version when it says something new; None when not bound.

    A write: it takes the teen's lock.
    """
    if (yield from teens.lock.one(teen=teen_id)) is None:
        return None
    row = yield from sql.standing.one(host=host_id, subject=subject)
    if row is None or row.teen_id != teen_id:
        return None
    restricted = yield from restricts(host_id)
    built = yield from build(parts, _at(host_id, row), now, restricted=restricted)
    if built is None:
        return None
    basis = basis_of(parts, restricted=restricted)
    if not _says(row, built) or not stands(row, basis, now):
        yield from _write(host_id, row, built, basis, now)
        row = yield from sql.standing.get(host=host_id, subject=subject)
    return _current(parts, row, built, restricted=restricted)


@transaction
def check(parts: Parts, host_id: str, teen_id: str, head: Head, now: datetime) -> Txn[bool]:
    """Whether nothing has moved since `head`: the document and the use are still what they were.

    Two statements by key. False also when the time to ask again has come.
    """
    rows = yield from sql.of_teens.all(host=host_id, listed=_listed((teen_id,)))
    if not rows or rows[0].subject != head.subject or millis(now) >= head.refresh_ms:
        return False
    restricted = yield from restricts(host_id)
    return _head(rows[0], basis_of(parts, restricted=restricted)) == head


def restricts(host_id: str) -> Txn[bool]:
    """Whether the host declared that it can limit search results to what suits the age."""
    row = yield from sql.capabilities.one(host=host_id)
    return row is not None and row.restricted


def stands(row: sql.StandingRow, basis: str, now: datetime) -> bool:
    """Whether the written version still says what holds now, as far as marks can tell."""
    if row.version is None or row.refresh_at is None:
        return False
    marks = (row.told_seq, row.told_epoch, row.basis, row.eve_mark)
    return marks == (row.seq, row.epoch, basis, row.eve_received or 0) and (
        (row.changed_at or 0) <= millis(now) < row.refresh_at
    )


def _says(row: sql.StandingRow, built: Built) -> bool:
    return row.version is not None and row.digest == built.digest


def _at(host_id: str, row: sql.StandingRow) -> At:
    return At(
        host_id=host_id,
        host_name=row.host_name,
        teen_id=row.teen_id,
        subject=row.subject,
        own_at=row.own_at,
    )


def _write(
    host_id: str, row: sql.StandingRow, built: Built, basis: str, now: datetime
) -> Txn[None]:
    """A new version, or the old one with marks as they are now."""
    same = _says(row, built)
    made = built.document
    version = (row.version or 0) + (0 if same else 1)
    said = sayings.grown(sayings.read(row.said), things_of(built, now), version, at=millis(now))
    eve = yield from sql.received.one(teen=row.teen_id, day=built.eve.date.isoformat())
    yield from sql.put.run(
        teen=row.teen_id,
        host=host_id,
        subject=row.subject,
        version=version,
        digest=built.digest,
        seq=row.seq,
        epoch=row.epoch,
        basis=basis,
        eve=built.eve.date.isoformat(),
        eve_mark=eve or 0,
        day=built.day.date.isoformat(),
        today=written_day(day_of(made, now)),
        said=sayings.written(said),
        refresh_at=millis(built.stale_at),
        changed_at=(row.changed_at or 0) if same else millis(now),
    )


def _current(parts: Parts, row: sql.StandingRow, built: Built, *, restricted: bool) -> Current:
    """The document as the version that is written says it."""
    at = instant(row.changed_at or 0)
    made = replace(built.document, version=row.version or 0, issued_at=at)
    head = _head(row, basis_of(parts, restricted=restricted))
    return Current(teen_id=row.teen_id, document=made, use=built.use, head=head, changed_at=at)


def _head(row: sql.StandingRow, basis: str) -> Head:
    return Head(
        subject=row.subject,
        seq=row.seq,
        epoch=row.epoch,
        basis=basis,
        eve_mark=row.eve_received or 0,
        use_mark=row.received_at or 0,
        use_size=len(row.doc or ""),
        version=row.version or 0,
        refresh_ms=row.refresh_at or 0,
    )


def _listed(ids: Sequence[str]) -> str:
    return msgspec.json.encode(list(ids)).decode()
