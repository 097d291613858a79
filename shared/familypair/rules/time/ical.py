"""From the events of a calendar file to dated exceptions of one layer (product.md section 4).

What reads the file is not here; these are the rules of what its events mean for a teen's days. A
day counts to a timed event when the event covers its noon, so that two halves of a week meet
without a gap or an overlap.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from familypair.rules.zones import zone
from familypair.settings import (
    WEEKDAYS,
    Block,
    BlockKind,
    DayException,
    ExceptionKind,
)
from familypair.settings.text import clean

MOST_EXCEPTIONS: Final = 200
MOST_LABEL: Final = 60
HORIZON: Final = timedelta(days=366)
"""How far ahead events are taken."""
_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_NOON: Final = time(12)
_MIDNIGHT: Final = time()
_SHOWN: Final = 20
"""Events of which it is said why they were not taken."""


class Event(msgspec.Struct, frozen=True):
    """A time that something takes place: whole days with the end exclusive, or two times.

    A time without an offset is on the clock of the teen's home.
    """

    title: str
    start: date | datetime
    end: date | datetime


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the days of the events do, and in which days they count."""

    kind: ExceptionKind
    zone: str
    today: date
    kinds: tuple[BlockKind, ...] = ()
    minutes: int = -1

    @property
    def last(self) -> date:
        """The last day that is taken."""
        return self.today + HORIZON


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """All exceptions of the layer as they would be, what is new of them, and what was left out."""

    exceptions: tuple[DayException, ...]
    added: int
    skipped: tuple[str, ...]


def drafted(
    mine: Sequence[DayException], events: Iterable[Event], wanted: Wanted, *, broken: int = 0
) -> Drafted:
    """My exceptions with those of the events; what is there already is not added again."""
    found: list[DayException] = []
    skipped: list[str] = []
    for event in events:
        new, reason = _exceptions(event, wanted)
        found += new
        if reason:
            skipped.append(f"{_label(event) or 'Without a title'}, {_said(event)}: {reason}")
    fresh = [one for one in _joined(found) if one not in mine]
    room = MOST_EXCEPTIONS - len(mine)
    skipped += [
        f"{one.label or 'Without a title'}, {one.first}: {MOST_EXCEPTIONS} exceptions are the most"
        for one in fresh[room:]
    ]
    if broken:
        skipped.append(f"{broken} that could not be read")
    every = tuple(sorted((*mine, *fresh[:room]), key=lambda e: (e.first, e.last, e.kind, e.label)))
    return Drafted(exceptions=every, added=len(fresh[:room]), skipped=_shortened(skipped))


def _exceptions(event: Event, wanted: Wanted) -> tuple[list[DayException], str]:
    """What one event becomes, or why it becomes nothing."""
    start, end = _at_home(event.start, wanted.zone), _at_home(event.end, wanted.zone)
    if end <= start:
        return [], "it has no length"
    if wanted.kind is ExceptionKind.ADD_BLOCKS:
        return list(_added(event, start, end, wanted)), ""
    timed = isinstance(event.start, datetime)
    if timed and end - start < _ONE_DAY:
        return [], "it is no whole day"
    first, last = _noons(start, end)
    first, last = max(first, wanted.today), min(last, wanted.last)
    if last < first:
        return [], ""
    minutes = wanted.minutes if wanted.kind is ExceptionKind.SET_LIMIT else -1
    kinds = wanted.kinds if wanted.kind is ExceptionKind.LIFT_BLOCKS else ()
    label = _label(event)
    one = DayException(wanted.kind, first, last, kinds=kinds, minutes=minutes, label=label)
    return [one], ""


def _at_home(at: date | datetime, home: str) -> datetime:
    """The wall clock of the teen's home at a time, without an offset."""
    if not isinstance(at, datetime):
        return datetime.combine(at, _MIDNIGHT)
    if at.tzinfo is None:
        return at
    return at.astimezone(UTC).astimezone(zone(home)).replace(tzinfo=None)


def _noons(start: datetime, end: datetime) -> tuple[date, date]:
    """The first and the last day of which the noon is in `[start, end)`."""
    first = start.date() if start.time() <= _NOON else start.date() + _ONE_DAY
    last = end.date() if end.time() > _NOON else end.date() - _ONE_DAY
    return first, last


def _added(event: Event, start: datetime, end: datetime, wanted: Wanted) -> Iterator[DayException]:
    """Blocks of the event's own times, cut at midnights; whole days are one range."""
    label = _label(event)
    if (start.time(), end.time()) == (_MIDNIGHT, _MIDNIGHT):
        first, last = max(start.date(), wanted.today), min(end.date() - _ONE_DAY, wanted.last)
        if first <= last:
            block = Block(BlockKind.CUSTOM, WEEKDAYS, "00:00", "24:00", label)
            yield _added_on(first, last, block)
        return
    at = start.replace(second=0, microsecond=0)
    until = end if end == end.replace(second=0, microsecond=0) else end + _MINUTE
    while at < until:
        midnight = datetime.combine(at.date() + _ONE_DAY, _MIDNIGHT)
        stop = min(until, midnight)
        if wanted.today <= at.date() <= wanted.last:
            clock = "00:00" if stop == midnight else f"{stop:%H:%M}"
            clock = "24:00" if clock == f"{at:%H:%M}" else clock
            day = (WEEKDAYS[at.weekday()],)
            block = Block(BlockKind.CUSTOM, day, f"{at:%H:%M}", clock, label)
            yield _added_on(at.date(), at.date(), block)
        at = midnight


def _added_on(first: date, last: date, block: Block) -> DayException:
    kind = ExceptionKind.ADD_BLOCKS
    return DayException(kind, first, last, blocks=(block,), label=block.label)


def _joined(found: Iterable[DayException]) -> list[DayException]:
    """In order of time, without doubles; days that follow on each other are one range."""
    joined: list[DayException] = []
    ordered = sorted(set(found), key=lambda e: (e.label, e.blocks, e.first, e.last))
    for one in ordered:
        before = joined[-1] if joined else None
        if before is not None and _goes_on(before, one):
            last = max(before.last, one.last)
            joined[-1] = msgspec.structs.replace(before, last=last)
        else:
            joined.append(one)
    return sorted(joined, key=lambda e: (e.first, e.last, e.label))


def _goes_on(before: DayException, one: DayException) -> bool:
    same = msgspec.structs.replace(one, first=before.first, last=before.last) == before
    length = (max(before.last, one.last) - before.first).days
    return same and one.first <= before.last + _ONE_DAY and length < HORIZON.days


def _label(event: Event) -> str:
    """The title as a label; none where it cannot be shown."""
    return (clean(event.title[: 4 * MOST_LABEL]) or "")[:MOST_LABEL].strip()


def _said(event: Event) -> str:
    start = event.start
    return f"{start:%Y-%m-%d %H:%M}" if isinstance(start, datetime) else f"{start}"


def _shortened(skipped: Sequence[str]) -> tuple[str, ...]:
    rest = len(skipped) - _SHOWN
    return (*skipped[:_SHOWN], *([f"and {rest} more"] if rest > 0 else []))
