"""The effective calendar for one viewer, and what an import is drafted against."""

from datetime import date, datetime
from typing import cast

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.days import days_from
from familypair.rules.layers import layer_of, may_write, today
from familypair.rules.time import calendar as rules
from familypair.rules.time import ical
from familypair.schema.scopes import Scope
from familypair.schema.time import Calendar, CalendarDraft, CalendarImport
from familypair.settings import (
    BlockKind,
    DayException,
    ExceptionKind,
    encode,
    field,
)
from familypair_server.calendar.reader import Found
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.requests.lifted import lifted_of
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.storage import Txn, transaction

DAYS = 7
EXCEPTIONS = rules.EXCEPTIONS
_SCOPES = frozenset({Scope.SEE_TIME, Scope.SET_TIME, Scope.SEE_SETTINGS})


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks about which teen, now."""

    teen_id: str
    caller_id: str
    keys: Keys
    now: datetime


@transaction
def effective(ask: Asking) -> Txn[rules.View]:
    """The policy as this viewer may see it in their calendar, for `shown`.

    Raises `Refused`: as for what is absent; SCOPE_NOT_GRANTED for a guardian with no say in time
    and no sight of it or of settings.
    """
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, ask.now)
    _refuse_outsider(state, ask.caller_id)
    day = next(days_from(state.policy.regimes(), ask.now, 1))
    lifted = yield from lifted_of(ask.teen_id, day)
    view = rules.view_of(
        state.policy, ask.caller_id, now=ask.now, names=state.names(), lifted=lifted
    )
    if view is None:
        raise refuse(Reason.NOT_FOUND)
    return view


def shown(teen_id: str, view: rules.View) -> Calendar:
    """The next 7 days: no little work for a full calendar, so it is not done in a transaction."""
    days = rules.calendar(view, DAYS)
    return Calendar(teen=teen_id, zone=view.policy.zone, at=view.now, days=days)


def _refuse_outsider(state: TeenState, caller_id: str) -> None:
    link = state.link_of(caller_id)
    if caller_id != state.teen.id and (link is None or not _SCOPES & link.rights.scopes):
        raise Refused(Refusal(Reason.SCOPE_NOT_GRANTED, params={"scope": Scope.SEE_TIME.value}))


class Drawn(msgspec.Struct, frozen=True):
    """What a file is drafted against."""

    zone: str
    today: date
    mine: tuple[DayException, ...]


@transaction
def before_import(ask: Asking) -> Txn[Drawn]:
    """The caller's own exceptions; raises `Refused` where they could not write them."""
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, ask.now)
    policy, row = state.policy, field(EXCEPTIONS)
    layer = layer_of(policy, ask.caller_id)
    if layer is None:
        raise refuse(Reason.NOT_FOUND)
    reason = may_write(policy, layer, row, ask.now)
    if reason is not None:
        raise Refused(Refusal(reason, params={"field": row.path, "scope": row.scope.value}))
    mine = cast("tuple[DayException, ...]", layer.values.get(EXCEPTIONS, ()))
    return Drawn(policy.zone, today(policy, ask.now), mine)


def wanted(drawn: Drawn, what: CalendarImport) -> ical.Wanted:
    """What the events shall do; raises `Refused` for kinds or minutes that do not fit."""
    kind = ExceptionKind(what.as_)
    if (kind is ExceptionKind.SET_LIMIT) != (what.minutes is not None):
        raise refuse(Reason.OUT_OF_RANGE, "/minutes")
    unknown = [n for n, one in enumerate(what.kinds) if one not in set(BlockKind)]
    if unknown or (what.kinds and kind is not ExceptionKind.LIFT_BLOCKS):
        raise refuse(Reason.OUT_OF_RANGE, f"/kinds/{unknown[0]}" if unknown else "/kinds")
    kinds = tuple(one for one in BlockKind if one in what.kinds)
    minutes = -1 if what.minutes is None else what.minutes
    return ical.Wanted(kind=kind, zone=drawn.zone, today=drawn.today, kinds=kinds, minutes=minutes)


def draft(drawn: Drawn, wish: ical.Wanted, found: Found) -> CalendarDraft:
    """The patch of the caller's layer that the file amounts to."""
    events = [ical.Event(one.title, _at(one.start), _at(one.end)) for one in found.events]
    made = ical.drafted(drawn.mine, events, wish, broken=found.broken)
    return CalendarDraft(
        patch={"schedule": {"exceptions": encode(EXCEPTIONS, made.exceptions)}},
        added=made.added,
        skipped=made.skipped,
    )


def _at(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
