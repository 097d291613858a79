"""What became of each message, sending one again, and a message that only tries."""

from datetime import datetime
from typing import Final

from familypair.reasons import Reason
from familypair.schema.webhooks import PING, Deliveries, Delivery, DeliveryState, Replayed
from familypair_server.ids import is_id, new_id
from familypair_server.jobs import schedule
from familypair_server.problems import refuse
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import instant, millis
from familypair_server.webhooks import events, retries
from familypair_server.webhooks import statements as sql
from familypair_server.webhooks.service import EVERYTHING, SCAN, TOPIC, Office, found

MOST_PINGS: Final = 10
"""Most messages that only try an address and wait to be sent there."""
_NEWEST: Final = 2**62


@transaction
def page(
    ask: Office, webhook_id: str, *, state: str | None, after: str, limit: int
) -> Txn[Deliveries]:
    """Messages older than `after`, the newest first; raises `Refused(NOT_FOUND)`."""
    yield from found(ask, webhook_id)
    before = _NEWEST
    if after:
        last = (yield from sql.delivery.one(webhook=webhook_id, id=after)) if is_id(after) else None
        before = 0 if last is None else last.created_at
    rows = yield from sql.deliveries.all(
        webhook=webhook_id, state=state or "", before=before, id=after, limit=limit + 1
    )
    shown = tuple(_shown(row) for row in rows[:limit])
    return Deliveries(items=shown, next=shown[-1].id if len(rows) > limit else None)


@transaction
def replay(ask: Office, webhook_id: str, delivery_id: str) -> Txn[Delivery]:
    """Send one again now, under the same id, for another 24 h; a disabled webhook is enabled.

    Raises `Refused(NOT_FOUND)`.
    """
    yield from found(ask, webhook_id)
    times = {"now": millis(ask.now), "until": millis(ask.now + retries.WINDOW)}
    known = is_id(delivery_id)
    if not known or not (yield from sql.replay.run(webhook=webhook_id, id=delivery_id, **times)):
        raise refuse(Reason.NOT_FOUND)
    yield from _awake(webhook_id, ask.now)
    return _shown((yield from sql.delivery.get(webhook=webhook_id, id=delivery_id)))


@transaction
def replay_failed(ask: Office, webhook_id: str) -> Txn[Replayed]:
    """Send everything again that failed, in its old order; raises `Refused(NOT_FOUND)`."""
    yield from found(ask, webhook_id)
    until = millis(ask.now + retries.WINDOW)
    count = yield from sql.replay_failed.run(webhook=webhook_id, now=millis(ask.now), until=until)
    yield from _awake(webhook_id, ask.now)
    return Replayed(replayed=count)


@transaction
def test(ask: Office, webhook_id: str) -> Txn[Delivery]:
    """Send a `ping`; a disabled webhook is enabled.

    Raises `Refused`: NOT_FOUND, or TOO_MANY_REQUESTS while `MOST_PINGS` wait to be sent.
    """
    yield from found(ask, webhook_id)
    if (yield from sql.waiting_of.get(webhook=webhook_id, event=PING)) >= MOST_PINGS:
        raise refuse(Reason.TOO_MANY_REQUESTS)
    delivery_id = new_id(ask.random, "whd")
    yield from put(webhook_id, delivery_id, events.ping(ask.now), now=ask.now)
    yield from _awake(webhook_id, ask.now)
    return _shown((yield from sql.delivery.get(webhook=webhook_id, id=delivery_id)))


def put(
    webhook_id: str,
    delivery_id: str,
    body: events.Body,
    *,
    now: datetime,
    subject: str = "",
    n: int = 0,
) -> Txn[None]:
    """Have a message sent; `n` keeps the order of those of one teen."""
    due = millis(now)
    if subject:
        due = max(due, (yield from sql.last_due.one(webhook=webhook_id, subject=subject)) or 0)
    yield from sql.put.run(
        id=delivery_id,
        webhook=webhook_id,
        subject=subject,
        n=n,
        event=str(body.type),
        body=events.encoded(body),
        now=millis(now),
        due=due,
        until=millis(now + retries.WINDOW),
    )


def _awake(webhook_id: str, now: datetime) -> Txn[None]:
    yield from sql.enable.run(id=webhook_id)
    yield from schedule(SCAN, EVERYTHING, now)
    yield from notify(TOPIC)


def _shown(row: sql.DeliveryRow) -> Delivery:
    waiting = row.state == DeliveryState.WAITING
    return Delivery(
        id=row.id,
        event=row.event,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=instant(row.created_at),
        last_status=row.status,
        last_error=row.error,
        last_attempt_at=None if row.tried_at is None else instant(row.tried_at),
        next_attempt_at=instant(row.due_at) if waiting else None,
        body=events.decoded(row.body),
    )
