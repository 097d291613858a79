"""`GET /v1/teens/{id}/time`: today's balance, and use by day and by week, for one viewer."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from familypair.reasons import Reason
from familypair.rules.days import Day, Regimes, day_named
from familypair.rules.time.insight import coarse_night, day_use
from familypair.rules.time.view import balance_view
from familypair.schema import time as wire
from familypair.schema.scopes import Scope
from familypair_server.problems import refuse
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn, transaction
from familypair_server.time import statements as sql
from familypair_server.time.acts import Act, Held, look_of, seen
from familypair_server.time.closing import read_closed
from familypair_server.usage.reads import uses_of, visible_from, weeks_of

MOST_DAYS: Final = 28
USUAL_DAYS: Final = 7
_ONE_DAY: Final = timedelta(days=1)


@transaction
def time(act: Act, first: date | None, last: date | None) -> Txn[wire.Time]:
    """Today's balance, and the days `first` to `last`; by default the last 7 with today.

    Raises `Refused`: `too_many_days` beyond 28, `out_of_range` for a `to` before `from` or before
    the days that are kept, `scope_not_granted` for a guardian with neither
    `see_time` nor `set_time`. Without `see_time` there are no days.
    """
    found = yield from seen(act)
    may_see = _may_see(found.state, act)
    look = look_of(found.state, found.day, act.caller_id)
    from_day = _visible_from(found.state, act)
    named = _range(found.day.day.date, first, last)
    days: tuple[wire.DayUse, ...] = ()
    weeks: tuple[wire.WeekUse, ...] = ()
    if may_see:
        days = yield from _days(found, act, named, from_day)
        weeks = yield from _weeks(act, found.day.day.date, from_day)
    return wire.Time(
        teen=act.teen_id,
        zone=found.day.day.zone,
        today=balance_view(look, act.now),
        days=days,
        weeks=weeks,
        visible_from=from_day,
    )


def _may_see(state: TeenState, act: Act) -> bool:
    """Whether the caller reads use; raises `Refused` where they read neither use nor balance."""
    if act.by_teen:
        return True
    link = state.link_of(act.caller_id)
    scopes = frozenset[Scope]() if link is None else link.scopes
    if not scopes & {Scope.SEE_TIME, Scope.SET_TIME}:
        raise refuse(Reason.SCOPE_NOT_GRANTED, scope=Scope.SEE_TIME)
    return Scope.SEE_TIME in scopes


def _visible_from(state: TeenState, act: Act) -> date | None:
    link = state.link_of(act.caller_id)
    if act.by_teen or link is None:
        return None
    return visible_from(link, state.policy.regimes())


def _range(today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """The asked dates within the days that are kept; raises `Refused`."""
    end, oldest = min(last or today, today), today - (MOST_DAYS - 1) * _ONE_DAY
    if end < oldest:
        raise refuse(Reason.OUT_OF_RANGE, "/to", fault=f"Days are kept from {oldest} on.")
    if first is not None and last is not None and last < first:
        raise refuse(Reason.OUT_OF_RANGE, "/to", fault="`to` lies before `from`.")
    start = first or end - (USUAL_DAYS - 1) * _ONE_DAY
    if (end - start).days >= MOST_DAYS:
        raise refuse(Reason.TOO_MANY_DAYS, "/from", max=MOST_DAYS)
    return max(start, oldest), end


def _named(regimes: Regimes, first: date, last: date) -> list[Day]:
    dates = [first + n * _ONE_DAY for n in range((last - first).days + 1)]
    return [day for one in dates if (day := day_named(regimes, one)) is not None]


def _days(
    found: Held, act: Act, named: tuple[date, date], visible: date | None
) -> Txn[tuple[wire.DayUse, ...]]:
    first, last = named
    first = first if visible is None else max(first, visible)
    days = _named(found.state.policy.regimes(), first, last)
    uses = yield from uses_of(act.teen_id, days, act.now)
    limits = yield from _limits(found, act, days)
    return tuple(
        replace(
            day_use(day, uses[day.date], viewer_is_teen=act.by_teen, now=act.now),
            limit_seconds=limits.get(day.date),
        )
        for day in days
    )


def _limits(found: Held, act: Act, days: Sequence[Day]) -> Txn[dict[date, int | None]]:
    """What each day allowed, where it was kept; today's as this viewer reads it."""
    if not days:
        return {}
    first, last = days[0].date.isoformat(), days[-1].date.isoformat()
    rows = yield from sql.closes.all(teen=act.teen_id, first=first, last=last)
    known = {date.fromisoformat(row.day): _kept(row, exact=act.by_teen) for row in rows}
    look = look_of(found.state, found.day, act.caller_id)
    return {**known, found.day.day.date: look.found.limit}


def _kept(row: sql.CloseRow, *, exact: bool) -> int | None:
    """A closed day's limit: exactly, a write-off in it would tell the use at its instant."""
    return row.limit_seconds if exact else read_closed(row).told_seconds


def _weeks(act: Act, today: date, visible: date | None) -> Txn[tuple[wire.WeekUse, ...]]:
    weeks = yield from weeks_of(act.teen_id, today)
    shown = [week for week in weeks if visible is None or week.first >= visible]
    return tuple(shown if act.by_teen else map(coarse_night, shown))
