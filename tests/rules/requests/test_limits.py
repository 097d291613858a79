"""Too much asking, standing yeses and the marks of agreements (product.md section 6, A24)."""

from datetime import timedelta

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.days import day_at
from familypair.rules.requests.agreements import Agreed, AgreementState, ends_with, state_of
from familypair.rules.requests.auto import Standing, answering, days_of, rule_words
from familypair.rules.requests.model import Asked
from familypair.rules.requests.nagging import MOST_A_DAY, MOST_OPEN, too_much
from familypair.rules.requests.table import CLOSED, RequestState
from familypair.rules.requests.wishes import covered
from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    UnblockContact,
    Wish,
)
from familypair.testing.families import NOON, TEEN, daily, family
from support.wishes import MORE, request

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = day_at(family().regimes(), NOON)


def nagging(wish: Wish, *others: Asked) -> Reason | None:
    """Why the wish may not be asked now, beside these."""
    found = too_much(wish, others, TODAY, NOON)
    return found.reason if isinstance(found, Refusal) else None


def declined(wish: Wish, hours_ago: int = 1) -> Asked:
    """A request that was declined."""
    at = NOON - hours_ago * HOUR
    return request(wish, state=RequestState.DECLINED, now=at - HOUR, closed_at=at)


def minutes(n: int) -> MoreTime:
    """A wish for minutes."""
    return MoreTime(minutes=n)


def test_five_may_be_open_and_no_two_alike() -> None:
    """The fifth is fine, the sixth is not; closed ones and those out of time do not count."""
    mine = [request(minutes(n)) for n in range(1, MOST_OPEN)]
    assert nagging(MORE, *mine) is None
    assert nagging(MORE, *mine, request(minutes(9))) is Reason.TOO_MANY_REQUESTS_OPEN
    assert nagging(minutes(2), *mine) is Reason.ALREADY_ASKED
    over = [request(minutes(n), now=NOON - 8 * DAY) for n in range(9)]
    closed = [request(minutes(n), state=state) for n, state in enumerate(sorted(CLOSED))]
    assert nagging(MORE, *mine, *over, *closed) is None
    lift = LiftBlock(start=NOON - HOUR, end=NOON + HOUR)
    assert nagging(LiftBlock(start=NOON, end=NOON + HOUR), request(lift)) is Reason.ALREADY_ASKED


def test_asking_and_taking_back_is_bounded_by_the_day() -> None:
    """Twenty in a local day, however they ended; yesterday's do not count."""
    gone = RequestState.WITHDRAWN
    today = [request(minutes(n), state=gone) for n in range(MOST_A_DAY)]
    assert nagging(MORE, *today) is Reason.TOO_MANY_REQUESTS
    assert nagging(MORE, *today[1:], request(MORE, state=gone, now=NOON - DAY)) is None


SUN, BOTH = ChangeSettings(patch=daily(90)), ChangeSettings(patch=daily(90, "sat", "sun"))


@pytest.mark.parametrize(
    ("no", "wish", "refused"),
    [
        (MORE, minutes(30), True),
        (MORE, minutes(45), True),
        (MORE, MoreTime(rest_of_day=True), True),
        (MORE, minutes(29), False),
        (SUN, ChangeSettings(patch=daily(91)), True),
        (SUN, ChangeSettings(patch=daily(89)), False),
        (SUN, BOTH, True),
        (BOTH, SUN, True),
        (BOTH, ChangeSettings(patch=daily(90, "fri")), False),
        (SUN, Plan(patch=daily(90)), False),
        (Plan(patch=daily(90)), Plan(patch=daily(95)), True),
        (Plan(patch={**daily(90)}), Plan(patch=daily(80)), False),
        (Plan(patch=daily(90)), SUN, False),
        (UnblockContact(host="h", account="x"), UnblockContact(host="h", account="x"), True),
        (UnblockContact(host="h", account="x"), UnblockContact(host="h", account="y"), False),
        (ChangePlace(zone="UTC"), ChangePlace(zone="UTC", country="ES"), True),
        (ChangePlace(zone="UTC"), ChangePlace(country="ES"), False),
        (LiftBlock(end=NOON + HOUR), LiftBlock(end=NOON + 2 * HOUR), True),
        (LiftBlock(end=NOON + HOUR), LiftBlock(end=NOON + HOUR / 2), False),
        (MORE, SUN, False),
    ],
)
def test_a_no_holds_for_the_day_for_as_much_or_more(no: Wish, wish: Wish, refused: bool) -> None:  # noqa: FBT001 - a column of the table
    """The same kind and the same or a looser target; less, or another thing, may be asked."""
    assert nagging(wish, declined(no)) is (Reason.DECLINED_TODAY if refused else None)
    assert nagging(wish, declined(no, hours_ago=13)) is None


def test_a_yes_covers_what_is_not_looser() -> None:
    """A lift within a lift, settings no looser and of no other field."""
    wide = LiftBlock(start=NOON, end=NOON + 2 * HOUR)
    assert covered(LiftBlock(start=NOON, end=NOON + HOUR), wide)
    assert not covered(wide, LiftBlock(start=NOON, end=NOON + HOUR))
    assert covered(Plan(patch=daily(80)), SUN)
    assert not covered(BOTH, SUN)
    assert not covered(SUN, MORE)


RULE = Standing(id="aut_1", owner="A", minutes=15, days=("sat", "sun"), times_a_day=2)


def test_a_standing_yes_answers_for_its_owner_within_its_bounds() -> None:
    """At most its minutes, on its days, as often as it says; nothing but minutes."""
    rules, used = [RULE], {"aut_1": 1}
    assert answering(rules, "A", minutes(15), TODAY, used) == RULE
    monday = day_at(family().regimes(), NOON + DAY)
    for owner, wish, day, count in (
        ("B", minutes(15), TODAY, used),
        ("A", minutes(16), TODAY, used),
        ("A", MoreTime(rest_of_day=True), TODAY, used),
        ("A", SUN, TODAY, used),
        ("A", minutes(15), monday, used),
        ("A", minutes(15), TODAY, {"aut_1": 2}),
    ):
        assert answering(rules, owner, wish, day, count) is None
    assert rule_words(RULE) == "+15 min 2 times a day, Sat, Sun"
    assert days_of(["sun", "sat", "sun"]) == ("sat", "sun")
    assert days_of(["funday"]) is None


AGREED = Agreed(
    title="Deal",
    patch=daily(45, "mon", "tue"),
    with_ids=("A",),
    agreed_at=NOON,
    review_at=NOON + 30 * DAY,
)
MON = "screen_time.daily_minutes.mon"


def test_an_agreement_is_due_at_its_date_and_ended_by_a_write_of_its_fields() -> None:
    """A party's write of a field of it ends it; a stranger's only where it changes what holds."""
    assert state_of(AGREED, NOON) is AgreementState.AGREED
    assert state_of(AGREED, NOON + 30 * DAY) is AgreementState.REVIEW_DUE
    for owner in ("A", TEEN):
        assert ends_with(AGREED, owner, TEEN, [MON], {MON: False})
        assert not ends_with(AGREED, owner, TEEN, ["search.enabled"], {"search.enabled": True})
    assert ends_with(AGREED, "B", TEEN, [MON], {MON: True})
    assert not ends_with(AGREED, "B", TEEN, [MON], {MON: False})
