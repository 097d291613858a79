"""A cache beside the real server: the same answers, over changes, faults and restarts."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from familypair.client import Around, HostClient
from familypair.client.policy import EventKind, PolicyCache
from familypair.rules.decide import Question, context_of
from familypair.testing import ManualClock
from familypair_server.storage import Store, open_store
from support.homes import ROOT, Home, at_home
from support.hosts import SECRET
from support.live_server import LiveServer
from support.pairs import BASE
from support.policies import Bound, limit

from .real import AppNet
from .timeline import PATIENCE, Timeline, until
from .world import QUESTIONS, is_strictest

_APART = {"valid_until"}
"""A live cache may say that an answer holds longer than a minute."""


class Both:
    """A family at the real server and a host's cache of it."""

    def __init__(self, bound: Bound, folder: Path) -> None:
        self.bound = bound
        self.home: Home = bound.home
        self.net = AppNet(self.home.app)
        self.time = Timeline()
        self.time.beside.append(self.home.clock)
        self.folder = folder
        self.asking = HostClient(
            BASE, bound.app.id, SECRET, transport=self.net, around=self.time.around()
        )

    def cache(self, **options: Any) -> PolicyCache:
        """A cache of the family's app."""
        return PolicyCache(
            BASE,
            self.bound.app.id,
            SECRET,
            transport=self.net,
            around=self.time.around(),
            folder=self.folder,
            **options,
        )

    async def same(self, cache: PolicyCache) -> bool:
        """Whether each answer is what the server says over HTTP right now."""
        asked = [(self.bound.subject, question) for question in QUESTIONS]
        told = await self.asking.evaluations(asked)
        for (teen, question), answer in zip(asked, told, strict=True):
            mine = context_of(cache.answer(teen, question))
            names = [name for name in mine.__struct_fields__ if name not in _APART]
            if any(getattr(mine, name) != getattr(answer.context, name) for name in names):
                return False
            if answer.decision != (mine.outcome == "allow"):
                return False
        return True

    async def follows(self, cache: PolicyCache, after: int) -> int:
        """Wait for a version behind `after`; then every answer is the server's. The version."""
        subject = self.bound.subject
        await until(lambda: cache.status_of(subject).version > after)
        await until(lambda: cache.status_of(subject).state == "fresh")
        assert await self.same(cache)
        return cache.status_of(subject).version


async def test_the_cache_says_what_the_server_says(store: Store, tmp_path: Path) -> None:
    """Live over changes of rules and use; after a break, a restart, and the end of the binding."""
    async with at_home(store, tmp_path) as home:
        both = Both(await Bound.of(home), tmp_path / "kept")
        bound, subject = both.bound, both.bound.subject
        enforced = ("app.use", "search.query")
        async with both.cache(enforces=enforced, restricted_search=True) as cache:
            version = await both.follows(cache, 0)
            cache.register("phone", subject)
            blocked = {"search": {"blocked_terms": ["dragon"]}}
            await home.write(bound.guardian, bound.teen, blocked)
            version = await both.follows(cache, version)
            assert cache.decide(subject, "search.query", text="a dragon").outcome == "deny"
            await home.write(bound.guardian, bound.teen, limit(30))
            both.net.drop()
            await until(lambda: not cache.status().live)
            await home.write(bound.guardian, bound.teen, limit(15))
            await both.time.until(lambda: cache.status().live)
            version = await both.follows(cache, version)
            while not (await bound.applied(bound.guardian))["apps"][0]["applied"]:
                await both.time.run(1)
        both.net.cut = True
        async with both.cache() as cache:
            assert cache.status_of(subject).version == version
            await home.write(bound.guardian, bound.teen, limit(60))
            both.net.cut = False
            await both.time.until(lambda: cache.status().live)
            await both.follows(cache, version)
            await home.web.delete(f"/v1/me/apps/{bound.app.id}", headers=home.headers(bound.teen))
            await until(lambda: is_strictest(cache, subject, "unknown_subject"))
            assert await both.same(cache)  # with the help lines of this service


@pytest.mark.engine("sqlite")
async def test_a_server_that_is_killed_and_comes_back_leaves_no_gap(
    database_url: str, tmp_path: Path
) -> None:
    """`kill -9`, other rules written while it is gone, and a start on the same file and port."""
    clock = ManualClock(datetime.now(UTC) - timedelta(hours=25, minutes=5))
    bound = await _family(database_url, tmp_path, clock)
    (tmp_path / "live.secret").write_text(ROOT.hex())
    (tmp_path / "live.secret").chmod(0o600)
    server = LiveServer(database_url, tmp_path, {"DEMO": "false"})
    server.start()
    try:
        happened: asyncio.Queue[EventKind] = asyncio.Queue()
        async with PolicyCache(
            server.url,
            bound.app.id,
            SECRET,
            around=Around(jitter=lambda: 0.1),
            on_change=lambda event: happened.put_nowait(event.kind),
        ) as cache:
            await _heard(happened, EventKind.LIVE)
            dragon = Question(action="search.query", text="a dragon")
            before = cache.answer(bound.subject, dragon)
            assert before.reason == "restricted_mode"
            server.kill()
            await _heard(happened, EventKind.WAITING)
            assert cache.answer(bound.subject, dragon).reason == before.reason
            await _write(database_url, tmp_path, clock, bound)
            server.start()
            await _heard(happened, EventKind.LIVE)
            found = cache.answer(bound.subject, dragon)
            told = await cache.evaluate(bound.subject, "search.query", text="a dragon")
            assert found.reason == told.context.reason == "blocked_term"
    finally:
        if server.process is not None:
            server.kill()


async def _heard(happened: "asyncio.Queue[EventKind]", kind: EventKind) -> None:
    async with asyncio.timeout(PATIENCE):
        while await happened.get() is not kind:
            pass


async def _family(url: str, folder: Path, clock: ManualClock) -> Bound:
    store = await open_store(url)
    try:
        async with at_home(store, folder, clock) as home:
            return await Bound.of(home)
    finally:
        await store.close()


async def _write(url: str, folder: Path, clock: ManualClock, bound: Bound) -> None:
    """What happens while no server runs."""
    store = await open_store(url)
    try:
        async with at_home(store, folder, clock) as home:
            home.tokens[bound.guardian] = ""
            await home.sign_in_again()
            blocked = {"search": {"blocked_terms": ["dragon"]}}
            await home.write(bound.guardian, bound.teen, blocked)
    finally:
        await store.close()
