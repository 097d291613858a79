"""What follows from a batch in the balance: the only place where use calls it."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec.structs import replace

from familypair.rules.days import day_at
from familypair.rules.time.model import Use
from familypair.schema.usage import UsageLeft
from familypair_server.days.service import regimes_of
from familypair_server.hosts.reads import BoundDevice
from familypair_server.links.desk import Desk
from familypair_server.storage import Txn
from familypair_server.time import glances, late
from familypair_server.usage.reads import use_of


def correct(desk: Desk, teen_id: str, days: Sequence[date], now: datetime) -> Txn[None]:
    """Correct what was derived from days that are over; in the batch's own transaction."""
    yield from late.correct(desk, teen_id, days, now)


def left(
    desk: Desk, teen: BoundDevice, before: Use | None, today: Use | None, now: datetime
) -> Txn[UsageLeft | None]:
    """Where the teen stands with what was just written, by the teen's id at the host.

    `before` and `today` are today's use before and after; None where the batch did not touch it.
    """
    if today is None or before is None:
        seconds = yield from _seconds(teen.teen_id, now)
    else:
        seconds = before.seconds
    found = yield from glances.left(desk, teen.teen_id, seconds, now, today)
    return None if found is None else replace(found, teen=teen.subject)


def _seconds(teen_id: str, now: datetime) -> Txn[int]:
    regimes = yield from regimes_of(teen_id)
    return (yield from use_of(teen_id, day_at(regimes, now), now)).seconds
