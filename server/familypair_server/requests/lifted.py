"""Blocks that an approved request has opened for a while."""

from familypair.rules.days import Day
from familypair.rules.time.model import Lifted
from familypair_server.requests import statements as sql
from familypair_server.storage import Txn
from familypair_server.times import instant, millis


def lifted_of(teen_id: str, day: Day) -> Txn[list[Lifted]]:
    """What is opened within a day, in order of time."""
    rows = yield from sql.lifted_between.all(
        teen=teen_id, start=millis(day.start), end=millis(day.end)
    )
    return [
        Lifted(
            owner=row.owner_id,
            start=instant(row.start_at),
            end=instant(row.end_at),
            ref=row.request_id,
        )
        for row in rows
    ]


def put(teen_id: str, one: Lifted) -> Txn[None]:
    """Open one owner's blocks."""
    yield from sql.lift.run(
        teen=teen_id,
        request=one.ref,
        owner=one.owner,
        start=millis(one.start),
        end=millis(one.end),
    )
