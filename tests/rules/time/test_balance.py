"""The table of daily limits of algebra.md, row by row, and A4, A5, R0 of the balance."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from familypair.rules.layers import LayerState, Policy, day_limit, minutes_in_the_way
from familypair.rules.time.balance import seconds_in_the_way
from familypair.rules.time.model import PostingKind
from familypair.testing.families import NOON, TEEN, daily, family, guardian
from support.books import EVENING, SUNDAY, book, limit, posting

PROBATION: dict[str, Any] = {
    "state": LayerState.PROBATION,
    "probation_ends": EVENING + timedelta(hours=1),
}
GIFT = posting("A", 30)

TABLE: list[tuple[str, Policy, tuple[Any, ...], int, Mapping[int, set[str]]]] = [
    ("nobody has spoken", family(), (), 60, {90: {"default"}}),
    ("guardian 120, teen unset", family(guardian("A", daily(120))), (), 120, {150: {"A"}}),
    (
        "guardian 120, teen 90",
        family(guardian("A", daily(120)), teen=daily(90)),
        (),
        90,
        {120: {TEEN}, 150: {TEEN, "A"}},
    ),
    (
        "guardians 120 and 45",
        family(guardian("A", daily(120)), guardian("B", daily(45))),
        (),
        45,
        {120: {"B"}, 150: {"A", "B"}},
    ),
    (
        "A 120, B unset",
        family(guardian("A", daily(120)), guardian("B")),
        (),
        120,
        {150: {"A"}},
    ),
    (
        "guardian 120 in probation",
        family(guardian("A", daily(120), **PROBATION)),
        (),
        60,
        {90: {"default"}, 150: {"default", "A"}},
    ),
    (
        "guardian 45 in probation",
        family(guardian("A", daily(45), **PROBATION)),
        (),
        45,
        {60: {"A"}},
    ),
    ("Saturday 180 only: Sunday", family(guardian("A", daily(180, "sat"))), (), 60, {}),
    (
        "A 60 + 30 given by A, B 45",
        family(guardian("A", daily(60)), guardian("B", daily(45))),
        (GIFT,),
        45,
        {90: {"B"}},
    ),
    (
        "A 60 + 30 given by A, teen's own 60",
        family(guardian("A", daily(60)), teen=daily(60)),
        (GIFT,),
        60,
        {90: {TEEN}},
    ),
    (
        "A 60 + 30 given by A, teen's own 60 + 30 taken",
        family(guardian("A", daily(60)), teen=daily(60)),
        (GIFT, posting(TEEN, 30, PostingKind.ACCEPTED, name="p2", ref="p1")),
        90,
        {120: {TEEN, "A"}},
    ),
    ("A unset, gives 30 on the default", family(guardian("A")), (GIFT,), 90, {120: {"default"}}),
]


@pytest.mark.parametrize(
    ("policy", "postings", "minutes", "asks"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_daily_limit_table(
    policy: Policy, postings: tuple[Any, ...], minutes: int, asks: Mapping[int, set[str]]
) -> None:
    """What the day allows, and who must answer for more, in seconds and in minutes alike."""
    one = book(policy, *postings)
    posted = {p.owner: p.seconds // 60 for p in postings}
    assert limit(one) == minutes
    assert day_limit(policy, SUNDAY, now=EVENING, postings=posted).minutes == minutes
    for wish, owners in asks.items():
        ways = (
            minutes_in_the_way(policy, SUNDAY, wish, now=EVENING, postings=posted),
            seconds_in_the_way(policy, one.balance(), wish * 60, now=EVENING),
        )
        for way in ways:
            assert {source.id or str(source) for source in way.owners} == owners
            assert way.possible


def test_what_is_allowed_already_needs_nobody() -> None:
    """The bad twin of the table's last column: a wish within the day asks nobody."""
    found = book(family(guardian("A", daily(120)))).balance()
    assert seconds_in_the_way(family(guardian("A", daily(120))), found, 7200, now=NOON).owners == ()


def test_a04_each_at_limit_acts_at_its_own_sum() -> None:
    """Quote: "A: 60 remind, B: 180 stop gives remind from 60 and stop from 180"."""
    remind = {"screen_time": {"at_limit": "remind", "daily_minutes": {"sun": 60}}}
    stop = {"screen_time": {"at_limit": "stop", "daily_minutes": {"sun": 180}}}
    policy = family(guardian("A", remind), guardian("B", stop))
    found = book(policy, used=59).balance()
    assert [(r.seconds // 60, r.outcome) for r in found.rungs] == [(60, "remind"), (180, "stop")]
    outcomes = [found.outcome(minutes * 60) for minutes in (59, 60, 179, 180)]
    assert outcomes == ["allow", "remind", "remind", "stop"]
    assert (found.remaining, found.next_rung and found.next_rung.outcome) == (60, "remind")
    later = book(policy, used=60).balance()
    assert (later.remaining, later.next_rung and later.next_rung.outcome) == (0, "stop")


def test_a04_a_gift_moves_the_rung_of_its_own_layer_alone() -> None:
    """30 given by A moves A's `remind`, and B's `stop` stays where it was."""
    remind = {"screen_time": {"at_limit": "remind", "daily_minutes": {"sun": 60}}}
    stop = {"screen_time": {"at_limit": "stop", "daily_minutes": {"sun": 75}}}
    found = book(family(guardian("A", remind), guardian("B", stop)), GIFT).balance()
    assert [(r.seconds // 60, r.outcome) for r in found.rungs] == [(75, "stop")]


def test_a05_what_is_used_is_taken_from_the_smallest_sum_to_the_second() -> None:
    """Remaining is the smallest sum less use, and never below zero."""
    policy = family(guardian("A", daily(60)))
    assert book(policy, used=48.5).balance().remaining == 690
    assert book(policy, used=60).balance().remaining == 0
    assert book(policy, used=75).balance().remaining == 0


def test_a05_postings_of_another_day_or_of_a_stranger_change_nothing() -> None:
    """Only this day's, and only those of somebody with a say."""
    policy = family(guardian("A", daily(60)))
    yesterday = replace(GIFT, day=SUNDAY - timedelta(days=1))
    assert limit(book(policy, yesterday)) == 60
    assert limit(book(policy, posting("Z", 30))) == 60


def test_a03_a_gift_stays_for_the_day_when_its_givers_link_ends() -> None:
    """Nobody wrote it, so it may tighten only from the next day boundary."""
    ended = guardian("A", state=LayerState.ENDED, frozen={"set_time": NOON + timedelta(hours=1)})
    policy = family(ended)
    assert limit(book(policy, GIFT)) == 90
    tomorrow = EVENING + timedelta(days=1)
    later = book(policy, GIFT, now=tomorrow).balance()
    assert later.limit == 3600


def test_a03_what_a_guardian_had_allowed_today_stays_with_what_they_gave() -> None:
    """A 120 + 30, then the link ends: 150 until the day is over, and the default from tomorrow."""
    ended = guardian(
        "A", daily(120), state=LayerState.ENDED, frozen={"set_time": NOON + timedelta(hours=1)}
    )
    assert limit(book(family(ended), GIFT)) == 150
    assert limit(book(family(ended), GIFT, now=EVENING + timedelta(days=1))) == 60


def test_a10_a_gift_in_probation_counts_on_the_value_that_is_in_force() -> None:
    """Whose own looser limit waits has none in force, and so gives on the default (A5)."""
    waits = family(guardian("A", daily(120), **PROBATION))
    assert limit(book(waits, GIFT)) == 90
    holds = family(guardian("A", daily(45), **PROBATION))
    assert limit(book(holds, GIFT)) == 60


def test_the_layer_that_binds_is_named_and_every_tie_with_it() -> None:
    """A8: on a tie every tied layer wins; the name shown first is the teen's, then by link date."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(60)), teen=daily(60))
    binding = book(policy).balance().binding
    assert [one.source.id for one in binding] == [TEEN, "A", "B"]


def test_a_day_without_a_limit_has_nothing_left_to_count() -> None:
    """ "none" everywhere: no limit, no remaining time, and use is always allowed."""
    found = book(family(guardian("A", daily("none"))), used=600).balance()
    assert (found.limit, found.remaining, found.outcome(), found.binding) == (
        None,
        None,
        "allow",
        (),
    )
