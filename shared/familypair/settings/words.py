"""Values of settings in words, for a parent and for a teen. Plain text, never markup."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from familypair.settings.bands import Audience, Kind
from familypair.settings.field import Field
from familypair.settings.registry import field
from familypair.settings.values import (
    WEEKDAYS,
    Block,
    BlockKind,
    DayException,
    ExceptionKind,
    Value,
    Window,
)

_SHOWN = 3


def say(path: str, value: Value | None, audience: Audience = Audience.GUARDIAN) -> str:
    """The value of a field in words for this reader; None is "no rule"."""
    if value is None:
        return "no rule"
    row = field(path)
    words = row.words.get(value) if isinstance(value, str) else None
    if words is not None:
        return words[audience is Audience.TEEN]
    return _SAY[row.kind](row, value)


def say_minutes(minutes: int) -> str:
    """Minutes as people say them: `45 min`, `2 h`, `1 h 30`."""
    hours, rest = divmod(minutes, 60)
    if not hours or minutes == 60:  # noqa: PLR2004 - one hour reads better as 60 min
        return f"{minutes} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def say_days(days: Sequence[str]) -> str:
    """Weekdays in short: `every day`, `Mon-Fri`, `Sat, Sun`."""
    if len(days) == len(WEEKDAYS):
        return "every day"
    if tuple(days) == WEEKDAYS[:5]:
        return "Mon-Fri"
    return ", ".join(day.capitalize() for day in days)


def _minutes(row: Field, value: Value) -> str:
    if isinstance(value, int):
        return say_minutes(value)
    return "never" if row.path == "screen_time.break_every" else "no limit"


def _plain(_row: Field, value: Value) -> str:
    return str(value)


def _numbers(_row: Field, value: Value) -> str:
    numbers = sorted(cast("frozenset[int]", value), reverse=True)
    return f"at {', '.join(map(str, numbers))} min left"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else "none"


def _terms(_row: Field, value: Value) -> str:
    return _counted(len(cast("frozenset[str]", value)), "word", "words")


def _contacts(_row: Field, value: Value) -> str:
    return _counted(len(cast("frozenset[str]", value)), "account", "accounts")


def say_items(path: str, value: Value | None) -> tuple[str, ...] | None:
    """Each item of a list of times or dates, with all that two of them can differ in.

    None for every other kind of field; a list that is not set has no items.
    """
    items = _ITEMS.get(field(path).kind)
    return None if items is None else tuple(items(value or ()))


def _window_items(value: Value) -> list[str]:
    spans = cast("tuple[Window, ...]", value)
    return [f"{w.start}-{w.end} {say_days(w.days)}" for w in spans]


def _block_items(value: Value) -> list[str]:
    spans = cast("tuple[Block, ...]", value)
    return [f"{_block(b)} {say_days(b.days)}" for b in spans]


def _block(one: Block) -> str:
    """`school 08:00-14:00`; a label stands before the kind, which says what lifts the block."""
    plain = one.kind is BlockKind.CUSTOM and one.label not in set(BlockKind)
    own = bool(one.label) and one.label != one.kind and not plain
    name = f"{one.label} ({one.kind})" if own else one.label or one.kind
    return f"{name} {one.start}-{one.end}"


def _exception_items(value: Value) -> list[str]:
    return [_exception(one) for one in cast("tuple[DayException, ...]", value)]


def _exception(one: DayException) -> str:
    dates = _date(one.first)
    if one.last != one.first:
        dates += f" to {_date(one.last)}"
    label = f" ({one.label})" if one.label else ""
    return f"{_effect(one)} on {dates}{label}"


def _date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _effect(one: DayException) -> str:
    """What an exception does to its layer on those days (algebra.md A6)."""
    blocks = ", ".join(
        _block(b) if len(b.days) == len(WEEKDAYS) else f"{_block(b)} {say_days(b.days)}"
        for b in one.blocks
    )
    match one.kind:
        case ExceptionKind.SET_LIMIT:
            return f"limit {say_minutes(one.minutes)}"
        case ExceptionKind.LIFT_LIMIT:
            return "no limit"
        case ExceptionKind.ADD_BLOCKS:
            return f"also {blocks}"
        case ExceptionKind.SWAP_BLOCKS:
            return f"only {blocks}" if blocks else "no blocks"
        case ExceptionKind.LIFT_BLOCKS:
            return f"no {' or '.join(sorted(one.kinds)) or 'blocks'}"


def _list(row: Field, value: Value) -> str:
    return _some(list(_ITEMS[row.kind](value)))


def _some(parts: list[str]) -> str:
    if not parts:
        return "none"
    rest = len(parts) - _SHOWN
    return "; ".join(parts[:_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_ITEMS = {
    Kind.WINDOWS: _window_items,
    Kind.BLOCKS: _block_items,
    Kind.EXCEPTIONS: _exception_items,
}
_SAY = {
    Kind.CHOICE: _plain,
    Kind.TOGGLE: _plain,
    Kind.MINUTES: _minutes,
    Kind.TIME_OF_DAY: _plain,
    Kind.NUMBERS: _numbers,
    Kind.TERMS: _terms,
    Kind.CONTACTS: _contacts,
    Kind.WINDOWS: _list,
    Kind.BLOCKS: _list,
    Kind.EXCEPTIONS: _list,
}
