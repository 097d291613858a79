"""The weekly band of searches with a word of a pack (product.md section 7).

Guardians with `set_search` and the teen see `0`, `1-9` or `10+` for this week and the last, of the
days that are over: a band that moved within seconds would tell when somebody searched, and with a
list of one word what for. So own terms and searches for help are never counted, and what is counted
does not depend on what is allowed.
"""

from datetime import date, datetime, timedelta
from typing import Final

from familypair.rules.days import Day, day_at
from familypair.schema.scopes import Scope
from familypair.schema.teens import SearchBand
from familypair_server.days.service import regimes_of
from familypair_server.jobs import schedule
from familypair_server.searches import statements as sql
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn, teens, transaction

MOST: Final = 10
"""What is more is counted no further."""
JOB: Final = "search_weeks"
_WEEK: Final = timedelta(days=7)


@transaction
def add_blocked(teen_id: str, count: int, now: datetime) -> Txn[None]:
    """Count searches of the day of `now` with a word of a pack that somebody asks about or denies.

    10 and more in a day are the same.
    """
    if count < 1:
        return
    if (yield from teens.by_id.one(teen=teen_id)) is None:
        return
    regimes = yield from regimes_of(teen_id)
    day = day_at(regimes, now)
    yield from sql.add.run(
        teen=teen_id, day=day.date.isoformat(), first=min(count, MOST), most=MOST
    )
    yield from schedule(JOB, teen_id, _over(day))


def band_of(state: TeenState, viewer_id: str, day: date) -> Txn[SearchBand | None]:
    """The week's until yesterday and last week's, for who may see them; `day` is the teen's own."""
    if not _may_see(state, viewer_id):
        return None
    this, last = monday_of(day), monday_of(day) - _WEEK
    rows = yield from sql.days.all(teen=state.teen.id, since=last.isoformat())
    monday, today = this.isoformat(), day.isoformat()
    return SearchBand(
        this_week=band(sum(row.counted for row in rows if monday <= row.day < today)),
        last_week=band(sum(row.counted for row in rows if row.day < monday)),
    )


def band(count: int) -> str:
    """`0`, `1-9` or `10+`."""
    if count <= 0:
        return "0"
    return "1-9" if count < MOST else "10+"


def monday_of(day: date) -> date:
    """The first day of the ISO week."""
    return day - timedelta(days=day.weekday())


def _may_see(state: TeenState, viewer_id: str) -> bool:
    if viewer_id == state.teen.id:
        return True
    link = state.link_of(viewer_id)
    return link is not None and Scope.SET_SEARCH in link.rights.scopes


def _over(day: Day) -> datetime:
    """About when this day's week is shown no more."""
    return day.end + 2 * _WEEK - timedelta(days=day.date.weekday() + 1) + timedelta(hours=1)
