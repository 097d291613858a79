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
from familypair.settings.values import WEEKDAYS, BlockKind
from familypair.settings.words import say
from familypair.wording import sentence

_HOURS = re.compile(r"(\d{1,2})\s*(?:h|:)\s*(\d{0,2})\s*m?(?:in)?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_SPAN = re.compile(r"(.*?)\s*(\d{1,2}[:.]\d{2})\s*(?:-|–|to)\s*(\d{1,2}[:.]\d{2})\s*(.*)")
_DAY_NAMES: Final = {name: [name] for name in WEEKDAYS} | {
    "daily": list(WEEKDAYS),
    "every day": list(WEEKDAYS),
    "weekdays": list(WEEKDAYS[:5]),
    "weekend": list(WEEKDAYS[5:]),
}


class NotTypedError(ValueError):
    """The text is no value of the field; `str()` is the sentence under the field."""


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
            return ", ".join(_span_text(item) for item in value)
        case _:
            return str(value)


def can_type(spec: Field) -> bool:
    """Whether the field has a typed form here."""
    return spec.kind is not Kind.EXCEPTIONS


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
    low = text.lower()
    if low in {"none", "no limit", "off"}:
        return "none"
    if low.removesuffix("min").removesuffix("m").strip().isdigit():
        return int(low.removesuffix("min").removesuffix("m"))
    if found := _HOURS.fullmatch(low):
        return int(found[1]) * 60 + int(found[2] or 0)
    raise NotTypedError(f'"{text}" is not a number of minutes.')


def _clock(_spec: Field, text: str) -> Any:
    if text.lower() == "off":
        return "off"
    return _clock_text(text)


def _clock_text(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if not found:
        raise NotTypedError(f'"{text}" is not a time; write it like 21:30.')
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour == 24 and minute == 0:  # noqa: PLR2004 - the end of a day
        return "24:00"
    if hour > 23 or minute > 59:  # noqa: PLR2004 - a clock
        raise NotTypedError(f"{text}: a day has 00:00 to 23:59.")
    return f"{hour:02d}:{minute:02d}"


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


def _windows(_spec: Field, text: str) -> Any:
    return [_span(part)[0] for part in _parts(text)]


def _blocks(_spec: Field, text: str) -> Any:
    blocks: list[dict[str, Any]] = []
    for part in _parts(text):
        word, _, rest = part.partition(" ")
        known = word.lower() in set(BlockKind)
        span, label = _span(rest if known else part)
        block = {"kind": word.lower() if known else "custom", **span}
        blocks.append(block | ({"label": label} if label else {}))
    return blocks


def _parts(text: str) -> list[str]:
    """Cut at commas and semicolons that follow a time, so that `mon, tue 8:00-9:00` stays whole."""
    parts: list[str] = []
    for piece in re.split(r"[,;]", text):
        if parts and not _SPAN.fullmatch(parts[-1]):
            parts[-1] += "," + piece.strip()
        elif piece.strip():
            parts.append(piece.strip())
    return parts


def _span(text: str) -> tuple[dict[str, Any], str]:
    found = _SPAN.fullmatch(text)
    if not found:
        raise NotTypedError(f'"{text}": write days and times like mon-fri 20:30-08:00.')
    start, end = _clock_text(found[2]), _clock_text(found[3])
    return {"days": _days(found[1]), "start": start, "end": end}, found[4].strip()


def _days(text: str) -> list[str]:
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


def _span_text(item: Mapping[str, Any]) -> str:
    days = days_text(list(item["days"]))
    words = [str(item.get("kind", "")), days, f"{item['start']}-{item['end']}"]
    return " ".join(word for word in [*words, str(item.get("label", ""))] if word)


def _choice(spec: Field, text: str) -> Any:
    for value in spec.choices:
        if text.lower() in {value, say(spec.path, value).lower()}:
            return value
    raise NotTypedError("One of: " + ", ".join(spec.choices) + ".")


def _never(_spec: Field, _text: str) -> Any:
    raise NotTypedError("Exceptions are edited elsewhere.")


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
    Kind.EXCEPTIONS: _never,
}
