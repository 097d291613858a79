"""What a day allowed when it ended: kept, so that a later change of a rule does not change it."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.rules.days import Day, day_at, day_before
from familypair.rules.time.rollover import Closed, closed
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn
from familypair_server.time import statements as sql
from familypair_server.time.postings import postings_of
from familypair_server.times import millis

KEPT: Final = timedelta(days=29)
"""Postings and closed days are kept as long as days are shown one by one (product.md 5)."""
_CODES_KEPT: Final = timedelta(days=2)
"""Codes of a day that is over in every zone are worth nothing."""

_closed = msgspec.json.Decoder(Closed)


def read_closed(row: sql.CloseRow) -> Closed:
    """A closed day as it was kept."""
    return _closed.decode(row.sums)


def closed_day(state: TeenState, day: Day) -> Txn[Closed]:
    """The day as it was closed, or as it would be now."""
    named = day.date.isoformat()
    rows = yield from sql.closes.all(teen=state.teen.id, first=named, last=named)
    if rows:
        return read_closed(rows[0])
    postings = yield from postings_of(state.teen.id, [day.date])
    return closed(state.policy, day, postings)


def close_yesterday(state: TeenState, now: datetime) -> Txn[bool]:
    """Keep what the day before today's allowed; False when it is kept already.

    Under the teen's lock, before anything that changes what a day allows.
    """
    regimes = state.policy.regimes()
    day = day_before(regimes, day_at(regimes, now))
    named = day.date.isoformat()
    if (yield from sql.closes.all(teen=state.teen.id, first=named, last=named)):
        return False
    postings = yield from postings_of(state.teen.id, [day.date])
    found = closed(state.policy, day, postings)
    yield from sql.close_day.run(
        teen=state.teen.id,
        day=named,
        limit=found.limit_seconds,
        sums=msgspec.json.encode(found).decode(),
        now=millis(now),
    )
    return True


def forget(teen_id: str, now: datetime) -> Txn[None]:
    """Drop what is older than the days that are shown."""
    first = (now - KEPT).date().isoformat()
    yield from sql.forget_closes.run(teen=teen_id, first=first)
    yield from sql.forget_postings.run(teen=teen_id, first=first)
    yesterday = (now - _CODES_KEPT).date().isoformat()
    yield from sql.forget_codes.run(teen=teen_id, first=yesterday)
    yield from sql.forget_tries.run(teen=teen_id, first=yesterday)
