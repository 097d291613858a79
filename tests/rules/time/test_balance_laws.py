"""Laws of the balance over random layers, postings and use: R0, A5, A22, the teen's rights."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from familypair.rules.layers import Policy, viewer_of
from familypair.rules.time.balance import seconds_in_the_way
from familypair.rules.time.coarse import STEP
from familypair.rules.time.gifts import (
    Book,
    Gift,
    Giving,
    accept,
    approve_minutes,
    give,
    undo,
    wish_of,
    wishes_of,
)
from familypair.rules.time.model import Posting, PostingKind, Use
from familypair.rules.time.view import balance_view, looking
from familypair.schema.scopes import Scope
from familypair.testing.families import TEEN, daily, family, guardian
from support.books import EVENING, after, book, ids, posting

QUICK = settings(max_examples=80, deadline=None)
ORDER = ("allow", "remind", "ask", "stop")
MINUTES = st.integers(0, 240) | st.just("none")
AT = st.sampled_from(("remind", "ask", "stop"))
OWNERS = ("A", "B", TEEN)


def layer(minutes: int | str, at: str) -> dict[str, Any]:
    """A pair of this Sunday."""
    return {"screen_time": {"daily_minutes": {"sun": minutes}, "at_limit": at}}


PAIRS = st.builds(layer, MINUTES, AT)
USED = st.integers(0, 300).map(lambda minutes: minutes + 1 / 3)


def strictest(*outcomes: str) -> str:
    """Of some outcomes."""
    return max(outcomes, key=ORDER.index)


@QUICK
@given(PAIRS, PAIRS, PAIRS, st.lists(st.integers(0, 90), min_size=3, max_size=3), USED)
def test_r0_the_answer_of_several_layers_is_the_strictest_of_each_alone(
    a: dict[str, Any], b: dict[str, Any], own: dict[str, Any], extra: list[int], used: float
) -> None:
    """answer(A, B, teen) = strictest(answer(A), answer(B), answer(teen)), whatever was posted."""
    lines = [
        posting(owner, minutes, name=owner) for owner, minutes in zip(OWNERS, extra, strict=True)
    ]
    alone = (family(guardian("A", a)), family(guardian("B", b)), family(teen=own))
    answers = [book(one, *lines, used=used).balance() for one in alone]
    found = book(family(guardian("A", a), guardian("B", b), teen=own), *lines, used=used).balance()
    assert found.outcome() == strictest(*(one.outcome() for one in answers))
    limits = [one.limit for one in answers if one.limit is not None]
    assert found.limit == min(limits, default=None)
    for seconds in (0, found.limit or 0, 3600, 9000):
        assert found.outcome(seconds) == strictest(*(one.outcome(seconds) for one in answers))


def policy_of(pairs: list[dict[str, Any] | None]) -> Policy:
    """A, B and the teen, each with a pair or silent."""
    a, b, own = pairs
    return family(guardian("A", a), guardian("B", b), teen=own)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("use", "give", "undo", "take", "approve", "rest")),
        st.sampled_from(("A", "B")),
        st.integers(1, 90),
    ),
    max_size=12,
)


def one_act(
    one: Book, act: tuple[str, str, int], new_id: Any, gifts: list[Posting]
) -> tuple[Book, tuple[Posting, ...]]:
    """The day after an act, and what it posted."""
    what, who, minutes = act
    lines: tuple[Posting, ...] = ()
    if what == "use":
        return after(one, used=one.use_seconds / 60 + minutes / 7), ()
    if what in {"give", "rest"}:
        seconds = minutes * 60 if what == "give" else None
        made = give(one, Giving(owner=who, seconds=seconds), new_id)
        lines = made.postings if isinstance(made, Gift) else ()
        gifts += lines[-1:]
    elif what == "approve":
        wishes = wishes_of(one, minutes * 60)
        way = seconds_in_the_way(one.policy, one.balance(), wishes[0], now=one.now).owners
        owners = [source.id or TEEN for source in way]
        lines = tuple(
            p for owner in owners for p in approve_minutes(one, owner, wishes, new_id=new_id)
        )
    elif gifts:
        gift = gifts[minutes % len(gifts)]
        back = undo(one, gift, gift.by, new_id) if what == "undo" else None
        lines = (back,) if isinstance(back, Posting) else ()
        taken = accept(one, gift, TEEN, new_id) if what == "take" else None
        lines = taken.postings if isinstance(taken, Gift) else lines
    return after(one, *lines), lines


@QUICK
@given(st.lists(st.none() | PAIRS, min_size=3, max_size=3), ACTS)
def test_remaining_rises_only_by_a_posting_and_nothing_used_is_ever_taken_back(
    pairs: list[dict[str, Any] | None], acts: list[tuple[str, str, int]]
) -> None:
    """No act of anybody makes a day shorter than it was without gifts, nor than what was used."""
    one, new_id = book(policy_of(pairs)), ids()
    start, gifts = one.balance(), list[Posting]()
    for act in acts:
        was = one.balance()
        one, lines = one_act(one, act, new_id, gifts)
        now = one.balance()
        if not lines:
            assert (now.remaining or 0) <= (was.remaining or 0)
        for before, current in zip(start.sums, now.sums, strict=True):
            assert (current.seconds is None) == (before.seconds is None)
            if current.seconds is not None and before.seconds is not None:
                assert current.seconds >= before.seconds
                assert current.seconds == before.seconds + sum(p.seconds for p in current.lines)
        for line in lines:
            assert line.seconds >= 0 or line.kind is PostingKind.UNDONE
        if lines and act[0] in {"undo", "take"}:
            assert now.limit is not None
            assert now.limit >= min(was.limit or 0, one.use_seconds)


@QUICK
@given(st.lists(st.none() | PAIRS, min_size=3, max_size=3), USED, st.integers(1, 120))
def test_an_approval_gives_exactly_what_was_agreed(
    pairs: list[dict[str, Any] | None], used: float, minutes: int
) -> None:
    """When everybody in the way has posted, nobody is, and it is right to the second."""
    one, new_id = book(policy_of(pairs), used=used), ids()
    before = one.balance()
    wish = wish_of(one, minutes * 60)
    done, _ = one_act(one, ("approve", "A", minutes), new_id, [])
    found = done.balance()
    assert seconds_in_the_way(one.policy, found, wish, now=EVENING).owners == ()
    if before.limit is not None and before.limit < wish:
        assert found.limit == wish
        assert found.remaining == max(0, before.limit - one.use_seconds) + minutes * 60


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("use", "give", "give", "undo", "approve", "rest", "limit")),
        st.integers(0, 90),
        st.integers(0, STEP - 1),
        st.integers(0, STEP - 1),
    ),
    max_size=12,
)


@QUICK
@given(STEPS)
def test_what_a_guardian_reads_does_not_tell_two_uses_of_one_step_apart(
    acts: list[tuple[str, int, int, int]],
) -> None:
    """Whatever is given, taken back, agreed and limited: the same view, refusals with it."""
    worlds = [book(family(guardian("A", daily(60)))) for _ in range(2)]
    names, gifts = [ids(), ids()], [list[Posting](), list[Posting]()]
    for what, amount, *parts in acts:
        posted = 0
        for place, one in enumerate(worlds):
            floor = one.use_seconds // STEP
            if what == "use":
                used = max(one.use_seconds, (floor + amount % 3) * STEP + parts[place])
                worlds[place] = after(one, used=used / 60)
            elif what == "limit":
                worlds[place] = replace(one, policy=family(guardian("A", daily(amount))))
            else:
                before = len(gifts[place])
                worlds[place], _ = one_act(one, (what, "A", amount + 1), names[place], gifts[place])
                posted += (len(gifts[place]) - before) if place else before - len(gifts[place])
        assert posted == 0
        for without in ((), (Scope.SEE_TIME,)):
            views = [_seen_by_a(one, without) for one in worlds]
            assert views[0] == views[1]


def _seen_by_a(one: Book, without: tuple[Scope, ...]) -> Any:
    looking_on = viewer_of(family(guardian("A", without=without)), "A")
    assert looking_on is not None
    found = looking(one, Use(known=True), looking_on)
    lines = [(line.kind, line.seconds) for one in found.found.sums for line in one.lines]
    return balance_view(found, EVENING).words, found.found.limit, found.remaining, lines
