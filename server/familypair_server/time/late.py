"""A report about a day that is over: what was derived from that day is corrected (section 5)."""

from collections.abc import Sequence
from datetime import date, datetime

from familypair.rules.days import day_after, day_at, day_named
from familypair_server.links.desk import Desk
from familypair_server.settings_api.policies import TeenState, load
from familypair_server.storage import Txn
from familypair_server.time.opening import settle


def correct(desk: Desk, teen_id: str, days: Sequence[date], now: datetime) -> Txn[None]:
    """Post on the day after each of `days` what its roll-over differs by now.

    The caller holds the teen's lock and has stored the use. Days that are not over, and whose next
    day has not begun, have nothing derived from them.
    """
    state = yield from load(teen_id, desk.keys, now)
    if state is not None:
        for named in sorted(set(days)):
            yield from correct_day(desk, state, named, now)


def correct_day(desk: Desk, state: TeenState, named: date, now: datetime) -> Txn[None]:
    """`correct` for one day, of a teen who is loaded."""
    regimes = state.policy.regimes()
    changed = day_named(regimes, named)
    if changed is None or now < changed.end:
        return
    following = day_after(regimes, changed)
    if following.start <= day_at(regimes, now).start:
        yield from settle(desk, state, following, now)
