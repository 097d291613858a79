"""Every (state, event, caller) of a link over HTTP gets the answer of the rule."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import httpx2

from familypair.reasons import Reason, Refusal
from familypair.rules import links as rules
from familypair.rules.actors import Actor
from familypair.rules.link_views import rights
from familypair.rules.links import Facts, Link
from familypair.rules.links_table import Event
from familypair.schema.scopes import Scope
from familypair_server.ids import new_id
from familypair_server.links import statements as sql
from familypair_server.links.records import Told, document, silent_until
from familypair_server.problems import status_of
from familypair_server.storage import Statement, Txn, transaction
from familypair_server.times import millis
from support.pairs import Api, House
from support.server import Running

SOME = frozenset({Scope.SEE_TIME, Scope.SET_TIME})
MORE = frozenset({Scope.SET_SEARCH})
NOTICE = timedelta(hours=48)
DELAY = timedelta(hours=48)
CLEAN = ("link", "hold", "pair_block", "layer")
ALL_TOLD = " ".join(sorted(Told))

EVENTS = (
    Event.END,
    Event.NOT_MY_GUARDIAN,
    Event.RESUME,
    Event.RESUME_CONFIRM,
    Event.SAFETY_EXIT,
    Event.EXIT_UNDO,
)


def _yes(result: Link | Refusal) -> Link:
    assert isinstance(result, Link), result
    return result


def _states(now: datetime) -> dict[str, Link]:
    """A link of every kind, as the rule's own moves make it."""
    facts = Facts(notice=NOTICE, exit_delay=DELAY, reauthenticated=True)
    new = rules.activate(scopes=SOME, share_history=False, now=now - timedelta(minutes=1))
    old = rules.activate(scopes=SOME, share_history=False, now=now - timedelta(days=3))

    def do(link: Link, event: Event, actor: Actor, at: datetime = now) -> Link:
        return _yes(rules.advance(link, event, actor, now=at, facts=facts))

    ending = do(old, Event.END, Actor.TEEN)
    return {
        "probation": new,
        "active": old,
        "ending": ending,
        "guardian proposed": do(ending, Event.RESUME, Actor.GUARDIAN),
        "teen proposed": do(ending, Event.RESUME, Actor.TEEN),
        "ended by the guardian": do(old, Event.END, Actor.GUARDIAN),
        "ended in probation": do(new, Event.END, Actor.TEEN),
        "exited": do(old, Event.SAFETY_EXIT, Actor.TEEN),
        "exited while ending": do(ending, Event.SAFETY_EXIT, Actor.TEEN),
        "exited long ago": do(old, Event.SAFETY_EXIT, Actor.TEEN, now - timedelta(days=2)),
        "told of the exit": do(new, Event.SAFETY_EXIT, Actor.TEEN, now - timedelta(days=4)),
    }


class Table:
    """A guardian, a teen and a stranger; a link is put between the first two."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.guardian = self.teen = ""
        self.apis: dict[Actor, Api] = {}

    @classmethod
    async def make(cls, server: Running) -> "Table":
        """Sign them in."""
        table = cls(House(server))
        house = table.house
        table.guardian, table.teen = await house.guardian(), await house.teen()
        table.apis = {
            Actor.GUARDIAN: await house.api(table.guardian),
            Actor.TEEN: await house.api(table.teen),
        }
        return table

    async def put(self, link: Link) -> str:
        """Store it; whatever was due has its entry already."""
        link_id = new_id(self.house.random, "lnk")
        await self.house.store.run(_put(self, link_id, link))
        return link_id


@transaction
def _put(table: Table, link_id: str, link: Link) -> Txn[None]:
    for name in CLEAN:
        yield from Statement(f"DELETE FROM {name}").run()  # noqa: S608 - a closed list of tables
    yield from sql.insert.run(
        teen=table.teen,
        id=link_id,
        guardian=table.guardian,
        state=link.state,
        epoch=1,
        due_at=None,
        silent_until=silent_until(link),
        told=ALL_TOLD,
        doc=document(link),
        invitation=link_id,
        now=millis(link.activated_at),
    )


async def send(api: Api, event: Event, link_id: str) -> httpx2.Response:
    """Do it over HTTP, with a body that is in order."""
    path = f"links/{link_id}"
    match event:
        case Event.END:
            return await api.post(f"{path}/end", {})
        case Event.NOT_MY_GUARDIAN:
            return await api.post(f"{path}/end", {"not_my_guardian": True})
        case Event.RESUME:
            return await api.post(f"{path}/resume")
        case Event.RESUME_CONFIRM:
            return await api.post(f"{path}/resume/confirm")
        case Event.SAFETY_EXIT:
            return await api.post(f"{path}/safety-exit", {"confirm": True})
        case _:
            return await api.post(f"{path}/safety-exit/undo")


def expected(link: Link, event: Event, actor: Actor, now: datetime) -> Reason | None:
    """What the rule says; an exited guardian is paused before anything else is looked at."""
    if actor is Actor.GUARDIAN and rights(link, now=now).refusal is Reason.TEEN_UNAVAILABLE:
        return Reason.TEEN_UNAVAILABLE
    facts = Facts(notice=NOTICE, exit_delay=DELAY, reauthenticated=True)
    result = rules.advance(link, event, actor, now=now, facts=facts)
    return result.reason if isinstance(result, Refusal) else None


async def test_every_cell_over_http(server: Running) -> None:
    """State, event and caller decide alone: success, or exactly the rule's refusal."""
    table = await Table.make(server)
    now = server.clock()
    wrong: list[object] = []
    for (name, link), event, actor in product(_states(now).items(), EVENTS, table.apis):
        reason = expected(link, event, actor, now)
        wanted = (200, "") if reason is None else (status_of(reason), reason)
        reply = await send(table.apis[actor], event, await table.put(link))
        found = (reply.status_code, "" if reply.status_code == 200 else reply.json()["code"])
        if found != wanted:
            wrong.append((name, event, actor, wanted, found))
    assert wrong == []


async def test_every_state_with_every_change_of_scopes(server: Running) -> None:
    """A guardian wishes and a teen takes back where the rule allows it, and nowhere else."""
    table = await Table.make(server)
    now = server.clock()
    wrong: list[object] = []
    for (name, link), actor in product(_states(now).items(), table.apis):
        event = Event.ASK_SCOPES if actor is Actor.GUARDIAN else Event.REMOVE_SCOPES
        scopes = MORE if actor is Actor.GUARDIAN else frozenset({Scope.SEE_TIME})
        paused = expected(link, Event.END, actor, now) is Reason.TEEN_UNAVAILABLE
        facts = Facts(notice=NOTICE, scopes=scopes)
        result = rules.advance(link, event, actor, now=now, facts=facts)
        reason = result.reason if isinstance(result, Refusal) else None
        wanted = Reason.TEEN_UNAVAILABLE if paused else reason
        body = _body(actor, link, scopes)
        reply = await table.apis[actor].patch(f"links/{await table.put(link)}/scopes", body, "*")
        found = None if reply.status_code == 200 else reply.json()["code"]
        if found != wanted:
            wrong.append((name, actor, wanted, found))
    assert wrong == []


def _body(actor: Actor, link: Link, scopes: frozenset[Scope]) -> dict[str, Any]:
    if actor is Actor.GUARDIAN:
        return {"asked": sorted(scopes)}
    return {"granted": sorted(link.scopes - scopes)}


async def test_strangers_find_nothing(server: Running) -> None:
    """Whatever the state and the step, others get the 404 of what does not exist."""
    table = await Table.make(server)
    strangers = [
        await table.house.api(await table.house.guardian("Eve")),
        await table.house.api(await table.house.teen("Max")),
    ]
    for (name, link), event in product(_states(server.clock()).items(), EVENTS):
        link_id = await table.put(link)
        for stranger in strangers:
            reply = await send(stranger, event, link_id)
            assert (reply.status_code, reply.json()["code"]) == (404, "not_found"), (name, event)
