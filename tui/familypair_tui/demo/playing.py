"""The made-up app while somebody watches: time passes faster, and use goes on being reported."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import httpx2

from familypair.client.errors import ClientError
from familypair_tui.demo.habits import Habit, Stretch
from familypair_tui.demo.loop import Installed, Loop
from familypair_tui.demo.people import Clock

SPEEDS = (0, 1, 10, 60, 300)
"""Minutes of the demonstration in one minute; 0 is a pause of the app and of the skipping."""
USUAL = 60
BEAT = 2.0
"""Seconds between two reports."""
PIECE = timedelta(minutes=10)
"""A longer step is taken in pieces of this, so that no report is late."""


class Player:
    """Moves the clock and reports what the habits say; stops a teen's use when time is over."""

    def __init__(
        self, loop: Loop, clock: Clock, habits: Sequence[tuple[Installed, Habit]], speed: int
    ) -> None:
        self.speed = speed
        self.visit: Callable[[str], Awaitable[None]] | None = None
        """Told of each use by a teen's id at the app, also of what the app then stops."""
        self._loop, self._clock, self._habits = loop, clock, habits
        self._reported = clock()
        self._lock = asyncio.Lock()
        self._before = speed or USUAL

    @property
    def words(self) -> str:
        """The speed as the bar shows it."""
        return f"{self.speed}x" if self.speed else "paused"

    def faster(self, steps: int) -> None:
        """Go some steps up the speeds, or down."""
        at = min(max(SPEEDS.index(self.speed) + steps, 0), len(SPEEDS) - 1)
        self._set(SPEEDS[at])

    def pause(self) -> None:
        """Stop, or go on as fast as before."""
        self._set(0 if self.speed else self._before)

    async def run(self, shown: Callable[[], None], trouble: Callable[[str], None]) -> None:
        """Play until cancelled; `shown` is called after each beat, `trouble` once it cannot."""
        try:
            while True:
                await asyncio.sleep(BEAT)
                if self.speed:
                    # What passes by itself is not skipped; at 1x nothing is.
                    await self.advance(timedelta(seconds=BEAT * (self.speed - 1)))
                    shown()
        except (ClientError, httpx2.HTTPError) as error:
            trouble(f"The made-up app stopped: {error}")

    async def advance(self, step: timedelta) -> None:
        """Let time pass, and report what was used in it."""
        async with self._lock:
            while True:
                piece = min(step, PIECE)
                if piece:
                    await self._clock.skip(piece)
                await self._report()
                step -= piece
                if step <= timedelta():
                    return

    async def _report(self) -> None:
        since, self._reported = self._reported, self._clock()
        found: list[Stretch] = []
        for app, habit in self._habits:
            wanted = habit.now(since, self._reported)
            if app.stopped:
                await self._loop.look(app)
            else:
                found += wanted
            if wanted and self.visit is not None:
                await self.visit(app.teen)
        await self._loop.report(sorted(found, key=lambda one: one.end))

    def _set(self, speed: int) -> None:
        self._before = self.speed or self._before
        self.speed = speed
