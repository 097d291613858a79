"""Use of the app in a browser: a page counts until the next one, five minutes at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Used:
    """Use of one surface."""

    surface: str
    start: datetime
    end: datetime


@dataclass
class Meter:
    """What one browser looked at last, and since when."""

    _surface: str = ""
    _since: datetime | None = None

    def look(self, surface: str, now: datetime) -> Used | None:
        """Another page is looked at: the use of the one before. An empty surface only ends it."""
        before, since = self._surface, self._since
        self._surface, self._since = surface, now if surface else None
        if since is None or now <= since:
            return None
        return Used(before, since, min(now, since + LONGEST))
