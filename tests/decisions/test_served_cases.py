"""The same case corpus, asked of a server over HTTP, and of the `PolicyCache` of its apps.

Left out are the cases marked `only: pure`. A server cannot have them in this week of December: an
adult with apps, a hold after a link's end, an operator's caps, another zone, summer, a first day, a
missing right, a stream while HTTP is asked; or it stores them as what is here already: an unknown
age is 13-15. On PostgreSQL, where the same code answers, only cases without use or with an hour of
it are asked. The cache is filled anew at each instant, so it is asked at those with at least ten
cases, on SQLite; not about subjects that are no teens, which its calls cannot name; and how long
its answers hold is not compared, since a stream makes that longer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from familypair.client import PolicyCache
from familypair.client.around import Around
from familypair.rules.decide import context_of, question_of
from familypair.rules.decide.wire import TEEN
from familypair.testing.decisions import Case, corpus, differences
from familypair_server.storage import Store
from support.homes import Home, at_home
from support.hosts import SECRET, HostApp
from support.pairs import BASE
from support.served import Served
from support.streamed import Streamed

CORPUS = corpus(Path(__file__).parents[1] / "cases" / "decide")
PATIENCE = 20.0
MANY = 10
"""The cache is filled anew at an instant with at least so many cases."""
FEW = (0, 60)
"""Minutes of use of the cases that both engines are asked; every other figure is a teen more."""
Wrong = list[tuple[str, str, Any]]


async def test_the_cases_that_a_server_can_stand_for_over_http_and_in_the_cache(
    store: Store, tmp_path: Path
) -> None:
    """Accounts, links, layers, use and packs give what the specification says; see above."""
    over_http, in_cache = Tried(), Tried()
    async with at_home(store, tmp_path) as home:
        cases = [case for case in CORPUS.cases if store.engine == "sqlite" or case.minutes in FEW]
        served = Served(home, CORPUS.families, cases)
        await served.move_in()
        async for here in served.instants():
            async for case, answer in served.answers(here):
                assert answer["decision"] is (answer["context"]["outcome"] == "allow")
                over_http.add(case, answer["context"])
            if len(here) >= MANY and store.engine == "sqlite":
                await _cached(home, served, here, in_cache)
    assert (over_http.wrong, in_cache.wrong) == ([], [])
    assert over_http.asked > 350
    assert in_cache.asked > 350 or store.engine != "sqlite"


class Tried:
    """How many were asked, and what was wrong."""

    def __init__(self) -> None:
        self.asked = 0
        self.wrong: Wrong = []

    def add(self, case: Case, context: Mapping[str, Any], *without: str) -> None:
        """One answer; `without` what the case says but this way of asking cannot."""
        self.asked += 1
        found = {k: v for k, v in differences(case, context).items() if k not in without}
        if found:
            self.wrong.append((case.question["action"], case.description, found))


async def _cached(home: Home, served: Served, cases: Sequence[Case], tried: Tried) -> None:
    """Ask the caches of the apps; with a stream their answers hold for longer than a minute."""
    by_host: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if served.question(case)["subject"]["type"] == TEEN:
            by_host[served.host(case).id].append(case)
    for found in by_host.values():
        async with _cache(home, served.host(found[0])) as cache:
            await cache.ready()
            for case in found:
                teen = served.question(case)["subject"]["id"]
                if "subject" in case.question:
                    await _looked_up(cache, teen)
                decision = cache.answer(teen, question_of(served.question(case)))
                context = msgspec.to_builtins(context_of(decision))
                tried.add(case, context, "valid_until")


async def _looked_up(cache: PolicyCache, teen: str) -> None:
    """Until the cache knows from the server that there is no such teen."""
    async with asyncio.timeout(PATIENCE):
        while cache.status_of(teen).state == "unknown":
            cache.decide(teen, "app.use")
            await asyncio.sleep(0)


def _cache(home: Home, host: HostApp) -> PolicyCache:
    around = Around(clock=home.clock, monotonic=lambda: home.clock().timestamp())
    transport = Streamed(home.app, home.clock().isoformat())
    return PolicyCache(BASE, host.id, SECRET, transport=transport, around=around)
