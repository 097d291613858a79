"""When an attempt is repeated: a schedule over 24 h, with jitter. Pure arithmetic."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

WINDOW: Final = timedelta(hours=24)
"""From a message's creation (or replay) to its last attempt."""
_DELAYS: Final = tuple(
    timedelta(seconds=s) for s in (5, 60, 300, 900, 1800, 3600, 7200, 14_400, 21_600)
)
_SPREAD: Final = 0.2
"""A delay is shortened or lengthened by up to this part, so that receivers are not met at once."""
_FIRST_PAUSE: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(minutes=10)
_MOST_DOUBLINGS: Final = 16


def next_try(attempts: int, *, now: datetime, until: datetime, jitter: float) -> datetime | None:
    """When a message that failed `attempts` times is tried again; None when that was the last.

    `jitter` is from 0 to 1. The last attempt is at the end of the window.
    """
    if now >= until:
        return None
    delay = _DELAYS[min(attempts, len(_DELAYS)) - 1]
    return min(until, now + delay * _spread(jitter))


def pause(failures: int, *, now: datetime, jitter: float) -> datetime:
    """Until when an address rests after so many failures in a row, whatever waits for it.

    Messages of a dead address must not each cost an attempt; a single message that a receiver
    does not like holds up the others for a second only.
    """
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    return now + min(_LONGEST_PAUSE, doubled) * _spread(jitter)


def _spread(jitter: float) -> float:
    return 1 + _SPREAD * (2 * jitter - 1)


def retry_after(header: str, now: datetime) -> datetime | None:
    """The instant of a `Retry-After` (RFC 9110 section 10.2.3), at most `WINDOW` from now."""
    text = header.strip()
    try:
        if text.isascii() and text.isdigit():
            at = now + timedelta(seconds=min(int(text[:12]), 10**6))
        else:
            at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        return None
    return min(max(at, now), now + WINDOW)
