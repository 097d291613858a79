"""Reading links and receipts, each side its own view."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.rules.actors import Actor
from familypair.schema import links as wire
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.facts import adult_since, grown_up
from familypair_server.links.records import load
from familypair_server.links.steps import refuse_paused, side
from familypair_server.links.views import view
from familypair_server.problems import refuse
from familypair_server.storage import Txn, transaction


@transaction
def mine(desk: Desk, *, account_id: str, actor: Actor, now: datetime) -> Txn[wire.Links]:
    """The caller's links, newest first, ended ones too."""
    if actor is Actor.TEEN:
        rows = yield from sql.by_teen.all(teen=account_id)
    else:
        rows = yield from sql.by_guardian.all(guardian=account_id)
    items: tuple[wire.Link, ...] = ()
    for row in reversed(rows):
        items += ((yield from view(desk, load(row), actor, now)),)
    return wire.Links(items=items)


@transaction
def teens_of(*, account_id: str, actor: Actor) -> Txn[tuple[str, ...]]:
    """The teens whose links the caller is about to read, to settle what is due."""
    if actor is Actor.TEEN:
        return (account_id,)
    rows = yield from sql.by_guardian.all(guardian=account_id)
    return tuple(sorted({row.teen_id for row in rows}))


@transaction
def one(desk: Desk, *, account_id: str, link_id: str, now: datetime) -> Txn[wire.Link]:
    """One link of the caller's; NOT_FOUND for any other, TEEN_UNAVAILABLE after a silent exit."""
    row, actor = side((yield from sql.anywhere.one(id=link_id)), account_id)
    stored = load(row)
    adult = yield from adult_since(row.teen_id, now, desk.keys)
    stored = msgspec.structs.replace(stored, link=grown_up(stored.link, adult))
    refuse_paused(stored, actor, now)
    return (yield from view(desk, stored, actor, now))


@transaction
def receipt(desk: Desk, *, account_id: str, link_id: str, now: datetime) -> Txn[wire.Receipt]:
    """The consent receipt, the same bytes for both sides; it stays after the end."""
    row, actor = side((yield from sql.anywhere.one(id=link_id)), account_id)
    refuse_paused(load(row), actor, now)
    jws = yield from sql.newest_receipt.one(teen=row.teen_id, link=link_id)
    if jws is None:
        raise refuse(Reason.NOT_FOUND)
    return wire.Receipt(jws=jws, keys=desk.keys.public_keys())
