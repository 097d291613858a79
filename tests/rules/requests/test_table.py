"""The life of a request, cell by cell (product.md section 6)."""

from itertools import product

import pytest

from familypair.reasons import Refusal
from familypair.rules.actors import Actor
from familypair.rules.requests.moves import advance, as_of
from familypair.rules.requests.table import CLOSED, LIVE, MOVES, Event, RequestState
from familypair.testing.families import NOON
from support.wishes import WEEK, code, request

# who may do what, from where, to where; "-" is refused. Lines that are not here are all refused.
EXPECTED: str = """
    state      event        guardian   teen       system     operator
    open       yes          open       -          open       -
    open       last_yes     approved   -          approved   -
    open       decline      declined   -          -          -
    open       counter      countered  -          -          -
    open       withdraw     -          withdrawn  -          -
    open       expire       -          -          expired    -
    open       note         open       open       -          -
    countered  yes          countered  -          -          -
    countered  decline      declined   -          -          -
    countered  accept       -          open       -          -
    countered  last_accept  -          approved   -          -
    countered  withdraw     -          withdrawn  -          -
    countered  expire       -          -          expired    -
    countered  note         countered  countered  -          -
"""


def expected(state: str, event: str, actor: str) -> str:
    """The cell of the matrix above."""
    head, *lines = (line.split() for line in EXPECTED.strip().splitlines())
    for line in lines:
        if line[:2] == [state, event]:
            return line[head.index(actor)]
    return "-"


@pytest.mark.parametrize("state", RequestState)
def test_every_cell_is_as_the_matrix_says(state: RequestState) -> None:
    """Each (state, event, actor) moves as written above, or is refused unchanged."""
    for event, actor in product(Event, Actor):
        after = advance(request(state=state), event, actor, NOON)
        cell = expected(state, event, actor)
        if cell == "-":
            reason = "request_closed" if state in CLOSED else "no_such_move"
            assert code(after) == reason, (event, actor)
            assert (state, event, actor) not in MOVES
        else:
            assert not isinstance(after, Refusal), (event, actor)
            assert after.state == cell == MOVES[state, event, actor]


def test_the_matrix_has_every_move_and_no_other() -> None:
    """The number of moves in the matrix is the number of cells in the table."""
    cells = [cell for line in EXPECTED.strip().splitlines()[1:] for cell in line.split()[2:]]
    assert sum(cell != "-" for cell in cells) == len(MOVES)


def test_closed_states_have_no_way_out() -> None:
    """No row starts in approved, declined, withdrawn or expired; a new try is a new request."""
    assert {state for state, *_ in MOVES} == LIVE
    assert set(RequestState) == LIVE | CLOSED


@pytest.mark.parametrize("state", sorted(LIVE))
def test_nothing_happens_to_a_request_whose_time_is_over(state: RequestState) -> None:
    """At its instant every event is refused as closed, and a read shows it expired."""
    overdue = request(state=state)
    late = NOON + WEEK
    for event, actor in product(Event, Actor):
        assert code(advance(overdue, event, actor, late)) == "request_closed"
    assert as_of(overdue, late).state is RequestState.EXPIRED
    assert as_of(overdue, late).closed_at == overdue.expires_at
    assert as_of(overdue, late - WEEK / 2) == overdue
