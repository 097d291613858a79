"""Codes and matching phrases: made from a keyed hash, and read as people type them.

Both are derived from MAC bytes, so that a repeated request can show the same one again and only a
hash needs to be stored (product.md section 3). Entropy: a code 20^8, 34.6 bits; a phrase
256^2 * 100, 22.6 bits with three tries (security.md T1).
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator

from familypair.rules.phrase_words import WORDS

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 section 6.1: no vowels, so no words; no look-alikes."""
CODE_LENGTH = 8
MIN_MAC = 32
_MAX_TYPED = 128


def code_from(mac: bytes) -> str:
    """`XXXX-XXXX` from 32 or more MAC bytes; every code is exactly equally likely.

    Raises ValueError for fewer bytes.
    """
    draw = _uniform(mac, len(ALPHABET))
    letters = "".join(ALPHABET[next(draw)] for _ in range(CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def normal_code(typed: str) -> str | None:
    """What was typed as `XXXX-XXXX`: case, dashes, dots and spaces do not matter. None if no code.

    The answer to None must be that to a wrong code.
    """
    if len(typed) > _MAX_TYPED:
        return None
    folded = unicodedata.normalize("NFKC", typed).upper()
    letters = "".join(letter for letter in folded if letter.isalnum())
    if len(letters) != CODE_LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return f"{letters[:4]}-{letters[4:]}"


def phrase_from(mac: bytes) -> str:
    """Two words and two digits, `otter lantern 42`, from 32 or more MAC bytes.

    Raises ValueError for fewer bytes.
    """
    draw = _uniform(mac, len(WORDS))
    first, second = WORDS[next(draw)], WORDS[next(draw)]
    digits = next(_uniform(hashlib.sha256(mac).digest(), 100))
    return f"{first} {second} {digits:02d}"


def normal_phrase(typed: str) -> str:
    """What was typed, for comparison: letters and digits only, folded; "" when far too long."""
    if len(typed) > _MAX_TYPED:
        return ""
    folded = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def matches(typed: str, phrase: str) -> bool:
    """Whether the typed phrase is this one; takes the same time wherever they differ."""
    return hmac.compare_digest(normal_phrase(typed).encode(), normal_phrase(phrase).encode())


def _uniform(mac: bytes, size: int) -> Iterator[int]:
    """Numbers below `size`, exactly uniform: bytes beyond the last whole multiple are skipped."""
    if len(mac) < MIN_MAC:
        raise ValueError(f"{MIN_MAC} bytes are needed, got {len(mac)}")
    limit = 256 - 256 % size
    block = mac
    while True:
        yield from (byte % size for byte in block if byte < limit)
        block = hashlib.sha256(block).digest()
