"""Random days of a host: changes, faults and time, and the cache beside the server's truth."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from familypair.client.policy import PolicyCache
from familypair.client.policy.keeper import CONFIRM
from familypair.client.policy.syncing import use_of
from familypair.packs import standard
from familypair.rules.decide import Decision, PolicySnapshot, Question, Use, decide_at

from .issuer import rules
from .timeline import turns
from .world import QUESTIONS, World, plain

WORLDS = int(os.environ.get("FAMILYPAIR_TEST_CACHE_WORLDS", "5"))
STEPS = 20
TEENS = ("sub_a", "sub_b", "sub_c")
SYNC = "/v1/policies/sync"
HOUR = 3600.0
DAY = 24 * HOUR


class Story:
    """One host's life, by a seed. Every answer is counted; wrong ones with the reason."""

    def __init__(self, seed: int, folder: Path | None) -> None:
        self.world = World(folder)
        self.pick = random.Random(seed)  # noqa: S311 - a seed tells the same story again
        self.said: Counter[str] = Counter()
        self.may: dict[str, tuple[list[PolicySnapshot], list[Use]]] = {}
        """What each teen's rules and use were since the cache surely knew them."""
        self.lost: set[str] = set()
        self.cut_at = 0.0
        self.cache: PolicyCache
        self._open = AsyncExitStack()

    async def tell(self) -> None:
        """Everything that happens."""
        for teen in TEENS[:2]:
            self._rule(teen)
        self.cache = await self._open.enter_async_context(self.world.cache())
        acts: tuple[Callable[[], object], ...] = (
            self._change, self._change, self._use, self._cut, self._drop, self._fault,
            self._wall, self._bind, self._unbind,
        )  # fmt: skip
        await self._recover()
        for _ in range(STEPS):
            self.pick.choice(acts)()
            await turns(self.pick.choice((0, 1, 3, 40)))
            self._check()
            await self._pass()
            self._check()
            if self.pick.random() < 0.2:
                await self._recover()
            if self.world.folder and self.pick.random() < 0.1:
                await self._restart()
        await self._recover()
        await self._open.aclose()

    # --- what happens ------------------------------------------------------------------------

    def _rule(self, teen: str) -> int:
        kind = self.pick.choice(("plain", "strict", "off"))
        issuer = self.world.issuer
        version = issuer.rule(teen, kind, refresh_at=rules(kind).until)
        snapshots, uses = self.may.setdefault(teen, ([], []))
        snapshots.append(PolicySnapshot.of(issuer.teens[teen], standard()))
        uses.append(use_of(issuer.uses[teen]))
        return version

    def _change(self) -> None:
        teen = self.pick.choice(sorted(self.world.issuer.teens))
        version = self._rule(teen)
        if self.pick.random() < 0.8:
            self.world.issuer.hint("policy", teen=teen, version=version)

    def _use(self) -> None:
        teen = self.pick.choice(sorted(self.world.issuer.teens))
        told = self.world.issuer.use(teen, self.pick.choice((0, 900, 1700, 1800, 3600)))
        self.may[teen][1].append(use_of(told))
        if self.pick.random() < 0.8:
            self.world.issuer.hint("use", use=told)

    def _bind(self) -> None:
        if TEENS[2] not in self.may:
            self._rule(TEENS[2])
            self.world.issuer.hint("bound", teen=TEENS[2])

    def _unbind(self) -> None:
        if TEENS[1] not in self.lost and self.pick.random() < 0.3:
            self.lost.add(TEENS[1])
            self.world.issuer.unbind(TEENS[1])
            self.world.issuer.hint("gone", teen=TEENS[1])

    def _cut(self) -> None:
        if not self.world.net.cut:
            self.world.net.cut, self.cut_at = True, self.world.time.mono
            self.world.net.drop()

    def _drop(self) -> None:
        self.world.issuer.raw(self.pick.choice((b"event: pol", b"", b"data: x\n\n")))
        self.world.net.drop()

    def _fault(self) -> None:
        net = self.world.net
        net.on(SYNC, *self.pick.choices((net.lost, net.never, net.doubled), k=3))

    def _wall(self) -> None:
        step = self.pick.choice((-24, -1, 1, 24)) * HOUR
        self.world.time.wall.tick(timedelta(seconds=step))

    async def _pass(self) -> None:
        """Time; long stretches only without a network, as a document covers but a few days."""
        if self.world.net.cut and self.pick.random() < 0.3:
            self.world.time.jump(self.pick.choice((HOUR, 5 * HOUR)))
            await turns()
        else:
            await self.world.time.run(self.pick.choice((0.1, 1.0, 30.0, 300.0)))

    async def _restart(self) -> None:
        await self._open.aclose()
        self.cache = await self._open.enter_async_context(self.world.cache())

    async def _recover(self) -> None:
        """The network is whole: then the cache says what the server says, and nothing else."""
        self.world.net.cut = False
        self.world.net.faults.clear()
        await self.world.time.run(CONFIRM * 1.1 + 400.0)
        self.said["recovered"] += 1
        for teen, (snapshots, uses) in self.may.items():
            del snapshots[:-1], uses[:-1]
            right = self._gone(teen) if teen in self.lost else self.world.same(self.cache, teen)
            self.said["recovered right" if right else f"wrong after recovery: {teen}"] += 1

    def _gone(self, teen: str) -> bool:
        return self.cache.decide(teen, "app.use").reason == "unknown_subject"

    # --- what is said ------------------------------------------------------------------------

    def _check(self) -> None:
        now_ms = self.cache.now_ms()
        for teen in self.may:
            for question in QUESTIONS:
                found = self.cache.answer(teen, question)
                right = self._right(teen, question, found, now_ms)
                self.said["right" if right else f"wrong: {question.action} {found.reason}"] += 1

    def _right(self, teen: str, question: Question, found: Decision, now_ms: int) -> bool:
        if question.action == "safety.use":
            return found.allowed
        cut = self.world.time.mono - self.cut_at if self.world.net.cut else 0.0
        snapshots, uses = self.may[teen]
        if found.reason == "policy_too_old":
            return cut > DAY - 2 * CONFIRM or now_ms >= snapshots[-1].until_ms
        if found.reason == "policy_unknown":
            return teen == TEENS[2]
        if found.reason == "unknown_subject":
            return teen in self.lost
        return cut <= DAY and any(
            plain(found) == plain(decide_at(snapshot, use, question, now_ms))
            for snapshot in snapshots
            for use in uses
        )


async def _at_once(act: Callable[[], object]) -> object:
    return act()


async def test_random_days_of_a_host_show_no_wrong_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off: the last confirmed rules or the strictest. Recovered: the server's, each time.

    Files are written in the event loop here, so that a seed tells the same story every time.
    """
    monkeypatch.setattr(asyncio, "to_thread", _at_once)
    said: Counter[str] = Counter()
    for seed in range(WORLDS):
        story = Story(seed, tmp_path / str(seed) if seed % 5 == 4 else None)
        await story.tell()
        said += story.said
    assert {name: said[name] for name in said if name.startswith("wrong")} == {}, said
    assert said["recovered right"] >= said["recovered"] >= WORLDS
    assert said["right"] > 100 * WORLDS
