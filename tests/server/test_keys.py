"""Keys: one root, many purposes, nothing readable by others."""

from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from familypair_server.ids import SystemRandom, new_id
from familypair_server.keys import Keys, SecretFileError, load_or_create

ROOT = bytes(range(32))


def test_purposes_do_not_share_keys() -> None:
    """A MAC for one purpose says nothing about another."""
    keys = Keys(ROOT)
    assert keys.mac("code", "x") != keys.mac("phrase", "x")
    assert keys.mac("code", "x") == Keys(ROOT).mac("code", "x")


def test_mac_parts_cannot_be_shifted() -> None:
    """`("ab", "c")` and `("a", "bc")` differ."""
    keys = Keys(ROOT)
    assert keys.mac("p", "ab", "c") != keys.mac("p", "a", "bc")


def test_a_sealed_value_is_bound_to_its_row() -> None:
    """A sealed column copied to another row does not open."""
    keys = Keys(ROOT)
    sealed = keys.seal("age", b"13-15", aad="account|a", random=SystemRandom())
    assert keys.open("age", sealed, aad="account|a") == b"13-15"
    with pytest.raises(InvalidTag):
        keys.open("age", sealed, aad="account|b")


def test_the_secret_file_is_private(tmp_path: Path) -> None:
    """It is made once with 0600 and refused when others could read it."""
    path = tmp_path / "keys" / "root.secret"
    first = load_or_create(path, SystemRandom())
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_create(path, SystemRandom()).mac("p") == first.mac("p")
    path.chmod(0o644)
    with pytest.raises(SecretFileError, match="chmod 600"):
        load_or_create(path, SystemRandom())


def test_a_short_root_is_refused() -> None:
    """Less than 32 bytes is no key."""
    with pytest.raises(SecretFileError):
        Keys(b"short")


def test_ids_have_their_prefix_and_128_bits() -> None:
    """26 characters of base32 after the prefix, never twice the same."""
    ids = {new_id(SystemRandom(), "lnk") for _ in range(100)}
    assert len(ids) == 100
    assert all(i.startswith("lnk_") and len(i) == 4 + 26 for i in ids)


def test_published_keys_have_no_private_half() -> None:
    """`/.well-known/jwks.json` must never carry `d`."""
    published = msgspec.json.encode(Keys(ROOT).public_keys()).decode()
    assert '"d"' not in published
    kids = {key["kid"] for key in msgspec.json.decode(published)["keys"]}
    assert len(kids) == 2, "receipts and policies have a key each"
