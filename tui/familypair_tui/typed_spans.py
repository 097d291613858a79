"""Weekly times as people type them: `mon-fri 18:00-20:00 away`, `school weekdays 8:00-14:00`."""

import re
from collections.abc import Mapping
from typing import Any, Final

from familypair.settings.values import WEEKDAYS, BlockKind

_HOURS = re.compile(r"(\d{1,2})\s*(?:h|:)\s*(\d{0,2})\s*m?(?:in)?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_SPAN = re.compile(r"(.*?)\s*(\d{1,2}[:.]\d{2})\s*(?:-|–|to)\s*(\d{1,2}[:.]\d{2})\s*(.*)")
_DAY_NAMES: Final = {name: [name] for name in WEEKDAYS} | {
    "daily": list(WEEKDAYS),
    "every day": list(WEEKDAYS),
    "weekdays": list(WEEKDAYS[:5]),
    "weekend": list(WEEKDAYS[5:]),
}

_KINDS: Final = frozenset(BlockKind)


class NotTypedError(ValueError):
    """The text is no value of the field; `str()` is the sentence under the field."""


def read_minutes(text: str) -> int | str:
    """Minutes: `90`, `90 min`, `1h30`, `none`. Raises `NotTypedError`."""
    low = text.lower()
    if low in {"none", "no limit", "off"}:
        return "none"
    if low.removesuffix("min").removesuffix("m").strip().isdigit():
        return int(low.removesuffix("min").removesuffix("m"))
    if found := _HOURS.fullmatch(low):
        return int(found[1]) * 60 + int(found[2] or 0)
    raise NotTypedError(f'"{text}" is not a number of minutes.')


def read_clock(text: str) -> str:
    """`21:30` of `21:30`, `9.30`, `7h`. Raises `NotTypedError`."""
    found = _CLOCK.fullmatch(text)
    if not found:
        raise NotTypedError(f'"{text}" is not a time; write it like 21:30.')
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour == 24 and minute == 0:  # noqa: PLR2004 - the end of a day
        return "24:00"
    if hour > 23 or minute > 59:  # noqa: PLR2004 - a clock
        raise NotTypedError(f"{text}: a day has 00:00 to 23:59.")
    return f"{hour:02d}:{minute:02d}"


def read_windows(text: str) -> list[dict[str, Any]]:
    """Quiet windows: `mon-fri 20:30-08:00, sun 14:00-15:00`. Raises `NotTypedError`."""
    return [_window(part) for part in _parts(text)]


def read_blocks(text: str) -> list[dict[str, Any]]:
    """Blocks; the kind stands before or after the times. Raises `NotTypedError`."""
    return [_block(part) for part in _parts(text)]


def _window(text: str) -> dict[str, Any]:
    head, times, _ = _span(text)
    return {"days": read_days(head), **times}


def _block(text: str) -> dict[str, Any]:
    head, times, tail = _span(text)
    before, after = head.split(), tail.split()
    if before and before[0].lower() in _KINDS:
        kind = before.pop(0)
    elif before and before[-1].lower() in _KINDS:
        kind = before.pop()
    elif after and after[0].lower() in _KINDS:
        kind = after.pop(0)
    else:
        kind = BlockKind.CUSTOM.value
    block = {"kind": kind.lower(), "days": read_days(" ".join(before)), **times}
    return block | ({"label": " ".join(after)} if after else {})


def _parts(text: str) -> list[str]:
    """Cut at commas and semicolons that follow a time, so that `mon, tue 8:00-9:00` stays whole."""
    parts: list[str] = []
    for piece in re.split(r"[,;]", text):
        if parts and not _SPAN.fullmatch(parts[-1]):
            parts[-1] += "," + piece.strip()
        elif piece.strip():
            parts.append(piece.strip())
    return parts


def _span(text: str) -> tuple[str, dict[str, str], str]:
    """What stands before the times, the times, and what stands after them."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise NotTypedError(f'"{text}": write days and times like mon-fri 20:30-08:00.')
    times = {"start": read_clock(found[2]), "end": read_clock(found[3])}
    return found[1], times, found[4].strip()


def read_days(text: str) -> list[str]:
    """`mon-fri`, `sat,sun`, `weekend`; every day when empty. Raises `NotTypedError`."""
    low = text.strip().lower()
    if not low:
        return list(WEEKDAYS)
    if low in _DAY_NAMES:
        return _DAY_NAMES[low]
    days: set[str] = set()
    for part in re.split(r"[,\s]+", low):
        first, _, last = part.partition("-")
        names = [first[:3], (last or first)[:3]]
        if any(name not in WEEKDAYS for name in names):
            raise NotTypedError(f'"{part}" is not a day; write mon, tue … sun.')
        start, end = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[1])
        end = end if end >= start else end + 7
        days |= {WEEKDAYS[place % 7] for place in range(start, end + 1)}
    return [day for day in WEEKDAYS if day in days]


def days_text(days: list[str]) -> str:
    """`mon-fri`, `sat,sun`, and nothing for every day."""
    if len(days) == len(WEEKDAYS):
        return ""
    places = [WEEKDAYS.index(day) for day in days]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):  # noqa: PLR2004 - a range
        return f"{days[0]}-{days[-1]}"
    return ",".join(days)


def span_text(item: Mapping[str, Any]) -> str:
    """One window or block as `read_windows` and `read_blocks` understand it."""
    days = days_text(list(item["days"]))
    words = [str(item.get("kind", "")), days, f"{item['start']}-{item['end']}"]
    return " ".join(word for word in [*words, str(item.get("label", ""))] if word)
