"""From the events of a calendar file to dated exceptions of one layer (product.md section 4).

What reads the file is not here; these are the rules of what its events mean for a teen's days. A
day counts to a timed event when the event covers its noon, so that two halves of a week meet
without a gap or an overlap.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
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
MOST_TITLE: Final = 4 * MOST_LABEL
"""Characters of a title of which a label is made."""
HORIZON: Final = timedelta(days=366)
"""How far ahead events are taken."""
_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_NOON: Final = time(12)
_MIDNIGHT: Final = time()
_SHOWN: Final = 20
"""Events of which it is said why they were not taken."""
_YEARS: Final = (2, 9998)
"""Between these every time has a wall clock; an event beyond begins or ends outside any horizon."""

_Times = list[tuple[datetime, datetime]]


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
    """My exceptions with those of the events; what is there already is not added again.

    However long the events are, only as many days are looked at as could be taken or named.
    """
    found, timed, skipped = _sorted_out(events, wanted)
    room, known = max(0, MOST_EXCEPTIONS - len(mine)), frozenset(mine)
    fresh = [one for one in _joined(found) if one not in known]
    days = (one for one in _blocks(timed) if one not in known)
    some = list(islice(days, room + _SHOWN + 1))
    more = next(days, None) is not None
    fresh = sorted((*fresh, *some), key=_in_time)
    skipped += [
        f"{one.label or 'Without a title'}, {one.first}: {MOST_EXCEPTIONS} exceptions are the most"
        for one in fresh[room:]
    ]
    if broken:
        skipped.append(f"{broken} that could not be read")
    every = tuple(sorted((*mine, *fresh[:room]), key=lambda e: (e.first, e.last, e.kind, e.label)))
    return Drafted(
        exceptions=every, added=len(fresh[:room]), skipped=_shortened(skipped, more=more)
    )


def _in_time(one: DayException) -> tuple[date, date, str]:
    return one.first, one.last, one.label


def _sorted_out(
    events: Iterable[Event], wanted: Wanted
) -> tuple[list[DayException], dict[str, _Times], list[str]]:
    """Ranges of days, times that become blocks by their label, and what becomes nothing."""
    found: list[DayException] = []
    timed: dict[str, _Times] = {}
    skipped: list[str] = []
    for event in events:
        start, end = _at_home(event.start, wanted.zone), _at_home(event.end, wanted.zone)
        reason = _left_out(event, start, end, wanted)
        if reason:
            skipped.append(f"{_label(event) or 'Without a title'}, {_said(event)}: {reason}")
        elif wanted.kind is not ExceptionKind.ADD_BLOCKS:
            found += _ranged(event, *_noons(start, end), wanted)
        elif (start.time(), end.time()) == (_MIDNIGHT, _MIDNIGHT):
            found += _ranged(event, start.date(), end.date() - _ONE_DAY, wanted)
        else:
            timed.setdefault(_label(event), []).extend(_times(start, end, wanted))
    return found, timed, skipped


def _left_out(event: Event, start: datetime, end: datetime, wanted: Wanted) -> str:
    """Why an event becomes nothing; empty where it becomes something, or is not in time."""
    if end <= start:
        return "it has no length"
    short = isinstance(event.start, datetime) and end - start < _ONE_DAY
    return "it is no whole day" if short and wanted.kind is not ExceptionKind.ADD_BLOCKS else ""


def _ranged(event: Event, first: date, last: date, wanted: Wanted) -> Iterator[DayException]:
    """The days of an event within the horizon as one range."""
    first, last = max(first, wanted.today), min(last, wanted.last)
    if last < first:
        return
    label = _label(event)
    if wanted.kind is ExceptionKind.ADD_BLOCKS:
        yield _added_on(first, last, Block(BlockKind.CUSTOM, WEEKDAYS, "00:00", "24:00", label))
        return
    minutes = wanted.minutes if wanted.kind is ExceptionKind.SET_LIMIT else -1
    kinds = wanted.kinds if wanted.kind is ExceptionKind.LIFT_BLOCKS else ()
    yield DayException(wanted.kind, first, last, kinds=kinds, minutes=minutes, label=label)


def _at_home(at: date | datetime, home: str) -> datetime:
    """The wall clock of the teen's home at a time, without an offset."""
    at = at.replace(year=min(max(at.year, _YEARS[0]), _YEARS[1]))
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


def _times(start: datetime, end: datetime, wanted: Wanted) -> Iterator[tuple[datetime, datetime]]:
    """The part of an event within the horizon, in whole minutes."""
    first = datetime.combine(wanted.today, _MIDNIGHT)
    until = datetime.combine(wanted.last + _ONE_DAY, _MIDNIGHT)
    end = end if end == end.replace(second=0, microsecond=0) else end + _MINUTE
    low, high = max(start, first), min(end, until)
    low, high = (at.replace(second=0, microsecond=0) for at in (low, high))
    if low < high:
        yield low, high


def _blocks(timed: Mapping[str, _Times]) -> Iterator[DayException]:
    """Blocks at the events' own times, cut at midnights, in order of time.

    Events of one label that overlap are one, so that no day is there twice.
    """
    days = (_days(label, _disjoint(times)) for label, times in timed.items())
    return heapq.merge(*days, key=_in_time)


def _disjoint(times: _Times) -> _Times:
    found: _Times = []
    for start, end in sorted(times):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _days(label: str, times: _Times) -> Iterator[DayException]:
    for start, end in times:
        at = start
        while at < end:
            midnight = datetime.combine(at.date() + _ONE_DAY, _MIDNIGHT)
            stop = min(end, midnight)
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
    return (clean(event.title[:MOST_TITLE]) or "")[:MOST_LABEL].strip()


def _said(event: Event) -> str:
    start = event.start
    return f"{start:%Y-%m-%d %H:%M}" if isinstance(start, datetime) else f"{start}"


def _shortened(skipped: Sequence[str], *, more: bool) -> tuple[str, ...]:
    """The first of them, and how many there are beside; `more` where they were not counted."""
    rest = len(skipped) - _SHOWN
    counted = f"and more than {rest} more" if more else f"and {rest} more"
    return (*skipped[:_SHOWN], *([counted] if rest > 0 else []))
