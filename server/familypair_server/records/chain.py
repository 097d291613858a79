"""The arithmetic of the chains: commitments that survive erasure, and hashes over them.

An entry's hash covers the previous hash, its number, type, instant and commitment; the commitment
covers the salted body. So a body can be erased (product.md section 10) and the chain stays whole,
and nobody can tell an erased body by trying likely ones, because the salt goes with it.
"""

import hashlib
from typing import Any

import msgspec

SALT_BYTES = 16
_encoder = msgspec.json.Encoder(order="deterministic")


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no blanks."""
    return _encoder.encode(value).decode()


def genesis(teen_id: str, viewer_id: str = "") -> str:
    """The hash before the first entry; it binds a chain to its teen (and inbox to its viewer)."""
    return _digest("familypair.genesis.v1", teen_id, viewer_id)


def commitment(salt: str, body: str, ledger_seq: int = 0) -> str:
    """A hash over salt and body. An inbox entry is bound to its ledger entry by `ledger_seq`."""
    return _digest("familypair.body.v1", salt, str(ledger_seq), body)


def link(previous: str, *, seq: int, kind: str, at: int, committed: str) -> str:
    """The hash of entry number `seq`."""
    return _digest("familypair.entry.v1", previous, str(seq), kind, str(at), committed)


def _digest(*parts: str) -> str:
    """SHA-256 over the parts, each with its length before it: no two lists look alike."""
    text = "".join([f"{len(part)}:{part}," for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()
