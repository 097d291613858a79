"""Every (state, event, caller, starter) over HTTP gets the answer of the rule."""

from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules import handshake
from familypair.rules.actors import Actor
from familypair.rules.handshake import Facts, Invitation
from familypair.rules.handshake_table import Event
from familypair.schema.invitations import InvitationForm, InvitationState
from familypair.schema.scopes import ALL_SCOPES
from familypair_server.accounts import statements as accounts
from familypair_server.ids import new_id
from familypair_server.invitations import codes
from familypair_server.invitations import statements as sql
from familypair_server.invitations.records import document
from familypair_server.problems import status_of
from familypair_server.storage import Statement, Txn, transaction
from familypair_server.times import millis
from support.pairs import Api, House
from support.server import Running

EVENTS = (
    Event.CLAIM,
    Event.CONFIRM,
    Event.DISCLOSE,
    Event.APPROVE,
    Event.DECLINE,
    Event.CANCEL,
)
PATHS = {Event.DISCLOSE: "disclosure"}
ALL = frozenset(ALL_SCOPES)
CLEAN = ("invitation", "pair_block", "link", "receipt", "guess")


class Board:
    """One guardian, one teen and one stranger of each kind; an invitation is put on it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ids: dict[Actor, str] = {}
        self.apis: dict[Actor, Api] = {}
        self.strangers: dict[Actor, Api] = {}
        self.shown = ""

    @classmethod
    async def make(cls, server: Running) -> "Board":
        """Sign everybody in."""
        board = cls(House(server))
        house = board.house
        for actor, make in ((Actor.GUARDIAN, house.guardian), (Actor.TEEN, house.teen)):
            board.ids[actor] = await make()
            board.apis[actor] = await house.api(board.ids[actor])
            board.strangers[actor] = await house.api(await make())
        teen = await house.store.read(_account(board.ids[Actor.TEEN]))
        board.shown = house.desk.disclosure(teen, ALL, frozenset(), house.now).hash
        return board

    def rule(self, state: InvitationState, starter: Actor) -> Invitation:
        """An invitation in that state, reached by the rule's own moves; ready to be approved."""
        now, teen_starts = self.house.now, starter is Actor.TEEN
        began = now - timedelta(minutes=1)
        form = InvitationForm.CODE
        made = handshake.offer(started_by=starter, form=form, now=began, asked=ALL)
        other = Actor.GUARDIAN if teen_starts else Actor.TEEN
        if state is InvitationState.EXPIRED:
            return handshake.as_of(_yes(made), now=began + timedelta(hours=1))
        steps: list[tuple[Event, Actor, Facts]] = [(Event.CLAIM, other, Facts())]
        if teen_starts:
            steps.append((Event.CONFIRM, Actor.GUARDIAN, Facts(asked=ALL)))
        steps.append((Event.DISCLOSE, Actor.TEEN, Facts(disclosure_hash=self.shown)))
        return _walked(_yes(made), state, steps, began)

    async def put(self, rule: Invitation) -> str:
        """Store it; the two people are its issuer and, once it is claimed, its claimer."""
        invitation_id = new_id(self.house.random, "inv")
        await self.house.store.run(_put(self, invitation_id, rule))
        return invitation_id


def _yes(result: Invitation | Refusal) -> Invitation:
    assert isinstance(result, Invitation), result
    return result


def _walked(
    rule: Invitation,
    state: InvitationState,
    steps: list[tuple[Event, Actor, Facts]],
    now: Any,
) -> Invitation:
    """Take the steps until the state is reached, then the last one if it is an answer."""
    last = {
        InvitationState.APPROVED: (Event.APPROVE, Facts(granted=ALL, reauthenticated=True)),
        InvitationState.DECLINED: (Event.DECLINE, Facts()),
        InvitationState.CANCELLED: (Event.CANCEL, Facts()),
    }
    for event, actor, facts in steps:
        if rule.state is state and state is not InvitationState.CONFIRMED:
            return rule
        rule = _yes(handshake.advance(rule, event, actor, now=now, facts=facts))
    if state not in last:
        return rule
    event, facts = last[state]
    facts = msgspec.structs.replace(
        facts, disclosure_hash=rule.disclosure_hash, phrase_matches=True
    )
    later = now + handshake.ARM_DELAY
    return _yes(handshake.advance(rule, event, Actor.TEEN, now=later, facts=facts))


@transaction
def _account(account_id: str) -> Txn[accounts.AccountRow]:
    return (yield from accounts.by_id.get(id=account_id))


@transaction
def _put(board: Board, invitation_id: str, rule: Invitation) -> Txn[None]:
    for table in CLEAN:
        yield from Statement(f"DELETE FROM {table}").run()  # noqa: S608 - a closed list of tables
    offered = rule.claimed_at is None
    people = {
        actor: board.ids[actor] if not offered or actor is rule.started_by else None
        for actor in (Actor.GUARDIAN, Actor.TEEN)
    }
    code = codes.shown(board.house.keys, invitation_id, rule.form)
    yield from sql.insert.run(
        id=invitation_id,
        issuer=board.ids[rule.started_by],
        guardian=people[Actor.GUARDIAN],
        teen=people[Actor.TEEN],
        code_hash=codes.stored(board.house.keys, code),
        state=rule.state,
        now=millis(rule.created_at),
        expires=millis(rule.expires_at),
        doc=document(rule),
    )


def body_of(board: Board, event: Event, invitation_id: str) -> Any:
    """A body that is in order, so that only state and caller can be refused."""
    keys = board.house.keys
    match event:
        case Event.CLAIM:
            return {"code": codes.shown(keys, invitation_id, InvitationForm.CODE)}
        case Event.CONFIRM:
            return {"scopes": list(ALL_SCOPES)}
        case Event.APPROVE:
            return {"phrase": codes.phrase(keys, invitation_id), "scopes": list(ALL_SCOPES)}
        case _:
            return None


def expected(board: Board, rule: Invitation, event: Event, actor: Actor) -> Reason | None:
    """What the rule says to this caller; who has no part in the invitation finds nothing."""
    if event is not Event.CLAIM and rule.claimed_at is None and actor is not rule.started_by:
        return Reason.NOT_FOUND
    facts = Facts(
        asked=ALL if event is Event.CONFIRM else None,
        disclosure_hash=board.shown,
        granted=ALL,
        reauthenticated=True,
        phrase_matches=True,
    )
    result = handshake.advance(rule, event, actor, now=board.house.now, facts=facts)
    return result.reason if isinstance(result, Refusal) else None


async def send(board: Board, api: Api, event: Event, invitation_id: str) -> tuple[int, str]:
    """Do it over HTTP: status and code."""
    tail = PATHS.get(event, event.value)
    path = "invitations/claim" if event is Event.CLAIM else f"invitations/{invitation_id}/{tail}"
    reply = await api.post(path, body_of(board, event, invitation_id))
    return reply.status_code, "" if reply.status_code == 200 else reply.json()["code"]


@pytest.mark.parametrize("starter", [Actor.GUARDIAN, Actor.TEEN])
async def test_every_cell_over_http(server: Running, starter: Actor) -> None:
    """State, event and caller decide alone: success, or exactly the rule's refusal."""
    board = await Board.make(server)
    wrong: list[object] = []
    for state, event, actor in product(InvitationState, EVENTS, board.apis):
        rule = board.rule(state, starter)
        invitation_id = await board.put(rule)
        reason = expected(board, rule, event, actor)
        wanted = (200, "") if reason is None else (status_of(reason), reason)
        found = await send(board, board.apis[actor], event, invitation_id)
        if found != wanted:
            wrong.append((state, event, actor, wanted, found))
    assert wrong == []


async def test_strangers_find_nothing(server: Running) -> None:
    """Whatever the state and the step, others get the 404 of what does not exist."""
    board = await Board.make(server)
    for state, event in product(InvitationState, EVENTS[1:]):
        invitation_id = await board.put(board.rule(state, Actor.GUARDIAN))
        for stranger in board.strangers.values():
            found = await send(board, stranger, event, invitation_id)
            assert found == (404, Reason.NOT_FOUND), (state, event)
