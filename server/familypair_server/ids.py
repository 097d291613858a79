"""Randomness as an injected value, and ids made of it."""

import re
import secrets
from base64 import b32encode
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


_TO_CROCKFORD = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz"
)


def new_id(random: Random, prefix: str) -> str:
    """A fresh id such as `lnk_...`: 128 random bits in lower-case Crockford base32."""
    text = b32encode(random.bytes(ID_BYTES)).decode().rstrip("=").translate(_TO_CROCKFORD)
    return f"{prefix}_{text}"
