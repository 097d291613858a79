"""A batch's use, put into the days that it belongs to: from stored days to what to write."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from familypair.rules.days import Day, Regimes, day_after, day_at, tzdata_version
from familypair.rules.time.model import Spans, Use
from familypair.rules.time.spans import Span, clip, from_ms, to_ms
from familypair_server.storage import Param, Write
from familypair_server.times import millis
from familypair_server.usage import statements as sql
from familypair_server.usage.books import Book, inside, merged, opened, written
from familypair_server.usage.statements import DayRow

LONGEST_SILENCE: Final = timedelta(days=28) // timedelta(milliseconds=1)
"""How far back a report can make days known: as long as days are kept."""


class Added(msgspec.Struct, frozen=True):
    """What a batch adds to one teen."""

    book: Book
    late: Spans
    covered: tuple[Span, ...]
    """For each device that reported use: from its previous receipt to this one."""


class Kept(msgspec.Struct, frozen=True):
    """What is written by it, and what may follow."""

    writes: tuple[Write, ...]
    corrected: tuple[date, ...]
    """Days that are over and of which more is known now."""
    begun: bool
    """Whether a day is written for the first time."""
    before: Use | None
    """Today's use before it; None when it does not touch today."""
    today: Use | None
    """Today's use with it."""


class _Change(msgspec.Struct, frozen=True):
    """A day before and after."""

    day: Day
    row: DayRow | None
    before: Book
    after: Book
    late: bool
    covered: bool

    @property
    def grew(self) -> bool:
        return self.after.spans != self.before.spans

    @property
    def known(self) -> bool:
        """Whether use of this day is known now."""
        return self.covered or (self.row is not None and self.row.received_at is not None)

    @property
    def learned(self) -> bool:
        """Whether use of this day was unknown until now."""
        return self.covered and (self.row is None or self.row.received_at is None)


def keep(
    teen_id: str, regimes: Regimes, stored: Mapping[str, DayRow], more: Added, now: datetime
) -> Kept:
    """Merge into the stored days, by date."""
    changes = [
        _change(day, stored.get(day.date.isoformat()), more) for day in _days(regimes, more, now)
    ]
    writes = (_put(teen_id, change, now) for change in changes)
    today = next((one for one in changes if now in one.day), None)
    return Kept(
        writes=tuple(write for write in writes if write is not None),
        corrected=tuple(one.day.date for one in changes if _follows(one, now)),
        begun=any(one.row is None for one in changes),
        before=None if today is None else Use(spans=today.before.spans),
        today=None if today is None else Use(spans=today.after.spans, known=today.known),
    )


def _days(regimes: Regimes, more: Added, now: datetime) -> Iterator[Day]:
    """The days that may change, in order."""
    covered = [(max(since, millis(now) - LONGEST_SILENCE), until) for since, until in more.covered]
    spans = (*more.book.spans[:1], *more.book.claimed[:1], *covered)
    ends = (*more.book.spans[-1:], *more.book.claimed[-1:], *covered)
    if not spans:
        return
    last = max(end for _, end in ends)
    day = day_at(regimes, from_ms(min(start for start, _ in spans)))
    while to_ms(day.start) < last:
        yield day
        day = day_after(regimes, day)


def _change(day: Day, row: DayRow | None, more: Added) -> _Change:
    start, end = to_ms(day.start), to_ms(day.end)
    before = Book() if row is None else opened(row)
    if row is not None and (row.start_at, row.end_at) != (start, end):
        before = inside(before, start, end)
    after = merged(before, inside(more.book, start, end))
    return _Change(
        day=day,
        row=row,
        before=before,
        after=after,
        late=bool(clip(more.late, start, end)) and after.spans != before.spans,
        covered=any(since < end and start < until for since, until in more.covered),
    )


def _put(teen_id: str, change: _Change, now: datetime) -> Write | None:
    day, row = change.day, change.row
    heard = change.covered and (change.learned or now < day.end)
    if not heard and change.after == change.before:
        return None
    start = to_ms(day.start)
    params: dict[str, Param] = {
        "teen": teen_id,
        "day": day.date.isoformat(),
        "start": start,
        "end": to_ms(day.end),
        "zone": day.zone,
        "tzdata": tzdata_version(),
        "doc": written(change.after, start),
        "late": int(change.late or (row is not None and row.late)),
        "received": millis(now) if heard else (None if row is None else row.received_at),
    }
    return Write(sql.put_day, params)


def _follows(change: _Change, now: datetime) -> bool:
    return change.day.end <= now and (change.grew or change.learned)
