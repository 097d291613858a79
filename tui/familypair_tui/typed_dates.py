"""Exceptions as people type them: `2026-12-24..2027-01-06 no school (Christmas); 2026-12-31 180`.

Dates, then what differs on them, then a name in brackets. What differs: `90` (another limit),
`no limit`, `free` (no blocks at all), `no school` (none of that kind), `away 18:00-20:00` (more
blocks), `only school mon-fri 08:00-12:00` (these blocks in place of the usual ones).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from familypair.settings.values import BlockKind, ExceptionKind
from familypair_tui.typed_spans import NotTypedError, read_blocks, read_minutes, span_text

_DATES = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.+|…|–|to)\s*(\d{4}-\d{2}-\d{2}))?\s+(.*?)\s*(?:\(([^()]*)\))?"
)
_TIMES = re.compile(r"\d{1,2}[:.]\d{2}\s*(?:-|–|to)\s*\d{1,2}[:.]\d{2}")
_FREE: Final = frozenset({"free", "no blocks", "lift"})
_NO_LIMIT: Final = frozenset({"no limit", "none", "limit none"})
_UNSAYABLE: Final = str.maketrans("();", "[],")
"""What would end a name in brackets early is written as its neighbour."""
_NOTHING: Final = "only nothing"
EXAMPLE: Final = (
    "write dates and what differs: 2026-12-24..2027-01-06 no school, 2026-12-31 180, "
    "2026-12-25 away 18:00-20:00, 2026-12-26 no limit"
)


def read_exceptions(text: str) -> list[dict[str, Any]]:
    """Exceptions with semicolons between them. Raises `NotTypedError`."""
    return [_read_one(part.strip()) for part in text.split(";") if part.strip()]


def exceptions_text(value: Sequence[Mapping[str, Any]]) -> str:
    """Text that `read_exceptions` gives back as this value."""
    return "; ".join(_one_text(one) for one in value)


def _read_one(text: str) -> dict[str, Any]:
    found = _DATES.fullmatch(text)
    if not found or not found[3]:
        raise NotTypedError(f'"{text}": {EXAMPLE}.')
    first, last, what, label = found[1], found[2] or found[1], found[3], found[4]
    for day in (first, last):
        _check_day(day)
    one = {**_read_what(what), "first": first, "last": last}
    return one | ({"label": label.strip()} if label and label.strip() else {})


def _check_day(text: str) -> None:
    """Raises `NotTypedError` for a date that no calendar has, such as 2026-02-30."""
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise NotTypedError(f"{text}: there is no such day.") from error


def _read_what(what: str) -> dict[str, Any]:
    low = " ".join(what.lower().split())
    if low in _NO_LIMIT:
        return {"kind": ExceptionKind.LIFT_LIMIT.value}
    if low in _FREE:
        return {"kind": ExceptionKind.LIFT_BLOCKS.value, "kinds": []}
    if low == _NOTHING:
        return {"kind": ExceptionKind.SWAP_BLOCKS.value, "blocks": []}
    if _TIMES.search(low):
        only, _, blocks = what.partition(" ")
        if only.lower() == "only":
            return {"kind": ExceptionKind.SWAP_BLOCKS.value, "blocks": read_blocks(blocks)}
        return {"kind": ExceptionKind.ADD_BLOCKS.value, "blocks": read_blocks(what)}
    if low.startswith("no "):
        return {"kind": ExceptionKind.LIFT_BLOCKS.value, "kinds": _read_kinds(low, what)}
    return {"kind": ExceptionKind.SET_LIMIT.value, "minutes": _read_limit(low, what)}


def _read_kinds(low: str, what: str) -> list[str]:
    kinds = re.split(r"[,\s]+(?:and\s+|or\s+|no\s+)*", low.removeprefix("no "))
    if any(kind not in set(BlockKind) for kind in kinds):
        raise NotTypedError(f'"{what}": after "no" comes limit, or {", ".join(BlockKind)}.')
    return [kind.value for kind in BlockKind if kind.value in kinds]


def _read_limit(low: str, what: str) -> int:
    try:
        minutes = read_minutes(low.removeprefix("limit ").strip())
    except NotTypedError as error:
        raise NotTypedError(f'"{what}": {EXAMPLE}.') from error
    if not isinstance(minutes, int):
        raise NotTypedError(f'"{what}": write a number of minutes, or: no limit.')
    return minutes


def _one_text(one: Mapping[str, Any]) -> str:
    dates = one["first"] if one["first"] == one["last"] else f"{one['first']}..{one['last']}"
    named = str(one.get("label", "")).translate(_UNSAYABLE)
    label = f" ({named})" if named else ""
    return f"{dates} {_what_text(one)}{label}"


def _what_text(one: Mapping[str, Any]) -> str:
    blocks = ", ".join(span_text(block) for block in one.get("blocks", ()))
    match one["kind"]:
        case ExceptionKind.LIFT_LIMIT:
            return "no limit"
        case ExceptionKind.SET_LIMIT:
            return str(one["minutes"])
        case ExceptionKind.LIFT_BLOCKS:
            return f"no {', '.join(one['kinds'])}" if one.get("kinds") else "free"
        case ExceptionKind.SWAP_BLOCKS:
            return f"only {blocks}" if blocks else _NOTHING
        case _:
            return blocks
