"""Answers at the same instant have one effect, and a fault leaves nothing of the work."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from familypair.schema.requests import (
    ApproveAsk,
    CounterAsk,
    DeclineAsk,
    MoreTime,
    Plan,
    RequestAsk,
)
from familypair.settings import Patch
from familypair_server.jobs import JobParts
from familypair_server.links.service import settled
from familypair_server.problems import Refused
from familypair_server.records.verify import verify
from familypair_server.requests import answering, asking, jobs, reading
from familypair_server.requests.standing import Asker
from familypair_server.settings import Settings
from familypair_server.settings_api import edits
from familypair_server.settings_api.edits import Parts, Write
from familypair_server.storage import Store, Transaction, transaction
from familypair_server.time.postings import postings_of
from support.faults import no_half_state
from support.homes import PROBATION
from support.pairs import BASE, People

CROWD = 64
LEAST_STEPS = 6
ALL_WEEK = [f"screen_time.daily_minutes.{d}" for d in ("sun", "mon", "tue")]


class Cast:
    """A teen and two guardians with a limit of 60 each, as services see them."""

    def __init__(self, people: People, teen: str, guardians: tuple[str, str]) -> None:
        self.people, self.teen, self.guardians = people, teen, guardians

    @classmethod
    async def of(cls, store: Store) -> "Cast":
        """Everybody linked, out of probation, with a rule for every day."""
        people = People(store)
        teen = await people.teen()
        guardians = (await people.guardian("Dana Smith"), await people.guardian("Sam Jones"))
        for one in guardians:
            await people.linked(one, teen)
        people.clock.tick(PROBATION)
        await settled(store, [teen], people.now, people.random, people.keys)
        parts = Parts(keys=people.keys, random=people.random, writes_per_hour=60)
        for one in guardians:
            ask = Write(teen_id=teen, caller_id=one)
            patch = Patch(dict.fromkeys(ALL_WEEK, 60))
            await store.run(edits.write(parts, ask, edits.by_patch(patch), people.now))
        return cls(people, teen, guardians)

    def by(self, who: str) -> Asker:
        """Somebody who calls now."""
        return Asker(desk=self.people.desk, caller_id=who, now=self.people.now)

    async def asked(self, wish: Any) -> str:
        """A request of the teen."""
        body = RequestAsk(wish=wish)
        made = await self.people.store.run(asking.begin(self.by(self.teen), self.teen, body))
        return made.id

    async def first_yes(self, request: str) -> None:
        """Dana's yes."""
        work = answering.approve(self.by(self.guardians[0]), request, ApproveAsk())
        await self.people.store.run(work)

    async def posted(self) -> list[int]:
        """Minutes of today's postings."""
        day = transaction(partial(postings_of, self.teen))
        found = await self.people.store.read(day([self.people.now.date()]))
        return [one.seconds // 60 for one in found if one.seconds]


async def crowd(store: Store, works: list[Transaction[Any]]) -> Counter[str]:
    """Run all at once and count how each ended."""
    answers = await asyncio.gather(*map(store.run, works), return_exceptions=True)
    found: Counter[str] = Counter()
    for answer in answers:
        if isinstance(answer, Refused):
            found[answer.refusals[0].reason.value] += 1
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found[answer.state] += 1
    return found


async def test_sixty_four_yeses_at_once_make_one_grant(store: Store) -> None:
    """Both guardians on many screens, a no and a withdrawal among them: exactly one outcome."""
    cast = await Cast.of(store)
    request = await cast.asked(MoreTime(minutes=30))
    dana, sam = cast.guardians
    works = [
        answering.approve(cast.by(who), request, ApproveAsk())
        for _ in range(CROWD // 2)
        for who in (dana, sam)
    ]
    ended = await crowd(store, works)
    assert (ended["open"], ended["approved"]) == (1, 1)
    assert ended["answered_already"] + ended["request_closed"] == CROWD - 2
    assert await cast.posted() == [30, 30]
    assert (await store.read(verify(cast.teen))).bad is None


async def test_a_yes_a_no_and_a_withdrawal_at_once_have_one_outcome(store: Store) -> None:
    """Whoever is first: either all of the minutes or none, and one closing."""
    cast = await Cast.of(store)
    request = await cast.asked(MoreTime(minutes=30))
    await cast.first_yes(request)
    sam = cast.by(cast.guardians[1])
    works: list[Transaction[Any]] = []
    for _ in range(4):
        works += [
            answering.approve(sam, request, ApproveAsk()),
            answering.decline(sam, request, DeclineAsk()),
            answering.withdraw(cast.by(cast.teen), request),
        ]
    ended = await crowd(store, works)
    assert ended["request_closed"] == len(works) - 1
    seen = await store.read(reading.one(cast.by(cast.teen), request))
    assert await cast.posted() == ([30, 30] if seen.state == "approved" else [])
    assert (await store.read(verify(cast.teen))).bad is None


def _plan() -> Plan:
    return Plan(patch={"screen_time": {"daily_minutes": {"sun": 90, "mon": 45}}})


async def _last_yes(cast: Cast, wish: Any) -> Callable[[], Transaction[Any]]:
    request = await cast.asked(wish)
    await cast.first_yes(request)
    return lambda: answering.approve(cast.by(cast.guardians[1]), request, ApproveAsk(note="fine"))


async def _offer_taken(cast: Cast) -> Callable[[], Transaction[Any]]:
    request = await cast.asked(MoreTime(minutes=30))
    await cast.first_yes(request)
    body = CounterAsk(wish=MoreTime(minutes=10))
    await cast.people.store.run(answering.counter(cast.by(cast.guardians[1]), request, body))
    return lambda: answering.accept(cast.by(cast.teen), request)


async def _expired(cast: Cast) -> Callable[[], Transaction[Any]]:
    await cast.asked(MoreTime(minutes=30))
    people = cast.people
    people.clock.tick(PROBATION)
    parts = JobParts(keys=people.keys, random=people.random, settings=Settings(issuer=BASE))
    return lambda: jobs.expire(parts, cast.teen, people.now)


async def _asked(cast: Cast) -> Callable[[], Transaction[Any]]:
    body = RequestAsk(wish=MoreTime(minutes=30), reason="please")
    return lambda: asking.begin(cast.by(cast.teen), cast.teen, body)


WORKS: dict[str, Callable[[Cast], Any]] = {
    "ask": _asked,
    "last yes to a plan": lambda cast: _last_yes(cast, _plan()),
    "offer taken": _offer_taken,
    "expiry": _expired,
}


@pytest.mark.parametrize("name", WORKS)
@pytest.mark.engine("sqlite")
async def test_a_fault_at_any_statement_leaves_no_half_state(store: Store, name: str) -> None:
    """Request, parts, notes, postings, layers, agreement, jobs, entries: all or nothing."""
    cast = await Cast.of(store)
    work = await WORKS[name](cast)
    assert await no_half_state(store, work) > LEAST_STEPS
    assert (await store.read(verify(cast.teen))).bad is None
