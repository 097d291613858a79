"""Random walks through the handshake: what holds whatever order events come in."""

from datetime import UTC, datetime, timedelta

from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from familypair.reasons import Refusal
from familypair.rules.actors import PEOPLE
from familypair.rules.handshake import (
    ARM_DELAY,
    MOVES,
    Actor,
    Event,
    Facts,
    Invitation,
    advance,
    approve,
    offer,
)
from familypair.rules.handshake_table import TERMINAL
from familypair.schema.invitations import InvitationForm, InvitationState
from familypair.schema.scopes import ALL_SCOPES, Scope

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCOPES = st.frozensets(st.sampled_from(ALL_SCOPES))
TEXTS = st.sampled_from(["", "a" * 64, "b" * 64])
FACTS = st.builds(
    Facts,
    asked=st.none() | SCOPES,
    needed=st.frozensets(st.sampled_from([Scope.SEE_TIME]), max_size=1),
    disclosure_hash=TEXTS,
    granted=st.just(frozenset[Scope]()) | SCOPES,
    reauthenticated=st.booleans(),
    phrase_matches=st.booleans(),
)
Step = tuple[Event, Actor, datetime, Facts]
Lived = tuple[Invitation, Step, Invitation | Refusal]
GOOD = Facts(disclosure_hash="a" * 64, reauthenticated=True, phrase_matches=True)
PAUSES = (timedelta(), ARM_DELAY, timedelta(minutes=1), timedelta(hours=23))


def next_step(draw: st.DrawFn, current: Invitation) -> tuple[Event, Actor, timedelta, Facts]:
    """Half of the steps are moves of the table with good facts, so that walks reach the end."""
    actors = st.sampled_from(Actor)
    wait = draw(st.sampled_from(PAUSES))
    if draw(st.booleans()):
        return draw(st.sampled_from(Event)), draw(actors), wait, draw(FACTS)
    forward = sorted(
        (event, actor)
        for state, event, actor, starter in MOVES
        if (state, starter) == (current.state, current.started_by)
        and event in {Event.CLAIM, Event.CONFIRM, Event.DISCLOSE, Event.APPROVE}
    ) or [(Event.APPROVE, Actor.TEEN)]
    event, actor = draw(st.sampled_from(forward))
    return event, actor, min(wait, ARM_DELAY), GOOD


def lawful_approval(before: Invitation, actor: Actor, now: datetime, facts: Facts) -> bool:
    """Everything that product.md asks of an approval, written a second time."""
    return (
        actor is Actor.TEEN
        and before.state is InvitationState.CONFIRMED
        and facts.reauthenticated
        and facts.phrase_matches
        and before.disclosed_at is not None
        and facts.disclosure_hash == before.disclosure_hash != ""
        and now >= before.disclosed_at + timedelta(seconds=5)
        and now < before.expires_at
        and before.needed <= facts.granted <= before.asked
    )


@st.composite
def walks(draw: st.DrawFn) -> list[Lived]:
    """An invitation's life, step by step: before, what was tried, and what came of it."""
    starter = draw(st.sampled_from(PEOPLE))
    form = draw(st.sampled_from(InvitationForm))
    made = offer(started_by=starter, form=form, now=NOW, asked=frozenset(ALL_SCOPES))
    assert isinstance(made, Invitation)
    current, now = made, NOW
    lived: list[Lived] = []
    for _ in range(draw(st.integers(3, 8))):
        event, actor, wait, facts = next_step(draw, current)
        now += wait
        after = advance(current, event, actor, now=now, facts=facts)
        lived.append((current, (event, actor, now, facts), after))
        current = after if isinstance(after, Invitation) else current
    return lived


@settings(max_examples=400, deadline=None)
@given(lived=walks())
def test_terminal_states_never_leave_and_only_a_lawful_yes_approves(lived: list[Lived]) -> None:
    """Whatever happens: over is over, and approved is the teen's informed, timed, proven yes."""
    for before, (event, actor, now, facts), after in lived:
        if before.state in TERMINAL:
            assert isinstance(after, Refusal)
        if isinstance(after, Refusal):
            continue
        approved = after.state is InvitationState.APPROVED
        assert approved == (event is Event.APPROVE)
        assert not approved or lawful_approval(before, actor, now, facts)


def test_the_walks_reach_an_approval() -> None:
    """The property above is not empty: some walk ends in a yes."""

    def approves(lived: list[Lived]) -> bool:
        ends = (after for _, _, after in lived if isinstance(after, Invitation))
        return any(after.state is InvitationState.APPROVED for after in ends)

    search = settings(max_examples=500, database=None, phases=[Phase.generate])
    assert approves(find(walks(), approves, settings=search))


@settings(max_examples=60, deadline=None)
@given(tries=st.lists(FACTS, max_size=8))
def test_tries_never_exceed_three(tries: list[Facts]) -> None:
    """However approvals are mixed, at most three phrases are judged wrong, then it is over."""
    current = Invitation(
        started_by=Actor.GUARDIAN,
        form=InvitationForm.LINK,
        state=InvitationState.CONFIRMED,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=24),
        asked=frozenset(ALL_SCOPES),
        disclosed_at=NOW - ARM_DELAY,
        disclosure_hash="a" * 64,
    )
    for facts in tries:
        attempt = approve(current, now=NOW, facts=facts)
        if current.state in TERMINAL:
            assert attempt.invitation == current
            assert attempt.refusal is not None
        current = attempt.invitation
    assert current.wrong_phrases <= 3
    assert (current.wrong_phrases < 3) or current.state is InvitationState.CANCELLED
