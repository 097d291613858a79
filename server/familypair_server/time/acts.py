"""What every act on a teen's time has in common: the lock, the right, the day, the view."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import viewer_of
from familypair.rules.layers.sight import Viewer
from familypair.rules.time.view import Looking, looking
from familypair.schema.scopes import Scope
from familypair_server.ids import is_id, new_id
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused, refuse
from familypair_server.settings_api.edits import Unsettled
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.storage import Txn, teens
from familypair_server.time.balances import BalanceNow, balance_of
from familypair_server.time.opening import opened

MOST_A_DAY: Final = 100
"""Gifts with their undos, and codes, of one guardian for one teen's day: giving is no means of
harassment, and nobody's history is to be filled up."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something about which teen's time, and when."""

    desk: Desk
    teen_id: str
    caller_id: str
    now: datetime

    @property
    def by_teen(self) -> bool:
        """Whether the teen acts."""
        return self.caller_id == self.teen_id

    @property
    def new_id(self) -> Callable[[], str]:
        """Ids of new postings."""
        return lambda: new_id(self.desk.random, "pst")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The teen under the lock, and the day as it stands."""

    state: TeenState
    day: BalanceNow


def seen(act: Act) -> Txn[Held]:
    """The same without the lock, for a view; raises `Refused` as for what is absent."""
    state = yield from must_load(act.teen_id, act.caller_id, act.desk.keys, act.now)
    return Held(state=state, day=(yield from balance_of(state, act.now)))


def held(act: Act) -> Txn[Held]:
    """Lock the teen, load what the caller may read, open the day.

    Raises `Refused` as for what is absent, or `Unsettled`.
    """
    if not is_id(act.teen_id) or (yield from teens.lock.one(teen=act.teen_id)) is None:
        raise refuse(Reason.NOT_FOUND)
    state = yield from must_load(act.teen_id, act.caller_id, act.desk.keys, act.now)
    if state.due:
        raise Unsettled(act.teen_id)
    yield from opened(act.desk, state, act.now)
    return Held(state=state, day=(yield from balance_of(state, act.now)))


def refuse_without(state: TeenState, guardian_id: str, scope: Scope) -> None:
    """Raise `Refused(SCOPE_NOT_GRANTED)` unless this guardian's link has the scope now."""
    link = state.link_of(guardian_id)
    if link is None or scope not in link.scopes:
        raise refuse(Reason.SCOPE_NOT_GRANTED, scope=scope)


def refuse_flood(found: Held, done: int, now: datetime) -> None:
    """Raise `Refused(TOO_MANY_REQUESTS)` when one person has done enough for one day (T2)."""
    if done >= MOST_A_DAY:
        wait = ceil((found.day.day.end - now).total_seconds())
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=wait)


def viewer(state: TeenState, viewer_id: str) -> Viewer:
    """Somebody around this teen as a reader of the day."""
    found = viewer_of(state.policy, viewer_id, state.names())
    if found is None:
        raise refuse(Reason.NOT_FOUND)
    return found


def look_of(state: TeenState, day: BalanceNow, viewer_id: str) -> Looking:
    """The day for one viewer."""
    return looking(day.book, day.use, viewer(state, viewer_id))


def read_again(act: Act, state: TeenState) -> Txn[Looking]:
    """The day for the caller after something was posted."""
    day = yield from balance_of(state, act.now)
    return look_of(state, day, act.caller_id)
