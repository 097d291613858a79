"""Randomness as an injected value, and ids made of it."""

import re
import secrets
from typing import Protocol

ID_BYTES = 16
"""128 random bits (contract.md): ids cannot be guessed or ordered."""


class Random(Protocol):
    """Where random bytes come from; tests inject a seeded one."""

    def bytes(self, n: int) -> bytes:
        """`n` random bytes."""
        ...


class SystemRandom:
    """The operating system's generator."""

    def bytes(self, n: int) -> bytes:
        """`n` bytes fit for keys."""
        return secrets.token_bytes(n)


_ID = re.compile(r"[a-z]{3}_[0-9a-z]{26}")


def is_id(text: str) -> bool:
    """Whether this can be one of our ids at all: what a caller sends may be anything."""
    return _ID.fullmatch(text) is not None


_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
_SHIFTS = tuple(range(8 * ID_BYTES + 2 - 10, -1, -10))
"""128 bits and two zero bits are 13 pairs of letters: `b32encode` takes twice as long."""


def new_id(random: Random, prefix: str) -> str:
    """A fresh id such as `lnk_...`: 128 random bits in lower-case Crockford base32."""
    bits = int.from_bytes(random.bytes(ID_BYTES)) << 2
    return f"{prefix}_{''.join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])}"
