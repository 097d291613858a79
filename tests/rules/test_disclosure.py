"""The disclosure: complete, worded for its reader, and fixed by its hash."""

import hashlib
import json
import re
from datetime import timedelta

import pytest

from familypair.rules.disclosure import (
    VERSION,
    Disclosure,
    canonical,
    disclosure,
    never_seen,
)
from familypair.schema.accounts import Band
from familypair.schema.scopes import ALL_SCOPES, Scope

EVERYTHING = frozenset(ALL_SCOPES)
READERS = (Band.YOUNGER, Band.OLDER, None)
NOTICE = timedelta(hours=48)

# of the words in `disclosure_words`: who changes a word changes VERSION, and then these
PINNED = {
    ("2026-11-22.3", "13-15"): "93e2672e51647631e9f7cd8b25abbde1eb6ec3974e74af8c497166aeecc261a5",
    ("2026-11-22.3", "16-17"): "18be61d4fb5630d021cfca4451a1226028c0183de8f58c7b4f83aa062d075087",
    (
        "2026-11-22.3",
        "guardian",
    ): "878ce48805138d71dd46fd743e5e5a6193b407cfff083dfaf31ad4988b668377",
}


def text(reader: Band | None, asked: frozenset[Scope] = EVERYTHING) -> Disclosure:
    """The text for a reader with a notice period of 48 hours."""
    return disclosure(asked=asked, needed=frozenset(), reader=reader, notice=NOTICE)


def lines(shown: Disclosure) -> list[str]:
    """Every sentence in it."""
    scopes = [line for scope in shown.scopes for line in (*scope.see, *scope.change)]
    return [*scopes, *shown.never, *shown.you_can, shown.history]


@pytest.mark.parametrize("reader", READERS)
def test_every_scope_says_what_is_seen_or_changed(reader: Band | None) -> None:
    """`see_*` scopes say what is seen, `set_*` scopes also what can be changed, in their order."""
    shown = text(reader)
    assert tuple(scope.scope for scope in shown.scopes) == ALL_SCOPES
    for scope in shown.scopes:
        assert scope.title
        assert scope.see
        assert bool(scope.change) == scope.scope.startswith("set_")


@pytest.mark.parametrize("scope", ALL_SCOPES)
def test_only_what_is_asked_is_shown(scope: Scope) -> None:
    """One scope asked, one scope shown; and whether it is needed."""
    shown = disclosure(
        asked=frozenset({scope}), needed=frozenset({scope}), reader=Band.YOUNGER, notice=NOTICE
    )
    assert [item.scope for item in shown.scopes] == [scope]
    assert shown.scopes[0].needed
    assert not text(Band.YOUNGER).scopes[0].needed


NEVER_WORDS = (
    "message", "search", "watch", r"locat|where you are", "report", "exact time",
    r"request|ask someone", "guardian|looks after", "pending|about to link",
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_what_is_never_seen_is_the_whole_list(reader: Band | None) -> None:
    """Every "never" of product.md section 8 has a line, in its order."""
    never = text(reader).never
    assert len(never) == len(NEVER_WORDS)
    for line, word in zip(never, NEVER_WORDS, strict=True):
        assert re.search(word, line.lower()), (word, line)
    assert never == never_seen(reader)


@pytest.mark.parametrize("reader", [Band.YOUNGER, Band.OLDER])
def test_a_teen_reads_that_they_can_refuse_take_back_end_and_leave(reader: Band) -> None:
    """Refusing is the first line; leaving at once is there too."""
    shown = text(reader).you_can
    assert re.match("Say no|Decline", shown[0])
    joined = " ".join(shown).lower()
    for word in ("take", "end ", "48 hours", "leave", "not your guardian"):
        assert word in joined


def test_the_guardians_text_does_not_speak_of_the_exit() -> None:
    """What protects a teen is not taught to the person it protects from."""
    joined = " ".join(lines(text(None))).lower()
    assert "exit" not in joined
    assert "leave" not in joined


def test_without_a_notice_period_none_is_promised() -> None:
    """The sentence is another one; no "0 hours"."""
    shown = disclosure(asked=EVERYTHING, needed=frozenset(), reader=Band.OLDER, notice=timedelta())
    assert "Time rules then end too." in " ".join(shown.you_can)
    assert "hours" not in shown.you_can[4]


def test_an_adult_reads_the_text_of_the_older_band() -> None:
    """There is no third wording for a birthday on the day."""
    assert text(Band.ADULT) == text(Band.OLDER)
    assert never_seen(Band.ADULT) == never_seen(Band.OLDER)


def test_the_hash_is_of_the_canonical_json() -> None:
    """Sorted keys, no spaces; anybody can compute it again."""
    shown = text(Band.YOUNGER)
    again = json.dumps(
        json.loads(canonical(shown)), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert canonical(shown) == again
    assert shown.hash == hashlib.sha256(again).hexdigest()


def test_every_difference_changes_the_hash() -> None:
    """Reader, scopes, what is needed and the notice period are all in it."""
    needed = disclosure(
        asked=EVERYTHING, needed=frozenset({Scope.SEE_TIME}), reader=Band.OLDER, notice=NOTICE
    )
    day = disclosure(
        asked=EVERYTHING, needed=frozenset(), reader=Band.OLDER, notice=timedelta(hours=24)
    )
    fewer = text(Band.OLDER, EVERYTHING - {Scope.SEE_CONTACTS})
    every = [*(text(reader) for reader in READERS), needed, day, fewer]
    assert len({shown.hash for shown in every}) == len(every)
    assert text(Band.OLDER).hash == text(Band.OLDER).hash


@pytest.mark.parametrize("reader", READERS)
def test_the_words_are_those_of_the_version(reader: Band | None) -> None:
    """A changed word needs a new version: receipts name the version and the hash."""
    shown = text(reader)
    assert shown.version == VERSION
    assert PINNED[shown.version, shown.reader] == shown.hash


def grade(sentences: list[str]) -> float:
    """Flesch-Kincaid grade, with vowel groups for syllables."""
    words = [word for line in sentences for word in re.findall(r"[a-z']+", line.lower())]
    ends = sum(max(1, len(re.findall(r"[.:;]", line))) for line in sentences)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$", "", word)))) for word in words
    )
    return 0.39 * len(words) / ends + 11.8 * syllables / len(words) - 15.59


def test_the_youngest_can_read_it() -> None:
    """At most grade 6 for 13-15 (security.md 3.1, standard 4), and easier than for 16-17."""
    assert grade(lines(text(Band.YOUNGER))) <= 6
    assert grade(lines(text(Band.YOUNGER))) < grade(lines(text(Band.OLDER)))
