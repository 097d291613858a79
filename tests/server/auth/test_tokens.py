"""Tokens and codes as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair_server.auth import tokens
from familypair_server.keys import Keys

KEYS = Keys(bytes(range(32)))


@given(st.binary(min_size=32, max_size=32))
def test_every_secret_is_a_well_formed_token(secret: bytes) -> None:
    """Prefix, 43 characters, checksum; only under its own prefix."""
    token = tokens.mint("fpa_", secret)
    assert len(token) == 53
    assert token.isascii()
    assert tokens.well_formed(token, "fpa_")
    assert not tokens.well_formed(token, "fpr_")


@given(st.binary(min_size=32, max_size=32), st.integers(min_value=4, max_value=52))
def test_one_changed_character_is_noticed(secret: bytes, place: int) -> None:
    """The checksum catches typing and truncation before the database is asked."""
    token = tokens.mint("fpa_", secret)
    other = "0" if token[place] != "0" else "1"
    assert not tokens.well_formed(token[:place] + other + token[place + 1 :], "fpa_")
    assert not tokens.well_formed(token[:-1], "fpa_")
    assert not tokens.well_formed(token + "0", "fpa_")


@given(st.text(max_size=60))
def test_any_text_can_be_asked_about(text: str) -> None:
    """Garbage is not well formed, and asking about it never fails."""
    assert not tokens.well_formed(text, "fpa_")


def test_successors_are_deterministic_and_separate() -> None:
    """The same family and number give the same token; any other gives another."""
    first = tokens.successor(KEYS, "ses_a", 1)
    assert first == tokens.successor(KEYS, "ses_a", 1)
    others = {tokens.successor(KEYS, "ses_a", 2), tokens.successor(KEYS, "ses_b", 1)}
    assert first not in others
    assert len(others) == 2


@given(st.binary(min_size=64, max_size=64))
def test_user_codes_have_eight_clear_letters(noise: bytes) -> None:
    """No vowels, no look-alikes (RFC 8628 section 6.1)."""
    code = tokens.user_code(noise)
    if len(code) == 9:
        assert code[4] == "-"
        assert set(code) <= {*tokens.USER_CODE_ALPHABET, "-"}


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "b c d f-g h j k"])
def test_user_codes_are_read_kindly(typed: str) -> None:
    """Case, blanks and dashes do not matter."""
    wanted = tokens.user_code_digest(KEYS, "BCDF-GHJK")
    assert tokens.user_code_digest(KEYS, typed) == wanted
    assert tokens.user_code_digest(KEYS, "BCDF-GHJL") != wanted
