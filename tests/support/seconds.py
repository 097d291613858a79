"""An oracle of screen time that shares nothing with the product: sets of seconds, wall clocks.

A day is found by asking the wall clock of every minute which date it shows; use is a set of whole
seconds; what a day allows is a sum per owner. Slow and plain on purpose.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_MINUTES = 60
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_WEEK = 7 * 86_400


def seconds(instant: datetime) -> int:
    """Whole seconds since 1970."""
    return int(instant.timestamp())


def shown(zone: str, instant: datetime) -> date:
    """The date on the wall of a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


@dataclass
class Calendar:
    """Which day it is, in a zone that may change; nothing is computed, everything is looked up."""

    zone: str
    waiting: tuple[str, datetime] | None = None
    """Another zone, and when its first day begins."""
    held: tuple[date, datetime] | None = None
    """The day that lasts until then."""

    def settle(self, now: datetime) -> None:
        """Move on when the other zone's first day has begun."""
        if self.waiting is not None and now >= self.waiting[1]:
            self.zone, self.waiting, self.held = self.waiting[0], None, None

    def day(self, now: datetime) -> tuple[date, datetime]:
        """The date of now and the minute in which the day began."""
        if self.held is not None:
            return self.held
        named, start = shown(self.zone, now), now.replace(second=0, microsecond=0)
        while shown(self.zone, start - _MINUTE) == named:
            start -= _MINUTE
        return named, start

    def length(self, now: datetime) -> int:
        """How many seconds the day of now has."""
        named, start = self.day(now)
        if self.waiting is not None:
            return seconds(self.waiting[1]) - seconds(start)
        end = now.replace(second=0, microsecond=0)
        while shown(self.zone, end) == named:
            end += _MINUTE
        return seconds(end) - seconds(start)

    def move(self, zone: str, now: datetime) -> None:
        """Change the zone: the day goes on until one of the other zone begins, 24 h at least."""
        named, start = self.day(now)
        self.waiting = self.held = None
        if zone == self.zone and shown(zone, now) == named:
            return  # back before the day is over: as if nothing had been agreed
        at = max(start + _DAY, now.replace(second=0, microsecond=0))
        while not (shown(zone, at) > named and shown(zone, at - _MINUTE) != shown(zone, at)):
            at += _MINUTE
        self.waiting, self.held = (zone, at), (named, start)


@dataclass
class Oracle:
    """What one teen used and may use."""

    calendar: Calendar
    used: set[int] = field(default_factory=set[int])
    receipts: dict[str, int] = field(default_factory=dict[str, int])
    sent: dict[tuple[str, int], tuple[int, int]] = field(
        default_factory=dict[tuple[str, int], tuple[int, int]]
    )
    limits: dict[str, int] = field(default_factory=dict[str, int])
    """Owner to minutes; who is not here has no rule."""
    posted: dict[tuple[str, date], int] = field(default_factory=dict[tuple[str, date], int])

    def take(self, now: int, items: list[tuple[str, int, int, int]]) -> list[str]:
        """Receive (device, number, start, end) items; what becomes of each."""
        before = dict(self.receipts)
        return [self._one(now, before, item) for item in items]

    def _one(self, now: int, before: dict[str, int], item: tuple[str, int, int, int]) -> str:
        device, number, start, end = item
        if (device, number) in self.sent:
            return "repeated" if self.sent[device, number] == (start, end) else "refused"
        too_long = end - start > 86_400 or end <= start
        if too_long or end > now + 120 or start < now - _WEEK:
            return "refused"
        self.sent[device, number] = (start, end)
        kept = set(range(max(start, before[device]), min(end, now)))
        if kept:
            self.used |= kept
            self.receipts[device] = now
        if len(kept) < end - start:
            return "clipped"
        return "late" if start < now - 900 else "counted"

    def used_today(self, now: datetime) -> int:
        """Seconds of use since the day began."""
        start = seconds(self.calendar.day(now)[1])
        return sum(1 for second in self.used if start <= second)

    def sums(self, now: datetime) -> dict[str, int]:
        """Owner to seconds that this owner's layer allows today; `default` for nobody's rule."""
        today = self.calendar.day(now)[0]
        posted = {who: n for (who, day), n in self.posted.items() if day == today}
        found = {who: 60 * n + posted.get(who, 0) for who, n in self.limits.items()}
        if not found:
            found = {"default": 60 * DEFAULT_MINUTES + sum(posted.values())}
        return found

    def post(self, who: str, now: datetime, amount: int) -> None:
        """Add to this owner's layer today."""
        key = (who, self.calendar.day(now)[0])
        self.posted[key] = self.posted.get(key, 0) + amount

    def sum_of(self, who: str, now: datetime) -> int:
        """What a gift of this owner is added to."""
        sums = self.sums(now)
        return sums.get(who, sums.get("default", 0))

    def give(self, who: str, now: datetime, amount: int) -> None:
        """A gift: what was used over this owner's sum is written off first."""
        over = max(0, self.used_today(now) - self.sum_of(who, now))
        self.post(who, now, over + amount)


def utc(at: int) -> datetime:
    """An instant from seconds since 1970."""
    return datetime.fromtimestamp(at, UTC)
