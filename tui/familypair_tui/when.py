"""Times in words: how long, how long ago, and the wall clock of a zone."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from familypair.settings import say_minutes

_MINUTE = 60
_HOUR = 3600
_DAY = 86400


def countdown(until: datetime, now: datetime) -> str:
    """`2d 3h`, `23h 10m`, `9:41` (minutes and seconds below an hour), `0:00` when over."""
    left = max(0, int((until - now).total_seconds() + 0.999))
    if left >= 2 * _DAY:
        return f"{left // _DAY}d {left % _DAY // _HOUR}h"
    if left >= _HOUR:
        return f"{left // _HOUR}h {left % _HOUR // _MINUTE:02d}m"
    return f"{left // _MINUTE}:{left % _MINUTE:02d}"


def short_span(until: datetime, now: datetime) -> str:
    """How long until then, in one unit or two, without seconds: `6d`, `23h 10m`, `9m`."""
    left = max(timedelta(), until - now)
    minutes = int(left.total_seconds() // _MINUTE)
    if minutes >= 2 * _DAY // _MINUTE:
        return f"{minutes // 1440}d"
    if minutes >= _HOUR // _MINUTE:
        return f"{minutes // 60}h {minutes % 60:02d}m"
    return f"{minutes}m"


def ago(then: datetime, now: datetime) -> str:
    """`now`, `4m`, `3h`, `2d`: short enough for a fixed column of four cells."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    return f"{seconds // _DAY}d"


def clock(at: datetime, zone: tzinfo) -> str:
    """`16:42` in that zone."""
    return f"{at.astimezone(zone):%H:%M}"


def day_clock(at: datetime, zone: tzinfo) -> str:
    """`Sun 16:42` in that zone."""
    return f"{at.astimezone(zone):%a %H:%M}"


def stamp(at: datetime, zone: tzinfo, now: datetime) -> str:
    """`16:42` today, else `21 Nov`: always at most six cells."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}"


def zone_of(name: str, otherwise: tzinfo) -> tzinfo:
    """The zone of a teen's home; another one where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a newer server may know zones that we do not
        return otherwise


def minutes_words(minutes: object) -> str:
    """`60 min`, `1 h 30`, `no limit`: a number of minutes as people say it."""
    if minutes == "none":
        return "no limit"
    if not isinstance(minutes, int):
        return "—"
    return say_minutes(minutes)
