"""Limits that protect people, at their edge and one before it (product.md section 2)."""

from datetime import UTC, datetime, timedelta

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.limits import (
    DEFAULT,
    Limits,
    PairHistory,
    approve_allowed,
    claim_allowed,
    guardian_allowed,
    is_blocked,
    pair_allowed,
    teen_allowed,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
WEEK = timedelta(days=7)
G, T = Actor.GUARDIAN, Actor.TEEN
WRONG_CODE = Refusal(Reason.CODE_NOT_VALID, "/code")


def test_the_numbers_are_those_of_the_product() -> None:
    """Ten teens, six guardians, three requests, three pending, five and twenty guesses."""
    assert Limits() == Limits(
        teens_per_guardian=10,
        guardians_per_teen=6,
        link_requests_per_day=3,
        pending_per_teen=3,
        wrong_guesses_per_account=5,
        wrong_guesses_per_address=20,
    )


@pytest.mark.parametrize(
    ("requests", "linked", "reason"),
    [
        (2, 9, None),
        (3, 9, Reason.TOO_MANY_LINK_REQUESTS),
        (2, 10, Reason.TOO_MANY_TEENS),
        (3, 10, Reason.TOO_MANY_TEENS),
    ],
)
def test_a_guardian_asks_three_times_a_day_and_has_ten_teens(
    requests: int, linked: int, reason: Reason | None
) -> None:
    """The third request is still made, the fourth is not; the same for the tenth teen."""
    refusal = guardian_allowed(requests_last_day=requests, linked=linked)
    assert (refusal.reason if refusal else None) is reason


@pytest.mark.parametrize(
    ("pending", "linked", "reason"),
    [
        (2, 5, None),
        (3, 5, Reason.TOO_MANY_PENDING),
        (2, 6, Reason.TOO_MANY_GUARDIANS),
    ],
)
def test_a_teen_has_three_pending_and_six_guardians(
    pending: int, linked: int, reason: Reason | None
) -> None:
    """The limits of a teen, whoever starts."""
    refusal = teen_allowed(pending=pending, linked=linked)
    assert (refusal.reason if refusal else None) is reason


def test_an_operator_may_lower_or_raise_the_families_size() -> None:
    """The numbers come from the settings."""
    small = Limits(teens_per_guardian=1, guardians_per_teen=1)
    refusal = guardian_allowed(requests_last_day=0, linked=1, limits=small)
    assert refusal == Refusal(Reason.TOO_MANY_TEENS, params={"max": 1})
    assert guardian_allowed(requests_last_day=0, linked=1) is None


def test_a_claim_names_the_claimers_own_limit_and_hides_the_other_sides() -> None:
    """That the other side is full reads as a wrong code: nobody learns how many links they have."""
    full = Refusal(Reason.TOO_MANY_TEENS, params={"max": DEFAULT.teens_per_guardian})
    assert claim_allowed(own=full, other=None, pair=None) == full
    assert claim_allowed(own=None, other=full, pair=None) == WRONG_CODE
    blocked = Refusal(Reason.PAIR_BLOCKED)
    assert claim_allowed(own=None, other=full, pair=blocked) == blocked
    assert claim_allowed(own=None, other=None, pair=None) is None


def test_approval_needs_room_on_both_sides() -> None:
    """Nine and five are room; ten or six are none."""
    assert approve_allowed(guardian_links=9, teen_links=5)
    assert not approve_allowed(guardian_links=10, teen_links=5)
    assert not approve_allowed(guardian_links=9, teen_links=6)


def test_a_decline_blocks_the_pair_for_seven_days() -> None:
    """A microsecond before it still blocks, at seven days it does not."""
    declined = PairHistory(declined_at=NOW, declined_by=T)
    assert is_blocked(declined, now=NOW + WEEK - TICK)
    assert not is_blocked(declined, now=NOW + WEEK)
    assert not is_blocked(PairHistory(), now=NOW)
    assert pair_allowed(declined, claimer=G, now=NOW + WEEK) is None


@pytest.mark.parametrize(("decliner", "other"), [(T, G), (G, T)])
def test_the_block_is_silent(decliner: Actor, other: Actor) -> None:
    """Who declined is reminded; to the other side a good code reads like a wrong one."""
    pair = PairHistory(declined_at=NOW, declined_by=decliner)
    assert pair_allowed(pair, claimer=decliner, now=NOW) == Refusal(Reason.PAIR_BLOCKED)
    assert pair_allowed(pair, claimer=other, now=NOW) == WRONG_CODE


def test_after_an_exit_only_the_teen_is_told_why() -> None:
    """While the exit is silent its guardian still reads as linked, later as a wrong code."""
    silent = PairHistory(exited=True, linked=True)
    assert pair_allowed(silent, claimer=T, now=NOW) == Refusal(Reason.PROTECTIVE_HOLD)
    assert pair_allowed(silent, claimer=G, now=NOW) == Refusal(Reason.ALREADY_LINKED)
    told = PairHistory(exited=True)
    assert pair_allowed(told, claimer=T, now=NOW) == Refusal(Reason.PROTECTIVE_HOLD)
    assert pair_allowed(told, claimer=G, now=NOW) == WRONG_CODE


def test_linked_is_known_to_both() -> None:
    """An active link refuses a second one by its name."""
    for claimer in (G, T):
        refusal = pair_allowed(PairHistory(linked=True), claimer=claimer, now=NOW)
        assert refusal == Refusal(Reason.ALREADY_LINKED)
