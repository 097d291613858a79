"""A host's webhooks: made, listed, given a new secret, dropped. Only ever the caller's own."""

from datetime import datetime
from typing import Final

import msgspec

from familypair.reasons import Reason
from familypair.schema.webhooks import MOST_WEBHOOKS, Webhook, WebhookAsk, Webhooks, WebhookSecret
from familypair_server.ids import Random, is_id, new_id
from familypair_server.jobs import schedule
from familypair_server.keys import Keys
from familypair_server.problems import refuse
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import instant, millis
from familypair_server.webhooks import signing
from familypair_server.webhooks import statements as sql
from familypair_server.webhooks.events import chosen
from familypair_server.webhooks.urls import target_of

TOPIC: Final = "webhooks"
"""What a commit notifies when there is something to send, or another webhook than before."""
SCAN: Final = "webhook_scan"
"""The job that looks for what was not told; see `jobs`."""
EVERYTHING: Final = "all"


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, and what the answer is made with."""

    host_id: str
    now: datetime
    keys: Keys
    random: Random
    loopback: bool = False
    """Whether a webhook may be on this machine; see `Settings.webhook_loopback`."""


@transaction
def create(ask: Office, wanted: WebhookAsk) -> Txn[WebhookSecret]:
    """Register an address; what happens from now on is told to it.

    Raises `Refused`: UNKNOWN_EVENT, TOO_MANY_WEBHOOKS, and for the address as `urls.target_of`.
    """
    events = chosen(wanted.events)
    target_of(wanted.url, loopback=ask.loopback)
    yield from sql.lock_host.one(host=ask.host_id)
    if ((yield from sql.count.one(host=ask.host_id)) or 0) >= MOST_WEBHOOKS:
        raise refuse(Reason.TOO_MANY_WEBHOOKS, max=MOST_WEBHOOKS)
    webhook_id, secret = new_id(ask.random, "whk"), ask.random.bytes(signing.SECRET_BYTES)
    yield from sql.insert.run(
        id=webhook_id,
        host=ask.host_id,
        url=wanted.url,
        events=events,
        secret=signing.sealed(secret, webhook_id, ask.keys, ask.random),
        now=millis(ask.now),
    )
    yield from sql.begin_told.run(id=webhook_id, host=ask.host_id)
    yield from schedule(SCAN, EVERYTHING, ask.now)
    yield from notify(TOPIC)
    return WebhookSecret(webhook=(yield from found(ask, webhook_id)), secret=signing.shown(secret))


@transaction
def webhooks(ask: Office) -> Txn[Webhooks]:
    """All of the host's, the oldest first."""
    rows = yield from sql.of_host.all(host=ask.host_id)
    return Webhooks(items=tuple(_shown(row, ask.now) for row in rows))


def found(ask: Office, webhook_id: str) -> Txn[Webhook]:
    """One of the host's; raises `Refused(NOT_FOUND)`."""
    row = (yield from sql.by_id.one(id=webhook_id, host=ask.host_id)) if is_id(webhook_id) else None
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    return _shown(row, ask.now)


@transaction
def rotate(ask: Office, webhook_id: str) -> Txn[WebhookSecret]:
    """Another secret; the old one signs too for 24 h, the one before it no more.

    Raises `Refused(NOT_FOUND)`.
    """
    yield from found(ask, webhook_id)
    old = yield from sql.lock_secret.one(id=webhook_id, host=ask.host_id)
    if old is None:
        raise refuse(Reason.NOT_FOUND)
    secret = ask.random.bytes(signing.SECRET_BYTES)
    yield from sql.rotate.run(
        id=webhook_id,
        old=old,
        until=millis(ask.now + signing.OLD_SIGNS),
        secret=signing.sealed(secret, webhook_id, ask.keys, ask.random),
    )
    return WebhookSecret(webhook=(yield from found(ask, webhook_id)), secret=signing.shown(secret))


@transaction
def drop(ask: Office, webhook_id: str) -> Txn[None]:
    """Forget an address with every message to it; raises `Refused(NOT_FOUND)`."""
    yield from found(ask, webhook_id)
    yield from sql.lock.one(id=webhook_id)
    yield from sql.drop.run(id=webhook_id)


def _shown(row: sql.WebhookRow, now: datetime) -> Webhook:
    old = None if row.old_until is None else instant(row.old_until)
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(row.events.split()),
        created_at=instant(row.created_at),
        disabled_at=None if row.disabled_at is None else instant(row.disabled_at),
        old_secret_until=old if old is not None and now < old else None,
    )
