"""Searches that a word pack stopped, per teen, until the server knows (the weekly band)."""

from collections import Counter, deque
from typing import Final

_MOST: Final = 100_000
_MOST_EACH: Final = 10_000
_AT_ONCE: Final = 500


class Stopped:
    """Counts from any thread, without a lock.

    A count is told at most once: when the answer to it is lost, it is lost as well, since twice
    would show a family more than there was.
    """

    def __init__(self) -> None:
        self._noted: deque[str] = deque(maxlen=_MOST)
        self._counts: Counter[str] = Counter()

    def note(self, teen: str) -> None:
        """One search was stopped."""
        self._noted.append(teen)

    def take(self) -> dict[str, int]:
        """Counts to tell now, of at most 500 teens; they are not here any more."""
        for _ in range(len(self._noted)):
            self._counts[self._noted.popleft()] += 1
        taken = dict(list(self._counts.items())[:_AT_ONCE])
        for teen in taken:
            del self._counts[teen]
        return {teen: min(count, _MOST_EACH) for teen, count in taken.items()}

    def back(self, counts: dict[str, int]) -> None:
        """They surely did not reach the server."""
        self._counts.update(counts)

    @property
    def waiting(self) -> bool:
        """Whether there is something to tell."""
        return bool(self._noted or self._counts)
