"""A family whose teen has a phone that reports use, for tests of the balance."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import Patch, decode_values
from familypair_server.links.service import settled
from familypair_server.settings_api import edits
from familypair_server.settings_api.policies import load
from familypair_server.storage import Store, Txn, transaction
from familypair_server.time.acts import Act
from familypair_server.time.balances import BalanceNow, balance_of
from familypair_server.time.postings import postings_of
from support.homes import PROBATION, Home
from support.pairs import People
from support.uses import DAY, Reporter, used

MINUTE = timedelta(minutes=1)


class Timed:
    """A home with one guardian, one teen and the teen's phone."""

    def __init__(self, home: Home, guardian: str, teen: str, phone: Reporter) -> None:
        self.home, self.guardian, self.teen, self.phone = home, guardian, teen, phone
        self.seq = 0

    async def use(self, minutes: float) -> Any:
        """Use that ends now; the clock moves on by it."""
        start = self.home.clock()
        self.home.clock.tick(minutes * MINUTE)
        self.seq += 1
        taken = await self.phone.send(used(start, self.home.clock(), seq=self.seq))
        await self.home.sign_in_again()
        return taken

    async def time(self, who: str, **params: str) -> dict[str, Any]:
        """The time page as this person sees it."""
        answer = await self.home.get(who, f"/v1/teens/{self.teen}/time", params=params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(
        self, who: str, path: str, body: Any = None, *, status: int = 200
    ) -> dict[str, Any]:
        """Post under the teen's path, or to an absolute one."""
        where = path if path.startswith("/") else f"/v1/teens/{self.teen}/{path}"
        answer = await self.home.post(who, where, body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def delete(self, who: str, path: str, *, status: int = 200) -> dict[str, Any]:
        """Delete as this person."""
        answer = await self.home.web.delete(path, headers=self.home.headers(who))
        assert answer.status_code == status, answer.text
        return dict(answer.json())


async def timed(home: Home, scopes: tuple[Scope, ...] = ALL_SCOPES) -> Timed:
    """A linked pair out of probation, and a phone."""
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen, scopes)
    await home.settle_in()
    phone = await Reporter.of(home.people, "phone", teen=teen)
    return Timed(home, guardian, teen, phone)


EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(minutes: int | str, **more: Any) -> dict[str, Any]:
    """A patch that sets the same limit on every day."""
    return {"screen_time": {"daily_minutes": dict.fromkeys(EVERY_DAY, minutes), **more}}


class Pair(msgspec.Struct, frozen=True):
    """A guardian and a teen, linked and out of probation."""

    people: People
    guardian: str
    teen: str

    @classmethod
    async def of(cls, store: Store) -> "Pair":
        """A new pair, its link written as time has moved it."""
        people = People(store)
        guardian, teen = await people.guardian(), await people.teen()
        await people.linked(guardian, teen)
        people.clock.tick(PROBATION)
        await settled(store, [teen], people.now, people.random, people.keys)
        return cls(people, guardian, teen)

    def act(self, who: str) -> Act:
        """Something that this person does now."""
        people = self.people
        return Act(desk=people.desk, teen_id=self.teen, caller_id=who, now=people.now)

    async def limit(
        self, who: str, minutes: int, beside: dict[str, Any] | None = None, **more: Any
    ) -> None:
        """This person's own limit of every day; `beside` are other groups of the same write."""
        people = self.people
        parts = edits.Parts(keys=people.keys, random=people.random, writes_per_hour=100)
        patch = Patch(dict(decode_values({**daily(minutes, **more), **(beside or {})})))
        ask = edits.Write(teen_id=self.teen, caller_id=who)
        await people.store.run(edits.write(parts, ask, edits.by_patch(patch), people.now))

    async def day(self) -> BalanceNow:
        """The balance as it stands."""
        return await self.people.store.read(_balance(self.people, self.teen))

    async def kinds(self) -> Counter[str]:
        """How many postings of each kind there are today."""
        today = (await self.day()).day.date
        lines = await self.people.store.read(_lines(self.teen, [today]))
        return Counter(lines)

    async def all_lines(self) -> list[str]:
        """Every posting of the last 60 days."""
        today = (await self.day()).day.date
        days = [today - n * DAY for n in range(60)]
        return await self.people.store.read(_lines(self.teen, days))


@transaction
def _balance(people: People, teen: str) -> Txn[BalanceNow]:
    state = yield from load(teen, people.keys, people.now)
    assert state is not None
    return (yield from balance_of(state, people.now))


@transaction
def _lines(teen: str, days: Sequence[date]) -> Txn[list[str]]:
    return [str(line.kind) for line in (yield from postings_of(teen, days))]
