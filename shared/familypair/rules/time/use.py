"""One reported interval, judged: what of it counts, what stays unknown (product.md section 5).

The server's receive time is the truth: of what a device claims only that counts which lies after
the previous receipt from this device and before this one. Intervals are in milliseconds inside.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.time.model import Spans
from familypair.rules.time.spans import to_ms
from familypair.schema.usage import Interval

SAFETY: Final = frozenset({"help", "report", "block", "leave", "export", "emergency"})
"""Surfaces that leave no trace; with their parts (`help.article`)."""

LONGEST_MS: Final = timedelta(hours=24) // timedelta(milliseconds=1)
AHEAD_MS: Final = 120_000
"""How far a device's clock may be ahead."""
OLDEST_MS: Final = timedelta(days=7) // timedelta(milliseconds=1)
LATE_MS: Final = timedelta(minutes=15) // timedelta(milliseconds=1)


class Dropped(Enum):
    """An interval on a safety surface: no minutes, no opens, no gap, no record."""

    DROPPED = "dropped"


class Admitted(msgspec.Struct, frozen=True, gc=False):
    """What of an interval counts, and what of it was claimed but cannot be known."""

    start: int
    """Epoch milliseconds; with `end` empty when nothing counts."""
    end: int
    unknown: Spans
    late: bool
    """Something of it was more than 15 minutes ago; by its start, so that splits cannot matter."""

    @property
    def counts(self) -> bool:
        """Whether anything of it lies in what the server can know."""
        return self.start < self.end

    @property
    def seconds(self) -> int:
        """Whole seconds that count (milliseconds are rounded up)."""
        return -(-(self.end - self.start) // 1000)


class Window(msgspec.Struct, frozen=True):
    """The milliseconds that a receipt can speak of: after the device's last one, up to now.

    All items of one batch share it; `since` is the binding when the device never reported.
    """

    since: int
    now: int
    bound: int = 0
    """The binding: nothing can even be claimed before it, for it was not this teen's device."""


def is_safety(surface: str) -> bool:
    """Whether this surface, or the one that it is a part of, leaves no trace."""
    return surface.partition(".")[0] in SAFETY


def window(*, last_report: datetime, now: datetime, bound_at: datetime | None = None) -> Window:
    """The window of a receipt; no `bound_at` is longer ago than anything that is taken."""
    return Window(to_ms(last_report), to_ms(now), 0 if bound_at is None else to_ms(bound_at))


def is_utc(interval: Interval) -> bool:
    """Whether both instants were sent in UTC: a host cannot choose a zone."""
    start, end = interval.start, interval.end
    if start.tzinfo is UTC and end.tzinfo is UTC:
        return True
    return not (start.utcoffset() or end.utcoffset())


def admit(
    interval: Interval, *, last_report: datetime, now: datetime, bound_at: datetime | None = None
) -> Admitted | Dropped | Refusal:
    """Judge one interval that is received at `now`.

    `last_report` is the previous receipt from this device, or its binding; `bound_at` as for
    `window`. Refused are an offset other than UTC's, an empty interval, one over 24 hours, an end
    more than 120 s ahead, and a start more than 7 days ago; the other items of a batch do not care.
    """
    if is_safety(interval.surface):
        return Dropped.DROPPED
    if not is_utc(interval):
        return Refusal(Reason.NOT_UTC)
    within = window(last_report=last_report, now=now, bound_at=bound_at)
    return admit_ms(to_ms(interval.start), to_ms(interval.end), within)


def admit_ms(start: int, end: int, within: Window) -> Admitted | Refusal:
    """`admit` for an interval in UTC that leaves a trace, in milliseconds."""
    now = within.now
    if within.since <= start < end <= now and now - OLDEST_MS <= start >= end - LONGEST_MS:
        return Admitted(start, end, (), start < now - LATE_MS)  # nearly all, and all of it
    if end <= start:
        return Refusal(Reason.EMPTY_INTERVAL)
    if end - start > LONGEST_MS:
        return Refusal(Reason.INTERVAL_TOO_LONG)
    if end > now + AHEAD_MS:
        return Refusal(Reason.IN_THE_FUTURE)
    if start < now - OLDEST_MS:
        return Refusal(Reason.TOO_OLD)
    return _clipped(start, end, within)


def _clipped(start: int, end: int, within: Window) -> Admitted:
    low, high = max(start, within.since), min(end, within.now)
    claimed = max(start, within.bound)
    if low >= high:
        return Admitted(start, start, ((claimed, end),) if claimed < end else (), late=False)
    unknown = tuple(span for span in ((claimed, low), (high, end)) if span[0] < span[1])
    return Admitted(low, high, unknown, low < within.now - LATE_MS)
