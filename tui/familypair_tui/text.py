"""Text on a grid of cells: untrusted text made harmless, and lines fitted to a width.

Names and words come from other people. `clean` runs once on everything that the server answers
(`familypair_tui.api.CleanApi`), so no widget ever holds a control character; widgets then draw
`Content`, which has no markup (security.md T4).
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, TypeVar, cast

import msgspec
from rich.cells import cell_len
from textual.content import Content

MAX_TEXT = 4096
"""Characters kept of any one text; the server's own bounds are far smaller."""

_MAX_MARKS = 4
_SPACES = frozenset({"Zl", "Zp", "Zs"})
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)

Part = str | Content | tuple[str, str]
T = TypeVar("T")


def clean(text: str, *, limit: int = MAX_TEXT) -> str:
    """One harmless line: no controls, no bidi or invisible characters, few marks, NFC.

    A tab or a line break becomes a space; a run of combining marks is cut after four.
    """
    if text.isascii() and text.isprintable():
        return text[:limit]
    kept: list[str] = []
    marks = 0
    for char in text[:limit]:
        category = unicodedata.category(char)
        if category in _SPACES or char in "\t\r\n":
            kept.append(" ")
            continue
        if category in _DROPPED or ord(char) in _VARIATION_SELECTORS:
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def cleaned(value: T) -> T:
    """The same answer with every text in it cleaned; enum members and instants stay as they are."""
    return cast("T", _cleaned(value))


def _cleaned(value: Any) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        return type(value)(**{name: _cleaned(getattr(value, name)) for name in names})
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {_cleaned(key): _cleaned(item) for key, item in items}
    if isinstance(value, list):
        return [_cleaned(item) for item in cast("list[object]", value)]
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in cast("tuple[object, ...]", value))
    return value


def line(*parts: Part) -> Content:
    """A line of text and `(text, style)` pairs; never markup."""
    return Content.assemble(*parts)


def fit(content: Part, width: int) -> Content:
    """Exactly `width` cells: cut with an ellipsis, or filled with spaces."""
    return line(content).truncate(max(width, 0), ellipsis=True, pad=True)


def spread(left: Part, right: Part, width: int) -> Content:
    """Left part at the left, right part at the right; the left one gives way."""
    tail = line(right)
    if tail.cell_length >= width:
        return fit(tail, width)
    gap = 1 if tail.cell_length else 0
    return Content.assemble(fit(left, width - tail.cell_length - gap), " " * gap, tail)


def columns(parts: Sequence[tuple[Part, int]], gap: int = 1) -> Content:
    """Parts side by side, each fitted to its width."""
    return Content(" " * gap).join([fit(part, width) for part, width in parts])


def wrap(text: str, width: int, *, lines: int | None = None) -> list[str]:
    """Words on lines of at most `width` cells; a longer word is cut; the last line says "…"."""
    rows: list[str] = []
    current = ""
    for word in text.split():
        piece = word if cell_len(word) <= width else _cut(word, width)
        candidate = f"{current} {piece}" if current else piece
        if cell_len(candidate) <= width:
            current = candidate
        else:
            rows.append(current)
            current = piece
    if current:
        rows.append(current)
    if lines is not None and len(rows) > lines:
        rows = [*rows[: lines - 1], _cut(" ".join(rows[lines - 1 :]), width)]
    return rows


def _cut(text: str, width: int) -> str:
    return Content(text).truncate(max(width, 1), ellipsis=True).plain


def first_that_fits(options: Iterable[Content], width: int) -> Content:
    """The first of several wordings, from long to short, that fits; else the last, cut."""
    last = Content("")
    for last in options:
        if last.cell_length <= width:
            return last
    return fit(last, width)


def hanging(
    text: str, width: int, style: str, *, indent: int = 0, lines: int | None = None
) -> list[Content]:
    """Wrapped words as styled lines with an indent."""
    rows = wrap(text, max(width - indent, 1), lines=lines)
    return [Content.assemble(" " * indent, (row, style)) for row in rows]


Transform = Callable[[str], str]
