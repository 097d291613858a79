"""Explain with provenance, as each viewer may know it (product.md section 4, law 1 and 3)."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from familypair.rules.explain import explain, explain_all
from familypair.rules.layers import (
    Hold,
    LayerState,
    Policy,
    effective,
    platform_hold,
    visible_fields,
)
from familypair.schema.scopes import Scope
from familypair.schema.settings import Explained
from familypair.settings import FIELDS
from familypair.testing.families import NOON, TEEN, daily, family, guardian

SUN = "screen_time.daily_minutes.sun"
TERMS = "search.blocked_terms"
CONTACTS = "contacts.blocked"
NAMES = {"A": "Dana", "B": "Bo", TEEN: "Mia"}


def seen(policy: Policy, path: str, viewer: str) -> Explained:
    """What this viewer reads of a field."""
    found = explain(policy, path, viewer, now=NOON, names=NAMES)
    assert found is not None
    return found


def two(a: dict[str, Any], b: dict[str, Any], **more: Any) -> Policy:
    """Dana's layer and Bo's."""
    return family(guardian("A", a), guardian("B", b), **more)


@pytest.mark.parametrize(
    ("viewer", "reason"),
    [
        (TEEN, "45 min: set by Bo"),
        ("A", "45 min: set by another guardian"),
        ("B", "45 min: set by you"),
    ],
)
def test_every_answer_names_the_layer_that_decided(viewer: str, reason: str) -> None:
    """The same field in the words of the teen, of another guardian, and of its owner."""
    assert seen(two(daily(120), daily(45)), SUN, viewer).reason == reason


def test_a_platform_rule_names_the_band() -> None:
    """Quote: "messages off: platform rule for 13-15"; nobody can be asked."""
    found = seen(family(guardian("A")), "messages.audience", "A")
    assert found.reason == "no one: platform rule for 13-15"
    assert found.change == "Nobody can loosen it: platform rule for 13-15."
    assert (found.locked, found.ask, found.cap) == (True, (), "no_one")


def test_a_tie_names_everybody_and_asks_everybody() -> None:
    """Both guardians and the teen said 45: all are named, and for the teen both are asked."""
    policy = two(daily(45), daily(45), teen=daily(45))
    found = seen(policy, SUN, TEEN)
    assert found.reason == "45 min: set by you, Dana and Bo"
    assert found.ask == ("A", "B")
    assert found.change == "To loosen it, ask Dana and Bo."


def test_a02_a_starting_value_is_nobodys_rule() -> None:
    """It is marked, it is not locked, and no one need be asked."""
    for viewer in (TEEN, "A"):
        found = seen(family(guardian("A")), SUN, viewer)
        assert (found.starting_value, found.locked, found.ask) == (True, False, ())
        assert found.change == "You can change it."
    assert seen(family(), SUN, TEEN).reason == "60 min: starting value, you may change it"


def test_a_default_of_a_tighten_field_is_the_teens_to_loosen() -> None:
    """A guardian cannot loosen it and reads that the teen can; the teen can."""
    path = "interactions.mentions"
    found = seen(family(guardian("A")), path, "A")
    assert (found.locked, found.ask, found.change) == (
        True,
        ("teen",),
        "To loosen it, ask the teen.",
    )
    assert not seen(family(guardian("A")), path, TEEN).locked


def test_another_guardians_value_appears_only_where_it_wins() -> None:
    """Dana reads Bo's 45 as "another guardian", and of his 180 nothing at all."""
    wins = seen(two(daily(120), daily(45)), SUN, "A")
    loses = seen(two(daily(45), daily(180)), SUN, "A")
    assert [(layer.owner, layer.value) for layer in wins.layers] == [
        ("me", 120),
        ("another_guardian", 45),
    ]
    assert [layer.owner for layer in loses.layers] == ["me"]


def test_the_outcome_of_another_guardian_shows_only_where_it_is_the_strictest() -> None:
    """Law 1 names who stops at 180; a remind that a stop has overtaken is not shown."""
    a = {"screen_time": {"daily_minutes": {"sun": 60}, "at_limit": "remind"}}
    b = {"screen_time": {"daily_minutes": {"sun": 180}, "at_limit": "stop"}}
    assert [step.words for step in seen(two(a, b), SUN, "A").steps] == [
        "remind from 60 min: you",
        "stop from 3 h: another guardian",
    ]
    assert [step.minutes for step in seen(two(b, a), SUN, "B").steps] == [60, 180]


def test_a04_a_completed_half_is_not_said_to_be_set() -> None:
    """Dana set only the minutes: what happens at their end is still the starting value."""
    policy = family(guardian("A", daily(90)))
    found = seen(policy, "screen_time.at_limit", TEEN)
    assert found.reason == "you ask for more time: starting value, Dana set only the minutes"
    assert [layer.completed for layer in found.layers] == [True]
    only = family(guardian("A", {"screen_time": {"at_limit": "stop"}}))
    assert seen(only, SUN, "A").reason == (
        "60 min: starting value, you set only what happens at the limit"
    )


def test_guardians_who_agreed_to_be_known_read_each_others_names() -> None:
    """Only with the agreement, and still only where the value wins."""
    policy = two(daily(120), daily(45))
    a, b = policy.guardians
    known = msgspec.structs.replace(
        policy, guardians=(msgspec.structs.replace(a, known_to=frozenset({"B"})), b)
    )
    assert seen(known, SUN, "A").reason == "45 min: set by Bo"
    assert seen(known, SUN, "A").decided_by == ("B",)


def test_the_teen_reads_everything_about_themselves() -> None:
    """Every field and every layer's value, also one that loses."""
    policy = two(daily(120), daily(45))
    assert visible_fields(policy, TEEN) == tuple(FIELDS)
    layers = seen(policy, SUN, TEEN).layers
    assert [(layer.name, layer.value, layer.wins) for layer in layers] == [
        ("Dana", 120, False),
        ("Bo", 45, True),
    ]


@pytest.mark.parametrize(
    ("without", "groups"),
    [
        ((Scope.SEE_SETTINGS, Scope.SET_TIME), {"search", "messages", "privacy"}),
        ((Scope.SET_TIME,), {"screen_time", "search", "messages", "privacy"}),
        (tuple(s for s in Scope if s is not Scope.SET_PRIVACY), {"privacy"}),
        (tuple(Scope), set[str]()),
    ],
)
def test_what_has_no_scope_granted_is_absent(without: tuple[Scope, ...], groups: set[str]) -> None:
    """A field shows with its own scope or with `see_settings`, and not otherwise."""
    paths = visible_fields(family(guardian("A", without=without)), "A")
    found = {path.split(".")[0] for path in paths}
    assert found & {"screen_time", "search", "messages", "privacy"} == groups


@pytest.mark.parametrize("state", [LayerState.ENDING, LayerState.ENDED])
def test_reading_stops_at_once_when_a_link_ends(state: LayerState) -> None:
    """The guardian of a link that ends sees no field; a stranger sees none either."""
    policy = family(guardian("A", state=state))
    assert explain_all(policy, "A", now=NOON) == ()
    assert explain_all(policy, "Z", now=NOON) == ()


def test_a13_a_hidden_list_is_disclosed_by_its_size_only() -> None:
    """The teen reads Bo's words, of Dana's hidden ones how many there are."""
    hidden = {"search": {"blocked_terms": ["x", "y"], "blocked_terms_shown": "off"}}
    policy = two(hidden, {"search": {"blocked_terms": ["z"]}})
    found = seen(policy, TERMS, TEEN)
    assert (found.value, found.hidden) == (["z"], 2)
    assert found.words == "1 word, and 2 that you cannot read"
    assert seen(policy, TERMS, "A").value == ["x", "y"]


def test_words_of_others_are_never_read_by_a_guardian() -> None:
    """The teen's own words and another guardian's are a count, nothing more."""
    policy = two(
        {}, {"search": {"blocked_terms": ["z"]}}, teen={"search": {"blocked_terms": ["t", "u"]}}
    )
    found = seen(policy, TERMS, "A")
    assert (found.value, found.hidden) == ([], 3)
    text = msgspec.json.encode(found)
    assert b'"z"' not in text
    assert b'"t"' not in text


def contact(account: str, *, private: bool = False) -> dict[str, Any]:
    """One blocked account on the wire."""
    return {"host": "h", "account": account} | ({"private": True} if private else {})


def test_a19_a_private_block_of_the_teen_does_not_exist_for_guardians() -> None:
    """Not its account and not its number; the open one shows with `see_contacts` only."""
    teen = {"contacts": {"blocked": [contact("open"), contact("secret", private=True)]}}
    with_scope = family(guardian("A"), teen=teen)
    without = family(guardian("A", without=(Scope.SEE_CONTACTS,)), teen=teen)
    assert seen(with_scope, CONTACTS, "A").value == [contact("open")]
    assert seen(without, CONTACTS, "A").value == []
    only = {"contacts": {"blocked": [contact("secret", private=True)]}}
    alone, nothing = (family(guardian("A"), teen=t) for t in (only, {}))
    shown = (seen(alone, CONTACTS, "A"), seen(nothing, CONTACTS, "A"))
    assert shown[0] == shown[1]


def test_a10_a_value_that_waits_for_the_end_of_probation_is_marked() -> None:
    """Both sides read that 120 is there and not yet in force."""
    policy = family(guardian("A", daily(120), state=LayerState.PROBATION))
    for viewer in (TEEN, "A"):
        marks = {layer.name: layer.from_ for layer in seen(policy, SUN, viewer).layers}
        assert "end_of_probation" in marks.values()
    assert seen(policy, SUN, "A").value == 60


def test_a20_the_start_of_day_is_asked_for() -> None:
    """The teen reads that a guardian's yes is needed; a guardian that it is the teen's."""
    policy = family(guardian("A"))
    path = "screen_time.day_starts_at"
    assert seen(policy, path, TEEN).change == "You can ask for a change."
    assert seen(policy, path, "A").change == "Only the teen can change it."


def test_a_field_that_belongs_to_each_layer_has_no_common_value() -> None:
    """Dana reads her own exceptions and not Bo's; the teen reads both."""
    lift = {"schedule": {"exceptions": [{"kind": "lift_limit", "first": "2026-12-24"}]}}
    policy = two(lift, lift)
    path = "schedule.exceptions"
    assert seen(policy, path, "A").value is None
    assert [layer.owner for layer in seen(policy, path, "A").layers] == ["me"]
    assert [layer.owner for layer in seen(policy, path, TEEN).layers] == ["A", "B"]


def test_a_field_that_is_not_theirs_is_absent() -> None:
    """Asking for one field without its scope gives nothing, like an unknown viewer."""
    policy = family(guardian("A", without=(Scope.SEE_SETTINGS, Scope.SET_PRIVACY)))
    assert explain(policy, "feed.stem", "A", now=NOON) is None
    assert explain(policy, "feed.stem", "Z", now=NOON) is None


def test_a_hold_is_said_to_end_by_itself() -> None:
    """While the platform holds a value nobody can loosen it and nobody is asked."""
    hold = Hold(values={"search.enabled": "off"}, until=NOON + timedelta(days=7))
    found = seen(family(holds=(hold,)), "search.enabled", TEEN)
    assert found.decided_by == ("hold",)
    assert (found.locked, found.ask) == (True, ())
    assert found.change == "It ends by itself, 7 days after the link ended."


def test_a_guardian_never_reads_that_another_link_has_ended() -> None:
    """For a guardian the platform's hold reads as the other guardian's rule did, in all of it."""
    hold = Hold(values={"search.enabled": "off"}, until=NOON + timedelta(days=7))
    held = seen(family(guardian("A"), holds=(hold,)), "search.enabled", "A")
    other = guardian("B", {"search": {"enabled": "off"}})
    assert held == seen(family(guardian("A"), other), "search.enabled", "A")
    assert (held.decided_by, held.cap) == (("another_guardian",), None)
    assert held.reason == "off: set by another guardian"


@pytest.mark.parametrize("path", FIELDS)
def test_the_end_of_anothers_link_changes_nothing_that_a_guardian_reads(path: str) -> None:
    """Field by field, what the other had set, the teen's own and every default: all as before."""
    values = {
        "search": {"enabled": "off", "blocked_terms": ["one", "two"]},
        "interactions": {"comments": "no_one"},
    }
    teen = {"interactions": {"mentions": "no_one"}}
    before = family(guardian("A"), guardian("B", values), teen=teen)
    hold = platform_hold(effective(before, now=NOON), owner="B", until=NOON + timedelta(days=7))
    after = msgspec.structs.replace(before, guardians=before.guardians[:1], holds=(hold,))
    assert seen(after, path, "A") == seen(before, path, "A")


def test_titles_of_another_guardians_blocks_are_not_read() -> None:
    """Section 4: "without titles"; the owner, the teen and a known guardian read them."""
    block = {"kind": "custom", "days": ["sun"], "start": "21:00", "end": "23:00"}
    titled = {"schedule": {"blocks": [{**block, "label": "Therapy, call Dana"}]}}
    policy = two(titled, daily(60))
    found = seen(policy, "schedule.blocks", "B")
    assert "Therapy" not in str(found)
    assert found.value == [block]
    known = family(guardian("A", titled), guardian("B", known_to=frozenset({"A"})))
    for reader, one in (("A", policy), (TEEN, policy), ("B", known)):
        assert "Therapy" in seen(one, "schedule.blocks", reader).words
