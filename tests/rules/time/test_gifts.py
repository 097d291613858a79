"""Gifts: A5 and A9 giving, A7 the teen's yes, A22 taking back, the bounds of the first day."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import LayerState
from familypair.rules.time.gifts import (
    Gift,
    Giving,
    accept,
    approve_minutes,
    give,
    is_waiting,
    undo,
    wishes_of,
)
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.own import own_choice
from familypair.schema.scopes import Scope
from familypair.testing.families import TEEN, daily, family, guardian
from support.books import EVENING, after, book, given, ids, limit, posting

A60 = family(guardian("A", daily(60)))
PROBATION: dict[str, Any] = {
    "state": LayerState.PROBATION,
    "probation_ends": EVENING + timedelta(hours=1),
}


def refusal(outcome: object) -> Reason:
    """The reason of a refusal."""
    assert isinstance(outcome, Refusal), outcome
    return outcome.reason


def test_a_gift_is_what_is_left_more() -> None:
    """Under the limit: 48 of 60 used, 30 given, 42 left."""
    gift, later = given(book(A60, used=48), "A", 30)
    assert [(p.kind, p.seconds) for p in gift.postings] == [("grant", 1800)]
    assert gift.effect.now_seconds == 1800
    assert later.balance().remaining == 42 * 60


def test_a09_a_gift_over_the_limit_first_writes_off_the_overshoot_to_the_second() -> None:
    """78:20 used of 60: 18:20 are written off as a visible line, then 30 are left."""
    gift, later = given(book(A60, used=78 + 1 / 3), "A", 30)
    assert [(p.kind, p.seconds, p.by_use) for p in gift.postings] == [
        ("write_off", 1100, True),
        ("grant", 1800, False),
    ]
    assert gift.effect.write_off_seconds == 1100
    assert later.balance().remaining == 1800
    assert sum(p.seconds for p in gift.postings) + 3600 == 6500


def test_a09_only_the_givers_own_overshoot_is_written_off() -> None:
    """A is over and gives; B's layer is left as it is and still binds: +30, of which 0 now."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(45)))
    gift, later = given(book(policy, used=70), "A", 30)
    assert {p.owner for p in gift.postings} == {"A"}
    assert (gift.effect.now_seconds, [s.id for s in gift.effect.limited_by]) == (0, ["B"])
    assert later.balance().remaining == 0


def test_a05_a_gift_helps_as_far_as_the_next_layer_lets_it() -> None:
    """A 60 + 30, B 75: 15 of the 30 count now, and B is named."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(75)))
    gift, _ = given(book(policy, used=20), "A", 30)
    assert (gift.effect.now_seconds, [s.id for s in gift.effect.limited_by]) == (900, ["B"])


def test_a_gift_where_nothing_of_the_givers_limits_is_refused() -> None:
    """B is silent while A's rule is in force, so B has nothing to add to; A has."""
    policy = family(guardian("A", daily(60)), guardian("B"))
    one = book(policy)
    assert refusal(give(one, Giving(owner="B", seconds=600), ids())) is Reason.NOT_LIMITED
    assert isinstance(give(one, Giving(owner="A", seconds=600), ids()), Gift)


@pytest.mark.parametrize(("minutes", "fits"), [(1380, True), (1381, False)])
def test_a_day_cannot_have_more_than_its_own_hours(*, minutes: int, fits: bool) -> None:
    """60 + 1380 are 24 hours; one more is refused."""
    outcome = give(book(A60), Giving(owner="A", seconds=minutes * 60), ids())
    assert isinstance(outcome, Gift) is fits
    assert fits or refusal(outcome) is Reason.OVER_THE_DAY


def test_the_rest_of_the_day_lasts_exactly_until_it_ends() -> None:
    """At 20:00 with 75 of 60 used: what is left is what is left of the day, 4 hours."""
    one = book(A60, used=75)
    gift = give(one, Giving(owner="A", seconds=None), ids())
    assert isinstance(gift, Gift)
    assert after(one, *gift.postings).balance().remaining == 4 * 3600
    assert gift.postings[-1].by_use


@pytest.mark.parametrize(
    ("before", "minutes", "fits"), [(0, 60, True), (0, 61, False), (45, 16, False)]
)
def test_in_the_first_day_60_minutes_may_be_given(*, before: int, minutes: int, fits: bool) -> None:
    """Product section 3; what was taken back does not count, a write-off is no gift."""
    policy = family(guardian("A", **PROBATION))
    lines = [posting("A", before, name="old")] if before else []
    lines += [posting("A", 10, PostingKind.WRITE_OFF, name="w")]
    outcome = give(book(policy, *lines), Giving(owner="A", seconds=minutes * 60), ids())
    assert isinstance(outcome, Gift) is fits
    assert fits or refusal(outcome) is Reason.PROBATION_GIFT_LIMIT


def test_after_the_first_day_more_than_60_may_be_given() -> None:
    """The good twin: the same gift of a guardian out of probation."""
    assert isinstance(give(book(A60), Giving(owner="A", seconds=61 * 60), ids()), Gift)


def test_a07_a_gift_waits_where_the_teens_own_layer_binds() -> None:
    """60 until the teen takes it; taking it is an own posting of the same seconds."""
    policy = family(guardian("A", daily(60)), teen=daily(60))
    gift, later = given(book(policy), "A", 30)
    assert gift.effect.needs_teen
    assert (limit(later), is_waiting(later, gift.postings[-1])) == (60, True)
    taken = accept(later, gift.postings[-1], TEEN, ids())
    assert isinstance(taken, Gift)
    done = after(later, *taken.postings)
    assert [(p.owner, p.seconds, p.ref) for p in taken.postings] == [
        (TEEN, 1800, gift.postings[-1].id)
    ]
    assert limit(done) == 90
    assert refusal(accept(done, gift.postings[-1], TEEN, ids())) is Reason.NOT_WAITING


def test_a07_a_gift_does_not_wait_where_the_teens_layer_does_not_bind() -> None:
    """The teen's own 90 is looser than A's 60: there is nothing to take."""
    policy = family(guardian("A", daily(60)), teen=daily(120))
    gift, later = given(book(policy), "A", 30)
    assert not gift.effect.needs_teen
    assert refusal(accept(later, gift.postings[-1], TEEN, ids())) is Reason.NOT_WAITING


@pytest.mark.parametrize(("used", "taken_back", "told"), [(50, 30, 30), (60, 30, 30), (78, 12, 15)])
def test_a22_only_the_unused_part_of_a_gift_is_taken_back(
    *, used: int, taken_back: int, told: int
) -> None:
    """60 + 30: what lies beyond the use of that layer, never more than was given."""
    gift, later = given(book(A60), "A", 30)
    back = undo(after(later, used=used), gift.postings[-1], "A", ids())
    assert isinstance(back, Posting)
    assert (back.seconds, back.kind, back.ref) == (-taken_back * 60, "undone", gift.postings[-1].id)
    assert (back.by_use, back.told, back.blind) == (True, -told * 60, -1800)


@pytest.mark.parametrize("used", [90, 120])
def test_a22_a_gift_that_is_used_up_cannot_be_taken_back(used: int) -> None:
    """Nothing that a teen has had is ever taken from them."""
    gift, later = given(book(A60), "A", 30)
    back = undo(after(later, used=used), gift.postings[-1], "A", ids())
    assert refusal(back) is Reason.NOT_UNUSED


def test_a22_a_gift_is_taken_back_once() -> None:
    """A second undo finds nothing, also after other gifts."""
    gift, later = given(book(A60, used=50), "A", 30)
    back = undo(later, gift.postings[-1], "A", ids())
    assert isinstance(back, Posting)
    _, again = given(after(later, back), "A", 15)
    assert refusal(undo(again, gift.postings[-1], "A", ids())) is Reason.NOT_UNUSED
    assert limit(again) == 75


def test_an_approval_posts_what_each_layer_lacks_and_nothing_where_it_lacks_nothing() -> None:
    """Wish 30 more with A 60 and B 75: A posts 30, B 15, the teen (unset) nothing."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(75)))
    one = book(policy, used=20)
    wishes = wishes_of(one, 1800)
    posted = {
        owner: sum(p.seconds for p in approve_minutes(one, owner, wishes, new_id=ids()))
        for owner in ("A", "B", TEEN)
    }
    assert (wishes[0], posted) == (5400, {"A": 1800, "B": 900, TEEN: 0})


def test_a09_an_approval_over_the_limit_counts_from_what_is_used() -> None:
    """70 used of 60: 30 more are 100; 10 are written off, and 30 are left."""
    one = book(A60, used=70)
    lines = approve_minutes(one, "A", wishes_of(one, 1800), new_id=ids())
    assert [(p.kind, p.seconds) for p in lines] == [("write_off", 600), ("request", 1800)]
    assert after(one, *lines).balance().remaining == 1800


def test_without_a_guardian_to_ask_the_teen_goes_on_by_an_own_recorded_choice() -> None:
    """Product section 4: on the own layer, or on the starting value; it is a posting."""
    for policy in (
        family(),
        family(teen=daily(45)),
        family(guardian("A", without=(Scope.SET_TIME,))),
    ):
        one = book(policy, used=60)
        choice = own_choice(one, 1800, ids())
        assert isinstance(choice, Gift)
        assert {(p.owner, p.by) for p in choice.postings} == {(TEEN, TEEN)}
        assert after(one, *choice.postings).balance().remaining == 1800


def test_with_a_guardian_to_ask_it_is_a_request() -> None:
    """The bad twin: a linked guardian with `set_time`, also one whose rule does not bind."""
    policy = family(guardian("A"), teen=daily(45))
    assert refusal(own_choice(book(policy, used=45), 1800, ids())) is Reason.NEEDS_REQUEST


def test_a_rule_that_a_link_left_behind_does_not_stop_the_teens_own_choice() -> None:
    """In the notice period nobody is left to ask: the posting stands on that layer, by the teen."""
    left = guardian(
        "A",
        daily(45),
        state=LayerState.ENDING,
        frozen={Scope.SET_TIME: EVENING + timedelta(hours=40)},
    )
    one = book(family(left), used=45)
    choice = own_choice(one, 900, ids())
    assert isinstance(choice, Gift)
    assert {(p.owner, p.by) for p in choice.postings} == {("A", TEEN)}
    assert after(one, *choice.postings).balance().remaining == 900


def test_a_rule_that_stops_is_not_passed_by_an_own_choice() -> None:
    """Frozen by A23 nobody can change it; the teen's own they change instead; later it is free."""
    stop = {"daily_minutes": daily(45)["screen_time"]["daily_minutes"], "at_limit": "stop"}
    left = guardian(
        "A",
        {"screen_time": stop},
        without=(Scope.SET_TIME,),
        frozen={Scope.SET_TIME: EVENING + timedelta(hours=40)},
    )
    frozen = book(family(left), used=45)
    assert refusal(own_choice(frozen, 900, ids())) is Reason.FROZEN_IN_THE_WAY
    own = book(family(teen={"screen_time": stop}), used=45)
    assert refusal(own_choice(own, 900, ids())) is Reason.OWN_STOP
    before = book(family(left, teen=daily(30)), used=30)
    assert isinstance(own_choice(before, 900, ids()), Gift)
    assert refusal(own_choice(before, 901, ids())) is Reason.FROZEN_IN_THE_WAY
