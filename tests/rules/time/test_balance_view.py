"""The balance for one viewer: the teen reads all of it, a guardian what is theirs (section 8)."""

from typing import Any

from msgspec.structs import replace

from familypair.rules.layers import Policy, viewer_of
from familypair.rules.time.model import Posting, PostingKind, Use
from familypair.rules.time.view import balance_view, looking
from familypair.rules.time.warnings import crossed, in_force, minutes_left
from familypair.rules.time.words import say_seconds
from familypair.schema.scopes import Scope
from familypair.schema.time import Balance
from familypair.testing.families import NOON, TEEN, daily, family, guardian
from support.books import EVENING, book, posting

NAMES = {"A": "Dana", "B": "Ben", TEEN: "Mia"}
START = int(NOON.timestamp() * 1000)


def seen(policy: Policy, who: str, *lines: Posting, used: float | None = 0) -> Balance:
    """What this person reads of a day with these lines."""
    known = used is not None
    minutes = used or 0
    use = Use(spans=((START, START + round(minutes * 60_000)),), known=known, as_of=EVENING)
    viewer = viewer_of(policy, who, NAMES)
    assert viewer is not None
    return balance_view(looking(book(policy, *lines, used=minutes), use, viewer), EVENING)


def test_the_teen_reads_every_layer_and_every_line_with_names() -> None:
    """Nothing about themselves is hidden from a teen."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(90)), teen=daily(120))
    found = seen(policy, TEEN, posting("A", 15), posting("B", 15, name="p2"), used=48)
    assert found.words == "60 min (Dana) + 15 min (Dana) - 48 min used = 27 min left"
    assert {one.name: [p.words for p in one.postings] for one in found.sums} == {
        "you": [],
        "Dana": ["+15 min from Dana"],
        "Ben": ["+15 min from Ben"],
    }
    assert [step.minutes for step in found.steps] == [75]


def test_a_guardian_reads_another_only_where_their_sum_binds_and_never_a_name() -> None:
    """Ben's 90 is not there for Dana; were it 45, its sum would be, without lines."""
    loose = family(guardian("A", daily(60)), guardian("B", daily(90)))
    assert [one.owner for one in seen(loose, "A", posting("B", 15)).sums] == ["me"]
    strict = family(guardian("A", daily(60)), guardian("B", daily(45)))
    found = seen(strict, "A", posting("B", 5))
    told = [(one.owner, one.name, one.limit, one.postings) for one in found.sums[1:]]
    assert told == [("another_guardian", "another guardian", 50, ())]
    assert "Ben" not in str(found)


def test_guardians_who_agreed_to_be_known_read_each_others_names() -> None:
    """The good twin: the same day, with `known_to`."""
    a = replace(guardian("A", daily(60)), known_to=frozenset({"B"}))
    found = seen(family(a, guardian("B", daily(45))), "A")
    assert [one.name for one in found.sums] == ["you", "Ben"]


def test_gifts_on_the_starting_value_add_up_for_everybody_and_say_no_name() -> None:
    """Both gifts are lines of the sum that binds; what a silent layer said before is not."""
    changed = replace(
        posting("B", 0, PostingKind.CHANGED, name="p3"), before=20, after=None, owner="B"
    )
    lines = (posting("A", 30), posting("B", 15, name="p2"), changed)
    found = seen(family(guardian("A"), guardian("B")), "A", *lines)
    assert [p.words for p in found.sums[0].postings] == [
        "+30 min from you",
        "+15 min from another guardian",
    ]
    mine = seen(family(guardian("A"), guardian("B")), TEEN, *lines)
    assert mine.sums[0].postings[-1].words == "limit changed from 20 min to no rule by Ben"


def test_unknown_use_is_not_zero() -> None:
    """Nothing is said to be left of a day of which nothing is known."""
    found = seen(family(guardian("A", daily(60))), TEEN, used=None)
    assert (found.used_seconds, found.remaining_seconds) == (None, None)
    assert (found.limit_seconds, found.words) == (3600, "60 min (Dana)")


def test_a_guardian_without_see_time_reads_the_limit_alone() -> None:
    """No use, no outcome, no line that follows from use: the same for every use of the day."""
    policy = family(guardian("A", daily(60), without=(Scope.SEE_TIME,)))
    lines: tuple[Any, ...] = (
        replace(posting("A", 18, PostingKind.WRITE_OFF, name="w"), by_use=True),
        posting("A", 20, PostingKind.ROLL_OVER, name="r"),
        posting("A", 30),
    )
    views = [seen(policy, "A", *lines, used=used) for used in (None, 0, 70, 200)]
    assert all(one == views[0] for one in views[1:])
    assert (views[0].limit_seconds, views[0].outcome, views[0].next_outcome) == (5400, "", "ask")


def test_the_minute_of_a_code_is_the_teens_alone() -> None:
    """It would say when they were there."""
    policy = family(guardian("A", daily(60)))
    code = replace(posting("A", 15, PostingKind.CODE), by=TEEN)
    (line,) = seen(policy, "A", code).sums[0].postings
    assert (line.at, line.by, line.words) == (None, "teen", "+15 min by your code")
    assert seen(policy, TEEN, code).sums[0].postings[0].at == NOON


def test_a_warning_is_the_smallest_that_was_reached() -> None:
    """A17: 15, 5 and 0; one is crossed once, the last of several at once, and never backwards."""
    usual = frozenset({15, 5, 0})
    reached = [in_force(usual, minutes * 60) for minutes in (16, 15, 6, 5, 1, 0)]
    assert reached == [None, 15, 15, 5, 5, 0]
    assert in_force(usual, None) is None
    assert crossed(usual, 16 * 60, 15 * 60) == 15
    assert crossed(usual, 16 * 60, 0) == 0
    assert crossed(usual, 14 * 60, 13 * 60) is None
    assert crossed(usual, 4 * 60, 14 * 60) is None
    assert [minutes_left(s) for s in (None, 961, 900, 61, 0)] == [None, "more_than_15", 15, 2, 0]


def test_lengths_are_said_to_the_second_only_where_there_are_some() -> None:
    """`48 min`, `48 min 10 s`, `10 s`, `1 h 05 min 10 s`."""
    said = [say_seconds(seconds) for seconds in (2880, 2890, 10, 3910, 0)]
    assert said == ["48 min", "48 min 10 s", "10 s", "1 h 05 min 10 s", "0 min"]
