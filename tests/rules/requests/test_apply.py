"""What a yes of everybody changes: each owner's own layer, and the teen's (algebra.md A7, A10)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import Layer, LayerState, Policy, effective
from familypair.rules.requests.apply import Effects
from familypair.rules.requests.model import Given, PartState
from familypair.rules.requests.parts import needs
from familypair.rules.time.model import Lifted, Posting, PostingKind
from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    UnblockContact,
    Wish,
)
from familypair.schema.scopes import Scope
from familypair.settings import Contact, encode_values
from familypair.testing.families import NOON, TEEN, daily, family, guardian
from support.families import PROFILE as WHOLE
from support.wishes import MORE, applied, facts, request, who

PROFILE = settings(WHOLE, max_examples=max(1, WHOLE.max_examples // 3))
SUN = "screen_time.daily_minutes.sun"
HOUR = timedelta(hours=1)
FIRST_DAY: dict[str, Any] = {
    "state": LayerState.PROBATION,
    "probation_ends": NOON + 12 * HOUR,
}


def done(
    policy: Policy, wish: Wish, *owners: str, used: int = 0, amount: int | None = None, **more: Any
) -> Effects:
    """What a request to these owners changes when all of them have agreed."""
    found = tried(policy, wish, *owners, used=used, amount=amount, **more)
    assert isinstance(found, Effects), found
    return found


def tried(
    policy: Policy, wish: Wish, *owners: str, used: int = 0, amount: int | None = None, **more: Any
) -> Effects | Refusal:
    """`done` that may be refused."""
    yes = tuple(
        Given(owner=who, state=PartState.APPROVED, at=NOON, minutes=amount) for who in owners
    )
    held = facts(policy, used, **more)
    return applied(held, request(wish, *owners, answers=yes))


def lines(found: Effects) -> list[tuple[str, str, int]]:
    """Owner, kind and minutes of the postings."""
    return [(p.owner, p.kind.value, p.seconds // 60) for p in found.postings]


def writes(found: Effects) -> dict[str, Any]:
    """Owner to the nested patch of their own layer."""
    return {
        owner: encode_values({p: v for p, v in patch.changes.items() if v is not None})
        for owner, patch in found.writes
    }


def test_each_owner_posts_what_their_own_sum_lacks() -> None:
    """60 and 75 with 30 more is 90: A posts 30, B posts 15, C (120) nothing."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(75)), guardian("C", daily(120)))
    assert lines(done(policy, MORE, "A", "B")) == [("A", "request", 30), ("B", "request", 15)]
    assert lines(done(policy, MORE, "A", amount=10)) == [("A", "request", 10)]


def test_the_teens_own_layer_moves_along() -> None:
    """A7: where the teen's own limit binds as well, an own posting goes with the yes."""
    policy = family(guardian("A", daily(60)), teen=daily(70))
    assert lines(done(policy, MORE, "A")) == [("A", "request", 30), (TEEN, "request", 20)]


def test_use_over_the_limit_is_written_off_first() -> None:
    """A9: at 80 of 60 used, 30 more leaves 30, as a write-off of 20 and a posting of 30."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(85)))
    found = done(policy, MORE, "A", "B", used=80)
    assert lines(found) == [("A", "write_off", 20), ("A", "request", 30), ("B", "request", 25)]


def test_on_the_bare_default_the_one_who_said_yes_posts_alone() -> None:
    """Two gifts on the default would add up, so only the first yes posts (A5)."""
    policy = family(guardian("A"), guardian("B"))
    assert lines(done(policy, MORE, "B")) == [("B", "request", 30)]


def test_a_standing_yes_posts_as_one() -> None:
    """The line of the day says that a rule answered."""
    yes = Given(owner="A", state=PartState.APPROVED, at=NOON, rule="aut_1")
    found = applied(facts(family(guardian("A", daily(60)))), request(answers=(yes,)))
    assert isinstance(found, Effects)
    assert [p.kind for p in found.postings] == [PostingKind.AUTO_RULE]


def test_the_first_day_gives_sixty_minutes_at_most() -> None:
    """A10: with what was given before; a guardian out of probation gives any amount."""
    policy = family(guardian("A", daily(60), **FIRST_DAY))
    assert isinstance(tried(policy, MoreTime(minutes=60), "A"), Effects)
    over = tried(policy, MoreTime(minutes=61), "A")
    assert isinstance(over, Refusal)
    assert over.reason is Reason.PROBATION_GIFT_LIMIT
    given_before = Posting(
        id="p", owner="A", day=NOON.date(), seconds=2400, kind=PostingKind.GRANT, at=NOON
    )
    strict = family(guardian("A", daily(30), **FIRST_DAY))
    assert isinstance(tried(strict, MORE, "A", postings=(given_before,)), Effects)
    again = tried(strict, MoreTime(minutes=31), "A", postings=(given_before,))
    assert isinstance(again, Refusal)
    settled = family(guardian("A", daily(60)))
    assert isinstance(tried(settled, MoreTime(minutes=200), "A"), Effects)


def test_in_the_first_day_the_default_is_carried_by_the_teens_own_posting() -> None:
    """A guardian at 45 in probation is met with the default of 60: both sums reach 75."""
    policy = family(guardian("A", daily(45), **FIRST_DAY))
    found = done(policy, MORE, "A")
    assert lines(found) == [("A", "request", 30), (TEEN, "request", 15)]


def test_settings_loosen_each_owner_just_enough() -> None:
    """A goes from 60 to the wish, B who allows more stays, the teen's own stricter one moves."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(120)), teen=daily(70))
    wish = ChangeSettings(patch=daily(90))
    assert writes(done(policy, wish, "A")) == {"A": daily(90), TEEN: daily(90)}
    silent = family(guardian("A", daily(60)), guardian("B", daily(120)))
    assert writes(done(silent, wish, "A")) == {"A": daily(90)}


def test_a_list_loses_what_the_wish_is_without_and_nothing_else() -> None:
    """The owner's other words stay: the wish is met with their own list."""
    mine = {"search": {"blocked_terms": ["a", "b", "c"]}}
    policy = family(guardian("A", mine))
    wish = ChangeSettings(patch={"search": {"blocked_terms": ["a", "x"]}})
    assert writes(done(policy, wish, "A")) == {"A": {"search": {"blocked_terms": ["a"]}}}


def blocked(*spans: tuple[str, str, str]) -> dict[str, Any]:
    """A document with Sunday blocks: kind, start, end."""
    blocks = [{"kind": k, "days": ["sun"], "start": s, "end": e} for k, s, e in spans]
    return {"schedule": {"blocks": blocks}}


def test_blocks_are_loosened_by_their_minutes_whatever_they_are_called() -> None:
    """A's school until 15:00 becomes the wish; B's keeps its name where the wish is blocked."""
    policy = family(
        guardian("A", blocked(("school", "09:00", "15:00"))),
        guardian("B", blocked(("away", "11:00", "18:00"))),
    )
    wish = ChangeSettings(patch=blocked(("custom", "09:00", "12:00")))
    assert writes(done(policy, wish, "A", "B")) == {
        "A": blocked(("custom", "09:00", "12:00")),
        "B": blocked(("away", "11:00", "12:00")),
    }


def test_where_the_default_is_in_the_way_the_teen_writes() -> None:
    """A tighten field: the guardian's "off" and the default are both loosened, each by its own."""
    policy = family(guardian("A", {"privacy": {"searchable": "off"}}))
    wish = ChangeSettings(patch={"privacy": {"searchable": "on"}})
    on = {"privacy": {"searchable": "on"}}
    assert writes(done(policy, wish, "A")) == {"A": on, TEEN: on}


def test_the_start_of_the_day_is_the_teens_write_alone() -> None:
    """A20: guardians agree, and write nothing."""
    patch = {"screen_time": {"day_starts_at": "04:00"}}
    policy = family(guardian("A"))
    assert writes(done(policy, ChangeSettings(patch=patch), "A")) == {TEEN: patch}


def test_a_plan_is_taken_into_the_layer_of_everybody_who_agreed() -> None:
    """Looser and stricter fields alike, as far as each has a say; others write nothing."""
    patch = {**daily(90), "schedule": {"wind_down": "20:00"}, "search": {"enabled": "off"}}
    policy = family(
        guardian("A", daily(60), without=(Scope.SET_SEARCH,)), guardian("B", daily(120))
    )
    found = done(policy, Plan(patch=patch), "A")
    own = {**daily(90), "schedule": {"wind_down": "20:00"}}
    assert writes(found) == {"A": own, TEEN: patch}
    assert set(found.agreed) == {SUN, "schedule.wind_down", "search.enabled"}


@pytest.mark.parametrize("minutes", [60, 61])
def test_in_the_first_day_no_yes_makes_anything_looser_than_without_the_link(minutes: int) -> None:
    """A10: up to the default of 60 a guardian at 45 may agree, above it not yet."""
    policy = family(guardian("A", daily(45), **FIRST_DAY))
    found = tried(policy, ChangeSettings(patch=daily(minutes)), "A")
    if minutes == 60:
        assert isinstance(found, Effects)
    else:
        assert isinstance(found, Refusal)
        assert found.reason is Reason.PROBATION_BOUND


def test_an_unblock_removes_each_entry_and_keeps_the_others() -> None:
    """The teen's own goes with it, private or not (A19)."""
    both = {"contacts": {"blocked": [{"host": "h", "account": a} for a in "xy"]}}
    mine = {"contacts": {"blocked": [{"host": "h", "account": "x", "private": True}]}}
    policy = family(guardian("A", both), guardian("B"), teen=mine)
    found = dict(done(policy, UnblockContact(host="h", account="x"), "A").writes)
    assert found["A"].changes == {"contacts.blocked": frozenset({Contact("h", "y")})}
    assert found[TEEN].changes == {"contacts.blocked": frozenset()}
    assert set(found) == {"A", TEEN}


def test_a_lift_opens_the_blocks_of_each_layer_in_the_way() -> None:
    """From now at the earliest; the teen's own block is opened with it."""
    block = {"schedule": {"blocks": [{"kind": "school", "start": "11:00", "end": "15:00"}]}}
    policy = family(guardian("A", block), guardian("B"), teen=block)
    found = done(policy, LiftBlock(start=NOON - HOUR, end=NOON + HOUR), "A")
    assert found.lifted == tuple(
        Lifted(owner=who, start=NOON, end=NOON + HOUR, ref="req_1") for who in (TEEN, "A")
    )


def test_a_place_changes_the_account_only() -> None:
    """No layer is written for another zone or country."""
    found = done(family(guardian("A")), ChangePlace(zone="Europe/Madrid", country="ES"), "A")
    assert (found.zone, found.country, found.writes) == ("Europe/Madrid", "ES", ())


def layers() -> st.SearchStrategy[Layer]:
    """A guardian with or without a limit for Sunday."""
    limits = st.sampled_from([None, 0, 30, 45, 60, 90, 120, "none"])
    return limits.map(lambda limit: guardian("?", {} if limit is None else daily(limit)))


@PROFILE
@given(
    st.lists(layers(), min_size=1, max_size=3),
    st.sampled_from([None, 20, 60, 100]),
    st.integers(0, 150),
    st.integers(1, 120),
)
def test_what_is_agreed_to_is_what_the_day_then_allows(
    found: list[Layer], teen: int | None, used: int, minutes: int
) -> None:
    """After every asked owner's yes exactly the minutes are left that were asked, never more."""
    named = [
        Layer(owner=f"G{n}", kind=g.kind, values=g.values, scopes=g.scopes)
        for n, g in enumerate(found)
    ]
    policy = family(*named, teen={} if teen is None else daily(teen))
    wish, held = MoreTime(minutes=minutes), facts(policy, used)
    need = needs(held, wish)
    if isinstance(need, Refusal):
        return
    yes = need.owners[:1] if need.any_one else need.owners
    changed = done(policy, wish, *yes, used=used)
    before, after = held.book.balance(), held.book.balance(changed.postings)
    assert before.limit is not None
    assert after.remaining == (max(before.limit, used * 60) + minutes * 60) - used * 60
    for owner in (one.owner for one in changed.postings):
        assert owner in {*yes, TEEN}


@PROFILE
@given(st.lists(layers(), min_size=1, max_size=3), st.sampled_from([None, 20, 100]), st.data())
def test_the_least_set_can_grant_it_and_no_smaller_one(
    found: list[Layer], teen: int | None, data: st.DataObject
) -> None:
    """With everybody's write the wish holds; without any one of the owners' it does not (A8)."""
    named = [
        Layer(owner=f"G{n}", kind=g.kind, values=g.values, scopes=g.scopes)
        for n, g in enumerate(found)
    ]
    policy = family(*named, teen={} if teen is None else daily(teen))
    wish = ChangeSettings(patch=daily(data.draw(st.sampled_from([40, 61, 100, 150]))))
    need = needs(facts(policy), wish)
    if isinstance(need, Refusal):
        assert who(need) == "nothing_in_the_way"
        return
    changed = done(policy, wish, *need.owners)
    assert _limit(policy, changed, without="") >= wish.patch["screen_time"]["daily_minutes"]["sun"]
    for owner in need.owners:
        short = _limit(policy, changed, without=owner)
        assert short < wish.patch["screen_time"]["daily_minutes"]["sun"]


def _limit(policy: Policy, found: Effects, without: str) -> float:
    patches = {owner: patch for owner, patch in found.writes if owner != without}

    def after(layer: Layer) -> Layer:
        patch = patches.get(layer.owner)
        values = {**layer.values, **({} if patch is None else patch.changes)}
        kept = {path: value for path, value in values.items() if value is not None}
        return Layer(owner=layer.owner, kind=layer.kind, values=kept, scopes=layer.scopes)

    written = Policy(
        band=policy.band,
        zone=policy.zone,
        teen=after(policy.teen),
        guardians=tuple(after(g) for g in policy.guardians),
    )
    value = effective(written, now=NOON, fields=(SUN,))[SUN].value
    return value if isinstance(value, int) else float("inf")
