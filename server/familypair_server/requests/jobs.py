"""What time does to requests and agreements, written down; nothing that is read waits for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from familypair.rules.requests.agreements import AgreementState, state_of
from familypair.rules.requests.table import LIVE
from familypair_server.jobs import Handler, JobParts
from familypair_server.links.transitions import REQUESTS_JOB as JOB
from familypair_server.requests import agreements
from familypair_server.requests import statements as sql
from familypair_server.requests.closing import KEPT, told
from familypair_server.requests.records import load, save
from familypair_server.requests.standing import as_it_is
from familypair_server.settings_api.policies import load as load_teen
from familypair_server.storage import Txn, notify, teens, transaction
from familypair_server.times import instant, millis


@transaction
def expire(parts: JobParts, teen_id: str, now: datetime) -> Txn[datetime | None]:
    """Close with an entry what ran out of time, or whose owner's link has begun to end.

    What closed four weeks ago is forgotten, reason and notes included.
    """
    if (yield from teens.lock.one(teen=teen_id)) is None:
        return None
    state = yield from load_teen(teen_id, parts.keys, now)
    if state is None:
        return None
    for row in (yield from sql.live.all(teen=teen_id)):
        now_is = as_it_is(load(row), state, now)
        if now_is.asked.state not in LIVE:
            after = yield from save(now_is, now_is.asked)
            yield from told(state, after, now, parts.random)
    before = now - KEPT
    yield from sql.forget.run(teen=teen_id, before=millis(before))
    yield from sql.forget_lifted.run(teen=teen_id, before=millis(before))
    yield from sql.forget_uses.run(teen=teen_id, day=before.date().isoformat())
    return (yield from _next(teen_id))


def _next(teen_id: str) -> Txn[datetime | None]:
    opened = yield from sql.next_expiry.one(teen=teen_id)
    closed = yield from sql.oldest_closed.one(teen=teen_id)
    due = [] if opened is None else [instant(opened)]
    due += [] if closed is None else [instant(closed + 1) + KEPT]
    return min(due, default=None)


@transaction
def review(_parts: JobParts, teen_id: str, now: datetime) -> Txn[datetime | None]:
    """On the day of the review both sides' screens are woken: the state is computed when read."""
    if (yield from teens.lock.one(teen=teen_id)) is None:
        return None
    rows = yield from sql.standing.all(teen=teen_id)
    standing = [agreements.load(row).agreed for row in rows]
    if any(state_of(one, now) is AgreementState.REVIEW_DUE for one in standing):
        yield from notify(teen_id)
    return min((one.review_at for one in standing if one.review_at > now), default=None)


JOBS: Final[Mapping[str, Handler]] = {JOB: expire, agreements.REVIEW_JOB: review}
