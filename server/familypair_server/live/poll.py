"""What other nodes did: once a second one snapshot of everything that this node's streams watch.

A hint that was never sent, or lost, so costs a second and never an event: whatever moved wakes the
streams that watch it, and each reads its own inbox forward. Runs while a stream is open.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from familypair_server.live import statements as sql
from familypair_server.live.hub import Hub
from familypair_server.storage import StorageError, Store, Txn, transaction

log = logging.getLogger(__name__)


class Snapshot(msgspec.Struct, frozen=True):
    """What can move: teens by id, open invitations by account, and sessions that stand."""

    teens: Mapping[str, tuple[int, int]] = {}
    latest: Mapping[str, frozenset[tuple[str, int]]] = {}
    """Use and open requests by teen: what is sent whole and is no entry."""
    invitations: Mapping[str, frozenset[tuple[str, int]]] = {}
    sessions: frozenset[str] = frozenset()


def ensure(hub: Hub, store: Store) -> None:
    """Poll while this node has streams. SQLite has one process, whose own commits wake it."""
    if store.engine == "pg" and (hub.poller is None or hub.poller.done()):
        hub.poller = asyncio.create_task(_watch(hub, store))


async def _watch(hub: Hub, store: Store) -> None:
    known: Snapshot | None = None
    while hub.count():
        topics, sessions = hub.topics(), hub.sessions()
        try:
            seen = await store.read(take(topics, sessions))
        except StorageError as error:
            log.warning("the live stream could not look for changes: %s", error)
        else:
            for session in sessions - seen.sessions:
                hub.cut_session(session)
            hub.wake(topics if known is None else moved(known, seen))
            known = seen
        await asyncio.sleep(hub.poll)


def moved(old: Snapshot, new: Snapshot) -> set[str]:
    """Teens and accounts that are not as they were; one that was not watched before counts."""
    teens = {teen for teen, head in new.teens.items() if old.teens.get(teen) != head}
    more = _differing(old.latest, new.latest) | _differing(old.invitations, new.invitations)
    return teens | more


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


@transaction
def take(topics: Iterable[str], sessions: Iterable[str]) -> Txn[Snapshot]:
    """One look at all of it."""
    ids = ",".join(sorted(topics))
    heads = yield from sql.heads.all(ids=ids)
    latest: dict[str, set[tuple[str, int]]] = {}
    for moved_on in (yield from sql.latest.all(ids=ids)):
        latest.setdefault(moved_on.teen_id, set()).add((moved_on.what, moved_on.mark))
    invitations: dict[str, set[tuple[str, int]]] = {}
    for row in (yield from sql.open_invitations.all(ids=ids)):
        for account in (row.issuer_id, row.guardian_id, row.teen_id):
            if account is not None:
                invitations.setdefault(account, set()).add((row.id, row.version))
    standing = yield from sql.standing.all(ids=",".join(sorted(sessions)))
    return Snapshot(
        teens={row.id: (row.seq, row.epoch) for row in heads},
        latest={teen: frozenset(found) for teen, found in latest.items()},
        invitations={account: frozenset(found) for account, found in invitations.items()},
        sessions=frozenset(standing),
    )
