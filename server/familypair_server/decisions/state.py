"""What one process keeps in memory for decisions; nothing here is the truth of anything."""

from collections.abc import Mapping
from typing import Final

from familypair_server.decisions.shelf import Shelf, Source
from familypair_server.hosts.budget import Budget

CACHE_BYTES: Final = 256 * 1024 * 1024
MOST_STOPPED: Final = 100_000
"""Teens and minutes whose counts may wait to be written; what is more is not counted."""
_MINUTE_MS: Final = 60_000

Stop = tuple[str, int]
"""A teen's account and the minute, in epoch milliseconds: in every zone a minute is of one week."""


class Stopped:
    """Searches that word packs stopped, counted here until they are written to the weekly band.

    Writing waits, so that no answer does. A process that is killed loses what it had not written,
    ten seconds of it at most (`running.SECONDS`); the band is a rough figure.
    """

    def __init__(self) -> None:
        self._counts: dict[Stop, int] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, teen_id: str, now_ms: int, count: int = 1) -> None:
        """One more search of this teen was stopped."""
        stop = (teen_id, now_ms - now_ms % _MINUTE_MS)
        if stop in self._counts or len(self._counts) < MOST_STOPPED:
            self._counts[stop] = self._counts.get(stop, 0) + count

    def take(self) -> dict[Stop, int]:
        """Everything so far; whoever takes it writes it or gives it back with `give_back`."""
        taken, self._counts = self._counts, {}
        return taken

    def give_back(self, taken: Mapping[Stop, int]) -> None:
        """What could not be written."""
        for (teen_id, at_ms), count in taken.items():
            self.add(teen_id, at_ms, count)


class Decisions:
    """The shelf, what hosts may still ask, and what waits to be counted."""

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self.shelf = Shelf(most_bytes)
        self.budget = Budget()
        self.stopped = Stopped()
        self._source: Source | None = None

    @property
    def source(self) -> Source:
        """Where policies come from; raises `RuntimeError` before the application runs."""
        if self._source is None:
            raise RuntimeError("the application does not run")
        return self._source

    def ask_of(self, source: Source) -> None:
        """Read policies from here from now on."""
        self._source = source
