"""Values as people type them: text to JSON and back, with one sentence when it does not fit.

The same writing is understood everywhere: `90`, `none`, `21:30`, `mon-fri 08:00-14:00`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from familypair.settings.bands import Kind
from familypair.settings.faults import Faults
from familypair.settings.field import Field
from familypair.settings.orders import Clock, Minutes, Numbers
from familypair.settings.words import say
from familypair.wording import sentence
from familypair_tui.typed_dates import exceptions_text, read_exceptions
from familypair_tui.typed_spans import (
    NotTypedError,
    days_text,
    read_blocks,
    read_clock,
    read_minutes,
    read_windows,
    span_text,
)

__all__ = ["NotTypedError", "can_type", "days_text", "how_to_type", "read", "write"]


def read(spec: Field, text: str) -> Any:
    """The JSON value of typed text. Raises `NotTypedError`."""
    raw = _READERS[spec.kind](spec, text.strip())
    faults = Faults()
    parsed = spec.order.parse(raw, "", faults)
    if parsed is None or faults.found:
        raise NotTypedError(_fault_words(spec, faults))
    return spec.order.encode(parsed)


def write(spec: Field, value: Any) -> str:
    """Text that `read` gives back as this value."""
    if value is None:
        return ""
    match spec.kind:
        case Kind.NUMBERS:
            return ", ".join(str(item) for item in cast("list[int]", value))
        case Kind.TERMS:
            return ", ".join(cast("list[str]", value))
        case Kind.CONTACTS:
            return ", ".join(f"{item['host']}/{item['account']}" for item in value)
        case Kind.WINDOWS | Kind.BLOCKS:
            return ", ".join(span_text(item) for item in value)
        case Kind.EXCEPTIONS:
            return exceptions_text(value)
        case _:
            return str(value)


def can_type(spec: Field) -> bool:
    """Whether the field has a typed form here."""
    return spec.kind in _READERS


def how_to_type(spec: Field) -> str:
    """An example for the line under the input."""
    order = spec.order
    if isinstance(order, Minutes):
        none = ', or "none"' if order.none else ""
        return f"Minutes, {order.low} to {order.high}{none}: 90, 1h30"
    if isinstance(order, Clock):
        return "A time: 21:30" + (', or "off"' if order.off else "")
    if isinstance(order, Numbers):
        return f"Minutes with commas, at most {order.most}: 30, 15, 5"
    examples = {
        Kind.TERMS: "Words with commas: casino, #bet, two words",
        Kind.CONTACTS: "host/account with commas: chat.example/someone",
        Kind.WINDOWS: "Days and times: mon-fri 20:30-08:00, sun 14:00-15:00",
        Kind.BLOCKS: "Kind, days, times: school mon-fri 08:00-14:00, away sun 18:00-20:00 dinner",
        Kind.EXCEPTIONS: "Dates and what differs: 2026-12-24..2027-01-06 no school; 2026-12-31 180",
        Kind.CHOICE: "One of: " + ", ".join(spec.choices),
        Kind.TOGGLE: "on or off",
    }
    return examples.get(spec.kind, "")


def _fault_words(spec: Field, faults: Faults) -> str:
    order = spec.order
    if isinstance(order, Minutes):
        none = ' or "none"' if order.none else ""
        return f"Please give {order.low} to {order.high} minutes{none}."
    if isinstance(order, Numbers):
        return f"At most {order.most} numbers from 0 to {order.high}."
    return sentence(faults.found[0]) if faults.found else "This is not a value for this setting."


def _minutes(_spec: Field, text: str) -> Any:
    return read_minutes(text)


def _clock(_spec: Field, text: str) -> Any:
    if text.lower() == "off":
        return "off"
    return read_clock(text)


def _numbers(_spec: Field, text: str) -> Any:
    parts = [part for part in re.split(r"[,\s]+", text) if part]
    for part in parts:
        if not part.isdigit():
            raise NotTypedError(f'"{part}" is not a number.')
    return [int(part) for part in parts]


def _terms(_spec: Field, text: str) -> Any:
    return [part.strip() for part in text.split(",") if part.strip()]


def _contacts(_spec: Field, text: str) -> Any:
    found: list[dict[str, str]] = []
    for part in _terms(_spec, text):
        host, slash, account = str(part).partition("/")
        if not slash:
            raise NotTypedError(f'"{part}": write host/account.')
        found.append({"host": host.strip(), "account": account.strip()})
    return found


def _choice(spec: Field, text: str) -> Any:
    for value in spec.choices:
        if text.lower() in {value, say(spec.path, value).lower()}:
            return value
    raise NotTypedError("One of: " + ", ".join(spec.choices) + ".")


def _windows(_spec: Field, text: str) -> Any:
    return read_windows(text)


def _blocks(_spec: Field, text: str) -> Any:
    return read_blocks(text)


def _exceptions(_spec: Field, text: str) -> Any:
    return read_exceptions(text)


_READERS: Final[Mapping[Kind, Callable[[Field, str], Any]]] = {
    Kind.CHOICE: _choice,
    Kind.TOGGLE: _choice,
    Kind.MINUTES: _minutes,
    Kind.TIME_OF_DAY: _clock,
    Kind.NUMBERS: _numbers,
    Kind.TERMS: _terms,
    Kind.CONTACTS: _contacts,
    Kind.WINDOWS: _windows,
    Kind.BLOCKS: _blocks,
    Kind.EXCEPTIONS: _exceptions,
}
