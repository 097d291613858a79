"""Transitions that time makes by itself, written down when their teen is next touched or read.

Rights, phases and what holds never wait for this: they are evaluated when read (architecture.md 8).
What is written here is the entry that people read, and the rows that are no longer needed.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from familypair.rules.actors import Actor
from familypair.rules.link_views import as_of, ended_by, hold_until
from familypair.schema.ledger import HoldEnded, LinkEnded, LinkProbationEnded
from familypair.schema.links import LinkState
from familypair_server.accounts import statements as accounts
from familypair_server.ids import Random
from familypair_server.links import entries
from familypair_server.links import statements as sql
from familypair_server.links.facts import is_due
from familypair_server.links.records import StoredLink, Told, load, next_step, save
from familypair_server.settings_api import layers
from familypair_server.storage import Store, Txn, notify, teens, transaction
from familypair_server.times import millis


@transaction
def settle(teen_id: str, now: datetime, random: Random) -> Txn[bool]:
    """Write down every transition of this teen's links that was due by `now`; whether any was.

    Takes the teen's lock. Harmless to repeat.
    """
    yield from teens.lock.get(teen=teen_id)
    rows = yield from sql.due_of_teen.all(teen=teen_id, now=millis(now))
    for row in rows:
        yield from settle_one(load(row), now, random)
    return bool(rows)


async def settled(store: Store, teen_ids: Iterable[str], now: datetime, random: Random) -> None:
    """Settle these teens where something is due; usually one cheap read each."""
    for teen_id in teen_ids:
        if await store.read(is_due(teen_id, now)):
            await store.run(settle(teen_id, now, random))


def settle_one(stored: StoredLink, now: datetime, random: Random) -> Txn[StoredLink]:
    """One link's due transitions, in their order."""
    while (step := next_step(stored.link, stored.told, now)) is not None:
        stored = yield from _step(stored, step, now, random)
    return stored


def _step(stored: StoredLink, step: Told, now: datetime, random: Random) -> Txn[StoredLink]:
    link = as_of(stored.link, now=now)
    done = yield from save(stored, link, stored.told | {step})
    match step:
        case Told.PROBATION:
            yield from _probation_ended(done, now, random)
        case Told.ENDED:
            yield from _notice_over(done, now, random)
        case Told.HOLD:
            yield from _hold_over(done, now, random)
        case Told.EXIT:
            # The guardian's own view changes now; nothing of it is an entry.
            yield from notify(done.guardian_id)
    return done


def _probation_ended(stored: StoredLink, now: datetime, random: Random) -> Txn[None]:
    name = yield from _guardian_name(stored)
    entry = LinkProbationEnded(link=stored.id, guardian=stored.guardian_id, guardian_name=name)
    yield from entries.write(stored, entry, entries.PLATFORM, now=now, random=random)


def _notice_over(stored: StoredLink, now: datetime, random: Random) -> Txn[None]:
    name = yield from _guardian_name(stored)
    yield from sql.drop_hold.run(teen=stored.teen_id, link=stored.id, kind="notice")
    yield from fence(stored)
    entry = LinkEnded(
        link=stored.id,
        guardian=stored.guardian_id,
        guardian_name=name,
        by=ended_by(stored.link, Actor.TEEN, now=now) or "teen",
        hold_until=hold_until(stored.link),
    )
    yield from entries.write(stored, entry, entries.PLATFORM, now=now, random=random)


def _hold_over(stored: StoredLink, now: datetime, random: Random) -> Txn[None]:
    yield from sql.drop_holds.run(teen=stored.teen_id, link=stored.id)
    rows = yield from sql.between.all(teen=stored.teen_id, guardian=stored.guardian_id)
    if all(row.state == LinkState.ENDED for row in rows):
        yield from layers.drop(stored.teen_id, stored.guardian_id)
    yield from entries.write(
        stored,
        HoldEnded(link=stored.id),
        entries.PLATFORM,
        now=now,
        random=random,
        viewers=entries.teen_only(stored),
    )


def fence(stored: StoredLink) -> Txn[StoredLink]:
    """A new epoch for the teen and this link: streams and caches of the old one are over."""
    epoch = yield from teens.bump_epoch.get(teen=stored.teen_id)
    yield from sql.set_epoch.run(teen=stored.teen_id, id=stored.id, epoch=epoch)
    return msgspec.structs.replace(stored, epoch=epoch)


def _guardian_name(stored: StoredLink) -> Txn[str]:
    guardian = yield from accounts.by_id.get(id=stored.guardian_id)
    return guardian.name
