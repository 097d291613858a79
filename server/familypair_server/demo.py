"""A clock that a demonstration can move, so that a day passes while somebody watches.

It exists only with `FAMILYPAIR_DEMO=true`, which the settings allow on a loopback address alone.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from litestar import post
from litestar.params import JSONBody

from familypair.schema.base import Answer, Ask, Instant

MAX_STEP = 366 * 24 * 3600


class DemoClock:
    """The system clock plus everything that was skipped; it never goes back."""

    def __init__(self, days_ago: int = 0) -> None:
        """Begin `days_ago` days in the past."""
        self._skipped = -timedelta(days=days_ago)
        self.on_skip: Callable[[], object] | None = None
        """Told after each jump: what has become due need not wait."""

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    def skip(self, step: timedelta) -> datetime:
        """Jump forward and return the new time."""
        self._skipped += step
        if self.on_skip is not None:
            self.on_skip()
        return self()


class Skip(Ask, frozen=True, kw_only=True):
    """How far to jump."""

    seconds: Annotated[int, msgspec.Meta(ge=0, le=MAX_STEP)]


class Now(Answer, frozen=True, kw_only=True):
    """The demonstration's time."""

    now: Instant


def routes(clock: DemoClock) -> list[object]:
    """The routes of a demonstration server."""

    @post("/demo/clock", status_code=200, tags=["demo"], opt={"public": True})
    async def skip(data: JSONBody[Skip]) -> Now:
        """Jump forward; nothing else about the service is different."""
        return Now(now=clock.skip(timedelta(seconds=data.seconds)))

    return [skip]
