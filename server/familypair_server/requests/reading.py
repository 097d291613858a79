"""Reading requests: one, a page of them, and the live value."""

from datetime import datetime, timedelta
from typing import Final

from familypair.reasons import Reason
from familypair.schema import requests as wire
from familypair.schema.events import RequestEvent
from familypair_server.links.desk import Desk
from familypair_server.live.clients import Client
from familypair_server.problems import refuse
from familypair_server.requests import counts, views
from familypair_server.requests import statements as sql
from familypair_server.requests.standing import Asker, found, seen
from familypair_server.settings_api.policies import load, must_load
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis

PAGE: Final = 20
JUST_CLOSED: Final = timedelta(days=1)
"""How long a closed request stays in the live value, so that everybody reads what happened."""
_LAST: Final = (2**62, "~")


@transaction
def one(ask: Asker, request_id: str) -> Txn[wire.Request]:
    """One request, for the teen and for those who were asked."""
    it = yield from seen(ask, request_id)
    return (yield from views.of(ask, it.standing, it.stored))


@transaction
def page(ask: Asker, teen_id: str, after: str = "") -> Txn[wire.Requests]:
    """The teen's requests, or those that a guardian was asked, newest first."""
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    before_at, before_id = _LAST
    if after:
        last = yield from found(ask, after)
        if last.teen_id != teen_id:
            raise refuse(Reason.NOT_FOUND)
        before_at, before_id = millis(last.asked.created_at), last.id
    rows = yield from sql.page.all(
        teen=teen_id,
        viewer=ask.caller_id,
        before_at=before_at,
        before_id=before_id,
        limit=PAGE + 1,
    )
    items = yield from views.listed(ask, state, rows[:PAGE])
    waits = yield from counts.waiting(teen_id, ask.caller_id, ask.now)
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return wire.Requests(items=tuple(items), waiting=waits, next=more)


def latest(desk: Desk, client: Client, teen_id: str, now: datetime) -> Txn[RequestEvent | None]:
    """The open requests of a teen for this client, and those that closed within the last day."""
    ask = Asker(desk=desk, caller_id=client.account_id, now=now)
    rows = yield from sql.recent.all(
        teen=teen_id, viewer=client.account_id, since=millis(now - JUST_CLOSED)
    )
    state = (yield from load(teen_id, desk.keys, now)) if rows else None
    if state is None:
        return RequestEvent(teen=teen_id, requests=(), waiting=0)
    items = yield from views.listed(ask, state, rows)
    waits = yield from counts.waiting(teen_id, client.account_id, now)
    return RequestEvent(teen=teen_id, requests=tuple(items), waiting=waits)
