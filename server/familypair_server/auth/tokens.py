"""Opaque bearer tokens: a visible prefix, 256 random bits, a checksum; only hashes are stored.

The prefix and the CRC-32 let secret scanners find a leaked token, and let the server drop garbage
without asking the database (security T5).
"""

import hashlib
import string
import zlib
from typing import Literal

from familypair_server.keys import Keys

Prefix = Literal["fpa_", "fph_", "fpr_", "fpc_", "fpd_", "fpw_"]
"""Access token of a person and of a host, refresh token, authorization code, device code, browser
session."""

SECRET_BYTES = 32
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BODY = 43  # base-62 digits that 256 bits need
_CHECK = 6  # base-62 digits that 32 bits need
_PREFIX = 4

USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 section 6.1: no vowels, no look-alikes."""
_USER_CODE_LENGTH = 8


def mint(prefix: Prefix, secret: bytes) -> str:
    """The token for 32 secret bytes: prefix, the bytes in base 62, CRC-32 in base 62."""
    body = prefix + _base62(int.from_bytes(secret), _BODY)
    return body + _checksum(body)


def well_formed(token: str, prefix: Prefix) -> bool:
    """Whether this can be a token of that kind at all; says nothing about its validity."""
    if len(token) != _PREFIX + _BODY + _CHECK or not token.startswith(prefix):
        return False
    return token.isascii() and _checksum(token[:-_CHECK]) == token[-_CHECK:]


def digest(token: str) -> str:
    """What is stored of a 256-bit secret: SHA-256 in hex. Stretching would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def successor(keys: Keys, family: str, n: int) -> str:
    """The n-th refresh token of a family.

    Deterministic, so that a client whose answer was lost gets the very same successor again
    (security 2.3) although only its hash is stored.
    """
    return mint("fpr_", keys.mac("refresh-token", family, str(n)))


def user_code(noise: bytes) -> str:
    """A code such as `BCDF-GHJK` from at least 32 random bytes, without modulo bias."""
    fair = [byte for byte in noise if byte < 256 - 256 % len(USER_CODE_ALPHABET)]
    letters = [USER_CODE_ALPHABET[byte % len(USER_CODE_ALPHABET)] for byte in fair]
    code = "".join(letters[:_USER_CODE_LENGTH])
    return f"{code[:4]}-{code[4:]}"


def user_code_digest(keys: Keys, typed: str) -> str:
    """Keyed hash of a user code as a person types it: case, blanks and dashes do not matter."""
    plain = "".join(char for char in typed.upper() if char.isalnum())
    return keys.mac("user-code", plain).hex()


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    for _ in range(width):
        number, rest = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK)
