"""Screen time against an oracle of sets and wall clocks, over HTTP, to the second.

Reports come duplicated, reordered, split, overlapping, late and forged; zones and limits change;
gifts, codes and yeses come between. `FAMILYPAIR_EXAMPLES=1000` for a long run.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from familypair_server.storage import open_store
from support.homes import Home, at_home
from support.seconds import Calendar, Oracle, seconds
from support.timelines import BOUND_BEFORE, Household, household

T = TypeVar("T")
EXAMPLES = int(os.environ.get("FAMILYPAIR_EXAMPLES", "10"))
SHORT = 50
"""More examples than this are a long run, which does not spend its time on shrinking."""
ZONES = (
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Atlantic/Azores",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
)
STARTS = (
    "2026-03-28T22:00:00+00:00",
    "2026-04-04T14:00:00+00:00",
    "2026-04-23T20:00:00+00:00",
    "2026-09-05T23:00:00+00:00",
    "2026-10-24T21:00:00+00:00",
    "2026-06-15T12:00:00+00:00",
)
"""Hours before a clock change in one of the zones, and a day without any."""
DEVICES = ("phone", "tablet", "laptop")
lengths = st.sampled_from([1, 59, 60, 61, 600, 901, 3_600, 4_000, 30_000, 86_400, 86_401])
offsets = st.sampled_from(
    [-86_400, -8_000, -3_600, -1_000, -600, -61, -60, -1, 0, 1, 119, 121, 600]
)
minutes = st.sampled_from([1, 5, 15, 30, 60, 120])


class Timeline(RuleBasedStateMachine):
    """One family's days: what the API says against what the oracle counts."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    home: ClassVar[Home]
    happened: ClassVar[Counter[str]] = Counter()
    """How often each kind of thing had its effect: a machine that only idles proves nothing."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it in the loop in which the application lives."""
        return self.loop.run_until_complete(work)

    @initialize(
        zone=st.sampled_from(ZONES),
        start=st.sampled_from(STARTS),
        dana=st.sampled_from([None, 45, 120]),
        mia=st.sampled_from([None, None, 90]),
    )
    def begin(self, zone: str, start: str, dana: int | None, mia: int | None) -> None:
        """A family with some rules."""
        at = datetime.fromisoformat(start)
        self.family: Household = self.run(household(self.home, DEVICES, zone, at))
        self.truth = Oracle(Calendar(zone))
        self.truth.receipts = dict.fromkeys(DEVICES, seconds(self.now - BOUND_BEFORE))
        self.seen: tuple[date, int] | None = None
        self.gift: tuple[str, str] | None = None
        self.posted = False
        self.numbers = 0
        for who, value in ((self.family.guardians[0], dana), (self.family.teen, mia)):
            if value is not None:
                self.set_limit(who, value)

    @property
    def now(self) -> datetime:
        """The manual clock."""
        return self.home.clock()

    @rule(step=st.sampled_from([1, 59, 60, 300, 1_000, 5_000, 20_000, 50_000, 86_400]))
    def time_passes(self, step: int) -> None:
        """Seconds to days."""
        self.home.clock.tick(timedelta(seconds=step))
        self.truth.calendar.settle(self.now)

    @rule(
        pieces=st.lists(st.tuples(st.sampled_from(DEVICES), offsets, lengths), min_size=1),
        data=st.data(),
    )
    def apps_report(self, pieces: list[tuple[str, int, int]], data: st.DataObject) -> None:
        """New intervals mixed with repeated and forged ones, in any order, split as it comes."""
        now = seconds(self.now)
        items = [self._number(device, now + end - size, now + end) for device, end, size in pieces]
        items += [part for item in items[:1] for part in self._split(item)]
        known = [(device, n, *span) for (device, n), span in self.truth.sent.items()]
        if known:
            again = data.draw(st.lists(st.sampled_from(known), max_size=3))
            forged = [(device, n, start, end + 1) for device, n, start, end in again[:1]]
            items += again + forged
        items = data.draw(st.permutations(items))
        for batch in (items[::2], items[1::2]):
            if batch:
                expected = self.truth.take(now, batch)
                assert self.run(self.family.report(batch)) == expected
                self.happened.update(expected)

    @rule(who=st.integers(0, 1), amount=minutes)
    def a_guardian_gives(self, who: int, amount: int) -> None:
        """A gift on the giver's own layer."""
        giver = self.family.guardians[who]
        path = f"/v1/teens/{self.family.teen}/grants"
        reply = self.run(self.family.call(giver, "POST", path, {"minutes": amount}))
        if reply.status_code == 201:
            self.truth.give(giver, self.now, amount * 60)
            self.posted = True
            self.gift = (reply.json()["id"], giver)
            self.happened["gifts"] += 1

    @rule()
    def the_last_gift_is_taken_back(self) -> None:
        """Only what is left of it."""
        if self.gift is None:
            return
        gift, self.gift = self.gift, None
        before = self.truth.sum_of(gift[1], self.now)
        reply = self.run(self.family.call(gift[1], "DELETE", f"/v1/grants/{gift[0]}"))
        if reply.status_code < 300:
            left = self.run(self._sum_for(gift[1]))
            assert self.truth.used_today(self.now) <= left < before
            self.truth.post(gift[1], self.now, left - before)
            self.happened["undone"] += 1

    @rule(who=st.integers(0, 1), amount=minutes)
    def a_code_is_used(self, who: int, amount: int) -> None:
        """Given by one, typed by the teen; a second try with it gets nothing."""
        giver, family = self.family.guardians[who], self.family
        path = f"/v1/teens/{family.teen}/codes"
        made = self.run(family.call(giver, "POST", path, {"minutes": amount}))
        if made.status_code != 201:
            return
        body = {"code": made.json()["code"]}
        used = self.run(family.call(family.teen, "POST", "/v1/codes/redeem", body))
        if used.status_code == 200:
            goal = self._goal(amount)
            self.truth.give(giver, self.now, amount * 60)
            self._teen_reaches(min(goal, self.truth.sum_of(giver, self.now)))
            self.posted = True
            self.happened["codes"] += 1
            again = self.run(family.call(family.teen, "POST", "/v1/codes/redeem", body))
            assert again.json()["code"] == "code_wrong"
        else:
            self.run(family.call(giver, "DELETE", f"/v1/codes/{made.json()['id']}"))

    @rule(amount=minutes)
    def the_teen_asks_for_time(self, amount: int) -> None:
        """Everybody in the way agrees at the same instant, twice: one effect."""
        wish = {"type": "minutes", "minutes": amount}
        before = self.truth.sums(self.now)
        parts = self._ask(wish)
        if parts:
            goal = self._goal(amount)
            for who, value in before.items():
                if value < goal:
                    self.truth.post(parts[0] if who == "default" else who, self.now, goal - value)
            self.posted = True

    @rule(zone=st.sampled_from(ZONES))
    def the_family_moves(self, zone: str) -> None:
        """Another zone, agreed on by both guardians: never a second budget."""
        if self._ask({"type": "place", "zone": zone}):
            self.truth.calendar.move(zone, self.now)

    @rule(who=st.integers(0, 2), value=st.sampled_from([None, 15, 60, 240]))
    def somebody_changes_a_limit(self, who: int, value: int | None) -> None:
        """A rule of one's own, in the middle of a day."""
        self.set_limit((*self.family.guardians, self.family.teen)[who], value)

    @invariant()
    def the_api_says_what_the_oracle_counts(self) -> None:
        """To the second; and what is left never rises but by a posting or a new day."""
        if not hasattr(self, "family"):
            return
        self.happened["compared"] += 1
        path = f"/v1/teens/{self.family.teen}/time"
        today = self.run(self.family.must(self.family.teen, "GET", path))["today"]
        named, _ = self.truth.calendar.day(self.now)
        used, limit = self.truth.used_today(self.now), min(self.truth.sums(self.now).values())
        assert today["day"] == named.isoformat()
        assert (today["used_seconds"] or 0) == used
        assert today["limit_seconds"] == limit
        left = today["remaining_seconds"]
        if today["used_seconds"] is None:  # unknown is not zero, so nothing is said to be left
            assert left is None
            left = limit
        assert left == max(0, limit - used)
        if self.seen is not None and self.seen[0] == named and not self.posted:
            assert left <= self.seen[1]
        self.seen, self.posted = (named, left), False

    def _goal(self, amount: int) -> int:
        """What the day has to allow for so many minutes more from now on."""
        limit = min(self.truth.sums(self.now).values())
        wish = max(limit, self.truth.used_today(self.now)) + amount * 60
        return min(wish, self.truth.calendar.length(self.now))

    def _teen_reaches(self, goal: int) -> None:
        """Who enters a code says yes for the own layer, where that has a limit (A7)."""
        mine = self.truth.sums(self.now).get(self.family.teen)
        if mine is not None and mine < goal:
            self.truth.post(self.family.teen, self.now, goal - mine)

    def set_limit(self, who: str, value: int | None) -> None:
        """Write it and believe it; a change within the day is a posting (A22)."""
        self.run(self.family.limit(who, value))
        self.posted = True
        self.truth.limits.pop(who, None)
        if value is not None:
            self.truth.limits[who] = value

    def _ask(self, wish: dict[str, Any]) -> list[str]:
        """Ask for it, and let everybody agree twice at once; who did when it came about."""
        family = self.family
        path = f"/v1/teens/{family.teen}/requests"
        made = self.run(family.call(family.teen, "POST", path, {"wish": wish}))
        if made.status_code != 201:
            return []
        path = f"/v1/requests/{made.json()['id']}"
        yes = [family.call(who, "POST", f"{path}/approve", {}) for who in family.guardians * 2]
        self.run(_all(yes))
        found = self.run(family.must(family.teen, "GET", path))
        if found["state"] == "open":
            self.run(family.call(family.teen, "POST", f"{path}/withdraw"))
        agreed = [part["owner"] for part in found["parts"] if part["state"] == "approved"]
        if found["state"] != "approved":
            return []
        self.happened[wish["type"]] += 1
        return agreed

    async def _sum_for(self, who: str) -> int:
        """What this owner's layer, or the default, allows as the teen reads it."""
        path = f"/v1/teens/{self.family.teen}/time"
        sums = (await self.family.must(self.family.teen, "GET", path))["today"]["sums"]
        by_owner = {one["owner"]: one["total_seconds"] for one in sums}
        return int(by_owner.get(who, by_owner.get("default", 0)))

    def _number(self, device: str, start: int, end: int) -> tuple[str, int, int, int]:
        self.numbers += 1
        return device, self.numbers, start, end

    def _split(self, item: tuple[str, int, int, int]) -> list[tuple[str, int, int, int]]:
        """The same use again in two parts."""
        device, _, start, end = item
        middle = (start + end) // 2
        return [self._number(device, start, middle), self._number(device, middle, end)]


async def _all(work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    return list(await asyncio.gather(*work))


async def _either(life: asyncio.Task[None], ready: asyncio.Future[Home]) -> None:
    waiting: set[asyncio.Future[Any]] = {life, ready}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()


@pytest.mark.timeout(3_600 if EXAMPLES > SHORT else 60)
def test_totals_equal_an_oracle_to_the_second(sqlite_template: Path, tmp_path: Path) -> None:
    """Whatever comes in whatever order, use and balance are the oracle's."""
    path = tmp_path / "machine.db"
    path.write_bytes(sqlite_template.read_bytes())
    loop = asyncio.new_event_loop()
    ready, stop = loop.create_future(), asyncio.Event()

    async def live() -> None:
        store = await open_store(f"sqlite:///{path}")
        async with at_home(store, tmp_path, layer_writes_per_hour=10_000) as home:
            ready.set_result(home)
            await stop.wait()
        await store.close()

    life = loop.create_task(live())
    try:
        loop.run_until_complete(_either(life, ready))
        Timeline.loop, Timeline.home = loop, ready.result()
        profile = settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            phases=(Phase.generate, Phase.shrink)[: 1 if EXAMPLES > SHORT else 2],
            deadline=None,
            database=None,
            derandomize="FAMILYPAIR_EXAMPLES" not in os.environ,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        run_state_machine_as_test(Timeline, settings=profile)
    finally:
        stop.set()
        loop.run_until_complete(life)
        loop.close()
    print(dict(Timeline.happened))  # noqa: T201 - the figures of a long run, shown with -s
    effects = ("counted", "late", "clipped", "repeated", "refused", "gifts", "codes", "minutes")
    assert all(Timeline.happened[kind] for kind in effects)
