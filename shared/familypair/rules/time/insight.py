"""One day's use for a viewer: everything for the teen, coarse for a guardian (product section 8).

A guardian's open day is shown as of the last full 15 minutes of use: every figure is made from the
earliest such part of the union, so none of them moves in smaller steps. Surfaces, devices and
spans are the teen's alone, because no consent names them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final, TypeVar

from msgspec.structs import replace

from familypair.rules.days import Day
from familypair.rules.schedule import weekday_of
from familypair.rules.time.model import Spans, Use
from familypair.rules.time.spans import Span, clip, closed, first_part, from_ms, measure, to_ms
from familypair.rules.zones import wall_spans
from familypair.schema.time import DayUse, UseSpan, WeekUse

STEP_MS: Final = 15 * 60_000
"""A guardian's figures of the open day move in steps of this much use."""
_STEP: Final = STEP_MS // 1000
OPEN_GAP_MS: Final = 60_000
"""A pause of up to this long is no new opening."""
CELL_MS: Final = 30 * 60_000
LEVELS: Final = 4
NIGHT_FROM: Final = time(22)
NIGHT_SECONDS: Final = 8 * 3600
_WIDEST: Final = 26 * 3600
"""More than any wall clock differs from UTC."""
_ONE_DAY: Final = timedelta(days=1)


def day_use(day: Day, use: Use, *, viewer_is_teen: bool, now: datetime) -> DayUse:
    """What this viewer sees of one day; unknown use is None, never 0."""
    is_closed = day.end <= now
    exact = viewer_is_teen or is_closed
    shown = DayUse(
        date=day.date,
        weekday=weekday_of(day.date),
        zone=day.zone,
        start=day.start,
        end=day.end,
        unknown_seconds=use.unknown_seconds if exact else _stepped(use.unknown_seconds * 1000),
        late=use.late,
        closed=is_closed,
        tzdata=use.tzdata,
    )
    if not use.known:
        return shown
    shown = _figures(shown, day, use.spans if exact else stepped(use.spans))
    return _own(shown, use) if viewer_is_teen else coarse_night(shown)


def stepped(spans: Spans) -> Spans:
    """The earliest part of a day's use that makes whole steps of 15 minutes."""
    return first_part(spans, measure(spans) // STEP_MS * STEP_MS)


Shown = TypeVar("Shown", DayUse, WeekUse)


def coarse_night(shown: Shown) -> Shown:
    """The same use with its night to the nearest 15 minutes, and the day as the rest of it.

    An exact split would say to the second when the app was opened or closed around 22:00 or 06:00.
    """
    used, night = shown.used_seconds, shown.night_seconds
    if used is None or night is None:
        return shown
    night = min(used, (night + _STEP // 2) // _STEP * _STEP)
    if isinstance(shown, DayUse):
        return replace(shown, night_seconds=night, day_seconds=used - night)
    return replace(shown, night_seconds=night)


def opens(spans: Spans) -> int:
    """How often the app was opened: stretches of use with pauses of at most 60 s closed."""
    return len(closed(spans, OPEN_GAP_MS))


def night_seconds(day: Day, spans: Spans) -> int:
    """How much of it lies between 22:00 and 06:00 of the home zone."""
    return _seconds(sum(measure(clip(spans, *night)) for night in nights(day)))


def nights(day: Day) -> Iterator[Span]:
    """The nights that touch a day. In a gap a wall time shifts forward; of a fold both passes."""
    evening = datetime.combine(day.date - _ONE_DAY, NIGHT_FROM, UTC)
    while evening.timestamp() < day.end.timestamp() + _WIDEST:
        wall = int(evening.timestamp())
        for start, end in wall_spans(day.zone, wall, wall + NIGHT_SECONDS):
            yield start * 1000, end * 1000
        evening += _ONE_DAY


def cells(day: Day, spans: Spans) -> tuple[int, ...]:
    """Use per half hour from the start of the day: 0 none, 1 up to a quarter of it, .. 4."""
    start, end = to_ms(day.start), to_ms(day.end)
    return tuple(
        -(-LEVELS * measure(clip(spans, at, min(at + CELL_MS, end))) // CELL_MS)
        for at in range(start, end, CELL_MS)
    )


def _figures(shown: DayUse, day: Day, spans: Spans) -> DayUse:
    used, night = _seconds(measure(spans)), night_seconds(day, spans)
    return replace(
        shown,
        used_seconds=used,
        opens=opens(spans),
        day_seconds=used - night,
        night_seconds=night,
        cells=cells(day, spans),
    )


def _own(shown: DayUse, use: Use) -> DayUse:
    spans = tuple(
        UseSpan(start=from_ms(start), end=from_ms(end), surfaces=tuple(_touching(use, start, end)))
        for start, end in use.spans
    )
    return replace(
        shown,
        surfaces=use.surfaces,
        devices=len(use.devices),
        device_seconds=use.devices,
        spans=spans,
    )


def _touching(use: Use, start: int, end: int) -> Iterator[str]:
    return (name for name, own in sorted(use.surface_spans.items()) if clip(own, start, end))


def _seconds(milliseconds: int) -> int:
    """Whole seconds, rounded up as `Use.seconds` is."""
    return -(-milliseconds // 1000)


def _stepped(milliseconds: int) -> int:
    return milliseconds // STEP_MS * STEP_MS // 1000
