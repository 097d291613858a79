"""Time that a test moves: sleepers wake when the clock that only runs forward passes them."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import timedelta
from itertools import count

from familypair.client import Around
from familypair.testing import ManualClock

SPINS = 40
"""Turns of the event loop after which everything that needs no time has happened."""
PATIENCE = 20.0


class Timeline:
    """The clocks of one machine: `mono` runs forward only, `wall` may be set to anything."""

    def __init__(self, *, mono: float = 1000.0, boot: str = "boot-1") -> None:
        self.mono = mono
        self.boot = boot
        self.wall = ManualClock()
        self.jitter = 0.5
        self.beside: list[ManualClock] = []
        """Clocks of other machines, which run as fast."""
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def around(self) -> Around:
        """The surroundings of a client on this machine."""
        return Around(
            clock=self.wall,
            sleep=self.sleep,
            jitter=lambda: self.jitter,
            monotonic=lambda: self.mono,
            boot=lambda: self.boot,
        )

    async def sleep(self, seconds: float) -> None:
        """Until the clock has passed."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.mono + seconds, next(self._order), woken))
        await woken

    def jump(self, seconds: float) -> None:
        """Let time pass at once; who slept until then wakes, once."""
        self.mono += seconds
        for clock in (self.wall, *self.beside):
            clock.tick(timedelta(seconds=seconds))
        while self._sleepers and self._sleepers[0][0] <= self.mono:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)

    async def run(self, seconds: float) -> None:
        """Let time pass, sleeper by sleeper."""
        await turns()
        end = self.mono + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            self.jump(max(0.0, self._sleepers[0][0] - self.mono))
            await turns()
        self.jump(end - self.mono)
        await turns()

    async def until(self, true: Callable[[], bool]) -> None:
        """Let time pass, second by second, until a condition holds; files take real time."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await self.run(1)


async def turns(many: int = SPINS) -> None:
    """Let everything happen that needs no time."""
    for _ in range(many):
        await asyncio.sleep(0)


async def until(true: Callable[[], bool]) -> None:
    """Give way until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0)
