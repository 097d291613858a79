"""What an owner may write: their own layer only, whole or not at all (law 2)."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from typing import cast

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.days import moved
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import DAY_STARTS_AT, Layer, LayerState, Outgoing, Policy
from familypair.rules.layers.voices import cap_of, day_starts_at, waits
from familypair.schema.scopes import Scope
from familypair.settings import (
    Audience,
    Field,
    FieldClass,
    Owner,
    Patch,
    Value,
    field,
    pointer_of,
    say,
)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the owner's layer: before and after, None is silence."""

    path: str
    before: Value | None
    after: Value | None
    effective_from: datetime
    from_probation_end: bool = False
    """Accepted, but looser than the default: in force when probation ends (A10)."""


class NoticeKind(StrEnum):
    """Why somebody else is told of a write."""

    STARTING_VALUE_REPLACED = "starting_value_replaced"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Who else is told of one changed field, beside the ledger."""

    kind: NoticeKind
    path: str
    to: tuple[str, ...]
    """Owner ids of the guardians who are told."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A write that may be stored: the layer after it, what changed, who is told."""

    layer: Layer
    changes: tuple[Change, ...]
    notices: tuple[Notice, ...] = ()


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """One field of an earlier write of this owner."""

    path: str
    before: Value | None
    after: Value | None


def layer_of(policy: Policy, owner: str) -> Layer | None:
    """The layer that this person owns in this policy; None for a stranger."""
    layers = (policy.teen, *policy.guardians)
    return next((layer for layer in layers if layer.owner == owner), None)


def check_write(
    policy: Policy, owner: str, patch: Patch, *, now: datetime
) -> Accepted | tuple[Refusal, ...]:
    """Judge a patch of the owner's own layer. One refused field refuses all, each is named.

    A value equal to the one that holds is stored (A1); a value equal to the layer's own is no
    change. Refusals: NOT_FOUND, NOT_YOUR_FIELD, LAYER_FROZEN, SCOPE_NOT_GRANTED,
    NEEDS_REQUEST, LOOSER_THAN_CAP.
    """
    layer = layer_of(policy, owner)
    if layer is None:
        return (Refusal(Reason.NOT_FOUND),)
    refused = tuple(
        refusal
        for path, value in patch.changes.items()
        if (refusal := _judge(policy, layer, field(path), value, now)) is not None
    )
    return refused or _accept(policy, layer, patch.changes, now)


def _judge(
    policy: Policy, layer: Layer, row: Field, value: Value | None, now: datetime
) -> Refusal | None:
    reason = may_write(policy, layer, row, now)
    if reason is not None:
        return Refusal(reason, pointer_of(row.path), {"field": row.path, "scope": row.scope.value})
    cap = cap_of(policy, row)
    if value is None or cap is None or not row.order.looser_than_cap(value, cap):
        return None
    audience = Audience.TEEN if layer.kind is Owner.TEEN else Audience.GUARDIAN
    params = {"field": row.path, "cap": say(row.path, cap, audience), "band": policy.band.value}
    return Refusal(Reason.LOOSER_THAN_CAP, pointer_of(row.path), params)


def may_write(policy: Policy, layer: Layer, row: Field, now: datetime) -> Reason | None:
    """Why the owner of a layer cannot write a field at all; None when they can."""
    if layer.kind not in row.writers:
        return Reason.NOT_YOUR_FIELD
    if layer.kind is Owner.TEEN:
        needs = row.by_request and _has_time_guardian(policy, now)
        return Reason.NEEDS_REQUEST if needs else None
    if layer.state in {LayerState.ENDING, LayerState.ENDED}:
        return Reason.LAYER_FROZEN
    if row.scope in layer.scopes:
        return None
    frozen = row.scope in layer.frozen and now < layer.frozen[row.scope]
    return Reason.LAYER_FROZEN if frozen else Reason.SCOPE_NOT_GRANTED


def _has_time_guardian(policy: Policy, now: datetime) -> bool:
    """Whether time rules of a guardian stand: linked with `set_time`, or frozen (A9, A20, A23)."""
    linked = {LayerState.ACTIVE, LayerState.PROBATION}
    return any(
        (g.state in linked and Scope.SET_TIME in g.scopes) or is_frozen(g, Scope.SET_TIME, now)
        for g in policy.guardians
    )


def is_frozen(layer: Layer, scope: Scope, now: datetime) -> bool:
    """Whether a guardian's rules of a scope stand that nobody can change now (A23)."""
    until = layer.frozen.get(scope)
    return layer.state is not LayerState.ENDED and until is not None and now < until


def _accept(
    policy: Policy, layer: Layer, written: Mapping[str, Value | None], now: datetime
) -> Accepted:
    changed = {path: v for path, v in written.items() if layer.values.get(path) != v}
    values = {**layer.values, **changed}
    after = msgspec.structs.replace(
        layer, values={path: v for path, v in values.items() if v is not None}
    )
    changes = tuple(_change(policy, layer, after, path, now) for path in changed)
    for change in changes:
        if change.path == DAY_STARTS_AT:
            old = Outgoing(day_starts_at(policy, now), change.effective_from)
            waiting = {DAY_STARTS_AT: old} if change.effective_from > now else {}
            after = msgspec.structs.replace(after, outgoing=waiting)
    notices = tuple(_notices(policy, layer, changed, now))
    return Accepted(layer=after, changes=changes, notices=notices)


def _change(policy: Policy, before: Layer, after: Layer, path: str, now: datetime) -> Change:
    row = field(path)
    late = waits(policy, after, row, now)
    start = now
    if late and after.probation_ends is not None:
        start = after.probation_ends
    elif path == DAY_STARTS_AT:
        new = cast("str", after.values.get(path, row.default(policy.band)))
        start = max(now, moved(policy.regimes(), day_starts_at=new, now=now)[-1].begins)
    return Change(
        path=path,
        before=before.values.get(path),
        after=after.values.get(path),
        effective_from=start,
        from_probation_end=late,
    )


def _notices(
    policy: Policy, layer: Layer, changed: Mapping[str, Value | None], now: datetime
) -> Iterator[Notice]:
    """The write that replaces a starting value is told to every guardian with the scope (A2)."""
    for path, value in changed.items():
        row = field(path)
        if value is None or row.cls is not FieldClass.REPLACE or not row.meets:
            continue
        others = tuple(
            g.owner
            for g in policy.guardians
            if g.owner != layer.owner and row.scope in g.scopes and g.may_speak(row, now)
        )
        if not others or layer.in_probation(now):
            continue
        if effective(policy, now=now, fields=(path,))[path].starting:
            yield Notice(kind=NoticeKind.STARTING_VALUE_REPLACED, path=path, to=others)


def check_undo(
    policy: Policy, owner: str, changes: Sequence[Undo], *, touched: AbstractSet[str], now: datetime
) -> Accepted | tuple[Refusal, ...]:
    """Revert an earlier write of this owner, as a new write (A24).

    `touched` has the paths that a later entry changed. A field there, or one whose value in the
    layer is no longer what the write left, is refused with CHANGED_SINCE.
    """
    layer = layer_of(policy, owner)
    if layer is None:
        return (Refusal(Reason.NOT_FOUND),)
    late = [c.path for c in changes if c.path in touched or layer.values.get(c.path) != c.after]
    if late:
        return tuple(Refusal(Reason.CHANGED_SINCE, pointer_of(p), {"field": p}) for p in late)
    if not changes:
        return (Refusal(Reason.NOT_UNDOABLE),)
    return check_write(policy, owner, Patch({c.path: c.before for c in changes}), now=now)
