"""What was asked and answered, and how fast: never whose account or which words it was about."""

from collections import deque
from datetime import datetime
from typing import Final

import msgspec

from familypair.schema.base import Instant

MOST_KEPT: Final = 500


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One question with its answer, as the panel shows it."""

    seq: int
    at: Instant
    surface: str
    action: str
    outcome: str
    reason: str
    decided_by: str
    where: str
    """`cache` or `server`."""
    micros: float
    """How long the answer took, in microseconds."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What is newer than the reader's last one, and the figures of all that is kept."""

    items: tuple[Answered, ...] = ()
    """Oldest first."""
    asked: int = 0
    """How many questions there were since the start."""
    by_cache: int = 0
    p50: float = 0.0
    """Microseconds."""
    p99: float = 0.0


class Log:
    """The last 500 questions."""

    def __init__(self) -> None:
        self._kept: deque[Answered] = deque(maxlen=MOST_KEPT)
        self._asked = 0
        self._by_cache = 0

    def add(
        self,
        at: datetime,
        *,
        surface: str,
        action: str,
        answer: tuple[str, str, str],
        where: str,
        micros: float,
    ) -> None:
        """Note one; `answer` is its outcome, its reason and who decided."""
        self._asked += 1
        self._by_cache += where == "cache"
        outcome, reason, decided_by = answer
        self._kept.append(
            Answered(
                seq=self._asked,
                at=at,
                surface=surface,
                action=action,
                outcome=outcome,
                reason=reason,
                decided_by=decided_by,
                where=where,
                micros=round(micros, 1),
            )
        )

    def after(self, seq: int) -> Page:
        """What a reader who has seen up to `seq` lacks."""
        micros = sorted(one.micros for one in self._kept)
        return Page(
            items=tuple(one for one in self._kept if one.seq > seq),
            asked=self._asked,
            by_cache=self._by_cache,
            p50=_share(micros, 0.50),
            p99=_share(micros, 0.99),
        )


def _share(ordered: list[float], share: float) -> float:
    """The value that this share of all is not above; 0 of nothing."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
