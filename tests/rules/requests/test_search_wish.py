"""Asking for a search (product.md section 7, algebra.md A7, A8, A12)."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import LayerState, Policy
from familypair.rules.requests.apply import Effects
from familypair.rules.requests.model import Given, PartState
from familypair.rules.requests.parts import needs
from familypair.rules.requests.wishes import checked, covered, repeats
from familypair.rules.requests.words import Reader, effect_words, seen, wish_words
from familypair.schema.requests import SearchFor
from familypair.schema.scopes import Scope
from familypair.settings import Audience, encode_values
from familypair.testing.families import NOON, TEEN, family, guardian
from support.wishes import applied, facts, request, who

WORDS = SearchFor(category="drugs", words="weed brownies")
ALL = SearchFor(category="drugs")


def packs(outcome: str, *allowed: str) -> dict[str, Any]:
    """What one layer says to the category."""
    more = {"allowed_terms": list(allowed)} if allowed else {}
    return {"search": {"packs": {"drugs": outcome}, **more}}


def asked(policy: Policy, wish: SearchFor) -> tuple[str, ...] | str:
    """Whose yes it needs."""
    return who(needs(facts(policy), wish))


def writes(policy: Policy, wish: SearchFor, *owners: str) -> dict[str, Any] | Refusal:
    """What a yes of these changes, by owner."""
    yes = tuple(Given(owner=one, state=PartState.APPROVED, at=NOON) for one in owners)
    found = applied(facts(policy), request(wish, *owners, answers=yes))
    if not isinstance(found, Effects):
        return found
    changes = ((owner, patch.changes.items()) for owner, patch in found.writes)
    return {
        owner: encode_values({path: value for path, value in said if value is not None})
        for owner, said in changes
    }


def test_every_guardian_whose_pack_stops_it_is_asked() -> None:
    """Ask and deny alike; who allows it or lets these very words pass is not."""
    policy = family(
        guardian("A", packs("ask")), guardian("B", packs("deny")), guardian("C", packs("allow"))
    )
    assert asked(policy, WORDS) == asked(policy, ALL) == ("A", "B")
    passes = family(guardian("A", packs("ask", "weed brownies")), guardian("B", packs("deny")))
    assert asked(passes, WORDS) == ("B",)
    assert asked(passes, ALL) == ("A", "B")


def test_without_such_a_guardian_it_is_the_teens_own_choice() -> None:
    """The starting packs, the teen's own, and a guardian without the scope ask nobody."""
    for policy in (
        family(guardian("A")),
        family(teen=packs("deny")),
        family(guardian("A", packs("ask"), without=(Scope.SET_SEARCH,))),
    ):
        assert asked(policy, WORDS) == asked(policy, ALL) == "nothing_in_the_way"


def test_a_rule_of_the_operator_is_in_the_way_of_all() -> None:
    """Nobody can grant what a cap denies."""
    policy = family(guardian("A", packs("ask")), caps={"search.packs.drugs": "deny"})
    assert asked(policy, WORDS) == "cap_in_the_way"


def test_words_are_let_pass_by_everybody_in_the_way_and_by_the_teen() -> None:
    """A12: each in their own layer, beside what was there; the packs stay as they are."""
    policy = family(guardian("A", packs("ask", "poppy")), guardian("B", packs("deny")))
    assert writes(policy, WORDS, "A", "B") == {
        "A": {"search": {"allowed_terms": ["poppy", "weed brownies"]}},
        "B": {"search": {"allowed_terms": ["weed brownies"]}},
        TEEN: {"search": {"allowed_terms": ["weed brownies"]}},
    }


def test_without_words_the_category_is_open() -> None:
    """In every layer in the way, and in the teen's, where the starting value denies it."""
    policy = family(guardian("A", packs("ask")), guardian("B", packs("allow")))
    opened = {"search": {"packs": {"drugs": "allow"}}}
    assert writes(policy, ALL, "A") == {"A": opened, TEEN: opened}


def test_in_the_first_24_hours_words_may_pass_and_categories_may_not_be_opened() -> None:
    """A10: an allow list opens the own packs only, which had tightened."""
    first_day: dict[str, Any] = {
        "state": LayerState.PROBATION,
        "probation_ends": NOON + timedelta(hours=9),
    }
    policy = family(guardian("A", packs("deny"), **first_day), teen=packs("ask"))
    assert isinstance(writes(policy, WORDS, "A"), dict)
    refused = writes(policy, ALL, "A")
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.PROBATION_BOUND


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        (SearchFor(category="chess"), "/category"),
        (SearchFor(category="drugs", words="a\u202eb"), "/words"),
        (SearchFor(category="drugs", words="..."), "/words"),
    ],
)
def test_a_bad_wish_is_refused_at_its_place(wish: SearchFor, pointer: str) -> None:
    """The good twin is cleaned."""
    found = checked(wish, NOON, NOON)
    assert isinstance(found, tuple)
    assert [one.pointer for one in found] == [pointer]
    good = checked(SearchFor(category="drugs", words="  weed   brownies "), NOON, NOON)
    assert good == WORDS


def test_the_same_search_is_not_asked_for_again() -> None:
    """All of a category covers its words; other words are another wish."""
    other = SearchFor(category="drugs", words="poppy seeds")
    assert covered(WORDS, ALL)
    assert covered(WORDS, WORDS)
    assert not covered(ALL, WORDS)
    assert repeats(WORDS, WORDS)
    assert repeats(ALL, WORDS)
    assert not repeats(other, WORDS)


def test_guardians_read_the_words_that_the_teen_added() -> None:
    """And who may not see search settings reads the category only."""

    def reader(*, sees: bool) -> Reader:
        return Reader(audience=Audience.GUARDIAN, zone="UTC", may_see=lambda _: sees)

    assert wish_words(WORDS, reader(sees=True)) == (
        "search for \u201cweed brownies\u201d (buying and making drugs)"
    )
    assert wish_words(ALL, reader(sees=True)) == "searches: buying and making drugs"
    assert wish_words(WORDS, reader(sees=False)) == "searches: buying and making drugs"
    assert seen(WORDS, reader(sees=False)) == ALL
    book = facts(family(guardian("A", packs("ask")))).book
    assert "stays as it is" in effect_words(book, WORDS, reader(sees=True))
    assert "for good" in effect_words(book, ALL, reader(sees=True))
