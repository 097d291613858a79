"""A teen's days as a CSV file (RFC 4180), viewer-scoped, with formulas disarmed (ASVS 1.2.10)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from familypair.reasons import Reason
from familypair.rules.time.insight import day_use
from familypair.schema.scopes import Scope
from familypair.schema.time import DayUse
from familypair_server.keys import Keys
from familypair_server.problems import refuse
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.storage import Txn, transaction
from familypair_server.usage.reads import DAYS, days_shown, uses_of, visible_from

EVERYBODY: Final = (
    "date",
    "weekday",
    "zone",
    "start",
    "end",
    "known",
    "used_seconds",
    "opens",
    "day_seconds",
    "night_seconds",
    "unknown_seconds",
    "late",
    "closed",
)
OWN: Final = ("surfaces", "devices")
"""The teen's alone."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width signs start formulas too


@transaction
def export(
    keys: Keys,
    teen_id: str,
    caller_id: str,
    *,
    first: date | None = None,
    last: date | None = None,
    now: datetime,
) -> Txn[str]:
    """The days from `first` to `last` that are kept and that the caller may see, oldest first.

    Raises `Refused`: NOT_FOUND as for what is absent, SCOPE_NOT_GRANTED without `see_time`,
    OUT_OF_RANGE when they are the wrong way round, TOO_MANY_DAYS for more than 28.
    """
    state = yield from must_load(teen_id, caller_id, keys, now)
    regimes = state.policy.regimes()
    since = _since(state, caller_id)
    _refuse_range(first, last)
    days = days_shown(regimes, now, first=first, last=last, since=since)
    uses = yield from uses_of(teen_id, days, now)
    own = caller_id == teen_id
    return as_csv([day_use(day, uses[day.date], viewer_is_teen=own, now=now) for day in days], own)


def as_csv(days: Iterable[DayUse], own: bool) -> str:  # noqa: FBT001 - whose file it is
    """The file: a header, then a line per day; unknown is an empty cell, never 0."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow((*EVERYBODY, *OWN) if own else EVERYBODY)
    for day in days:
        cells = _cells(day)
        if own:
            cells = (*cells, _named(day.surfaces), _named(day.device_seconds))
        writer.writerow([safe(cell) for cell in cells])
    return file.getvalue()


def safe(cell: str) -> str:
    """The cell as text for a spreadsheet: one that it would compute gets an apostrophe before."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(day: DayUse) -> Sequence[str]:
    return (
        day.date.isoformat(),
        day.weekday,
        day.zone,
        _instant(day.start),
        _instant(day.end),
        _yes(day.used_seconds is not None),
        _number(day.used_seconds),
        _number(day.opens),
        _number(day.day_seconds),
        _number(day.night_seconds),
        _number(day.unknown_seconds),
        _yes(day.late),
        _yes(day.closed),
    )


def _since(state: TeenState, caller_id: str) -> date | None:
    if caller_id == state.teen.id:
        return None
    link = state.link_of(caller_id)
    if link is None or Scope.SEE_TIME not in link.scopes:
        raise refuse(Reason.SCOPE_NOT_GRANTED, scope=Scope.SEE_TIME)
    return visible_from(link, state.policy.regimes())


def _refuse_range(first: date | None, last: date | None) -> None:
    if first is None or last is None:
        return
    if last < first:
        raise refuse(Reason.OUT_OF_RANGE, "/to", fault="`to` lies before `from`.")
    if (last - first).days >= DAYS:
        raise refuse(Reason.TOO_MANY_DAYS, "/to", max=DAYS)


def _named(seconds: Mapping[str, int]) -> str:
    return "; ".join(f"{name}={value}" for name, value in sorted(seconds.items()))


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _yes(value: bool) -> str:  # noqa: FBT001 - a formatter
    return "yes" if value else "no"
