"""Answers, offers and what they add up to (product.md section 6, algebra.md A8)."""

from datetime import timedelta

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.requests.model import Asked, Given, Need, PartState
from familypair.rules.requests.moves import Needs, accept, approve, counter, decline, withdraw
from familypair.rules.requests.table import RequestState
from familypair.schema.requests import (
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    UnblockContact,
    Wish,
)
from familypair.testing.families import NOON, daily
from support.wishes import MORE, code, kept, request

TICK = timedelta(microseconds=1)


def fixed(*owners: str, any_one: bool = False) -> Needs:
    """The same owners stand in the way of everything."""
    return lambda _wish: Need(owners=owners, any_one=any_one)


def above(**sums: int) -> Needs:
    """Owners with a sum on top of what the day allows: `B=15` is in the way of more than 15."""

    def needs(wish: Wish) -> Need:
        assert isinstance(wish, MoreTime)
        return Need(owners=tuple(o for o, more in sums.items() if more < (wish.minutes or 9999)))

    return needs


def yes(asked: Asked, owner: str, needs: Needs, amount: int | None = None) -> Asked:
    """An owner's yes that must count."""
    return kept(approve(asked, owner, amount, NOON, needs))


def test_it_is_approved_when_nobody_is_left_in_the_way() -> None:
    """Two owners: the first yes changes nothing, the second one closes it; each counts once."""
    needs = fixed("A", "B")
    first = yes(request(MORE, "A", "B"), "A", needs)
    assert (first.state, first.waits_for) == (RequestState.OPEN, ("B",))
    assert code(approve(first, "A", None, NOON, needs)) == Reason.ANSWERED_ALREADY
    assert code(decline(first, "A", NOON)) == Reason.ANSWERED_ALREADY
    last = yes(first, "B", needs)
    assert (last.state, last.closed_by, last.minutes) == (RequestState.APPROVED, "B", 30)
    for late in (approve(last, "B", None, NOON, needs), decline(last, "A", NOON)):
        assert code(late) == Reason.REQUEST_CLOSED


def test_a_stranger_to_the_request_cannot_answer() -> None:
    """Only who was asked: not even with a rule of their own."""
    asked = request(MORE, "A")
    assert code(approve(asked, "B", None, NOON, fixed("A"))) == Reason.NOT_ASKED_OF_YOU
    assert code(decline(asked, "B", NOON)) == Reason.NOT_ASKED_OF_YOU
    assert code(counter(asked, "B", MoreTime(minutes=5), NOON, fixed("A"))) == (
        Reason.NOT_ASKED_OF_YOU
    )


def test_who_stands_in_the_way_is_asked_again_at_each_answer() -> None:
    """A layer that was loosened since needs no yes; one that was tightened is asked as well."""
    asked = request(MORE, "A", "B")
    assert yes(asked, "A", fixed("A")).state is RequestState.APPROVED
    grown = yes(asked, "A", fixed("A", "C"))
    assert (grown.state, grown.asked, grown.waits_for) == (
        RequestState.OPEN,
        ("A", "B", "C"),
        ("B", "C"),
    )
    free = approve(asked, "A", None, NOON, lambda _: Refusal(Reason.NOTHING_IN_THE_WAY))
    assert kept(free).state is RequestState.APPROVED
    capped = approve(asked, "A", None, NOON, lambda _: Refusal(Reason.CAP_IN_THE_WAY))
    assert code(capped) == Reason.CAP_IN_THE_WAY


def test_the_strictest_amount_wins_and_decides_who_must_answer() -> None:
    """A gives 10 of 30; B, who allows 15 more anyway, is not in the way of 10 any more."""
    needs = above(A=0, B=15)
    asked = request(MORE, "A", "B")
    assert yes(asked, "A", needs, 10).minutes == 10
    both = yes(yes(asked, "A", needs, 20), "B", needs, 25)
    assert (both.state, both.minutes) == (RequestState.APPROVED, 20)
    assert code(approve(asked, "A", 31, NOON, needs)) == Reason.MORE_THAN_ASKED
    assert yes(asked, "A", needs, 30).state is RequestState.OPEN
    rest = request(MoreTime(rest_of_day=True), "A")
    assert yes(rest, "A", fixed("A")).minutes is None
    assert yes(rest, "A", fixed("A"), 45).minutes == 45


def test_minutes_are_no_answer_to_another_wish() -> None:
    """An amount belongs to minutes only."""
    wish = ChangeSettings(patch=daily(90))
    assert code(approve(request(wish), "A", 10, NOON, fixed("A"))) == Reason.OUT_OF_RANGE
    assert kept(approve(request(wish), "A", None, NOON, fixed("A"))).minutes is None


def test_one_no_closes_it_whatever_others_said() -> None:
    """Any decline ends it, also while an offer lies before the teen."""
    needs = fixed("A", "B")
    agreed = yes(request(MORE, "A", "B"), "A", needs)
    no = kept(decline(agreed, "B", NOON))
    assert (no.state, no.closed_by, no.minutes) == (RequestState.DECLINED, "B", None)
    offered = kept(counter(request(MORE, "A", "B"), "A", MoreTime(minutes=15), NOON, needs))
    assert kept(decline(offered, "B", NOON)).state is RequestState.DECLINED


def test_on_the_bare_default_the_first_answer_counts() -> None:
    """One yes of two givers is enough, and the other's comes too late; one no closes it too."""
    needs = fixed("A", "B", any_one=True)
    asked = request(MORE, "A", "B", any_one=True)
    given = yes(asked, "B", needs, 15)
    assert (given.state, given.closed_by, given.minutes) == (RequestState.APPROVED, "B", 15)
    assert code(approve(given, "A", None, NOON, needs)) == Reason.REQUEST_CLOSED
    assert kept(decline(asked, "A", NOON)).state is RequestState.DECLINED
    ruled = yes(asked, "A", fixed("B"))
    assert (ruled.state, ruled.any_one, ruled.waits_for) == (RequestState.OPEN, False, ("B",))


def test_one_yes_is_enough_only_from_someone_who_may_give_now() -> None:
    """A said yes while their rule stood in the way; now only B may give: A's yes does not count."""
    first = yes(request(MORE, "A", "B", "C"), "A", fixed("A", "B", "C"))
    last = yes(first, "C", fixed("B", any_one=True))
    assert (last.state, last.waits_for) == (RequestState.OPEN, ("B",))
    assert yes(first, "C", fixed("C", any_one=True)).state is RequestState.APPROVED


def test_an_offer_is_its_owners_yes_and_the_teen_closes_it() -> None:
    """Asked 30, offered 15, accepted: 15, by the teen; before that nothing is agreed."""
    needs = fixed("A")
    offered = kept(counter(request(), "A", MoreTime(minutes=15), NOON, needs))
    assert (offered.state, offered.closed_at) == (RequestState.COUNTERED, None)
    assert code(approve(offered, "A", None, NOON, needs)) == Reason.ANSWERED_ALREADY
    taken = kept(accept(offered, NOON, needs))
    assert (taken.state, taken.closed_by, taken.minutes) == (RequestState.APPROVED, "teen", 15)
    assert taken.counter is None
    gone = kept(withdraw(offered, NOON))
    assert (gone.state, gone.closed_by) == (RequestState.WITHDRAWN, "teen")
    assert code(accept(request(), NOON, needs)) == Reason.NO_SUCH_MOVE
    assert code(accept(gone, NOON, needs)) == Reason.REQUEST_CLOSED


def test_who_else_is_in_the_way_of_an_accepted_offer_must_still_answer() -> None:
    """A offers 20, the teen takes it, B (15 anyway) is still in its way and has the last word."""
    needs = above(A=0, B=15)
    offered = kept(counter(request(MORE, "A", "B"), "A", MoreTime(minutes=20), NOON, needs))
    taken = kept(accept(offered, NOON, needs))
    assert (taken.state, taken.wish, taken.waits_for) == (
        RequestState.OPEN,
        MoreTime(minutes=20),
        ("B",),
    )
    done = yes(taken, "B", needs)
    assert (done.state, done.closed_by, done.minutes) == (RequestState.APPROVED, "B", 20)
    little = kept(counter(request(MORE, "A", "B"), "A", MoreTime(minutes=10), NOON, needs))
    assert kept(accept(little, NOON, needs)).state is RequestState.APPROVED


def test_a_yes_before_or_during_an_offer_stays_where_it_covers_it() -> None:
    """B agreed to 30 first, or to the offer of 20 itself: the teen's yes is the last one."""
    needs, offer = fixed("A", "B"), MoreTime(minutes=20)
    before = yes(request(MORE, "A", "B"), "B", needs)
    first = kept(accept(kept(counter(before, "A", offer, NOON, needs)), NOON, needs))
    assert (first.state, first.minutes) == (RequestState.APPROVED, 20)
    offered = kept(counter(request(MORE, "A", "B"), "A", offer, NOON, needs))
    during = yes(offered, "B", needs, 10)
    assert during.state is RequestState.COUNTERED
    assert kept(accept(during, NOON, needs)).minutes == 10


def test_a_yes_to_settings_does_not_cover_a_looser_or_other_offer() -> None:
    """B agreed to Sunday 90; an offer of Sunday 80 is covered, one with Saturday in it is not."""
    needs = fixed("A", "B")
    agreed = yes(request(ChangeSettings(patch=daily(90)), "A", "B"), "B", needs)
    for patch, state in (
        (daily(80), RequestState.APPROVED),
        (daily(80, "sat", "sun"), RequestState.OPEN),
    ):
        offered = kept(counter(agreed, "A", Plan(patch=patch), NOON, needs))
        taken = kept(accept(offered, NOON, needs))
        assert taken.state is state
        assert taken.waits_for == (() if state is RequestState.APPROVED else ("B",))


@pytest.mark.parametrize(
    ("wish", "offer", "reason"),
    [
        (MORE, MoreTime(minutes=30), Reason.MORE_THAN_ASKED),
        (MORE, MoreTime(minutes=45), Reason.MORE_THAN_ASKED),
        (MORE, MoreTime(rest_of_day=True), Reason.MORE_THAN_ASKED),
        (MORE, ChangeSettings(patch=daily(90)), Reason.OUT_OF_RANGE),
        (ChangeSettings(patch=daily(90)), ChangeSettings(patch=daily(90)), Reason.MORE_THAN_ASKED),
        (UnblockContact(host="h", account="x"), LiftBlock(end=NOON), Reason.OUT_OF_RANGE),
    ],
)
def test_an_offer_is_of_the_same_kind_and_not_what_was_asked(
    wish: Wish, offer: Wish, reason: Reason
) -> None:
    """What was asked or more is a yes; another kind is no answer. Settings may become a plan."""
    assert code(counter(request(wish), "A", offer, NOON, fixed("A"))) == reason


def test_an_offer_that_nobody_could_grant_is_refused() -> None:
    """A cap in the way of the offer is found before the teen reads it."""
    offer = ChangeSettings(patch=daily(80))
    asked = request(ChangeSettings(patch=daily(90)))
    capped = counter(asked, "A", offer, NOON, lambda _: Refusal(Reason.CAP_IN_THE_WAY))
    assert code(capped) == Reason.CAP_IN_THE_WAY
    free = counter(asked, "A", offer, NOON, lambda _: Refusal(Reason.NOTHING_IN_THE_WAY))
    assert kept(free).state is RequestState.COUNTERED


def test_an_offer_on_an_offer_waits_for_the_teen() -> None:
    """While one offer lies before the teen, another owner can agree or decline, not offer."""
    needs = fixed("A", "B")
    offered = kept(counter(request(MORE, "A", "B"), "A", MoreTime(minutes=15), NOON, needs))
    second = counter(offered, "B", MoreTime(minutes=10), NOON, needs)
    assert code(second) == Reason.NO_SUCH_MOVE


def test_no_answer_counts_from_the_instant_of_its_end_on() -> None:
    """Just before it, a yes counts; at it, everybody reads that it is over."""
    asked, needs = request(), fixed("A")
    last = asked.expires_at - TICK
    assert kept(approve(asked, "A", None, last, needs)).state is RequestState.APPROVED
    end = asked.expires_at
    for late in (
        approve(asked, "A", None, end, needs),
        decline(asked, "A", end),
        counter(asked, "A", MoreTime(minutes=5), end, needs),
        withdraw(asked, end),
        accept(asked, end, needs),
    ):
        assert code(late) == Reason.REQUEST_CLOSED


def test_a_standing_yes_is_an_answer_that_names_its_rule() -> None:
    """The system answers for the owner, who cannot answer again."""
    asked = request(MORE, "A", "B")
    ahead = kept(approve(asked, "A", None, NOON, fixed("A", "B"), rule="aut_1"))
    assert ahead.answers == (Given(owner="A", state=PartState.APPROVED, at=NOON, rule="aut_1"),)
    assert code(approve(ahead, "A", None, NOON, fixed("A", "B"))) == Reason.ANSWERED_ALREADY
