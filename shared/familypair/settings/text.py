"""Cleaning of short text that people type into settings. Untrusted text is never markup."""

import unicodedata
from typing import Final

# Direction controls can make a shown line lie about its own order (Unicode TR36, TR55).
_DIRECTION: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_JOINERS: Final = frozenset("\u200c\u200d")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MAX_MARKS: Final = 4


def clean(text: str) -> str | None:
    """Return `text` in NFC with single spaces and no edges, or None when it must be refused.

    Refused: control and direction characters, lone surrogates, unassigned code points, towers of
    more than 4 combining marks, and text with nothing visible in it.
    """
    if text.isascii() and text.isprintable():  # the most common text needs no look at each char
        return " ".join(text.split()) or None
    if any(_is_refused(char) for char in text):
        return None
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    if _has_tower(composed) or not any(_is_visible(char) for char in composed):
        return None
    return composed


def _is_refused(char: str) -> bool:
    if char in _JOINERS or char in "\t\n\r":
        return False
    return char in _DIRECTION or unicodedata.category(char) in _REFUSED_CATEGORIES


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS"


def _has_tower(text: str) -> bool:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > _MAX_MARKS:
            return True
    return False
