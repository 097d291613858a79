"""Writing one's own layer: judged by the rules, stored, and told, in one transaction.

Only touched fields are evaluated, before and after. Nothing is half done: a refusal, a lost race or
a fault at any statement rolls all of it back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.explain import wire_owner
from familypair.rules.layers import (
    Accepted,
    Change,
    Effective,
    Policy,
    check_write,
    layer_of,
    my_rule,
)
from familypair.rules.layers.model import DAY_STARTS_AT
from familypair.rules.schedule import MIDNIGHT
from familypair.schema.accounts import Kind
from familypair.schema.ledger import EffectiveChange, FieldChange, LayerChanged
from familypair.schema.settings import LayerSaved
from familypair.settings import Owner, Patch, encode, field
from familypair_server.days import service as days
from familypair_server.ids import Random, is_id
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.records import ledger
from familypair_server.requests import agreements
from familypair_server.settings_api import layers, views
from familypair_server.settings_api.layers import Window
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.settings_api.statements import LayerRow
from familypair_server.settings_api.tags import refuse_stale
from familypair_server.settings_api.views import Effect
from familypair_server.storage import Txn, teens, transaction
from familypair_server.time.changes import posted_change
from familypair_server.times import millis

HOUR_MS = timedelta(hours=1) // timedelta(milliseconds=1)


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a write needs of a running service: plain values, no framework."""

    keys: Keys
    random: Random
    writes_per_hour: int
    """Most writes of one owner for one teen in an hour: rules are no means of harassment (T2)."""


class Unsettled(Exception):  # noqa: N818 - says what is the case
    """Time has moved something of this teen: `links.settle` comes first, then the write again.

    It is no part of the write, because it may lock an account, and accounts come before the teen.
    """

    def __init__(self, teen_id: str) -> None:
        super().__init__(teen_id)
        self.teen_id = teen_id


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes whose rules, after having read which version."""

    teen_id: str
    caller_id: str
    if_match: tuple[str, ...] | None = None
    """None where the request does not depend on a version: undo, and keeping today's values."""


class Judged(msgspec.Struct, frozen=True):
    """What the rules said to a write."""

    outcome: Accepted | tuple[Refusal, ...]
    undo_of: int | None = None
    """The ledger number of the entry that the write reverts."""


Judge = Callable[[TeenState, str, datetime], Txn[Judged]]
"""Ask the rules about a write of this owner, given the state under the lock."""


def by_patch(patch: Patch) -> Judge:
    """The judge of an ordinary write."""

    def judge(state: TeenState, owner_id: str, now: datetime) -> Txn[Judged]:
        yield from ()
        return Judged(judge_patch(state.policy, owner_id, patch, now))

    return judge


def judge_patch(
    policy: Policy, owner_id: str, patch: Patch, now: datetime
) -> Accepted | tuple[Refusal, ...]:
    """`check_write`, but clearing a whole group is not refused for what was never the owner's."""
    layer = layer_of(policy, owner_id)
    if layer is None:
        return (Refusal(Reason.NOT_FOUND),)
    changes = {
        path: value
        for path, value in patch.changes.items()
        if value is not None or path in layer.values or layer.kind in field(path).writers
    }
    return check_write(policy, owner_id, Patch(changes), now=now)


def by_todays_values(state: TeenState, owner_id: str, now: datetime) -> Txn[Judged]:
    """The judge of "keep today's values as my rule" (product.md section 3, after approval)."""
    yield from ()
    patch = my_rule(state.policy, owner_id, now=now)
    return Judged(check_write(state.policy, owner_id, patch, now=now))


@transaction
def write(parts: Parts, ask: Write, judge: Judge, now: datetime) -> Txn[LayerSaved]:
    """Change the caller's layer as `judge` allows.

    Raises `Refused` or `Unsettled`, and then changes nothing.
    """
    teen, state = yield from _under_lock(parts, ask, now)
    if ask.if_match is not None:
        refuse_stale(views.layer_tag(parts.keys, state, ask.caller_id), ask.if_match)
    judged = yield from judge(state, ask.caller_id, now)
    accepted = judged.outcome
    if not isinstance(accepted, Accepted):
        raise Refused(*accepted)
    if not accepted.changes:
        return views.unchanged(parts.keys, state, ask.caller_id)
    yield from move_days(ask.teen_id, accepted, now)
    window = _one_more(state.layers.get(ask.caller_id), parts.writes_per_hour, now)
    what = views.effect(state, accepted, now)
    told = _told(state, entry_of(state, accepted, what, judged.undo_of), now)
    put = layers.putting(ask.teen_id, accepted.layer, now, window)
    posted = yield from posted_change(state, accepted, parts.random, now)
    before = ledger.Before(teen, state.inboxes)
    done = yield from ledger.append_after(before, told, parts.random, also=(put, *posted))
    yield from agreements.ended_by(state, accepted, what, now, parts.random)
    saved = views.saved(parts.keys, state, accepted, what, now)
    return msgspec.structs.replace(saved, entry=done.inboxes[ask.caller_id].seq)


def move_days(teen_id: str, accepted: Accepted, now: datetime) -> Txn[None]:
    """A new start of day cuts the days otherwise, from when the rules say (A20)."""
    for change in accepted.changes:
        if change.path == DAY_STARTS_AT:
            start = MIDNIGHT if change.after is None else str(change.after)
            yield from days.change(teen_id, day_starts_at=start, now=now)


def _under_lock(parts: Parts, ask: Write, now: datetime) -> Txn[tuple[teens.TeenRow, TeenState]]:
    """The teen's row, locked, and everything as it stands; raises `Unsettled`."""
    teen = yield from _lock(ask.teen_id)
    state = yield from must_load(ask.teen_id, ask.caller_id, parts.keys, now)
    if state.due:
        raise Unsettled(ask.teen_id)
    return teen, state


def _lock(teen_id: str) -> Txn[teens.TeenRow]:
    if not is_id(teen_id):
        raise refuse(Reason.NOT_FOUND)
    teen = yield from teens.lock.one(teen=teen_id)
    if teen is None:
        raise refuse(Reason.NOT_FOUND)
    return teen


def _one_more(row: LayerRow | None, most: int, now: datetime) -> Window:
    """One write more in this hour; raises `Refused(TOO_MANY_REQUESTS)` when it is one too many."""
    at = millis(now)
    if row is None or at - row.window_at >= HOUR_MS:
        return Window(at, 1)
    if row.window_writes >= most:
        wait = -(-(row.window_at + HOUR_MS - at) // 1000)
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=wait)
    return Window(row.window_at, row.window_writes + 1)


def _told(state: TeenState, entry: LayerChanged, now: datetime) -> ledger.Told:
    actor = actor_of(state, entry.owner)
    return ledger.Told(entry=entry, actor=actor, now=now, viewers=state.viewers())


def entry_of(
    state: TeenState, accepted: Accepted, what: Effect, undo_of: int | None = None
) -> LayerChanged:
    """What the ledger tells of a write: the fields of the layer, and what holds."""
    layer, before, after = accepted.layer, what.before, what.after
    replaced = {notice.path for notice in accepted.notices}
    return LayerChanged(
        owner=layer.owner,
        owner_kind=Kind.TEEN if layer.kind is Owner.TEEN else Kind.GUARDIAN,
        owner_name=state.people[layer.owner].name,
        changes=tuple(_field_change(change) for change in accepted.changes),
        effective=tuple(
            _effective_change(before[path], after[path], starting=path in replaced)
            for path in after
            if _holds(before[path]) != _holds(after[path])
        ),
        undo_of=undo_of,
    )


def _holds(found: Effective) -> tuple[object, object]:
    return found.value, found.decided_by


def _field_change(change: Change) -> FieldChange:
    return FieldChange(
        path=change.path,
        before=encode(change.path, change.before),
        after=encode(change.path, change.after),
        from_probation_end=change.from_probation_end,
    )


def _effective_change(before: Effective, after: Effective, *, starting: bool) -> EffectiveChange:
    return EffectiveChange(
        path=after.path,
        before=encode(after.path, before.value),
        after=encode(after.path, after.value),
        decided_by=tuple(wire_owner(source) for source in after.decided_by),
        starting=starting,
    )


def actor_of(state: TeenState, owner_id: str) -> ledger.Actor:
    """The owner of a layer as a doer."""
    if owner_id == state.teen.id:
        return ledger.Actor("teen", owner_id)
    return ledger.Actor("guardian", owner_id, state.people[owner_id].name)
