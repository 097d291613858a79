"""Today in one line: on the card, in the live event `use`, and for the host that reported."""

from datetime import datetime
from typing import cast

from msgspec.structs import replace

from familypair.rules.days import Day
from familypair.rules.layers import effective
from familypair.rules.time.blocks import BLOCKS
from familypair.rules.time.calendar import View, blocked_at, day_spans, next_block, view_of
from familypair.rules.time.insight import day_use
from familypair.rules.time.model import Use
from familypair.rules.time.view import WARNINGS, Looking, as_of, binds_of
from familypair.rules.time.warnings import crossed, in_force, minutes_left
from familypair.rules.time.words import glance_words
from familypair.schema.events import UseEvent
from familypair.schema.scopes import Scope
from familypair.schema.time import TimeGlance
from familypair.schema.usage import UsageLeft
from familypair_server.ids import is_id
from familypair_server.links.desk import Desk
from familypair_server.live.clients import Client
from familypair_server.requests.lifted import lifted_of
from familypair_server.settings_api.policies import TeenState, load
from familypair_server.storage import Txn
from familypair_server.time.acts import look_of
from familypair_server.time.balances import balance_of

_SHARED = frozenset({Scope.SEE_TIME, Scope.SET_TIME})


def glance_of(state: TeenState, viewer_id: str, now: datetime) -> Txn[TimeGlance | None]:
    """Today for one viewer; None for a guardian with neither `see_time` nor `set_time`."""
    link = state.link_of(viewer_id)
    if viewer_id != state.teen.id and (link is None or not _SHARED & link.scopes):
        return None
    day = yield from balance_of(state, now)
    lifted = yield from lifted_of(state.teen.id, day.day)
    found = glance(look_of(state, day, viewer_id), now)
    shown = view_of(state.policy, viewer_id, now=now, names=state.names(), lifted=lifted)
    return found if shown is None else _with_blocks(found, shown, day.day)


def _with_blocks(found: TimeGlance, shown: View, day: Day) -> TimeGlance:
    """The glance with today's blocks, as far as its viewer may read them."""
    if not shown.may_read(BLOCKS):
        return found
    running = blocked_at(shown.policy, shown.lifted, shown.now)
    coming = next_block(shown.policy, shown.lifted, shown.now)
    return replace(
        found,
        blocks=day_spans(shown, day),
        blocked_until=None if running is None else running.until,
        next_block_at=None if coming is None else coming.start,
    )


def glance(look: Looking, now: datetime) -> TimeGlance:
    """The day's minutes as a glance, as its viewer may read them."""
    day, found = look.book.day, look.found
    shown = look.used is not None
    cells = day_use(day, look.use, viewer_is_teen=look.viewer.is_teen, now=now).cells
    return TimeGlance(
        day=day.date,
        day_start=day.start,
        day_end=day.end,
        used_seconds=look.used,
        limit_seconds=found.limit,
        remaining_seconds=look.remaining,
        outcome=look.outcome,
        words=glance_words(found, look.used),
        binds=binds_of(look),
        warning=in_force(_warnings(look, now), look.remaining),
        as_of=as_of(look),
        unknown=look.sees_use and not look.use.known,
        cells=cells if shown else (),
    )


def live_use(desk: Desk, client: Client, teen_id: str, now: datetime) -> Txn[UseEvent | None]:
    """The live event `use` of one teen for one client."""
    state = yield from load(teen_id, desk.keys, now)
    if state is None:
        return None
    found = yield from glance_of(state, client.account_id, now)
    return None if found is None else UseEvent(teen=teen_id, time=found)


def left(
    desk: Desk, teen_id: str, before_seconds: int, now: datetime, use: Use | None = None
) -> Txn[UsageLeft | None]:
    """Where a teen stands after a batch, for the host; `before_seconds` is today's use before it.

    `teen` is our own id: the caller puts the host's in its place. `use` is today's after it, where
    the caller has just written it.
    """
    state = (yield from load(teen_id, desk.keys, now)) if is_id(teen_id) else None
    if state is None:
        return None
    day = yield from balance_of(state, now, use)
    found = day.found
    before = None if found.limit is None else max(0, found.limit - before_seconds)
    warnings = effective(state.policy, now=now, fields=(WARNINGS,))[WARNINGS].value
    return UsageLeft(
        teen=teen_id,
        outcome=found.outcome(),
        minutes_left=minutes_left(found.remaining),
        warning=crossed(cast("frozenset[int]", warnings), before, found.remaining),
    )


def _warnings(look: Looking, now: datetime) -> frozenset[int]:
    found = effective(look.policy, now=now, fields=(WARNINGS,))[WARNINGS].value
    return cast("frozenset[int]", found)
