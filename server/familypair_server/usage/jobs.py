"""Letting go: days become weeks after 28 days, weeks end after a year (product.md section 5).

What is read does not depend on it: days that should be gone are shown as their week already.
"""

from datetime import datetime, timedelta
from typing import Final

from familypair.rules.days import day_at
from familypair_server.days.service import regimes_of
from familypair_server.jobs import Handler, JobParts
from familypair_server.storage import Txn, teens, transaction
from familypair_server.times import millis
from familypair_server.usage import statements as sql
from familypair_server.usage.reads import as_week, first_day, first_week

RETENTION: Final = "retention"
INTERVALS: Final = timedelta(days=9)
"""Longer than a repeat of an interval can still be taken for a new one (7 days, and one long)."""


@transaction
def fold(parts: JobParts, teen_id: str, now: datetime) -> Txn[datetime | None]:
    """One teen's turn; due again at the next day boundary while anything is kept."""
    del parts
    if (yield from teens.lock.one(teen=teen_id)) is None:
        return None
    regimes = yield from regimes_of(teen_id)
    today = day_at(regimes, now)
    before = first_day(today.date).isoformat()
    for row in (yield from sql.days_before.all(teen=teen_id, before=before)):
        week = as_week(row)
        yield from sql.add_week.run(
            teen=teen_id,
            week=week.week,
            used=week.used_seconds,
            known=week.known_days,
            opens=week.opens,
            night=week.night_seconds,
        )
    yield from sql.drop_days.run(teen=teen_id, before=before)
    yield from sql.drop_weeks.run(teen=teen_id, before=first_week(today.date).isoformat())
    yield from sql.forget_sent.run(teen=teen_id, before=millis(now - INTERVALS))
    kept = yield from sql.anything.all(teen=teen_id)
    return today.end if kept else None


JOBS: dict[str, Handler] = {RETENTION: fold}
