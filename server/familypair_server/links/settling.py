"""Transitions that time makes by itself, written down when their teen is next touched or read.

Rights, phases and what holds never wait for this: they are evaluated when read (architecture.md 8).
What is written here is the entry that people read, and the rows that are no longer needed.
"""

from collections.abc import Iterable
from datetime import datetime

from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.links import statements as sql
from familypair_server.links.facts import is_due
from familypair_server.links.growing import grow
from familypair_server.links.records import load
from familypair_server.links.transitions import settle_one
from familypair_server.storage import Store, Txn, teens, transaction
from familypair_server.times import millis


@transaction
def settle(teen_id: str, now: datetime, random: Random, keys: Keys) -> Txn[bool]:
    """Write down what time has moved by `now`: the teen's age band, then each link; whether any.

    Takes the teen's lock, and the account's before it when the band has changed. Harmless to
    repeat.
    """
    grown = yield from grow(teen_id, now, random, keys)
    yield from teens.lock.get(teen=teen_id)
    rows = yield from sql.due_of_teen.all(teen=teen_id, now=millis(now))
    for row in rows:
        yield from settle_one(load(row), now, random)
    return grown or bool(rows)


async def settled(
    store: Store, teen_ids: Iterable[str], now: datetime, random: Random, keys: Keys
) -> None:
    """Settle these teens where something is due; usually one cheap read each."""
    for teen_id in teen_ids:
        if await store.read(is_due(teen_id, now, keys)):
            await store.run(settle(teen_id, now, random, keys))
