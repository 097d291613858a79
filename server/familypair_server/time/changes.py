"""A limit that changes within its day is a posting with before and after (algebra.md A22).

Who wrote the layer has the ledger's entry of that write; the posting is the day's own line of it,
so that the arithmetic of a day never changes without a line that says why. What changes without a
write at a day's middle (a link ends, a probation is over) has the entry of that event: it can only
loosen until the day ends (A3).
"""

from datetime import datetime

from familypair.rules.days import day_at, day_before
from familypair.rules.layers import Accepted, Policy
from familypair.rules.layers.pairs import AT_LIMIT, DAILY, Minutes, day_pairs
from familypair.rules.schedule import weekday_of
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.rollover import ROLL_OVER
from familypair_server.ids import Random, new_id
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn, Write
from familypair_server.time.closing import close_yesterday
from familypair_server.time.postings import writing

_EVERY_DAY = frozenset({AT_LIMIT, ROLL_OVER, "schedule.exceptions"})


def posted_change(
    state: TeenState, accepted: Accepted, random: Random, now: datetime
) -> Txn[tuple[Write, ...]]:
    """The posting of a write that changes what its layer allows today, to be written with it.

    Before that, yesterday is kept as it was. Nothing is asked of the database for other writes.
    """
    layer = accepted.layer
    if not _touched(state.policy, now) & {change.path for change in accepted.changes}:
        return ()
    yield from close_yesterday(state, now)
    before = _limit(state.policy, layer.owner, now)
    after = _limit(state.policy_with(layer), layer.owner, now)
    if before == after:
        return ()
    posting = Posting(
        id=new_id(random, "pst"),
        owner=layer.owner,
        day=day_at(state.policy.regimes(), now).date,
        seconds=0,
        kind=PostingKind.CHANGED,
        at=now,
        by=layer.owner,
        before=before,
        after=after,
    )
    return (writing(state.teen.id, posting),)


def _touched(policy: Policy, now: datetime) -> frozenset[str]:
    """The fields on which today's limit, or what was left of yesterday, depends."""
    regimes = policy.regimes()
    today = day_at(regimes, now)
    days = (today.date, day_before(regimes, today).date)
    return _EVERY_DAY | {f"{DAILY}{weekday_of(day)}" for day in days}


def _limit(policy: Policy, owner: str, now: datetime) -> Minutes | None:
    """The layer's own limit of today in force; None while it has none, or it waits (A10)."""
    today = day_at(policy.regimes(), now).date
    pairs = day_pairs(policy, today, now=now, posted={})
    return next((p.limit for p in pairs if p.source.id == owner and not p.waits), None)
