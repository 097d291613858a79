"""Text that people type and other people see: one line, cleaned or refused, never markup.

Rules are those of security T4: NFC, no control, bidirectional, zero-width or otherwise invisible
characters, no tall stacks of combining marks. A renderer must still treat the result as data.
"""

import unicodedata

from familypair.reasons import Reason, Refusal

NAME_LIMIT = 40
"""Most visible characters in a name that other people see."""

_MOST_MARKS = 4
"""Longest run of combining marks on one character; real scripts need at most three."""

_INVISIBLE = frozenset(
    "\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
    "\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
    "\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}\N{OBJECT REPLACEMENT CHARACTER}",
)
"""Characters that show nothing although their category says letter, mark or symbol."""

_BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_line(raw: str, *, pointer: str, limit: int = NAME_LIMIT) -> str | Refusal:
    """Return `raw` as one clean line of 1 to `limit` visible characters, or why it is refused.

    Outer blanks are cut and inner runs become one space; anything else that would have to be
    removed is refused instead, so that nobody gets a text that they did not type.
    """
    bad = Refusal(Reason.BAD_TEXT, pointer)
    if len(raw) > limit * (_MOST_MARKS + 1):
        return Refusal(Reason.TOO_LONG, pointer, {"limit": limit})
    text = " ".join(part for part in unicodedata.normalize("NFC", raw).split(" ") if part)
    if not text or any(map(_forbidden, text)) or _longest_marks(text) > _MOST_MARKS:
        return bad
    visible = sum(not _mark(char) for char in text)
    if visible > limit:
        return Refusal(Reason.TOO_LONG, pointer, {"limit": limit})
    return text if visible else bad


def _forbidden(char: str) -> bool:
    category = unicodedata.category(char)
    odd_space = category == "Zs" and char != " "
    return category in _BAD_CATEGORIES or odd_space or char in _INVISIBLE


def _longest_marks(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if _mark(char) else 0
        longest = max(longest, run)
    return longest


def _mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")
