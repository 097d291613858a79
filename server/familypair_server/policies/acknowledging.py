"""A device says which version it applies; an older word never takes the place of a newer one."""

from datetime import datetime, timedelta
from typing import Final

from familypair.reasons import Reason
from familypair.rules.days import day_at
from familypair.schema.policies import Applied
from familypair.schema.usage import MOST_DEVICES
from familypair_server.days.service import regimes_of
from familypair_server.ids import is_id
from familypair_server.policies import statements as sql
from familypair_server.problems import refuse
from familypair_server.storage import Txn, notify, teens, transaction
from familypair_server.times import instant, millis

AGAIN: Final = timedelta(minutes=10)
"""The same word within this time is not written again."""


@transaction
def acknowledge(host_id: str, subject: str, said: Applied, now: datetime) -> Txn[None]:
    """Keep what a device applies. An older version than it said before changes nothing.

    Raises `Refused`: NOT_FOUND for an id that means no bound teen here, NEWER_THAN_KNOWN for a
    version that was never given out, TOO_MANY_DEVICES.
    """
    row = (yield from sql.standing.one(host=host_id, subject=subject)) if is_id(subject) else None
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    yield from teens.lock.get(teen=row.teen_id)
    row = yield from sql.standing.one(host=host_id, subject=subject)
    if row is None:  # unbound while we waited for the lock
        raise refuse(Reason.NOT_FOUND)
    if row.version is None or said.version > row.version:
        raise refuse(Reason.NEWER_THAN_KNOWN, "/version")
    before = yield from sql.applied_by.one(teen=row.teen_id, host=host_id, device=said.device)
    if before is None:
        count = yield from sql.count_applied.one(teen=row.teen_id, host=host_id)
        if (count or 0) >= MOST_DEVICES:
            raise refuse(Reason.TOO_MANY_DEVICES, max=MOST_DEVICES)
    elif not _is_news(before, said, now):
        return
    eve = yield from _eve(row.teen_id, before, now)
    yield from sql.put_applied.run(
        teen=row.teen_id,
        host=host_id,
        device=said.device,
        subject=subject,
        version=said.version,
        now=millis(now),
        eve=eve,
    )
    yield from notify(row.teen_id)


def _eve(teen_id: str, before: sql.AppliedRow | None, now: datetime) -> Txn[int | None]:
    """The newest word from before today; see migration 0020."""
    if before is None:
        return None
    today = day_at((yield from regimes_of(teen_id)), now)
    return before.at if before.at < millis(today.start) else before.eve_at


def _is_news(before: sql.AppliedRow, said: Applied, now: datetime) -> bool:
    if said.version != before.version:
        return said.version > before.version
    return now - instant(before.at) >= AGAIN
