"""A link's life, cell by cell and guard by guard (product.md sections 3 and 9; algebra.md A23)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from familypair.reasons import Reason, Refusal
from familypair.rules.links import (
    MOVES,
    PROBATION,
    Actor,
    Cause,
    Event,
    Facts,
    Freeze,
    Link,
    activate,
    advance,
    as_of,
    change_scopes,
)
from familypair.schema.links import LinkState
from familypair.schema.scopes import Scope

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=10)
TICK = timedelta(microseconds=1)
G, T, S, O = Actor.GUARDIAN, Actor.TEEN, Actor.SYSTEM, Actor.OPERATOR  # noqa: E741 - column heads
SCOPES = frozenset({Scope.SEE_TIME, Scope.SET_TIME, Scope.SET_MESSAGES})
OK = Facts(
    exit_delay=timedelta(hours=30),
    scopes=frozenset({Scope.SEE_CONTACTS}),
    reauthenticated=True,
    disclosed_at=START,
)

# who may do what, from where, to where; "-" is refused. Lines that are not here are all refused.
EXPECTED = """
    state    event            guardian  teen     system   operator
    active   end              ended     ending   -        -
    active   not_my_guardian  -         ended    -        -
    active   safety_exit      -         ended    -        -
    active   come_of_age      -         -        ended    -
    active   operator_end     -         -        -        ended
    active   deletion         -         -        ended    -
    active   ask_scopes       active    -        -        -
    active   grant_scopes     -         active   -        -
    active   remove_scopes    -         active   -        -
    ending   end              ended     -        -        -
    ending   notice_over      -         -        ended    -
    ending   resume           ending    ending   -        -
    ending   resume_confirm   active    active   -        -
    ending   safety_exit      -         ended    -        -
    ending   come_of_age      -         -        ended    -
    ending   operator_end     -         -        -        ended
    ending   deletion         -         -        ended    -
    ended    exit_undo        -         active   -        -
"""


def link(state: LinkState = LinkState.ACTIVE) -> Link:
    """A link out of probation in a state, as a lawful way there would have left it."""
    live = replace(activate(scopes=SCOPES, share_history=False, now=START), asked=OK.scopes)
    if state is LinkState.ACTIVE:
        return live
    event = Event.END if state is LinkState.ENDING else Event.SAFETY_EXIT
    return moved(live, event, T)


def moved(before: Link, event: Event, actor: Actor, now: datetime = NOW, **facts: object) -> Link:
    """The link after a move that must work."""
    after = advance(before, event, actor, now=now, facts=replace(OK, **facts))
    assert isinstance(after, Link), after
    return after


def refused(
    before: Link, event: Event, actor: Actor, now: datetime = NOW, **facts: object
) -> Reason:
    """The reason of a move that must not work."""
    after = advance(before, event, actor, now=now, facts=replace(OK, **facts))
    assert isinstance(after, Refusal), after
    return after.reason


def facts_for(before: Link, event: Event, actor: Actor) -> tuple[Link, datetime]:
    """The same link where, and when, only the table could refuse the event."""
    other = {G: T, T: G}.get(actor, G)
    if event is Event.NOT_MY_GUARDIAN and before.state is LinkState.ACTIVE:
        return before, START + PROBATION - TICK
    if event is Event.NOTICE_OVER and before.notice_until is not None:
        return before, before.notice_until
    if event is Event.RESUME_CONFIRM and before.state is LinkState.ENDING:
        return replace(before, resume_by=other), NOW
    return before, NOW


@pytest.mark.parametrize("state", LinkState)
def test_every_cell_is_as_the_matrix_says(state: LinkState) -> None:
    """Each (state, event, actor) moves as written above, or is refused."""
    head, *lines = (line.split() for line in EXPECTED.strip().splitlines())
    cells = {
        (line[0], line[1], actor): target
        for line in lines
        for actor, target in zip(head[2:], line[2:], strict=True)
    }
    for event, actor in product(Event, Actor):
        before, now = facts_for(link(state), event, actor)
        after = advance(before, event, actor, now=now, facts=OK)
        cell = cells.get((state.value, event.value, actor.value), "-")
        if cell == "-":
            assert isinstance(after, Refusal), (event, actor)
            assert (state, event, actor) not in MOVES
        else:
            assert isinstance(after, Link), (event, actor, after)
            assert after.state == cell == MOVES[state, event, actor]
    assert sum(cell != "-" for cell in cells.values()) == len(MOVES)


@pytest.mark.parametrize(
    ("event", "actor", "cause"),
    [
        (Event.END, G, Cause.GUARDIAN),
        (Event.SAFETY_EXIT, T, Cause.EXIT),
        (Event.COME_OF_AGE, S, Cause.AGE),
        (Event.OPERATOR_END, O, Cause.OPERATOR),
        (Event.DELETION, S, Cause.DELETION),
    ],
)
@pytest.mark.parametrize("state", [LinkState.ACTIVE, LinkState.ENDING])
def test_each_end_keeps_its_cause(
    state: LinkState, event: Event, actor: Actor, cause: Cause
) -> None:
    """From active and from ending alike, these end at once."""
    after = moved(link(state), event, actor)
    assert (after.state, after.cause, after.ended_at) == (LinkState.ENDED, cause, NOW)


def test_a_teens_end_has_a_notice_period() -> None:
    """48 hours unless the country says otherwise; at its end the link is over without a job."""
    ending = moved(link(), Event.END, T)
    over = NOW + timedelta(hours=48)
    assert (ending.ending_at, ending.notice_until) == (NOW, over)
    assert as_of(ending, now=over - TICK).state is LinkState.ENDING
    read = as_of(ending, now=over + timedelta(days=1))
    assert (read.state, read.cause, read.ended_at) == (LinkState.ENDED, Cause.NOTICE, over)
    written = advance(ending, Event.NOTICE_OVER, S, now=over + timedelta(days=1))
    assert written == read
    assert refused(ending, Event.NOTICE_OVER, S, over - TICK) is Reason.TOO_SOON


def test_a_country_without_notice_ends_at_once() -> None:
    """A notice period of zero leaves no instant of ending."""
    after = moved(link(), Event.END, T, notice=timedelta())
    assert (after.state, after.cause, after.ended_at) == (LinkState.ENDED, Cause.NOTICE, NOW)


@pytest.mark.parametrize("hours", [-1, 169])
def test_a_notice_period_is_between_nothing_and_a_week(hours: int) -> None:
    """0 and 168 hours are the bounds; one more or less is refused."""
    notice = timedelta(hours=hours)
    assert refused(link(), Event.END, T, notice=notice) is Reason.OUT_OF_RANGE
    nearest = timedelta(hours=min(168, max(0, hours)))
    assert moved(link(), Event.END, T, notice=nearest).state is not LinkState.ACTIVE


def test_in_probation_a_teens_end_has_no_notice_period() -> None:
    """The last microsecond of the 24 hours ends at once; the next one starts a notice period."""
    end = START + PROBATION
    during = moved(link(), Event.END, T, end - TICK)
    assert (during.state, during.cause) == (LinkState.ENDED, Cause.PROBATION)
    assert moved(link(), Event.END, T, end).state is LinkState.ENDING
    assert refused(link(), Event.NOT_MY_GUARDIAN, T, end) is Reason.NO_SUCH_MOVE


@pytest.mark.parametrize(("first", "second"), [(G, T), (T, G)])
def test_taking_back_needs_both(first: Actor, second: Actor) -> None:
    """One side proposes, only the other confirms; scopes stay and no new probation starts."""
    ending = moved(link(), Event.END, T)
    assert refused(ending, Event.RESUME_CONFIRM, second) is Reason.NO_SUCH_MOVE
    proposed = moved(ending, Event.RESUME, first)
    assert proposed.state is LinkState.ENDING
    assert refused(proposed, Event.RESUME, first) is Reason.CONFIRM_BY_OTHER_SIDE
    assert refused(proposed, Event.RESUME_CONFIRM, first) is Reason.CONFIRM_BY_OTHER_SIDE
    assert moved(proposed, Event.RESUME_CONFIRM, second) == link()


def test_nothing_is_taken_back_after_the_notice_period() -> None:
    """At its last instant the link is over, whatever was proposed before."""
    proposed = moved(moved(link(), Event.END, T), Event.RESUME, G)
    over = proposed.notice_until
    assert over is not None
    assert moved(proposed, Event.RESUME_CONFIRM, T, over - TICK).state is LinkState.ACTIVE
    assert refused(proposed, Event.RESUME_CONFIRM, T, over) is Reason.NO_SUCH_MOVE


@pytest.mark.parametrize("hours", [23, 73, None])
def test_the_exits_notice_comes_after_one_to_three_days(hours: int | None) -> None:
    """The random delay is the caller's, but never outside 24 to 72 hours, never missing."""
    delay = None if hours is None else timedelta(hours=hours)
    assert refused(link(), Event.SAFETY_EXIT, T, exit_delay=delay) is Reason.OUT_OF_RANGE
    for edge in (24, 72):
        gone = moved(link(), Event.SAFETY_EXIT, T, exit_delay=timedelta(hours=edge))
        assert gone.exit is not None
        assert gone.exit.notice_at == NOW + timedelta(hours=edge)


@pytest.mark.parametrize("state", [LinkState.ACTIVE, LinkState.ENDING])
def test_the_teen_alone_takes_an_exit_back_within_a_day(state: LinkState) -> None:
    """The link is again exactly what it was; a microsecond later it is final."""
    before = link(state)
    gone = moved(before, Event.SAFETY_EXIT, T)
    day = NOW + timedelta(hours=24)
    assert moved(gone, Event.EXIT_UNDO, T, day - TICK) == before
    assert refused(gone, Event.EXIT_UNDO, T, day) is Reason.UNDO_WINDOW_OVER
    known = refused(before, Event.EXIT_UNDO, G, NOW)
    paused = Reason.TEEN_UNAVAILABLE if state is LinkState.ACTIVE else known
    assert refused(gone, Event.EXIT_UNDO, G, NOW) is paused


def test_no_other_end_can_be_taken_back() -> None:
    """Only an exit is undone; a guardian's end is final at once."""
    ended = moved(link(), Event.END, G)
    assert refused(ended, Event.EXIT_UNDO, T) is Reason.NO_SUCH_MOVE


def test_whoever_may_not_is_told_so() -> None:
    """Another actor's move is a wrong caller; nobody's move is no move."""
    assert refused(link(), Event.SAFETY_EXIT, G) is Reason.WRONG_CALLER
    assert refused(link(), Event.RESUME, T) is Reason.NO_SUCH_MOVE


def test_a_guardian_asks_and_only_the_teen_grants() -> None:
    """Asking changes no right; granting what was asked does, and settles the question."""
    asked = moved(link(), Event.ASK_SCOPES, G, scopes=frozenset({Scope.SET_TIME, Scope.SET_SEARCH}))
    assert (asked.scopes, asked.asked) == (SCOPES, frozenset({Scope.SET_SEARCH}))
    granted = moved(asked, Event.GRANT_SCOPES, T, scopes=frozenset({Scope.SET_SEARCH}))
    assert (granted.scopes, granted.asked) == (SCOPES | {Scope.SET_SEARCH}, frozenset())


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"scopes": frozenset({Scope.SET_SEARCH})}, Reason.SCOPE_NOT_ASKED),
        ({"reauthenticated": False}, Reason.INSUFFICIENT_USER_AUTHENTICATION),
        ({"disclosed_at": None}, Reason.DISCLOSURE_NOT_SHOWN),
        ({"disclosed_at": NOW - timedelta(seconds=5) + TICK}, Reason.TOO_SOON),
    ],
)
def test_each_missing_fact_refuses_a_grant(facts: dict[str, object], reason: Reason) -> None:
    """More scopes need what the first approval needed; one missing fact refuses by its name."""
    granted = moved(link(), Event.GRANT_SCOPES, T, disclosed_at=NOW - timedelta(seconds=5))
    assert granted.scopes == SCOPES | OK.scopes
    assert refused(link(), Event.GRANT_SCOPES, T, NOW, **facts) is reason


def test_a_scope_taken_back_stops_at_once_and_a_set_scope_freezes_its_fields() -> None:
    """A23: `see_*` leaves nothing behind, `set_*` a freeze for the notice period."""
    gone = frozenset({Scope.SEE_TIME, Scope.SET_TIME})
    after = moved(link(), Event.REMOVE_SCOPES, T, scopes=gone)
    assert after.scopes == {Scope.SET_MESSAGES}
    frozen = Freeze(scope=Scope.SET_TIME, until=NOW + timedelta(hours=48))
    assert after.freezes == (frozen,)


def test_granting_again_thaws_and_old_freezes_are_dropped() -> None:
    """A scope that comes back is live at once; a freeze that ran out leaves no trace."""
    time, messages = frozenset({Scope.SET_TIME}), frozenset({Scope.SET_MESSAGES})
    frozen = moved(link(), Event.REMOVE_SCOPES, T, scopes=time)
    asked = moved(frozen, Event.ASK_SCOPES, G, scopes=time)
    assert moved(asked, Event.GRANT_SCOPES, T, scopes=time).freezes == ()
    later = NOW + timedelta(hours=48)
    again = moved(frozen, Event.REMOVE_SCOPES, T, later, scopes=messages)
    assert [freeze.scope for freeze in again.freezes] == [Scope.SET_MESSAGES]


def test_no_freeze_in_probation_or_where_there_is_no_notice() -> None:
    """The notice rule has no notice period there, so the fields are free at once."""
    gone = frozenset({Scope.SET_TIME})
    assert moved(link(), Event.REMOVE_SCOPES, T, START, scopes=gone).freezes == ()
    free = moved(link(), Event.REMOVE_SCOPES, T, scopes=gone, notice=timedelta())
    assert free.freezes == ()


def test_changing_the_whole_set_grants_and_takes_back() -> None:
    """What the teen wants from now on, in one step."""
    wanted = frozenset({Scope.SET_TIME, Scope.SEE_CONTACTS})
    after = change_scopes(link(), wanted=wanted, now=NOW, facts=OK)
    assert isinstance(after, Link)
    assert after.scopes == wanted
    assert change_scopes(link(), wanted=SCOPES, now=NOW, facts=OK) == link()


def test_a_refused_grant_takes_nothing_back() -> None:
    """Both or neither: without re-authentication the scopes stay as they were."""
    wanted = frozenset({Scope.SEE_CONTACTS})
    after = change_scopes(link(), wanted=wanted, now=NOW, facts=replace(OK, reauthenticated=False))
    assert after == Refusal(Reason.INSUFFICIENT_USER_AUTHENTICATION)
    only_less = change_scopes(link(), wanted=frozenset(), now=NOW, facts=Facts())
    assert isinstance(only_less, Link)
