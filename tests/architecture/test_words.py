"""Every code has words for both readers."""

import string

from familypair.reasons import Reason, Refusal
from familypair.wording import WORDS, sentence, title


def test_every_reason_has_words() -> None:
    """A code without words would show a person a machine's name for their problem."""
    assert set(WORDS) == set(Reason)


def test_sentences_end_and_fill_their_places() -> None:
    """Words are sentences, and a missing value never shows a brace."""
    for reason in Reason:
        for audience in ("guardian", "teen"):
            text = sentence(Refusal(reason), audience)
            assert text[-1] in ".…", (reason, text)
            assert not set(text) & set("{}"), (reason, text)
        assert title(reason)


def test_placeholders_are_names() -> None:
    """Only named places are used, so that params cannot be mixed up."""
    for words in WORDS.values():
        for text in (words.guardian, words.teen):
            assert all(
                n is None or n.isidentifier() for _, n, _, _ in string.Formatter().parse(text)
            )
