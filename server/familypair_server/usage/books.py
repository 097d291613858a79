"""A day's use as a value, and as the text that is stored: unions of spans, nothing to add up."""

from collections.abc import Mapping
from itertools import accumulate, chain
from operator import sub

import msgspec

from familypair.rules.days import Day
from familypair.rules.time.model import Spans, Use
from familypair.rules.time.spans import added, clip, measure, minus, thinned, to_ms
from familypair_server.times import instant
from familypair_server.usage.statements import DayRow

MOST_SPANS = 5_000
"""Separate stretches of a day that are kept: far more than a person makes.

In all use, in what was claimed, in all surfaces and in all devices together. Beyond it the least
pauses are filled, in all use none above 18 s (25 h / 5000): no host's batch is ever refused for
what another host sent, and one that sends so many pieces could as well have claimed the pauses.
"""
MOST_SURFACES = 40
REST = "other"
"""The surface of everything beyond the first 40 names of a day."""

Named = Mapping[str, Spans]
_Flat = list[int]
"""The lengths of the pauses and spans in turn, from the start of the day."""


class Book(msgspec.Struct, frozen=True):
    """All use of a day, the same per surface and per device, and what was claimed only."""

    spans: Spans = ()
    surfaces: Named = {}
    devices: Named = {}
    claimed: Spans = ()

    @property
    def unknown(self) -> Spans:
        """What was claimed and is known from no report."""
        return minus(self.claimed, self.spans)


class _Doc(msgspec.Struct, array_like=True):
    """A book as JSON; None is "all of the use", the usual case of one device."""

    spans: _Flat
    surfaces: dict[str, _Flat | None]
    devices: dict[str, _Flat | None]
    claimed: _Flat


_decode = msgspec.json.Decoder(_Doc).decode
_encode = msgspec.json.Encoder().encode


def merged(book: Book, more: Book) -> Book:
    """The union of both, part by part, each no finer than `MOST_SPANS`."""
    spans = added(book.spans, more.spans)
    every = (book.spans, more.spans, spans)
    surfaces = _joined(book.surfaces, more.surfaces, every, MOST_SURFACES)
    devices = _joined(book.devices, more.devices, every)
    return Book(
        _bounded(spans),
        _each_bounded(surfaces),
        _each_bounded(devices),
        _bounded(added(book.claimed, more.claimed)),
    )


def inside(book: Book, start: int, end: int) -> Book:
    """The part of a book in `[start, end)`."""
    spans = clip(book.spans, start, end)
    if spans == book.spans:
        claimed = clip(book.claimed, start, end)
        return Book(book.spans, book.surfaces, book.devices, claimed)
    return Book(
        spans,
        _inside(book.surfaces, start, end),
        _inside(book.devices, start, end),
        clip(book.claimed, start, end),
    )


def opened(row: DayRow) -> Book:
    """What a row holds."""
    doc = _decode(row.doc)
    spans = _spans(doc.spans, row.start_at)
    return Book(
        spans,
        {name: _named(flat, spans, row.start_at) for name, flat in doc.surfaces.items()},
        {name: _named(flat, spans, row.start_at) for name, flat in doc.devices.items()},
        _spans(doc.claimed, row.start_at),
    )


def written(book: Book, start: int) -> str:
    """The text of a book whose day begins at `start`."""
    doc = _Doc(
        _flat(book.spans, start),
        {name: _same(own, book.spans, start) for name, own in book.surfaces.items()},
        {name: _same(own, book.spans, start) for name, own in book.devices.items()},
        _flat(book.claimed, start),
    )
    return _encode(doc).decode()


def use(row: DayRow | None, day: Day) -> Use:
    """A stored day as the rules take it, cut as `day` says; nothing stored is nothing known."""
    if row is None:
        return Use()
    book = opened(row)
    start, end = to_ms(day.start), to_ms(day.end)
    if (row.start_at, row.end_at) != (start, end):
        book = inside(book, start, end)
    return Use(
        spans=book.spans,
        known=row.received_at is not None,
        as_of=None if row.received_at is None else instant(row.received_at),
        unknown_seconds=measure(book.unknown) // 1000,
        late=row.late,
        surfaces={name: _seconds(own) for name, own in book.surfaces.items()},
        devices=_told(book.devices),
        surface_spans=book.surfaces,
        tzdata=row.tzdata,
    )


def _told(devices: Named) -> dict[str, int]:
    """Seconds by the host's name of a device; a name at two hosts is told apart by a number."""
    seconds: dict[str, int] = {}
    for key, own in sorted(devices.items()):
        name, again = key.partition("/")[2], 1
        while (shown := name if again == 1 else f"{name} ({again})") in seconds:
            again += 1
        seconds[shown] = _seconds(own)
    return seconds


def _joined(
    old: Named, more: Named, every: tuple[Spans, Spans, Spans], most: int | None = None
) -> Named:
    """`every` is the union of all use before, of what is new, and of both: often a name's own."""
    if not more:
        return old
    joined = dict(old)
    for name, new in sorted(more.items()):
        full = most is not None and name not in joined and len(joined) >= most
        place = REST if full else name
        before = joined.get(place, ())
        if before is every[0] and new is every[1]:
            joined[place] = every[2]
        else:
            joined[place] = added(before, new)
    return joined


def _bounded(spans: Spans) -> Spans:
    return spans if len(spans) <= MOST_SPANS else thinned((spans,), MOST_SPANS)[0]


def _each_bounded(named: Named) -> Named:
    if sum(map(len, named.values())) <= MOST_SPANS:
        return named
    return dict(zip(named, thinned(tuple(named.values()), MOST_SPANS), strict=True))


def _inside(named: Named, start: int, end: int) -> Named:
    parts = ((name, clip(spans, start, end)) for name, spans in named.items())
    return {name: part for name, part in parts if part}


def _seconds(spans: Spans) -> int:
    return -(-measure(spans) // 1000)


def _named(flat: _Flat | None, all_use: Spans, start: int) -> Spans:
    return all_use if flat is None else _spans(flat, start)


def _same(own: Spans, all_use: Spans, start: int) -> _Flat | None:
    return None if own is all_use or own == all_use else _flat(own, start)


def _flat(spans: Spans, start: int) -> _Flat:
    edges = list(chain.from_iterable(spans))
    return list(map(sub, edges, chain((start,), edges)))


def _spans(flat: _Flat, start: int) -> Spans:
    edges = list(accumulate(flat, initial=start))
    return tuple(zip(edges[1::2], edges[2::2], strict=True))
