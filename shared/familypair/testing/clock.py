"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock for tests: call it for the time, `tick` to move it. Instants are aware and in UTC."""

    def __init__(self, start: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def tick(self, step: timedelta) -> datetime:
        """Move by `step` (which may be negative) and return the new time."""
        self._now += step
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to an instant."""
        self._now = now
