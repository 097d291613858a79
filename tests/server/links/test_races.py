"""Many ends, exits and resumes of one link at once: one takes effect, on both engines."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

from familypair.rules.link_views import EXIT_UNDO
from familypair.schema.links import EndLink
from familypair_server.links import ending, exits
from familypair_server.problems import Refused
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import Store, Transaction
from support.linked import types
from support.pairs import People

CROWD = 64


async def run_all(store: Store, works: Iterable[Transaction[Any]]) -> Counter[str]:
    """Run all at once and count how each ended."""
    answers = await asyncio.gather(*map(store.run, works), return_exceptions=True)
    return Counter(_name(answer) for answer in answers)


def _name(answer: object) -> str:
    if isinstance(answer, Refused):
        return answer.refusals[0].reason
    if isinstance(answer, BaseException):
        raise answer
    return "done"


async def test_many_ways_out_at_once(store: Store) -> None:
    """Guardian's end, teen's end and safety exit race; the link is over once."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    link = await people.linked(guardian, teen)
    desk, now = people.desk, people.now
    works: list[Transaction[Any]] = []
    for _ in range(CROWD // 4):
        works += [
            ending.end(desk, account_id=guardian, link_id=link, ask=EndLink(), now=now),
            ending.end(desk, account_id=teen, link_id=link, ask=EndLink(), now=now),
            exits.leave(desk, account_id=teen, link_id=link, now=now),
            ending.end(desk, account_id=teen, link_id=link, ask=EndLink(), now=now),
        ]
    counts = await run_all(store, works)
    assert counts["done"] == 1
    assert await types(store, teen, teen) == ["link.activated", "link.ended"]
    assert (await store.read(verify(teen))).bad is None


async def test_many_take_backs_at_once(store: Store) -> None:
    """A resume is proposed once and confirmed once."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    link = await people.linked(guardian, teen)
    people.clock.tick(2 * EXIT_UNDO)
    desk, now = people.desk, people.now
    await store.run(ending.end(desk, account_id=teen, link_id=link, ask=EndLink(), now=now))
    proposals = [
        ending.resume(desk, account_id=teen, link_id=link, signed_in_recently=True, now=now)
        for _ in range(CROWD)
    ]
    assert (await run_all(store, proposals))["done"] == 1
    yeses = [
        ending.confirm_resume(
            desk, account_id=guardian, link_id=link, signed_in_recently=False, now=now
        )
        for _ in range(CROWD)
    ]
    assert (await run_all(store, yeses))["done"] == 1
    entries = await store.read(ledger.read_ledger(teen))
    kinds = [ledger.type_of(item.entry) for item in entries if item.entry]
    assert kinds[-2:] == ["link.resume_proposed", "link.resumed"]
