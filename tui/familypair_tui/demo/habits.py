"""How the made-up teens use the made-up app: the same in every demonstration, and in no two days.

A day is a handful of moments at which the app reports. What it reports of each moment ended just
then and is at most a quarter of an hour long, as it is with an app that reports while it is used.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SHORTEST, LONGEST = 9, 13
"""Minutes of use at one moment: a report of it is not late, nor clipped at the one before."""

_SCHOOL = {
    "07:35": 0.6,
    "15:25": 1.0,
    "16:10": 0.8,
    "18:40": 0.6,
    "20:10": 0.95,
    "20:24": 0.8,
    "22:50": 0.15,
}
_FREE = {
    "10:10": 1.0,
    "10:24": 0.6,
    "16:00": 0.9,
    "16:14": 0.7,
    "18:50": 0.7,
    "20:40": 0.9,
    "20:54": 0.8,
    "23:05": 0.3,
}
"""When the app is used, at home, and how likely it is."""
_BESIDE = 0.3
"""How likely another device is used beside the phone."""
_SATURDAY = 5
_MORNING, _AFTER_SCHOOL, _NIGHT = time(9), time(15), time(21, 45)
"""From when and until when the app is used while somebody watches."""
_SURFACES = ("feed", "feed", "messages", "search", "live")


@dataclass(frozen=True)
class Stretch:
    """Use of one surface on one device."""

    device: str
    surface: str
    start: datetime
    end: datetime

    def within(self, since: datetime, until: datetime) -> "Stretch | None":
        """The part after `since` and up to `until`."""
        start, end = max(self.start, since), min(self.end, until)
        return Stretch(self.device, self.surface, start, end) if start < end else None


@dataclass(frozen=True)
class Habit:
    """One teen's way with the app."""

    name: str
    devices: tuple[str, ...]
    """The first is the phone; the others are used beside it."""
    zone: ZoneInfo
    appetite: float = 1.0

    def moments(self, day: date) -> list[datetime]:
        """When the app reports on a day, in order."""
        return [_instant(day, text, self.zone) for text in _chances(day)]

    def day(self, day: date) -> list[Stretch]:
        """Everything of a day, by its end."""
        found: list[Stretch] = []
        for text, chance in _chances(day).items():
            if self._luck(day, text) < chance * self.appetite:
                found += self._moment(day, text)
        return found

    def journey(self, day: date) -> list[Stretch]:
        """An hour on a train with the second device, which has no net there."""
        start = _instant(day, "17:05", self.zone)
        return [Stretch(self.devices[1], "feed", start, start + timedelta(minutes=38))]

    def _moment(self, day: date, text: str) -> Iterator[Stretch]:
        end = _instant(day, text, self.zone)
        minutes = SHORTEST + round(self._luck(day, text, "long") * (LONGEST - SHORTEST))
        middle = end - timedelta(minutes=1 + round(self._luck(day, text, "then") * 4))
        phone, *others = self.devices
        surface = _SURFACES[int(self._luck(day, text, "what") * len(_SURFACES))]
        yield Stretch(phone, surface, end - timedelta(minutes=minutes), middle)
        yield Stretch(phone, "messages", middle, end)
        for device in others:
            if self._luck(day, text, device) < _BESIDE:
                early = end - timedelta(minutes=round(minutes * 0.7))
                yield Stretch(device, "feed", early, end - timedelta(minutes=2))

    def _luck(self, day: date, *about: str) -> float:
        """A number from 0 to 1 that only the name, the day and the question decide."""
        text = "|".join((self.name, day.isoformat(), *about))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32

    def now(self, since: datetime, until: datetime) -> list[Stretch]:
        """Use while somebody watches: ten minutes of most quarters of an hour that are free."""
        found: list[Stretch] = []
        start = until.replace(minute=until.minute - until.minute % 15, second=0, microsecond=0)
        while start + timedelta(minutes=15) > since:
            found += self._quarter(start)
            start -= timedelta(minutes=15)
        parts = (stretch.within(since, until) for stretch in reversed(found))
        return [part for part in parts if part is not None]

    def _quarter(self, start: datetime) -> Iterator[Stretch]:
        home = start.astimezone(self.zone)
        free_from = _MORNING if home.weekday() >= _SATURDAY else _AFTER_SCHOOL
        free = free_from <= home.time() < _NIGHT
        if not free or self._luck(home.date(), f"{home:%H:%M}", "watched") > self.appetite:
            return
        ten = start + timedelta(minutes=10)
        yield Stretch(self.devices[0], "feed", start, ten)
        if len(self.devices) > 1 and start.minute in {0, 30}:
            late = timedelta(minutes=6)
            yield Stretch(self.devices[1], "messages", start + late, ten + timedelta(minutes=2))


def _chances(day: date) -> dict[str, float]:
    return _FREE if day.weekday() >= _SATURDAY else _SCHOOL


def _instant(day: date, text: str, zone: ZoneInfo) -> datetime:
    hour, minute = text.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone).astimezone(
        UTC
    )
