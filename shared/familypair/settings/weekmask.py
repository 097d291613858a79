"""Sets of minutes of a week as one integer: bit `day * 1440 + minute`, Monday 00:00 is bit 0.

Union, difference and superset of weekly windows become exact and fast; the hull of two windows is
never taken (algebra.md A15).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from familypair.settings.values import WEEKDAYS, Window

DAY: Final = 1440
WEEK: Final = 7 * DAY
_ALL: Final = (1 << WEEK) - 1


def minute_of(clock: str) -> int:
    """Minutes after midnight of a canonical `HH:MM`; `24:00` is 1440."""
    return int(clock[:2]) * 60 + int(clock[3:])


def clock_of(minute: int) -> str:
    """The canonical `HH:MM` of minutes after midnight."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@lru_cache(maxsize=4096)
def span_mask(days: tuple[str, ...], start: str, end: str) -> int:
    """The minutes of one weekly span. A span that ends before it starts runs past midnight."""
    first, last = minute_of(start), minute_of(end)
    length = last - first if last > first else last - first + DAY
    mask = 0
    for day in days:
        mask |= ((1 << length) - 1) << (WEEKDAYS.index(day) * DAY + first)
    return (mask | mask >> WEEK) & _ALL


def windows_mask(windows: Iterable[Window]) -> int:
    """The union of windows as minutes of the week."""
    mask = 0
    for window in windows:
        mask |= span_mask(window.days, window.start, window.end)
    return mask


@lru_cache(maxsize=1024)
def mask_windows(mask: int) -> tuple[Window, ...]:
    """The fewest windows for a mask: no overlap, days with the same span in one window."""
    by_span: dict[tuple[str, str], list[str]] = {}
    for start, length in _runs(mask):
        for day, span in _by_day(start, length):
            by_span.setdefault(span, []).append(day)
    windows = (Window(_in_order(days), start, end) for (start, end), days in by_span.items())
    return tuple(sorted(windows, key=lambda w: (WEEKDAYS.index(w.days[0]), w.start)))


def _in_order(days: list[str]) -> tuple[str, ...]:
    return tuple(sorted(days, key=WEEKDAYS.index))


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """Runs of set minutes as (start, length), the week read as a ring."""
    if mask == _ALL:
        yield 0, WEEK
        return
    ring = mask
    offset = 0
    while ring & 1:  # start at a free minute, so that no run is cut by the end of the week
        width = ((ring ^ _ALL) & -(ring ^ _ALL)).bit_length() - 1
        ring = (ring >> width) | ((ring & ((1 << width) - 1)) << (WEEK - width))
        offset = width
    position = 0
    while ring:
        skip = (ring & -ring).bit_length() - 1
        ring >>= skip
        free = ~ring
        length = (free & -free).bit_length() - 1
        yield (position + skip + offset) % WEEK, length
        ring >>= length
        position += skip + length


def _by_day(start: int, length: int) -> Iterator[tuple[str, tuple[str, str]]]:
    """Cut a run into spans that each fit a start day: a span under a day may cross midnight."""
    while length > 0:
        day, first = divmod(start % WEEK, DAY)
        part = length if length < DAY else DAY - first
        end = first + part
        whole = first == 0 and end == DAY
        yield WEEKDAYS[day], (clock_of(first), "24:00" if whole else clock_of(end % DAY))
        start += part
        length -= part
