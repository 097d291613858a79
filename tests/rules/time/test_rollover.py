"""A21: what is left of a layer's own allowance moves to the same layer's next day."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from familypair.rules.layers import Policy
from familypair.rules.time.model import PostingKind, Use
from familypair.rules.time.rollover import Closed, Saving, closed, differences, moved, saves
from familypair.testing.families import TEEN, daily, family, guardian
from support.books import EVENING, posting, today

MONDAY = EVENING + timedelta(days=1)


def saving(minutes: int | str | None, most: int) -> dict[str, Any]:
    """A layer with a limit on Sunday and Monday, and a roll-over."""
    days = {} if minutes is None else {"daily_minutes": {"sun": minutes, "mon": minutes}}
    return {"screen_time": {"roll_over": most, **days}}


def use(minutes: float) -> Use:
    """A known use of so many minutes."""
    return Use(spans=((0, round(minutes * 60_000)),), known=True)


def rolled(policy: Policy, used: Use, *lines: Any) -> dict[str, float]:
    """Owner to minutes that move from this Sunday to Monday."""
    wanted = moved(closed(policy, today(policy), lines), used)
    return {owner: seconds / 60 for owner, seconds in wanted.items()}


@pytest.mark.parametrize(
    ("used", "minutes"), [(0, 30), (20, 30), (30, 30), (45.5, 14.5), (60, None), (90, None)]
)
def test_the_unused_part_moves_up_to_the_layers_cap(used: float, minutes: float | None) -> None:
    """60 a day, at most 30 move, to the second; what is used up leaves nothing."""
    found = rolled(family(guardian("A", saving(60, 30))), use(used))
    assert found == ({} if minutes is None else {"A": minutes})


def test_gifts_and_earlier_roll_over_do_not_move() -> None:
    """Quote: "not gifts, not earlier roll-over": 60 + 30 given, 50 used, 10 move."""
    policy = family(guardian("A", saving(60, 30)))
    lines = (posting("A", 30), posting("A", 20, PostingKind.ROLL_OVER, name="p2"))
    assert rolled(policy, use(50), *lines) == {"A": 10}
    assert closed(policy, today(policy), lines).limit_seconds == 110 * 60


def test_each_layer_saves_for_itself() -> None:
    """A 60 with a cap, B 45 without one, the teen's own 90 with a smaller cap."""
    policy = family(
        guardian("A", saving(60, 30)), guardian("B", saving(45, 0)), teen=saving(90, 10)
    )
    assert saves(policy)
    assert rolled(policy, use(40)) == {TEEN: 10, "A": 20}


@pytest.mark.parametrize("minutes", [None, "none"])
def test_a_layer_without_an_own_allowance_saves_nothing(minutes: str | None) -> None:
    """The starting value is nobody's allowance, and "none" has no unused part."""
    assert rolled(family(guardian("A", saving(minutes, 30))), use(0)) == {}


def test_unset_is_off() -> None:
    """Nobody who has not set a roll-over gets one."""
    policy = family(guardian("A", {"screen_time": {"daily_minutes": {"sun": 60}}}))
    assert not saves(policy)
    assert rolled(policy, use(0)) == {}


def test_a_day_of_which_nothing_is_known_moves_nothing() -> None:
    """Unknown is not zero; a known zero moves all that may."""
    policy = family(guardian("A", saving(60, 30)))
    assert rolled(policy, Use()) == {}
    assert rolled(policy, Use(known=True)) == {"A": 30}


def test_what_was_posted_is_corrected_by_the_difference() -> None:
    """First a roll-over, then corrections in both directions, then nothing."""
    policy = family(guardian("A", saving(60, 30)))
    monday = today(policy, MONDAY)
    yesterday = Closed(3600, (Saving("A", 60, 30),))
    lines: tuple[Any, ...] = ()
    seen: list[tuple[str, int]] = []
    for used in (use(40), use(40), use(50), use(20)):
        missing = differences(policy, monday, moved(yesterday, used), lines, now=MONDAY)
        for owner, seconds, kind in missing:
            seen.append((kind, seconds // 60))
            one = posting(owner, seconds / 60, kind, name=f"p{len(lines)}")
            lines = (*lines, replace(one, day=monday.date))
    assert seen == [("roll_over", 20), ("correction", -10), ("correction", 20)]


def test_it_moves_only_to_a_layer_that_has_a_limit_on_the_next_day() -> None:
    """It is posted to the same layer: where that is silent there is nothing to post to."""
    sunday_only = {"screen_time": {"roll_over": 30, "daily_minutes": {"sun": 60}}}
    policy = family(guardian("A", sunday_only))
    monday = today(policy, MONDAY)
    assert differences(policy, monday, {"A": 1800}, (), now=MONDAY) == ()


def test_a_closed_days_limit_is_kept_for_guardians_without_what_use_made_of_it() -> None:
    """60 + 7:18 written off + 10: a guardian reads 70, or the use at the gift would be known."""
    policy = family(guardian("A", daily(60)))
    over = replace(posting("A", 7.3, PostingKind.WRITE_OFF, name="w"), by_use=True, told=0, blind=0)
    found = closed(policy, today(policy), (over, posting("A", 10)))
    assert (found.limit_seconds, found.told_seconds) == (4638, 4200)
