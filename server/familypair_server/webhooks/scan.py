"""Finding out what a host was not told: read beside the ledgers, in transactions of its own.

A cursor for each webhook and binding says up to which entry of the teen's ledger it was told. A
message and the cursor's move are one transaction, so nothing is lost and nothing comes twice,
whatever dies in between; and nobody who changes something of a teen has to wait for any of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from familypair.schema.webhooks import Event
from familypair_server.ids import Random, new_id
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import instant
from familypair_server.webhooks import events
from familypair_server.webhooks import statements as sql
from familypair_server.webhooks.deliveries import put
from familypair_server.webhooks.service import TOPIC
from familypair_server.webhooks.statements import BehindKey, BehindRow

PAGE = 1000
"""Bindings that one look of a sweep passes over."""


@transaction
def behind_of(teen_ids: Iterable[str]) -> Txn[Sequence[BehindKey]]:
    """What was not told of these teens."""
    listed = msgspec.json.encode(sorted(set(teen_ids))).decode()
    return (yield from sql.behind_of.all(teens=listed))


@transaction
def hosts() -> Txn[Sequence[str]]:
    """The host apps that want to be told something."""
    return (yield from sql.hosts.all())


@transaction
def behind_page(host_id: str, after: str) -> Txn[tuple[str | None, Sequence[BehindKey]]]:
    """What was not told of a page of a host's bindings; where it ends, None after the last one."""
    end = yield from sql.page_end.one(host=host_id, after=after, limit=PAGE)
    if end is None:
        return None, ()
    return end, (yield from sql.behind_within.all(host=host_id, after=after, through=end))


@transaction
def behind(key: BehindKey) -> Txn[BehindRow | None]:
    """What there is to tell of one binding; None when nothing is."""
    return (yield from sql.behind_one.one(webhook=key.webhook_id, subject=key.subject))


def wants_version(row: BehindRow) -> bool:
    """Whether the policy's version matters: the binding lives, and changes are to be told."""
    return row.ended_at is None and Event.POLICY_CHANGED in row.events.split()


@transaction
def tell(row: BehindRow, version: int, random: Random, now: datetime) -> Txn[int]:
    """Write the messages that are due of one binding, and move its cursor; how many.

    `version` is of the policy, found out after `row` was read, so that it is never older than what
    the cursor will say; 0 where it does not matter.
    """
    version = max(version, row.told_version or 0, row.version or 0)
    bodies = _bodies(row, version, now)
    if not (yield from _move(row, version, len(bodies))):
        return 0
    for place, body in enumerate(bodies):
        yield from put(
            row.webhook_id,
            new_id(random, "whd"),
            body,
            now=now,
            subject=row.subject,
            n=(row.n or 0) + place + 1,
        )
    if bodies:
        yield from notify(TOPIC)
    return len(bodies)


def _bodies(row: BehindRow, version: int, now: datetime) -> list[events.Body]:
    found: list[events.Body] = []
    if row.told_seq is None:
        found.append(events.app_bound(row.subject, instant(row.bound_at)))
    elif version > (row.told_version or 0):
        found.append(events.policy_changed(row.subject, version, now))
    if row.ended_at is not None:
        found.append(events.app_unbound(row.subject, instant(row.ended_at)))
    wanted = set(row.events.split())
    return [body for body in found if body.type in wanted]


def _move(row: BehindRow, version: int, more: int) -> Txn[int]:
    to: dict[str, str | int] = {
        "webhook": row.webhook_id,
        "subject": row.subject,
        "seq": row.seq,
        "epoch": row.epoch,
        "version": version,
        "n": (row.n or 0) + more,
        "ended": 0 if row.ended_at is None else 1,
    }
    if row.told_seq is None:
        return (yield from sql.first_told.run(**to))
    return (
        yield from sql.move_told.run(
            told_seq=row.told_seq,
            told_epoch=row.told_epoch,
            told_version=row.told_version,
            **to,
        )
    )
