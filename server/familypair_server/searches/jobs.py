"""The job `search_weeks`: a week that is shown no more is gone."""

from datetime import datetime, timedelta

from familypair.rules.days import day_at
from familypair_server.days.service import regimes_of
from familypair_server.jobs.model import Handler, JobParts
from familypair_server.searches import statements as sql
from familypair_server.searches.service import JOB, monday_of
from familypair_server.storage import Txn, teens, transaction

_WEEK = timedelta(days=7)


@transaction
def forget(parts: JobParts, teen_id: str, now: datetime) -> Txn[datetime | None]:
    """Let older weeks than the last one go; due again while any is kept."""
    del parts
    if (yield from teens.lock.one(teen=teen_id)) is None:
        return None
    regimes = yield from regimes_of(teen_id)
    last = monday_of(day_at(regimes, now).date) - _WEEK
    yield from sql.forget.run(teen=teen_id, before=last.isoformat())
    kept = yield from sql.days.all(teen=teen_id, since=last.isoformat())
    return now + _WEEK if kept else None


JOBS: dict[str, Handler] = {JOB: forget}
