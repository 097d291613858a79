"""Values of settings in words, for a parent and for a teen. Plain text, never markup."""

from collections.abc import Sequence
from typing import cast

from familypair.settings.bands import Audience, Kind
from familypair.settings.field import Field
from familypair.settings.registry import field
from familypair.settings.values import WEEKDAYS, Block, DayException, Value, Window

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


def _windows(_row: Field, value: Value) -> str:
    spans = cast("tuple[Window, ...]", value)
    return _some([f"{w.start}-{w.end} {say_days(w.days)}" for w in spans])


def _blocks(_row: Field, value: Value) -> str:
    spans = cast("tuple[Block, ...]", value)
    return _some([f"{b.label or b.kind} {b.start}-{b.end} {say_days(b.days)}" for b in spans])


def _exceptions(_row: Field, value: Value) -> str:
    dates = cast("tuple[DayException, ...]", value)
    return _some([_exception(one) for one in dates])


def _exception(one: DayException) -> str:
    dates = f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}"
    return f"{one.label or one.kind.replace('_', ' ')} {dates}"


def _some(parts: list[str]) -> str:
    if not parts:
        return "none"
    rest = len(parts) - _SHOWN
    return "; ".join(parts[:_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


_SAY = {
    Kind.CHOICE: _plain,
    Kind.TOGGLE: _plain,
    Kind.MINUTES: _minutes,
    Kind.TIME_OF_DAY: _plain,
    Kind.NUMBERS: _numbers,
    Kind.TERMS: _terms,
    Kind.CONTACTS: _contacts,
    Kind.WINDOWS: _windows,
    Kind.BLOCKS: _blocks,
    Kind.EXCEPTIONS: _exceptions,
}
