"""What a link authorises and what each side may know of it, at every instant."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from familypair.reasons import Reason
from familypair.rules.links import (
    HOLD,
    MOVES,
    PROBATION,
    Actor,
    Cause,
    Event,
    Facts,
    Link,
    LinkRights,
    activate,
    advance,
    as_of,
    as_seen_by,
    ended_by,
    exit_is_silent,
    hold_until,
    phase,
    rights,
)
from familypair.schema.links import LinkPhase, LinkState
from familypair.schema.scopes import Scope

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=10)
TICK = timedelta(microseconds=1)
SCOPES = frozenset({Scope.SEE_TIME, Scope.SET_TIME})
FACTS = Facts(exit_delay=timedelta(hours=30), reauthenticated=True, disclosed_at=START)
EXIT_NOTICE = NOW + timedelta(hours=30)


def after(*events: tuple[Event, Actor], link: Link | None = None, at: datetime = NOW) -> Link:
    """A link out of probation after these events, each of which must work."""
    current = link or activate(scopes=SCOPES, share_history=False, now=START)
    for event, actor in events:
        result = advance(current, event, actor, now=at, facts=FACTS)
        assert isinstance(result, Link), result
        current = result
    return current


TEEN_END = (Event.END, Actor.TEEN)
GUARDIAN_END = (Event.END, Actor.GUARDIAN)
EXIT = (Event.SAFETY_EXIT, Actor.TEEN)


def test_an_active_link_gives_what_was_granted() -> None:
    """Reading, and writing if a `set_*` scope is there; nothing from before the link."""
    assert rights(after(), now=NOW) == LinkRights(
        can_read=True,
        can_write=True,
        scopes=SCOPES,
        phase=LinkPhase.ACTIVE,
        sees_from=START,
    )
    looks = activate(scopes=frozenset({Scope.SEE_TIME}), share_history=False, now=START)
    assert not rights(looks, now=NOW).can_write


def test_history_is_open_only_if_the_teen_shared_it() -> None:
    """The one field that differs is the tick."""
    shared = replace(after(), share_history=True)
    assert rights(shared, now=NOW).sees_from is None
    assert rights(after(), now=NOW).sees_from == START


def test_probation_is_a_phase_and_says_when_it_ends() -> None:
    """The rights change by themselves at its end."""
    end = START + PROBATION
    during = rights(after(), now=end - TICK)
    assert (during.phase, during.until, during.can_write) == (LinkPhase.PROBATION, end, True)
    assert rights(after(), now=end).phase is LinkPhase.ACTIVE


@pytest.mark.parametrize("events", [(TEEN_END,), (GUARDIAN_END,), (TEEN_END, GUARDIAN_END)])
def test_an_end_takes_every_right_at_once(events: Sequence[tuple[Event, Actor]]) -> None:
    """Notice period or not: reading and writing stop, and the teen reads as absent."""
    gone = rights(after(*events), now=NOW)
    assert gone == LinkRights(phase=gone.phase, refusal=Reason.NOT_FOUND)


def test_the_phases_of_an_end() -> None:
    """Notice, then seven days of hold, then over."""
    ending, over = after(TEEN_END), NOW + timedelta(hours=48)
    assert phase(ending, now=over - TICK) is LinkPhase.NOTICE
    assert phase(ending, now=over) is LinkPhase.HOLD
    assert phase(ending, now=over + HOLD - TICK) is LinkPhase.HOLD
    assert phase(ending, now=over + HOLD) is LinkPhase.ENDED


def test_nothing_is_held_at_eighteen() -> None:
    """An adult's contacts are not held; after every other end they are."""
    assert hold_until(after((Event.COME_OF_AGE, Actor.SYSTEM))) is None
    assert hold_until(after((Event.OPERATOR_END, Actor.OPERATOR))) == NOW + HOLD
    assert hold_until(after()) is None


def test_a_silent_exit_reads_like_a_service_pause_until_the_notice() -> None:
    """No right from the first instant; the refusal changes with the notice, nothing else does."""
    gone = after(EXIT)
    for now in (NOW, EXIT_NOTICE - TICK):
        paused = rights(gone, now=now)
        assert paused == LinkRights(phase=LinkPhase.ACTIVE, refusal=Reason.TEEN_UNAVAILABLE)
        assert exit_is_silent(gone, now=now)
    assert rights(gone, now=EXIT_NOTICE).refusal is Reason.NOT_FOUND


def test_until_the_notice_a_guardian_reads_the_link_as_it_was() -> None:
    """Equal in every field to the link without the exit, at any instant until then."""
    assert as_seen_by(after(EXIT), Actor.GUARDIAN, now=NOW) == after()
    ending = after(TEEN_END)
    left = after(EXIT, link=ending)
    for hours in (0, 1, 29):
        now = NOW + timedelta(hours=hours)
        assert as_seen_by(left, Actor.GUARDIAN, now=now) == as_of(ending, now=now)
        assert rights(left, now=now) == rights(ending, now=now)


def test_after_the_notice_nothing_dates_or_names_the_exit() -> None:
    """The guardian reads an end at the instant of the notice; the teen reads the truth."""
    seen = as_seen_by(after(EXIT), Actor.GUARDIAN, now=EXIT_NOTICE)
    assert (seen.state, seen.ended_at) == (LinkState.ENDED, EXIT_NOTICE)
    assert (seen.cause, seen.exit, seen.ending_at) == (None, None, None)
    own = as_seen_by(after(EXIT), Actor.TEEN, now=NOW)
    assert (own.cause, own.ended_at) == (Cause.EXIT, NOW)


@pytest.mark.parametrize(
    ("events", "guardian", "teen"),
    [
        ((), None, None),
        ((TEEN_END,), "teen", "teen"),
        ((GUARDIAN_END,), "guardian", "guardian"),
        ((EXIT,), None, "teen"),
        (((Event.COME_OF_AGE, Actor.SYSTEM),), "age", "age"),
        (((Event.OPERATOR_END, Actor.OPERATOR),), "operator", "operator"),
        (((Event.DELETION, Actor.SYSTEM),), "deletion", "deletion"),
    ],
)
def test_who_ended_it_as_each_side_may_know_it(
    events: Sequence[tuple[Event, Actor]], guardian: str | None, teen: str | None
) -> None:
    """An exit is told to the teen alone."""
    gone = after(*events)
    assert ended_by(gone, Actor.GUARDIAN, now=NOW) == guardian
    assert ended_by(gone, Actor.TEEN, now=NOW) == teen
    late = NOW + timedelta(days=30)
    if EXIT in events:
        assert ended_by(gone, Actor.GUARDIAN, now=late) is None


ANYTHING = st.tuples(st.sampled_from(Event), st.sampled_from(Actor))
IN_THE_TABLE = st.sampled_from(sorted({(event, actor) for _, event, actor in MOVES}))
STEP = st.tuples(
    ANYTHING | IN_THE_TABLE | st.sampled_from([EXIT, (Event.EXIT_UNDO, Actor.TEEN)]),
    st.sampled_from([timedelta(), timedelta(hours=1), timedelta(hours=25), timedelta(days=3)]),
    st.frozensets(st.sampled_from(Scope), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(STEP, max_size=10))
def test_an_ended_link_never_comes_back_and_gives_no_right(
    steps: list[tuple[tuple[Event, Actor], timedelta, frozenset[Scope]]],
) -> None:
    """Whatever happens: `ended` is left only by the teen's undo of an exit within its day, and a
    link gives rights exactly while it is active, never more than the teen granted."""
    current, now = activate(scopes=SCOPES, share_history=False, now=START), START
    for (event, actor), wait, scopes in steps:
        now += wait
        before = as_of(current, now=now)
        result = advance(current, event, actor, now=now, facts=replace(FACTS, scopes=scopes))
        if isinstance(result, Link):
            if before.state is LinkState.ENDED and result.state is not LinkState.ENDED:
                assert (event, actor) == (Event.EXIT_UNDO, Actor.TEEN)
                assert before.exit is not None
                assert now < before.exit.at + timedelta(hours=24)
            grew = result.scopes - before.scopes
            assert not grew or (event, actor) == (Event.GRANT_SCOPES, Actor.TEEN)
            current = result
        given_now = rights(current, now=now)
        assert given_now.can_read == (as_of(current, now=now).state is LinkState.ACTIVE)
        assert given_now.scopes <= current.scopes
        assert given_now.can_read or not (given_now.can_write or given_now.scopes)
        assert given_now.can_read == (given_now.refusal is None)
