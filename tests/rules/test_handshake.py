"""The handshake, cell by cell and guard by guard (product.md section 3)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import PEOPLE
from familypair.rules.handshake import (
    MOVES,
    Actor,
    Event,
    Facts,
    Invitation,
    advance,
    approve,
    arm_at,
    as_of,
    offer,
    tries_left,
)
from familypair.rules.handshake_table import OPEN, TERMINAL
from familypair.schema.invitations import InvitationForm, InvitationState
from familypair.schema.scopes import ALL_SCOPES, Scope

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HASH = "a" * 64
G, T, S, O = Actor.GUARDIAN, Actor.TEEN, Actor.SYSTEM, Actor.OPERATOR  # noqa: E741 - a column head

ASKED = frozenset({Scope.SEE_TIME, Scope.SET_TIME})
YES = Facts(
    disclosure_hash=HASH,
    granted=frozenset({Scope.SEE_TIME}),
    reauthenticated=True,
    phrase_matches=True,
)

# who may do what, from where, to where; "-" is refused. Lines that are not here are all refused.
EXPECTED = {
    G: """
        state      event          guardian   teen       system     operator
        offered    claim          -          claimed    -          -
        offered    cancel         cancelled  -          cancelled  cancelled
        offered    expire         -          -          expired    -
        claimed    confirm        confirmed  -          -          -
        claimed    disclose       -          confirmed  -          -
        claimed    decline        -          declined   -          -
        claimed    cancel         cancelled  cancelled  cancelled  cancelled
        claimed    expire         -          -          expired    -
        confirmed  disclose       -          confirmed  -          -
        confirmed  approve        -          approved   -          -
        confirmed  decline        -          declined   -          -
        confirmed  cancel         cancelled  cancelled  cancelled  cancelled
        confirmed  expire         -          -          expired    -
        confirmed  phrase_failed  -          confirmed  -          -
    """,
    T: """
        state      event          guardian   teen       system     operator
        offered    claim          claimed    -          -          -
        offered    cancel         -          cancelled  cancelled  cancelled
        offered    expire         -          -          expired    -
        claimed    confirm        confirmed  -          -          -
        claimed    decline        declined   declined   -          -
        claimed    cancel         cancelled  cancelled  cancelled  cancelled
        claimed    expire         -          -          expired    -
        confirmed  disclose       -          confirmed  -          -
        confirmed  approve        -          approved   -          -
        confirmed  decline        -          declined   -          -
        confirmed  cancel         cancelled  cancelled  cancelled  cancelled
        confirmed  expire         -          -          expired    -
        confirmed  phrase_failed  -          confirmed  -          -
    """,
}


def expected(state: str, event: str, actor: str, starter: Actor) -> str:
    """The cell of the matrix above."""
    head, *lines = (line.split() for line in EXPECTED[starter].strip().splitlines())
    for line in lines:
        if line[:2] == [state, event]:
            return line[head.index(actor)]
    return "-"


def invitation(
    state: InvitationState = InvitationState.CONFIRMED, starter: Actor = G
) -> Invitation:
    """An invitation in a state, with everything that a lawful way there would have recorded."""
    return Invitation(
        started_by=starter,
        form=InvitationForm.CODE,
        state=state,
        created_at=NOW - timedelta(minutes=5),
        expires_at=NOW + timedelta(hours=1),
        asked=ASKED,
        claimed_at=NOW - timedelta(minutes=4),
        disclosed_at=NOW - timedelta(minutes=3),
        disclosure_hash=HASH,
    )


def moved(before: Invitation, event: Event, actor: Actor, **facts: object) -> Invitation:
    """The invitation after a move that must work."""
    after = advance(before, event, actor, now=NOW, facts=replace(YES, **facts))
    assert isinstance(after, Invitation), after
    return after


def refused(before: Invitation, event: Event, actor: Actor, **facts: object) -> Reason:
    """The reason of a move that must not work."""
    after = advance(before, event, actor, now=NOW, facts=replace(YES, **facts))
    assert isinstance(after, Refusal), after
    return after.reason


@pytest.mark.parametrize("starter", PEOPLE)
@pytest.mark.parametrize("state", InvitationState)
def test_every_cell_is_as_the_matrix_says(state: InvitationState, starter: Actor) -> None:
    """Each (state, event, actor, starter) moves as written above, or is refused unchanged."""
    for event, actor in product(Event, Actor):
        before = invitation(state, starter)
        now = before.expires_at if event is Event.EXPIRE else NOW
        after = advance(before, event, actor, now=now, facts=YES)
        cell = expected(state, event, actor, starter)
        if cell == "-":
            assert isinstance(after, Refusal), (event, actor)
            assert (state, event, actor, starter) not in MOVES
        else:
            assert isinstance(after, Invitation), (event, actor, after)
            assert after.state == cell == MOVES[state, event, actor, starter]


def test_the_matrix_names_no_cell_twice_and_no_unknown_one() -> None:
    """The number of moves in the matrices is the number of rows in the table."""
    cells = [
        cell
        for text in EXPECTED.values()
        for line in text.strip().splitlines()[1:]
        for cell in line.split()[2:]
    ]
    assert sum(cell != "-" for cell in cells) == len(MOVES)


def test_terminal_states_have_no_way_out() -> None:
    """No row of the table starts in approved, declined, cancelled or expired."""
    assert {state for state, *_ in MOVES} == OPEN
    assert set(InvitationState) == OPEN | TERMINAL


@pytest.mark.parametrize(
    ("form", "life"),
    [(InvitationForm.CODE, timedelta(minutes=10)), (InvitationForm.LINK, timedelta(hours=48))],
)
def test_an_offer_lives_ten_minutes_or_two_days(form: InvitationForm, life: timedelta) -> None:
    """A code or link works until just before its time, and not at it."""
    made = offer(started_by=G, form=form, now=NOW, asked=ASKED)
    assert isinstance(made, Invitation)
    assert as_of(made, now=NOW + life - TICK) == made
    assert isinstance(advance(made, Event.CLAIM, T, now=NOW + life - TICK), Invitation)
    assert advance(made, Event.CLAIM, T, now=NOW + life) == Refusal(Reason.CODE_NOT_VALID, "/code")


def test_a_claimed_invitation_lives_a_day_from_the_claim() -> None:
    """The clock starts again at the claim, and confirming does not move it."""
    made = offer(started_by=T, form=InvitationForm.CODE, now=NOW)
    assert isinstance(made, Invitation)
    claimed = moved(made, Event.CLAIM, G)
    assert claimed.expires_at == NOW + timedelta(hours=24)
    confirmed = moved(claimed, Event.CONFIRM, G, asked=ASKED)
    assert confirmed.expires_at == claimed.expires_at


@pytest.mark.parametrize("state", sorted(OPEN))
@pytest.mark.parametrize("actor", PEOPLE)
def test_nothing_but_expiry_happens_to_an_overdue_invitation(
    state: InvitationState, actor: Actor
) -> None:
    """At its time every event of a person is refused, and a read shows it as expired."""
    before = invitation(state)
    late = before.expires_at
    for event in Event:
        if event in {Event.EXPIRE, Event.CLAIM}:
            continue
        assert advance(before, event, actor, now=late, facts=YES) == Refusal(Reason.EXPIRED)
    assert as_of(before, now=late).state is InvitationState.EXPIRED
    assert as_of(before, now=late).closed_at == late
    assert as_of(before, now=late - TICK) == before


def test_expiry_comes_not_before_its_time() -> None:
    """The clock itself cannot expire an invitation early."""
    early = advance(invitation(), Event.EXPIRE, S, now=invitation().expires_at - TICK)
    assert early == Refusal(Reason.TOO_SOON)


@pytest.mark.parametrize("state", InvitationState)
@pytest.mark.parametrize("actor", Actor)
def test_every_refused_claim_has_the_same_answer(state: InvitationState, actor: Actor) -> None:
    """Used, over, expired and foreign codes are not told apart."""
    for starter, now in product(PEOPLE, (NOW, NOW + timedelta(days=9))):
        after = advance(invitation(state, starter), Event.CLAIM, actor, now=now)
        if isinstance(after, Refusal):
            assert after == Refusal(Reason.CODE_NOT_VALID, "/code")


def test_only_people_start() -> None:
    """Neither the clock nor an operator makes an invitation."""
    for actor in (S, O):
        made = offer(started_by=actor, form=InvitationForm.CODE, now=NOW)
        assert made == Refusal(Reason.WRONG_CALLER)


def test_a_teens_offer_names_no_scopes() -> None:
    """What is asked is the guardian's to say: at the offer, or when they confirm."""
    made = offer(started_by=T, form=InvitationForm.CODE, now=NOW, asked=ASKED, needed=ASKED)
    assert isinstance(made, Invitation)
    assert not made.asked
    assert not made.needed


def test_what_is_needed_must_be_asked() -> None:
    """A guardian cannot make a scope needed that they do not ask for, at either place."""
    extra = frozenset({Scope.SEE_CONTACTS})
    made = offer(started_by=G, form=InvitationForm.CODE, now=NOW, asked=ASKED, needed=extra)
    assert made == Refusal(Reason.SCOPE_NOT_ASKED, "/needed")
    claimed = invitation(InvitationState.CLAIMED, T)
    assert refused(claimed, Event.CONFIRM, G, asked=ASKED, needed=extra) is Reason.SCOPE_NOT_ASKED


def test_if_the_teen_started_the_guardian_confirms_first() -> None:
    """Before that neither disclosure nor approval happens; afterwards both can."""
    claimed = invitation(InvitationState.CLAIMED, T)
    assert refused(claimed, Event.DISCLOSE, T) is Reason.CONFIRM_BY_OTHER_SIDE
    assert refused(claimed, Event.APPROVE, T) is Reason.CONFIRM_BY_OTHER_SIDE
    confirmed = moved(claimed, Event.CONFIRM, G, asked=frozenset(ALL_SCOPES))
    assert confirmed.asked == frozenset(ALL_SCOPES)
    assert moved(confirmed, Event.DISCLOSE, T).state is InvitationState.CONFIRMED


def test_if_the_guardian_started_the_disclosure_is_enough() -> None:
    """Their offer is their confirmation; an explicit one is accepted too and keeps the scopes."""
    claimed = replace(invitation(InvitationState.CLAIMED, G), disclosed_at=None, disclosure_hash="")
    assert refused(claimed, Event.APPROVE, T) is Reason.DISCLOSURE_NOT_SHOWN
    shown = moved(claimed, Event.DISCLOSE, T)
    assert (shown.state, shown.confirmed_at) == (InvitationState.CONFIRMED, NOW)
    assert moved(claimed, Event.CONFIRM, G).asked == ASKED


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"granted": frozenset({Scope.SEE_CONTACTS})}, Reason.SCOPE_NOT_ASKED),
        ({"reauthenticated": False}, Reason.INSUFFICIENT_USER_AUTHENTICATION),
        ({"disclosure_hash": "b" * 64}, Reason.DISCLOSURE_NOT_SHOWN),
        ({"disclosure_hash": ""}, Reason.DISCLOSURE_NOT_SHOWN),
        ({"phrase_matches": False}, Reason.WRONG_PHRASE),
    ],
)
def test_each_missing_fact_refuses_the_approval(facts: dict[str, object], reason: Reason) -> None:
    """The approval works with all facts; with one of them wrong it is refused by its name."""
    assert moved(invitation(), Event.APPROVE, T).granted == YES.granted
    assert refused(invitation(), Event.APPROVE, T, **facts) is reason


def test_the_approval_arms_five_seconds_after_the_disclosure() -> None:
    """One microsecond early is too soon."""
    shown = replace(invitation(), disclosed_at=NOW)
    armed = NOW + timedelta(seconds=5)
    assert arm_at(shown) == armed
    early = advance(shown, Event.APPROVE, T, now=armed - TICK, facts=YES)
    assert early == Refusal(Reason.TOO_SOON)
    assert isinstance(advance(shown, Event.APPROVE, T, now=armed, facts=YES), Invitation)


def test_another_text_starts_the_delay_again_the_same_text_does_not() -> None:
    """Asking for the same disclosure twice costs nothing; a changed one must be read again."""
    first = invitation()
    assert moved(first, Event.DISCLOSE, T) == replace(first, confirmed_at=NOW)
    again = moved(first, Event.DISCLOSE, T, disclosure_hash="b" * 64)
    assert (again.disclosed_at, again.disclosure_hash) == (NOW, "b" * 64)
    assert refused(first, Event.DISCLOSE, T, disclosure_hash="") is Reason.DISCLOSURE_NOT_SHOWN


def test_before_a_disclosure_nothing_is_armed() -> None:
    """An invitation whose text was never shown has no arm time and cannot be approved."""
    blank = replace(invitation(), disclosed_at=None, disclosure_hash="")
    assert arm_at(blank) is None
    facts = {"disclosure_hash": ""}
    assert refused(blank, Event.APPROVE, T, **facts) is Reason.DISCLOSURE_NOT_SHOWN


def test_the_third_wrong_phrase_cancels() -> None:
    """Two wrong tries are counted and told; the third ends it, and the right phrase is too late."""
    current, wrong = invitation(), replace(YES, phrase_matches=False)
    for left in (2, 1):
        attempt = approve(current, now=NOW, facts=wrong)
        current = attempt.invitation
        assert attempt.refusal == Refusal(Reason.WRONG_PHRASE, "/phrase", {"tries_left": left})
        assert (tries_left(current), current.state) == (left, InvitationState.CONFIRMED)
    last = approve(current, now=NOW, facts=wrong)
    assert last.refusal == Refusal(Reason.PHRASE_TRIES_USED_UP, "/phrase")
    assert last.invitation.state is InvitationState.CANCELLED
    late = approve(last.invitation, now=NOW, facts=YES)
    assert late.refusal == Refusal(Reason.NO_SUCH_MOVE)


def test_the_right_phrase_on_the_last_try_approves() -> None:
    """Two wrong tries do no harm when the third is right."""
    attempt = approve(replace(invitation(), wrong_phrases=2), now=NOW, facts=YES)
    assert attempt.refusal is None
    assert attempt.invitation.state is InvitationState.APPROVED
    assert attempt.invitation.closed_at == NOW


def test_a_refusal_for_another_reason_costs_no_try_and_tells_nothing_of_the_phrase() -> None:
    """Without re-authentication, right and wrong phrases answer alike and are not counted."""
    answers = [
        approve(
            invitation(),
            now=NOW,
            facts=replace(YES, reauthenticated=False, phrase_matches=matches),
        )
        for matches in (True, False)
    ]
    assert answers[0] == answers[1]
    assert answers[0].invitation == invitation()


def test_not_granting_a_needed_scope_declines() -> None:
    """The one field that differs from a good approval is the needed scope."""
    wants = replace(invitation(), needed=frozenset({Scope.SET_TIME}))
    attempt = approve(wants, now=NOW, facts=YES)
    assert attempt.refusal == Refusal(Reason.NEEDED_SCOPE_DECLINED, "/scopes")
    assert attempt.invitation.state is InvitationState.DECLINED
    granted = approve(wants, now=NOW, facts=replace(YES, granted=ASKED))
    assert granted.invitation.state is InvitationState.APPROVED


def test_history_is_shared_only_when_the_teen_ticks_it() -> None:
    """Unticked is the default, and only the approval sets it."""
    assert not moved(invitation(), Event.APPROVE, T).share_history
    assert moved(invitation(), Event.APPROVE, T, share_history=True).share_history


def test_the_wrong_person_is_told_so_and_the_wrong_moment_too() -> None:
    """A guardian cannot approve; nobody approves what is over."""
    assert refused(invitation(), Event.APPROVE, G) is Reason.WRONG_CALLER
    assert refused(invitation(InvitationState.APPROVED), Event.APPROVE, T) is Reason.NO_SUCH_MOVE
    assert refused(invitation(InvitationState.EXPIRED), Event.APPROVE, T) is Reason.EXPIRED
