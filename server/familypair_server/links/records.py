"""A link in the database and as the rules know it: the two ways between them."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from familypair.reasons import Reason
from familypair.rules.link_views import Link, guardian_moves_at, hold_until, probation_until
from familypair.schema.links import LinkState
from familypair_server.links import statements as sql
from familypair_server.problems import refuse
from familypair_server.storage import Txn
from familypair_server.times import millis

_ROUND_UP = timedelta(microseconds=999)


class Told(StrEnum):
    """Transitions that time makes by itself and that have had their entry."""

    PROBATION = "probation"
    ENDED = "ended"
    HOLD = "hold"
    EXIT = "exit"


class StoredLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link with its ids, as services handle it."""

    id: str
    teen_id: str
    guardian_id: str
    version: int
    epoch: int
    """The teen's epoch at this link's last change: the fence of streams and caches."""
    link: Link
    told: frozenset[Told] = frozenset()
    teen_name: str | None = None
    """What they were called when the link stopped being active; None while it is: the account's."""
    guardian_name: str | None = None


def load(row: sql.LinkRow) -> StoredLink:
    """The row as the rules know it."""
    return StoredLink(
        id=row.id,
        teen_id=row.teen_id,
        guardian_id=row.guardian_id,
        version=row.version,
        epoch=row.epoch,
        link=msgspec.json.decode(row.doc, type=Link),
        told=frozenset(Told(step) for step in row.told.split()),
        teen_name=row.teen_name,
        guardian_name=row.guardian_name,
    )


def document(link: Link) -> str:
    """The rule's value as text: the same value always gives the same text."""
    return msgspec.json.encode(link, order="deterministic").decode()


def due_at(link: Link, told: frozenset[Told]) -> int | None:
    """The next instant at which time alone moves this link, in database milliseconds."""
    instants = [at for step, at in _transitions(link) if step not in told and at is not None]
    return min((millis(at + _ROUND_UP) for at in instants), default=None)


def silent_until(link: Link) -> int | None:
    """Until when a link left by a safety exit counts for its guardian, in database milliseconds."""
    until = guardian_moves_at(link)
    return None if until is None else millis(until + _ROUND_UP)


def next_step(link: Link, told: frozenset[Told], now: datetime) -> Told | None:
    """The transition that is due and not written down yet, the earliest first."""
    due = [
        (at, step)
        for step, at in _transitions(link)
        if step not in told and at is not None and at <= now
    ]
    return min(due)[1] if due else None


def _transitions(link: Link) -> list[tuple[Told, datetime | None]]:
    if link.state is LinkState.ACTIVE:
        return [(Told.PROBATION, probation_until(link))]
    if link.state is LinkState.ENDING:
        return [(Told.ENDED, link.notice_until)]
    return [(Told.HOLD, hold_until(link)), (Told.EXIT, guardian_moves_at(link))]


def save(stored: StoredLink, link: Link, told: frozenset[Told] | None = None) -> Txn[StoredLink]:
    """Write a changed link back; raises STALE_VERSION when another writer was first.

    One that is not active any more keeps the names of that time: neither side reads a later one.
    """
    steps = stored.told if told is None else told
    count = yield from sql.save.run(
        teen=stored.teen_id,
        id=stored.id,
        version=stored.version,
        state=link.state,
        due_at=due_at(link, steps),
        silent_until=silent_until(link),
        told=" ".join(sorted(steps)),
        doc=document(link),
    )
    if count != 1:
        raise refuse(Reason.STALE_VERSION)
    live = link.state is LinkState.ACTIVE
    return msgspec.structs.replace(
        stored,
        link=link,
        told=steps,
        version=stored.version + 1,
        teen_name=None if live else stored.teen_name,
        guardian_name=None if live else stored.guardian_name,
    )
