"""Sign-in names: what the person chose, a dash, and digits that the server adds.

Nobody is ever told that a name is taken, so nobody can ask whether a person has an account.
"""

import unicodedata
from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.text import clean_line
from familypair_server.ids import Random

LEAST: Final = 2
MOST: Final = 24
_TRIES_SHORT: Final = 6
TRIES: Final = 10
_SHORT, _LONG = 4, 7
_LOGIN_MOST: Final = 64


def login_key(typed: str) -> str:
    """The stored form of a sign-in name as somebody types it, cut to a sane length."""
    folded = unicodedata.normalize("NFKC", typed.strip()[:_LOGIN_MOST]).casefold()
    return unicodedata.normalize("NFKC", folded).replace("\x00", "")


def chosen(typed: str, *, pointer: str) -> str | Refusal:
    """The part that people choose: 2 to 24 letters, digits, dots or underscores."""
    text = login_key(typed)
    if not LEAST <= len(text) <= MOST:
        return Refusal(Reason.OUT_OF_RANGE, pointer, {"min": LEAST, "max": MOST})
    if not all(unicodedata.category(char)[0] in "LMN" or char in "._" for char in text):
        return Refusal(Reason.BAD_TEXT, pointer)
    return clean_line(text, pointer=pointer, limit=MOST)


def numbered(name: str, attempt: int, random: Random) -> str:
    """`name-4821`; after a few tries more digits, because the short ones may be used up."""
    digits = _SHORT if attempt < _TRIES_SHORT else _LONG
    number = int.from_bytes(random.bytes(8)) % 10**digits
    return f"{name}-{number:0{digits}d}"
