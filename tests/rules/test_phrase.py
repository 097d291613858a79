"""Codes and phrases: how they are made, and how people type them."""

import hashlib
from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.rules.phrase import (
    ALPHABET,
    code_from,
    matches,
    normal_code,
    normal_phrase,
    phrase_from,
)
from familypair.rules.phrase_words import WORDS

MAC = hashlib.sha256(b"one").digest()


def macs(count: int) -> list[bytes]:
    """Distinct byte strings as a keyed hash would give them."""
    return [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


def distance(one: str, two: str) -> int:
    """Levenshtein: how many letters must be changed, added or left out."""
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        above, row[0] = row[:], at
        for column, other in enumerate(two, 1):
            row[column] = min(
                above[column] + 1, row[column - 1] + 1, above[column - 1] + (letter != other)
            )
    return row[-1]


def test_the_words_are_256_and_easy_to_tell_apart() -> None:
    """Short, lower case, different in their first four letters and in at least two letters."""
    assert len(WORDS) == len(set(WORDS)) == 256
    assert all(word.isascii() and word.islower() and 4 <= len(word) <= 8 for word in WORDS)
    assert len({word[:4] for word in WORDS}) == 256
    assert min(distance(one, two) for one, two in combinations(WORDS, 2)) >= 2


def test_no_two_pairs_of_words_read_the_same_together() -> None:
    """So leaving out the spaces costs nothing: 65,536 different joined pairs."""
    assert len({one + two for one, two in product(WORDS, WORDS)}) == 256 * 256


@given(mac=st.binary(min_size=32, max_size=80))
@settings(deadline=None)
def test_the_same_bytes_give_the_same_code_and_phrase(mac: bytes) -> None:
    """Both are functions of the bytes, well formed, and read back as themselves."""
    code, phrase = code_from(mac), phrase_from(mac)
    assert (code, phrase) == (code_from(mac), phrase_from(mac))
    assert normal_code(code) == code
    assert set(code) <= {*ALPHABET, "-"}
    assert matches(phrase, phrase)


@pytest.mark.parametrize("make", [code_from, phrase_from])
def test_31_bytes_are_too_few(make: object) -> None:
    """A short hash would be a weak code; 32 are enough."""
    assert callable(make)
    assert make(bytes(range(32)))
    with pytest.raises(ValueError, match="32 bytes are needed"):
        make(bytes(range(31)))


def test_bytes_that_would_bias_a_letter_are_skipped() -> None:
    """240 to 255 are no multiple of 20: they are not folded onto the first letters."""
    plain = bytes(range(20)) + bytes(12)
    assert code_from(b"\xff\xf0" + plain) == code_from(plain) == "BCDF-GHJK"


def test_a_hash_of_skipped_bytes_still_gives_a_code() -> None:
    """The stream goes on with the hash of the block, the same each time."""
    assert code_from(b"\xff" * 32) == code_from(b"\xff" * 32)


def test_letters_and_words_are_equally_likely() -> None:
    """Counts over 4,000 codes and phrases stay within six standard deviations of even."""
    letters = Counter("".join(code_from(mac).replace("-", "") for mac in macs(4000)))
    assert set(letters) == set(ALPHABET)
    assert all(abs(count - 1600) < 6 * 39 for count in letters.values())
    phrases = [phrase_from(mac).split() for mac in macs(4000)]
    words = Counter(word for first, second, _ in phrases for word in (first, second))
    assert len(words) == 256
    assert all(abs(count - 31.25) < 6 * 5.6 for count in words.values())
    digits = Counter(last for *_, last in phrases)
    assert len(digits) == 100
    assert all(abs(count - 40) < 6 * 6.3 for count in digits.values())


@pytest.mark.parametrize(
    "typed",
    ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "bcdf\u2013ghjk", "B.C.D.F-G.H.J.K", "\uff22CDF-GHJK"],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    """Case, dashes, dots, spaces and full-width letters do not matter."""
    assert normal_code(typed) == "BCDF-GHJK"


@pytest.mark.parametrize(
    "typed",
    ["", "BCDF-GHJ", "BCDF-GHJKL", "ACDF-GHJK", "BCDF-GHJ1", "\u0412CDF-GHJK", "B" * 129],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    """A letter too few or too many, a vowel, a digit, a look-alike of another script, a flood."""
    assert normal_code(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "otter lantern 42",
        "OTTER LANTERN 42",
        " otter-lantern-42. ",
        "otterlantern42",
        "Otter, lantern; 4 2",
    ],
)
def test_a_phrase_is_read_as_people_type_it(typed: str) -> None:
    """Case, spaces and punctuation do not matter."""
    assert matches(typed, "otter lantern 42")


@pytest.mark.parametrize(
    "typed",
    ["", "otter lantern 43", "lantern otter 42", "otter lantern", "oter lantern 42", "x" * 129],
)
def test_another_phrase_does_not_match(typed: str) -> None:
    """One digit, the order, a missing part, one letter: each is wrong. So is nothing at all."""
    assert not matches(typed, "otter lantern 42")


def test_nothing_never_matches_nothing() -> None:
    """An overlong text folds to nothing, which is no phrase that is ever made."""
    assert normal_phrase("x" * 129) == ""
    assert all(normal_phrase(phrase_from(mac)) for mac in macs(20))


@given(typed=st.text(max_size=200))
@settings(deadline=None, max_examples=200)
def test_no_text_breaks_the_readers(typed: str) -> None:
    """Hostile text gives None or False, never an error."""
    assert normal_code(typed) is None or len(normal_code(typed) or "") == 9
    assert not matches(typed, phrase_from(MAC))
