"""The rules of algebra.md beside time: A8, A9, A12 to A15, A18, A19, A23, A24."""

from datetime import timedelta
from typing import Any, cast

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import (
    Accepted,
    LayerState,
    Policy,
    SourceKind,
    Text,
    Undo,
    check_undo,
    check_write,
    effective,
    in_the_way,
    search_answer,
)
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Band, Facts, Patch, Value, decode, in_audience
from familypair.settings.weekmask import windows_mask
from familypair.testing.families import NOON, TEEN, family, guardian

AUDIENCE = "messages.audience"
BLOCKED = "contacts.blocked"
MUTE = "notifications.mute"


def value(policy: Policy, path: str) -> Any:
    """What holds for one field at noon."""
    return effective(policy, now=NOON, fields=(path,))[path].value


def refusals(done: object) -> tuple[Refusal, ...]:
    """The refusals of a refused write."""
    assert isinstance(done, tuple)
    return cast("tuple[Refusal, ...]", done)


def reasons(done: object) -> list[Reason]:
    """The codes of a refused write."""
    return [refusal.reason for refusal in refusals(done)]


def test_a08_a_cap_in_the_way_is_named() -> None:
    """Quote: "A cap in the way: 422 naming it": no owner can grant what the platform forbids."""
    way = in_the_way(family(guardian("A")), AUDIENCE, "friends", now=NOON)
    assert (way.cap, way.possible) == ("no_one", False)


def test_a08_a_frozen_layer_makes_a_wish_impossible_until_it_lifts() -> None:
    """Quote: "A frozen layer: impossible until it lifts", and its owner is named."""
    until = NOON + timedelta(hours=1)
    wind_down = {"schedule": {"wind_down": "20:00"}}
    leaving = guardian("A", wind_down, state=LayerState.ENDING, frozen={Scope.SET_TIME: until})
    way = in_the_way(family(leaving), "schedule.wind_down", "23:00", now=NOON)
    assert [source.id for source in way.frozen] == ["A"]
    assert not way.possible
    assert in_the_way(family(leaving), "schedule.wind_down", "22:00", now=until).possible


def test_a08_on_a_tie_every_tied_layer_wins_in_a_fixed_order() -> None:
    """Quote: "Name order: cap, teen or default, guardians by link date"."""
    no_one = {"messages": {"audience": "no_one"}}
    policy = family(guardian("B", no_one), guardian("A", no_one), teen=no_one)
    found = effective(policy, now=NOON, fields=(AUDIENCE,))[AUDIENCE]
    assert [str(source) for source in found.decided_by] == ["cap", "teen", "B", "A"]


def test_a09_without_set_time_a_linked_guardian_is_no_time_guardian() -> None:
    """Quote: "A teen without a guardian means without a linked guardian who has set_time"."""
    policy = family(guardian("A", without=(Scope.SET_TIME,)))
    done = check_write(policy, TEEN, Patch({"screen_time.day_starts_at": "04:00"}), now=NOON)
    assert isinstance(done, Accepted)


def searched(policy: Policy, *words: str, category: str = "") -> tuple[str, str | None]:
    """The outcome of a text of these words, of which `bad` alone matches a pack."""
    found = frozenset(words)

    def categories(allowed: frozenset[str]) -> frozenset[str]:
        left = "bad" in found and not allowed & found
        return frozenset({category}) if left and category else frozenset()

    text = Text(matches=lambda terms: terms & found, categories=categories)
    answer = search_answer(policy, text, now=NOON)
    return answer.outcome, answer.term


PACK = "drugs"


def search(**members: Any) -> dict[str, Any]:
    """A document of search settings."""
    return {"search": members}


def test_a12_an_own_term_denies_whatever_is_allowed_elsewhere() -> None:
    """Own term -> deny, also against an allow list of the same layer."""
    a = guardian("A", search(blocked_terms=["bad"], allowed_terms=["bad"]))
    assert searched(family(a), "bad", category=PACK)[0] == "deny"


def test_a12_a_guardians_allow_list_never_opens_the_default_packs() -> None:
    """Their list opens only their own pack; the default 13-15 still denies drugs."""
    a = guardian("A", search(allowed_terms=["bad"], packs={PACK: "ask"}))
    assert searched(family(a), "bad", category=PACK)[0] == "deny"


def test_a12_the_teens_own_list_opens_the_default_packs_only() -> None:
    """With the teen's list the default passes; a guardian's pack still says ask."""
    teen = search(allowed_terms=["bad"])
    assert searched(family(teen=teen), "bad", category=PACK)[0] == "allow"
    a = guardian("A", search(packs={PACK: "ask"}))
    assert searched(family(a, teen=teen), "bad", category=PACK)[0] == "ask"


def test_a12_deny_wins_over_ask_wins_over_allow() -> None:
    """Each layer alone, then the strictest of the answers."""
    ask, deny = search(packs={PACK: "ask"}), search(packs={PACK: "deny"})
    allow = search(packs={PACK: "allow"})
    assert searched(family(teen=allow), "bad", category=PACK)[0] == "allow"
    assert searched(family(guardian("A", ask), teen=allow), "bad", category=PACK)[0] == "ask"
    both = family(guardian("A", ask), guardian("B", deny), teen=allow)
    assert searched(both, "bad", category=PACK)[0] == "deny"


def test_a12_without_scope_a_guardians_search_rules_are_silent() -> None:
    """A layer without `set_search` says nothing, whatever is stored in it."""
    a = guardian("A", search(blocked_terms=["ok"]), without=(Scope.SET_SEARCH,))
    assert searched(family(a), "ok")[0] == "allow"


def test_a13_the_reason_names_a_term_that_its_owner_shows() -> None:
    """Quote: "If several layers match, the reason names one that shows its term"."""
    hidden = guardian("A", search(blocked_terms=["x"], blocked_terms_shown="off"))
    shown = guardian("B", search(blocked_terms=["x"]))
    assert searched(family(hidden), "x") == ("deny", None)
    assert searched(family(hidden, shown), "x") == ("deny", "x")


@pytest.mark.parametrize(
    ("facts", "levels"),
    [
        (Facts(), 1),
        (Facts(follows_me=True), 1),
        (Facts(i_follow=True, has_messaged=True), 1),
        (Facts(suggested=True, has_messaged=True), 2),
        (Facts(follows_me=True, i_follow=True), 3),
        (Facts(follows_me=True, i_follow=True, has_messaged=True), 4),
    ],
)
def test_a14_audiences_are_nested_and_a_follower_is_a_stranger(facts: Facts, levels: int) -> None:
    """Each stricter level holds a subset; facts that break the nesting are read loosest."""
    inside = [in_audience(level, facts) for level in FIELDS[AUDIENCE].choices]
    assert inside == [True] * levels + [False] * (5 - levels)


def mute(*windows: tuple[str, str, str]) -> dict[str, Any]:
    """A document with windows of (day, start, end)."""
    rows = [{"days": [day], "start": start, "end": end} for day, start, end in windows]
    return {"notifications": {"mute": rows}}


def minutes(*windows: tuple[str, str, str]) -> int:
    """The minutes of the week of these windows."""
    found: Any = decode(MUTE, mute(*windows)["notifications"]["mute"])
    return windows_mask(found)


NOONS = (("sat", "12:00", "13:00"), ("sat", "15:00", "16:00"))


def test_a15_mute_is_the_union_of_minutes_not_the_hull() -> None:
    """Two windows with a gap between them leave the gap open, on that weekday only."""
    policy = family(guardian("A", mute(*NOONS)))
    found = windows_mask(value(policy, MUTE))
    cap: Any = FIELDS[MUTE].cap(Band.YOUNGER)
    assert found == windows_mask(cap) | minutes(
        ("sat", "12:00", "13:00"), ("sat", "15:00", "16:00")
    )


@pytest.mark.parametrize(
    ("window", "ok"),
    [
        (("mon", "20:00", "08:00"), True),
        (("mon", "21:00", "08:00"), True),
        (("mon", "12:00", "13:00"), True),
        (("mon", "22:00", "08:00"), False),
        (("mon", "21:00", "07:00"), False),
    ],
)
def test_a15_mute_may_only_grow_against_the_platform_window(
    window: tuple[str, str, str],
    ok: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    """A window that shortens 21:00-08:00 is refused, one that extends or adds is not."""
    night: Any = decode(MUTE, mute(window)["notifications"]["mute"])
    done = check_write(family(), TEEN, Patch({MUTE: night}), now=NOON)
    assert isinstance(done, Accepted) == ok
    if not ok:
        assert reasons(done) == [Reason.LOOSER_THAN_CAP]


def test_a15_an_owner_may_shrink_their_own_extension() -> None:
    """From 19:00 back to 20:00 is the owner's right: the platform window is untouched."""
    a = guardian("A", mute(("mon", "19:00", "08:00")))
    later: Any = decode(MUTE, mute(("mon", "20:00", "08:00"))["notifications"]["mute"])
    assert isinstance(check_write(family(a), "A", Patch({MUTE: later}), now=NOON), Accepted)


SCOPES = {
    Scope.SET_TIME: {"screen_time", "schedule", "notifications"},
    Scope.SET_SEARCH: {"search"},
    Scope.SET_MESSAGES: {"messages", "interactions", "live", "money", "contacts"},
    Scope.SET_PRIVACY: {"privacy", "feed"},
}


def test_a18_every_field_has_the_scope_and_the_class_of_its_group() -> None:
    """Time and schedule replace, except warnings and mute; everything else tightens."""
    for row in FIELDS.values():
        group = row.path.split(".")[0]
        assert group in SCOPES[row.scope], row.path
        replace = group in {"screen_time", "schedule"} and row.path != "screen_time.warnings"
        assert (row.cls == "replace") == replace, row.path


@pytest.mark.parametrize("scope", list(SCOPES))
def test_a18_a_field_of_a_scope_that_was_not_granted_is_refused(scope: Scope) -> None:
    """The good twin has the scope, the bad twin lacks only this one."""
    row = next(r for r in FIELDS.values() if r.scope is scope and "guardian" in r.writers)
    strict: Value = row.order.meet([row.default(Band.YOUNGER), row.order.loosest])
    patch = Patch({row.path: strict})
    assert isinstance(check_write(family(guardian("A")), "A", patch, now=NOON), Accepted)
    bad = check_write(family(guardian("A", without=(scope,))), "A", patch, now=NOON)
    assert reasons(bad) == [Reason.SCOPE_NOT_GRANTED]


def contacts(*accounts: str) -> dict[str, Any]:
    """A document that blocks these accounts of one host."""
    return {"contacts": {"blocked": [{"host": "h", "account": a} for a in accounts]}}


def blocked(policy: Policy) -> set[str]:
    """The accounts that are blocked."""
    return {contact.account for contact in value(policy, BLOCKED)}


def test_a19_an_unblock_needs_every_owner_of_an_entry() -> None:
    """Entries are keyed (owner, contact): removing one's own leaves the other's."""
    a, b = guardian("A", contacts("x", "y")), guardian("B", contacts("x"))
    assert blocked(family(a, b)) == {"x", "y"}
    assert blocked(family(a)) == {"x", "y"}
    assert blocked(family(b)) == {"x"}
    way = in_the_way(family(a, b, teen=contacts("x")), BLOCKED, frozenset(), now=NOON)
    assert {str(source) for source in way.owners} == {"teen", "A", "B"}


def test_a23_a_scope_taken_back_freezes_its_fields() -> None:
    """The rule holds until the instant and cannot be written; after it the rule is silent."""
    until = NOON + timedelta(hours=48)
    a = guardian(
        "A", contacts("x"), without=(Scope.SET_MESSAGES,), frozen={Scope.SET_MESSAGES: until}
    )
    assert blocked(family(a)) == {"x"}
    done = check_write(family(a), "A", Patch({BLOCKED: None}), now=NOON)
    assert reasons(done) == [Reason.LAYER_FROZEN]
    assert reasons(check_write(family(a), "A", Patch({BLOCKED: None}), now=until)) == [
        Reason.SCOPE_NOT_GRANTED
    ]
    assert effective(family(a), now=until, fields=(BLOCKED,))[BLOCKED].value == frozenset()


@pytest.mark.parametrize("state", [LayerState.ENDING, LayerState.ENDED])
def test_a23_nobody_writes_the_layer_of_a_link_that_ends(state: LayerState) -> None:
    """The rights of a guardian stop at once, whatever their scopes were."""
    done = check_write(
        family(guardian("A", state=state)), "A", Patch({"search.enabled": "off"}), now=NOON
    )
    assert reasons(done) == [Reason.LAYER_FROZEN]


UNDO = Undo(path="search.enabled", before=None, after="off")


def test_a24_undo_is_a_new_write_per_field() -> None:
    """It brings back the value before, silence included, through the same judgement."""
    a = guardian("A", search(enabled="off", restricted_mode="on"))
    done = check_undo(family(a), "A", [UNDO], touched=set(), now=NOON)
    assert isinstance(done, Accepted)
    assert dict(done.layer.values) == {"search.restricted_mode": "on"}


def test_a24_undo_is_refused_when_the_field_was_touched_since() -> None:
    """By a later entry, or because the layer no longer holds what the write left."""
    a, other = guardian("A", search(enabled="off")), guardian("A", search(enabled="on"))
    later = check_undo(family(a), "A", [UNDO], touched={"search.enabled"}, now=NOON)
    gone = check_undo(family(other), "A", [UNDO], touched=set(), now=NOON)
    for done in (later, gone):
        assert reasons(done) == [Reason.CHANGED_SINCE]
        assert isinstance(done, tuple)
        assert done[0].pointer == "/search/enabled"


def test_a24_a_stranger_has_nothing_to_write_or_to_undo() -> None:
    """Who owns no layer of this teen reads the same as for a teen that does not exist."""
    assert reasons(check_undo(family(), "Z", [UNDO], touched=set(), now=NOON)) == [Reason.NOT_FOUND]
    assert reasons(check_write(family(), "Z", Patch({}), now=NOON)) == [Reason.NOT_FOUND]


def test_the_teens_own_value_replaces_the_default_up_to_the_cap() -> None:
    """Tighten fields: the teen may loosen a default, a guardian may not; the cap binds both."""
    path = "search.restricted_mode"
    assert value(family(teen=search(restricted_mode="off")), path) == "off"
    assert value(family(guardian("A", search(restricted_mode="off"))), path) == "on"
    done = check_write(family(), TEEN, Patch({AUDIENCE: "friends"}), now=NOON)
    assert reasons(done) == [Reason.LOOSER_THAN_CAP]
    assert isinstance(done, tuple)
    assert done[0].params == {"field": AUDIENCE, "cap": "no one", "band": "13-15"}


def test_an_operators_cap_binds_like_the_platforms() -> None:
    """An operator may fix a bound where the band has none, also at 18+."""
    policy = family(band=Band.ADULT, caps={"live.host": "off"})
    found = effective(policy, now=NOON, fields=("live.host",))["live.host"]
    assert (found.value, found.decided_by[0].kind) == ("off", SourceKind.CAP)


def test_every_refused_field_of_a_patch_is_named() -> None:
    """One refused field refuses all; each refusal has its pointer."""
    policy = family(guardian("A", without=(Scope.SET_PRIVACY,)))
    patch = Patch({"feed.stem": "on", AUDIENCE: "friends", "search.enabled": "off"})
    done = check_write(policy, "A", patch, now=NOON)
    assert isinstance(done, tuple)
    assert {(r.pointer, r.reason) for r in done} == {
        ("/feed/stem", Reason.SCOPE_NOT_GRANTED),
        ("/messages/audience", Reason.LOOSER_THAN_CAP),
    }
