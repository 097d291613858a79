"""Which searches count for the weekly band: those with a word of a pack that somebody minds."""

from datetime import UTC, datetime

import pytest

from familypair.rules.decide import Decision
from familypair.testing.decisions import rules_of

NOW = datetime(2026, 12, 2, 16, tzinfo=UTC)


def searched(words: str, *terms: str, shown: str = "on") -> Decision:
    """The answer to a search at 13-15, where a guardian blocks these terms."""
    values = {"search": {"blocked_terms": list(terms), "blocked_terms_shown": shown}}
    family = {"band": "13-15", "guardians": [{"id": "A", "values": values}]}
    asked = {"action": "search.query", "context": {"query": words}}
    return rules_of(family, now=NOW).ask(asked)


@pytest.mark.parametrize("terms", [(), ("casino",), ("spider",)])
@pytest.mark.parametrize("shown", ["on", "off"])
def test_a_pack_counts_whoever_blocks_a_word_as_well(terms: tuple[str, ...], shown: str) -> None:
    """Nobody's own list can be read off the band: it is the same with a term there and without."""
    found = searched("online casino", *terms, shown=shown)
    named = "casino" in terms and shown == "on"
    wanted = "blocked_term" if named else "blocked_category"
    assert (found.outcome, found.reason, found.category) == ("deny", wanted, "gambling")
    assert found.counted


@pytest.mark.parametrize(
    ("words", "reason"),
    [("a spider", "blocked_term"), ("frogs", "allowed"), ("suicide hotline", "help_query")],
)
def test_own_words_open_searches_and_help_do_not_count(words: str, reason: str) -> None:
    """A term alone, a plain search and one for help are no packs' matter."""
    found = searched(words, "spider")
    assert (found.reason, found.counted) == (reason, False)


def asked_of(words: str, **search: object) -> Decision:
    """The answer to a search at 13-15 with these wishes of a guardian."""
    family = {"band": "13-15", "guardians": [{"id": "A", "values": {"search": search}}]}
    question = {"action": "search.query", "context": {"query": words}}
    return rules_of(family, now=NOW).ask(question)


def test_what_is_allowed_counts_as_what_is_not() -> None:
    """No allow list can be read off the band: a word counts the same on it and off it."""
    opened = asked_of("online casino", allowed_terms=["online casino"], packs={"gambling": "deny"})
    stopped = asked_of("online casino", packs={"gambling": "deny"})
    assert (stopped.outcome, stopped.counted, opened.counted) == ("deny", True, True)
    assert asked_of("online casino", enabled="off").counted
    assert not asked_of("frogs", enabled="off").counted


def test_a_search_that_is_too_long_is_a_no_with_help() -> None:
    """Whatever is in it: it was not read. Blanks make nothing long."""
    found = searched("x " * 260 + "casino")
    assert (found.outcome, found.reason, found.ask) == ("deny", "too_long", "")
    assert found.help is not None
    assert found.explanation == "This search is too long to be looked at."
    assert searched(" " * 500 + "online casino").reason == "blocked_category"
