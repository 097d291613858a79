"""Cleaning of server text: nothing that acts or misleads gets through, nothing else is lost."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.client import BadAnswer
from familypair.client.clean import clean, decode


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Mia", "Mia"),
        ("Zoë 李 אבא", "Zoë 李 אבא"),
        ("\x1b]0;title\x07Mia", "]0;titleMia"),
        ("a\u202eb\u2066c", "abc"),
        ("a\u200bb\ufeff", "ab"),
        ("one\ntwo\u2028three", "one two three"),
        ("e" + "\u0301" * 9, "é" + "\u0301" * 4),
        ("\x9b31m", "31m"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_examples(raw: str, kept: str) -> None:
    """What acts is taken out; markup stays as the text that it is."""
    assert clean(raw) == unicodedata.normalize("NFC", kept)


@given(st.text())
def test_nothing_invisible_or_controlling_is_left(raw: str) -> None:
    """No control, format, surrogate or private character comes through, and cleaning settles."""
    kept = clean(raw)
    assert not {unicodedata.category(c) for c in kept} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert clean(kept) == kept


@given(st.recursive(st.text() | st.integers(-9, 9) | st.none(), lambda s: st.lists(s, max_size=3)))
def test_every_string_of_an_answer_is_cleaned(value: object) -> None:
    """However deep a string lies, it is cleaned."""
    found = decode(msgspec.json.encode({"a\x1b": value}), dict[str, object])
    assert "\x1b" not in repr(found)
    assert "\\x1b" not in repr(found)


@pytest.mark.parametrize("raw", [b"", b"{", b'"\xff"', b"[" * 5000, b'{"a":"\\ud800"}'])
def test_what_is_no_json_is_a_bad_answer(raw: bytes) -> None:
    """Broken, deep or ill-encoded JSON is an error with a sentence, never a crash."""
    with pytest.raises(BadAnswer):
        decode(raw, dict[str, object])
