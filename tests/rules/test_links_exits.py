"""A safety exit during the notice period, and who must sign in to bring a link back.

The guardian of an ending link has no right left that an exit could pause. So they go on with the
link as it would be without the exit: reads, moves and its end by itself (product.md section 9).
"""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from familypair.reasons import Reason, Refusal
from familypair.rules.link_views import exit_is_told, guardian_moves_at
from familypair.rules.links import (
    Actor,
    Event,
    Facts,
    Link,
    activate,
    advance,
    as_seen_by,
    ended_by,
    rights,
)
from familypair.schema.links import LinkState
from familypair.schema.scopes import Scope

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=10)
HOUR = timedelta(hours=1)
G, T = Actor.GUARDIAN, Actor.TEEN
SCOPES = frozenset({Scope.SEE_TIME, Scope.SET_TIME})
BY_PEOPLE = [event for event in Event if event is not Event.NOTICE_OVER]
OK = Facts(exit_delay=timedelta(hours=30), reauthenticated=True)


def step(link: Link, event: Event, actor: Actor, now: datetime = NOW) -> Link | Refusal:
    """One move with every fact in order."""
    return advance(link, event, actor, now=now, facts=OK)


def moved(link: Link, event: Event, actor: Actor, now: datetime = NOW) -> Link:
    """One move that must work."""
    after = step(link, event, actor, now)
    assert isinstance(after, Link), after
    return after


def active() -> Link:
    """A link after its probation."""
    return activate(scopes=SCOPES, share_history=False, now=START)


def ending(proposer: Actor | None = None) -> Link:
    """A link that the teen ended, with or without a wish to take that back."""
    link = moved(active(), Event.END, T)
    return link if proposer is None else moved(link, Event.RESUME, proposer)


def seen(link: Link, now: datetime) -> tuple[object, ...]:
    """All that its guardian knows of it."""
    known = as_seen_by(link, G, now=now)
    return known, ended_by(link, G, now=now), rights(link, now=now), exit_is_told(link, now=now)


@pytest.mark.parametrize("proposer", [None, G, T])
@pytest.mark.parametrize("hours", [0, 23, 29, 30, 47, 48, 71, 72, 500])
def test_a_guardian_reads_the_notice_period_as_without_the_exit(
    proposer: Actor | None, hours: int
) -> None:
    """Also after the instant of the generic notice, and after the notice period."""
    plain = ending(proposer)
    now = NOW + hours * HOUR
    assert seen(moved(plain, Event.SAFETY_EXIT, T), now) == seen(plain, now)


@pytest.mark.parametrize("proposer", [None, G, T])
@pytest.mark.parametrize("event", BY_PEOPLE)
@pytest.mark.parametrize("hours", [1, 31, 48])
def test_a_guardians_moves_are_answered_as_without_the_exit(
    proposer: Actor | None, event: Event, hours: int
) -> None:
    """The same refusal or the same link to read, for every event."""
    plain, now = ending(proposer), NOW + hours * HOUR
    left = moved(plain, Event.SAFETY_EXIT, T)
    expected, found = step(plain, event, G, now), step(left, event, G, now)
    if isinstance(expected, Refusal) or isinstance(found, Refusal):
        assert found == expected
        return
    assert as_seen_by(found, G, now=now) == as_seen_by(expected, G, now=now)
    assert found.state is LinkState.ENDED
    assert as_seen_by(found, T, now=now).cause == left.cause


def test_a_guardian_who_agrees_after_an_exit_gets_the_pause_of_any_exit() -> None:
    """They read an active link and a paused service, and the generic notice a new delay later."""
    left = moved(ending(T), Event.SAFETY_EXIT, T)
    agreed = moved(left, Event.RESUME_CONFIRM, G, NOW + HOUR)
    told = NOW + HOUR + timedelta(hours=30)
    assert guardian_moves_at(agreed) == told
    assert rights(agreed, now=told - HOUR).refusal is Reason.TEEN_UNAVAILABLE
    assert as_seen_by(agreed, G, now=told - HOUR).state is LinkState.ACTIVE
    assert as_seen_by(agreed, G, now=told).ended_at == told
    assert exit_is_told(agreed, now=told)


def test_an_exit_is_taken_back_to_what_the_guardian_knows() -> None:
    """A proposal that they made meanwhile stands."""
    left = moved(ending(), Event.SAFETY_EXIT, T)
    proposed = moved(left, Event.RESUME, G, NOW + HOUR)
    back = moved(proposed, Event.EXIT_UNDO, T, NOW + 2 * HOUR)
    assert back == moved(ending(), Event.RESUME, G)


def test_nothing_is_taken_back_to_a_link_that_is_over() -> None:
    """Neither after its guardian ended it, nor after the notice period."""
    left = moved(ending(), Event.SAFETY_EXIT, T)
    ended = moved(left, Event.END, G, NOW + HOUR)
    late = moved(ending(), Event.SAFETY_EXIT, T, NOW + 47 * HOUR)
    for link, now in ((ended, NOW + 2 * HOUR), (late, NOW + 48 * HOUR)):
        refusal = step(link, Event.EXIT_UNDO, T, now)
        assert isinstance(refusal, Refusal)
        assert refusal.reason is Reason.UNDO_WINDOW_OVER


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (ending(), Event.RESUME),
        (ending(G), Event.RESUME_CONFIRM),
        (moved(active(), Event.SAFETY_EXIT, T), Event.EXIT_UNDO),
    ],
)
def test_a_teen_signs_in_again_to_bring_a_link_back(before: Link, event: Event) -> None:
    """A token alone, or a borrowed phone, gives no guardian their sight back."""
    refusal = advance(before, event, T, now=NOW, facts=replace(OK, reauthenticated=False))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.INSUFFICIENT_USER_AUTHENTICATION
    assert isinstance(step(before, event, T), Link)


@pytest.mark.parametrize(
    ("before", "event"), [(ending(), Event.RESUME), (ending(T), Event.RESUME_CONFIRM)]
)
def test_a_guardian_needs_no_new_sign_in_for_it(before: Link, event: Event) -> None:
    """The teen's own yes is the one that is guarded."""
    facts = replace(OK, reauthenticated=False)
    assert isinstance(advance(before, event, G, now=NOW, facts=facts), Link)


def test_what_is_not_possible_asks_for_no_password() -> None:
    """The state is judged first: nobody signs in for a refusal."""
    facts = replace(OK, reauthenticated=False)
    refusal = advance(ending(T), Event.RESUME, T, now=NOW, facts=facts)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.CONFIRM_BY_OTHER_SIDE
