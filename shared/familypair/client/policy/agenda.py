"""What to ask the server about next, and when. No network, no waiting: time is given."""

import heapq
import math
from collections.abc import Iterable
from typing import Final

from familypair.client.around import Around
from familypair.client.policy.clock import ServerTime
from familypair.client.policy.shelf import Shelf
from familypair.schema.policies import MOST_TEENS

HOLD: Final = 30.0
"""Seconds before somebody whose policy could not be taken is asked about again."""
_SOON: Final = 5.0
"""Seconds before a policy that should have changed by itself is asked for again."""
_PAD: Final = 0.25
"""Seconds after a change that nobody writes, so that the server's clock is surely past it."""


class Agenda:
    """Teens to ask about: at once, later, and when their policy changes by itself."""

    def __init__(self, shelf: Shelf, time: ServerTime, around: Around) -> None:
        self._shelf = shelf
        self._time = time
        self._around = around
        self._asked: dict[str, int] = {}
        self._turn = 0
        self._later: list[tuple[float, str]] = []
        self._refresh: list[tuple[float, str, int]] = []
        self._noted: dict[str, int] = {}
        self.sweep_at = math.inf
        """Monotonic seconds at which everything is to be synced."""

    def ask(self, teen: str) -> None:
        """At once; again, when the question is on its way already."""
        self._turn += 1
        self._asked[teen] = self._turn

    def has(self, teen: str) -> bool:
        """Whether the teen is to be asked about, or the answer is not here yet."""
        return teen in self._asked

    def hold(self, teens: Iterable[str]) -> None:
        """Ask about these again in a while."""
        due = self._around.monotonic() + HOLD
        for teen in teens:
            heapq.heappush(self._later, (due, teen))

    def note(self, teen: str, refresh_ms: int) -> None:
        """The teen's policy changes by itself at this instant of the server's clock."""
        if self._noted.get(teen) == refresh_ms:
            return
        self._noted[teen] = refresh_ms
        wait = (refresh_ms - self._time.now_ms()) / 1000.0
        if wait <= 0.0:
            wait = _SOON
        wait += _PAD + (1.0 - _PAD) * self._around.jitter()
        heapq.heappush(self._refresh, (self._around.monotonic() + wait, teen, refresh_ms))

    def batch(self) -> dict[str, int]:
        """The teens to ask about now, at most a page of them; hand it to `done` with the answer."""
        now = self._around.monotonic()
        while self._later and self._later[0][0] <= now:
            self.ask(heapq.heappop(self._later)[1])
        while self._refresh and self._refresh[0][0] <= now:
            _, teen, refresh_ms = heapq.heappop(self._refresh)
            if self._noted.get(teen) == refresh_ms:
                del self._noted[teen]
                if self._shelf.slot(teen) is not None:
                    self.ask(teen)
        return dict(list(self._asked.items())[:MOST_TEENS])

    def done(self, batch: dict[str, int]) -> list[str]:
        """These were answered; who of them was not asked about anew meanwhile."""
        settled = [teen for teen, turn in batch.items() if self._asked.get(teen) == turn]
        for teen in settled:
            del self._asked[teen]
        return settled

    def wait(self) -> float:
        """Seconds until something is due; 0 when something is."""
        if self._asked:
            return 0.0
        firsts = [heap[0][0] for heap in (self._later, self._refresh) if heap]
        due = min([self.sweep_at, *firsts])
        return max(0.0, due - self._around.monotonic())
