"""What of a guardian's layer still applies, from activation to the end of the hold."""

from datetime import UTC, datetime, timedelta

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.link_layers import (
    HELD_SCOPES,
    LayerUse,
    Standing,
    may_keep_rules,
    standing,
)
from familypair.rules.links import HOLD, PROBATION, Actor, Event, Facts, Link, activate, advance
from familypair.schema.scopes import ALL_SCOPES, Scope

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=10)
OVER = NOW + timedelta(hours=48)
TICK = timedelta(microseconds=1)
SET = HELD_SCOPES | {Scope.SET_TIME}


def link(*events: tuple[Event, Actor], scopes: frozenset[Scope] = frozenset()) -> Link:
    """A link with every scope after these events at NOW."""
    current = activate(scopes=frozenset(ALL_SCOPES), share_history=False, now=START)
    for event, actor in events:
        facts = Facts(exit_delay=timedelta(hours=24), scopes=scopes)
        result = advance(current, event, actor, now=NOW, facts=facts)
        assert isinstance(result, Link), result
        current = result
    return current


TEEN_END = (Event.END, Actor.TEEN)


def test_an_active_link_is_live_and_in_probation_before() -> None:
    """The same scopes govern; the probation only bounds how loose they can be."""
    trial = standing(link(), now=START + PROBATION - TICK)
    live = standing(link(), now=START + PROBATION)
    assert (trial.use, live.use) == (LayerUse.PROBATION, LayerUse.LIVE)
    assert trial.live == live.live == SET
    assert live.frozen | live.held == frozenset()


def test_a_scope_taken_back_is_frozen_for_the_notice_period() -> None:
    """It is no longer live at once, and thaws at the end of the period (A23)."""
    gone = link(
        (Event.REMOVE_SCOPES, Actor.TEEN), scopes=frozenset({Scope.SET_SEARCH, Scope.SEE_TIME})
    )
    before = standing(gone, now=OVER - TICK)
    assert before.live == SET - {Scope.SET_SEARCH}
    assert (before.frozen, before.frozen_until) == (frozenset({Scope.SET_SEARCH}), OVER)
    thawed = standing(gone, now=OVER)
    assert (thawed.frozen, thawed.frozen_until) == (frozenset(), None)


def test_while_ending_time_is_frozen_and_protection_held() -> None:
    """Nothing is live any more; the guardian's blocks of contacts stay."""
    ending = standing(link(TEEN_END), now=OVER - TICK)
    assert ending == Standing(
        use=LayerUse.NOTICE,
        frozen=frozenset({Scope.SET_TIME}),
        frozen_until=OVER,
        held=HELD_SCOPES,
        contacts_held=True,
    )


@pytest.mark.parametrize(
    ("event", "actor", "contacts"),
    [
        (Event.END, Actor.GUARDIAN, True),
        (Event.SAFETY_EXIT, Actor.TEEN, False),
        (Event.DELETION, Actor.SYSTEM, True),
        (Event.OPERATOR_END, Actor.OPERATOR, True),
    ],
)
def test_after_an_end_protection_is_held_for_seven_days(
    event: Event, actor: Actor, *, contacts: bool
) -> None:
    """Time is free at once; contact, privacy and search a week later; an exit frees contacts."""
    gone = link((event, actor))
    held = standing(gone, now=NOW + HOLD - TICK)
    assert held == Standing(
        use=LayerUse.HOLD, held=HELD_SCOPES, held_until=NOW + HOLD, contacts_held=contacts
    )
    assert standing(gone, now=NOW + HOLD) == Standing(use=LayerUse.GONE)


def test_at_eighteen_nothing_stays() -> None:
    """The guardian's layer is gone with the birthday."""
    adult = link((Event.COME_OF_AGE, Actor.SYSTEM))
    assert standing(adult, now=NOW) == Standing(use=LayerUse.GONE)


def test_who_may_keep_rules_and_when() -> None:
    """A guardian while they may write; a teen from the end until the layer is gone."""
    nothing = Refusal(Reason.NOTHING_TO_KEEP)
    assert may_keep_rules(link(), Actor.GUARDIAN, now=NOW) is None
    assert may_keep_rules(link(), Actor.TEEN, now=NOW) == nothing
    ending = link(TEEN_END)
    assert may_keep_rules(ending, Actor.TEEN, now=NOW) is None
    assert may_keep_rules(ending, Actor.TEEN, now=OVER + HOLD - TICK) is None
    assert may_keep_rules(ending, Actor.TEEN, now=OVER + HOLD) == nothing
    assert may_keep_rules(ending, Actor.GUARDIAN, now=NOW) == nothing
