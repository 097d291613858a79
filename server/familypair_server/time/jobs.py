"""The job `day`: opens a teen's new day at its first instant, and forgets days that are over."""

from datetime import datetime

from familypair.rules.days import day_at
from familypair_server.jobs.model import Handler, JobParts
from familypair_server.links.desk import Desk
from familypair_server.settings_api.policies import load
from familypair_server.storage import Txn, teens, transaction
from familypair_server.time.closing import forget
from familypair_server.time.opening import JOB, opened


@transaction
def open_day(parts: JobParts, teen_id: str, now: datetime) -> Txn[datetime | None]:
    """Roll over what yesterday left; due again when today ends. Over with the teen's account."""
    if (yield from teens.lock.one(teen=teen_id)) is None:
        return None
    state = yield from load(teen_id, parts.keys, now)
    if state is None:
        return None
    desk = Desk.of(parts.settings, parts.keys, parts.random)
    yield from opened(desk, state, now)
    yield from forget(teen_id, now)
    return day_at(state.policy.regimes(), now).end


JOBS: dict[str, Handler] = {JOB: open_day}
