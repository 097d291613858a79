"""One-time codes: their digits, when they can be made, and when they would not help (A9)."""

from typing import Any

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import LayerState, Policy
from familypair.rules.time.codes import code_from, may_make, normal, still_limited
from familypair.rules.time.model import PostingKind
from familypair.testing.families import TEEN, daily, family, guardian
from support.books import EVENING, book, ids, posting

STOP = guardian("A", {"screen_time": {"at_limit": "stop", "daily_minutes": {"sun": 60}}})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("012345", "012345"),
        (" 012-345 ", "012345"),
        ("01234", None),
        ("0123456", None),
        ("01234a", None),
        ("٠١٢٣٤٥", None),
        ("", None),
    ],
)
def test_what_is_typed_is_read_as_six_digits(typed: str, read: str | None) -> None:
    """Spaces and dashes are ignored; everything else is no code."""
    assert normal(typed) == read


def test_the_digits_are_always_six() -> None:
    """Leading zeros stay."""
    assert code_from(bytes(8)) == "000000"
    assert len(code_from(b"\xff" * 32)) == 6


def test_a09_stop_removes_only_the_code() -> None:
    """Its owner makes no code; one whose rule asks does."""
    refused = may_make(book(family(STOP)), "A", 900, ids())
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.CODES_STOPPED
    assert may_make(book(family(guardian("A", daily(60)))), "A", 900, ids()) is None


def test_a_code_that_could_not_be_given_is_not_made() -> None:
    """The bounds of a gift hold for codes too: 60 minutes in the first 24 hours."""
    probation: dict[str, Any] = {
        "state": LayerState.PROBATION,
        "probation_ends": EVENING.replace(hour=23),
    }
    policy = family(guardian("A", **probation))
    one = book(policy, posting("A", 45, PostingKind.CODE))
    refused = may_make(one, "A", 16 * 60, ids())
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.PROBATION_GIFT_LIMIT
    assert may_make(one, "A", 15 * 60, ids()) is None


REMIND = guardian("B", {"screen_time": {"at_limit": "remind", "daily_minutes": {"sun": 45}}})


@pytest.mark.parametrize(
    ("policy", "used", "by"),
    [
        (family(guardian("A", daily(60)), guardian("B", daily(45))), 50, ["B"]),
        (family(guardian("A", daily(60)), guardian("B", daily(45))), 20, ["B"]),
        (family(guardian("A", daily(60)), guardian("B", daily(75))), 60, []),
        (family(guardian("A", daily(60)), guardian("B", daily(75))), 75, ["B"]),
        (family(guardian("A", daily(60)), REMIND), 60, []),
        (family(guardian("A", daily(60)), guardian("B")), 60, []),
        (family(guardian("A", daily(60)), teen=daily(30)), 60, []),
        (family(guardian("A"), guardian("B")), 60, []),
    ],
)
def test_a09_another_layer_that_asks_or_stops_by_now_is_named(
    policy: Policy, used: int, by: list[str]
) -> None:
    """Only then the code would not help; a reminder does not stop, and the teen's yes is theirs."""
    assert [source.id for source in still_limited(book(policy, used=used), "A")] == by
    assert TEEN not in by
