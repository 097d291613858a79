"""Opening a day: yesterday is kept as it was, and what was left of it is posted (A21).

Done by whatever comes first: the job at the boundary, a report of use, a gift. Doing it again
changes nothing, and whoever reads before it is done computes the same.
"""

from datetime import datetime

import msgspec

from familypair.rules.days import Day, day_at
from familypair_server.ids import new_id
from familypair_server.jobs import schedule
from familypair_server.links.desk import Desk
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn
from familypair_server.time.balances import roll_over_due
from familypair_server.time.closing import close_yesterday
from familypair_server.time.postings import post_all, postings_of

JOB = "day"


def opened(desk: Desk, state: TeenState, now: datetime) -> Txn[None]:
    """Open today where nobody has, under the teen's lock."""
    day = day_at(state.policy.regimes(), now)
    if (yield from close_yesterday(state, now)):
        yield from schedule(JOB, state.teen.id, day.end)
    yield from settle(desk, state, day, now)


def settle(desk: Desk, state: TeenState, day: Day, now: datetime) -> Txn[None]:
    """Post on `day` what it lacks of the day before, as roll-over or as a correction."""
    postings = yield from postings_of(state.teen.id, [day.date])
    due = yield from roll_over_due(state, day, postings, now)
    if due:
        named = [msgspec.structs.replace(one, id=new_id(desk.random, "pst")) for one in due]
        yield from post_all(desk, state, named, now)
