"""Server text at the boundary: what would act on a terminal or mislead a reader is taken out.

The server refuses such text when it is typed; this is the second fence (threat T4). What is left
is still data, never markup.
"""

import unicodedata
from typing import TypeVar

import msgspec

from familypair.client.errors import BadAnswer

T = TypeVar("T")
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_DROP = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Controls with ESC, bidirectional and zero-width characters, lone surrogates, private use."""
_BLANK = frozenset({"Zl", "Zp", "Zs"})
_MOST_MARKS = 4
"""Longest run of combining marks on one character; real scripts need at most three."""


def clean(raw: str) -> str:
    """Return `raw` as one line that is safe to print; plain ASCII comes back unchanged."""
    if raw.isascii() and raw.isprintable():
        return raw
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", raw):
        category = unicodedata.category(char)
        marks = marks + 1 if category.startswith("M") else 0
        if char in "\t\n\r" or category in _BLANK:
            kept.append(" ")
        elif category not in _DROP and marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_tree(value: Json) -> Json:
    """Clean every string of decoded JSON, the names of fields too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_tree(item) for item in value]
    if isinstance(value, dict):
        return {clean(name): clean_tree(item) for name, item in value.items()}
    return value


def decode(raw: bytes, kind: type[T]) -> T:
    """Decode JSON from the server into `kind`, cleaned. Raises `BadAnswer`."""
    try:
        if raw.isascii() and b"\\" not in raw:  # nothing in it can need cleaning
            return msgspec.json.decode(raw, type=kind)
        return msgspec.convert(clean_tree(msgspec.json.decode(raw)), kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadAnswer(
            "The server's answer was not understood; this client may be too old for it."
        ) from error
