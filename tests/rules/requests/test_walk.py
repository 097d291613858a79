"""Random answers, offers and own writes in between: what closes a request is always the same."""

from functools import partial

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.reasons import Refusal
from familypair.rules.layers import Policy
from familypair.rules.requests import moves
from familypair.rules.requests.apply import Effects
from familypair.rules.requests.model import Asked, Need, PartState
from familypair.rules.requests.parts import needs
from familypair.rules.requests.table import LIVE, RequestState
from familypair.schema.requests import MoreTime
from familypair.settings import Value
from familypair.testing.families import NOON, daily, family, guardian
from support.families import PROFILE
from support.wishes import applied, facts, request

OWNERS = "ABC"
SUN = "screen_time.daily_minutes.sun"
AMOUNTS = st.sampled_from([1, 10, 20, 30, 45])
STEPS = st.one_of(
    st.tuples(st.just("approve"), st.sampled_from(OWNERS), st.none() | AMOUNTS),
    st.tuples(st.just("counter"), st.sampled_from(OWNERS), AMOUNTS),
    st.tuples(st.just("decline"), st.sampled_from(OWNERS), st.just(0)),
    st.tuples(st.just("write"), st.sampled_from(OWNERS), st.sampled_from([30, 60, 75, 120])),
    st.tuples(st.sampled_from(["accept", "accept", "withdraw"]), st.just(""), st.just(0)),
)


def step(asked: Asked, policy: Policy, act: str, who: str, n: int | None) -> Asked | Refusal:
    """One move of a request, judged by the policy of that moment."""
    judge = partial(needs, facts(policy, 20))
    match act:
        case "approve":
            return moves.approve(asked, who, n, NOON, judge)
        case "counter":
            return moves.counter(asked, who, MoreTime(minutes=n), NOON, judge)
        case "decline":
            return moves.decline(asked, who, NOON)
        case "accept":
            return moves.accept(asked, NOON, judge)
        case _:
            return moves.withdraw(asked, NOON)


def wrote(policy: Policy, who: str, minutes: int) -> Policy:
    """The policy after an owner changed their own limit."""
    found: dict[str, Value] = {SUN: minutes}
    guardians = tuple(
        msgspec.structs.replace(g, values=found) if g.owner == who else g for g in policy.guardians
    )
    return msgspec.structs.replace(policy, guardians=guardians)


def must_answer(policy: Policy, minutes: int) -> set[str]:
    """Who is in the way, by plain arithmetic: own limit below the smallest one plus the wish."""
    limits = {g.owner: int(str(g.values[SUN])) for g in policy.guardians}
    return {who for who, limit in limits.items() if limit < min(limits.values()) + minutes}


@settings(PROFILE, max_examples=max(1, PROFILE.max_examples // 3))
@given(st.tuples(*(st.sampled_from([45, 60, 70]) for _ in OWNERS)), st.lists(STEPS, max_size=12))
def test_a_request_closes_exactly_when_nobody_is_left_in_the_way(
    limits: tuple[int, ...], steps: list[tuple[str, str, int | None]]
) -> None:
    """The yeses of all who are in the way then, the least amount, one no; and then never again."""
    pairs = zip(OWNERS, limits, strict=True)
    policy = family(*(guardian(who, daily(minutes)) for who, minutes in pairs))
    wish = MoreTime(minutes=30)
    first = needs(facts(policy, 20), wish)
    assert isinstance(first, Need)
    assert set(first.owners) == must_answer(policy, 30)
    asked = request(wish, *first.owners)
    for act, who, n in steps:
        if act == "write":
            policy = wrote(policy, who, n or 0)
            continue
        after = step(asked, policy, act, who, n)
        if asked.state not in LIVE:
            assert isinstance(after, Refusal)
        if isinstance(after, Refusal):
            continue
        _check(policy, asked, after, act)
        asked = after


def _check(policy: Policy, before: Asked, after: Asked, act: str) -> None:
    wish = after.wish
    assert isinstance(wish, MoreTime)
    assert wish.minutes is not None
    yes = {one.owner for one in after.answers if one.state is PartState.APPROVED}
    amounts = [one.minutes for one in after.answers if one.minutes is not None]
    least = min([wish.minutes, *amounts])
    assert set(before.asked) <= set(after.asked)
    assert (after.state is RequestState.DECLINED) is (act == "decline")
    assert (after.state is RequestState.WITHDRAWN) is (act == "withdraw")
    if after.state is RequestState.APPROVED:
        assert must_answer(policy, least) <= yes
        assert after.minutes == least
        held = facts(policy, 20)
        found = applied(held, after)
        assert isinstance(found, Effects)
        limit = held.book.balance().limit
        assert limit is not None
        assert held.book.balance(found.postings).limit == limit + least * 60
        assert {p.owner for p in found.postings} <= yes
    elif act in {"approve", "accept"} and after.state is RequestState.OPEN:
        assert must_answer(policy, least) - yes
        assert must_answer(policy, least) <= set(after.asked)
