"""Settings as one viewer may see them: my layer, what a write changed, and what holds."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from familypair.rules.explain import explain, explain_all
from familypair.rules.layers import (
    Accepted,
    Change,
    Effective,
    Layer,
    Policy,
    effective,
    layer_of,
)
from familypair.schema import settings as wire
from familypair.settings import Kind, encode, encode_values, field
from familypair_server.keys import Keys
from familypair_server.settings_api.policies import TeenState
from familypair_server.settings_api.tags import tag
from familypair_server.times import instant, millis

FROM_PROBATION_END = "From the end of the first 24 hours."
_PRIVATE_LISTS = frozenset({Kind.TERMS, Kind.CONTACTS, Kind.BLOCKS})
_encoder = msgspec.json.Encoder(order="deterministic")


class Version(msgspec.Struct, frozen=True):
    """Which write of a layer this is, and when it happened; 0 is never written."""

    number: int = 0
    at: datetime | None = None


class Effect(msgspec.Struct, frozen=True):
    """What holds for the touched fields before and after a write, evaluated once."""

    after_policy: Policy
    before: Mapping[str, Effective]
    after: Mapping[str, Effective]


def effect(state: TeenState, judged: Accepted, now: datetime) -> Effect:
    """Evaluate only what the write touches."""
    policy = state.policy_with(judged.layer)
    paths = [change.path for change in judged.changes]
    return Effect(
        policy,
        effective(state.policy, now=now, fields=paths),
        effective(policy, now=now, fields=paths),
    )


def layer_document(keys: Keys, state: TeenState, owner_id: str) -> wire.LayerDocument:
    """The owner's own layer as it is stored; empty when it was never written."""
    layer = layer_of(state.policy, owner_id)
    return _document(keys, state.teen.id, owner_id, layer, _version(state, owner_id))


def layer_tag(keys: Keys, state: TeenState, owner_id: str) -> str:
    """The tag of `layer_document`, without building it."""
    layer = layer_of(state.policy, owner_id)
    return _tag(keys, state.teen.id, owner_id, _version(state, owner_id), keep=_keep(layer))


def saved(
    keys: Keys, state: TeenState, judged: Accepted, what: Effect, now: datetime
) -> wire.LayerSaved:
    """The answer to a write that took: the layer as it is now, and what changed."""
    layer = judged.layer
    version = Version(_version(state, layer.owner).number + 1, instant(millis(now)))
    return wire.LayerSaved(
        layer=_document(keys, state.teen.id, layer.owner, layer, version),
        changes=changes(state, judged, what, now),
    )


def unchanged(keys: Keys, state: TeenState, owner_id: str) -> wire.LayerSaved:
    """The answer to a write that said what the layer says already."""
    return wire.LayerSaved(layer=layer_document(keys, state, owner_id), changes=())


def changes(
    state: TeenState, judged: Accepted, what: Effect, now: datetime
) -> tuple[wire.Change, ...]:
    """Each changed field for its writer: the layer's value and what holds, before and after."""
    return tuple(_change(state, judged.layer, what, change, now) for change in judged.changes)


def settings(keys: Keys, state: TeenState, viewer_id: str, now: datetime) -> wire.EffectiveSettings:
    """What holds, explained, as far as this viewer may see; the tag does not cover the instant."""
    fields = explain_all(state.policy, viewer_id, now=now, names=state.names())
    band = state.policy.band.value
    return wire.EffectiveSettings(
        teen=state.teen.id,
        at=now,
        band=band,
        fields=fields,
        etag=tag(
            keys, viewer_id, "settings", state.teen.id, band, _encoder.encode(fields).decode()
        ),
    )


def _version(state: TeenState, owner_id: str) -> Version:
    row = state.layers.get(owner_id)
    return Version() if row is None else Version(row.version, instant(row.changed_at))


def _keep(layer: Layer | None) -> bool:
    """Whether "keep today's values as my rule" is on offer."""
    return layer is not None and not layer.values and bool(layer.scopes)


def _tag(keys: Keys, teen_id: str, owner_id: str, version: Version, *, keep: bool) -> str:
    at = "" if version.at is None else version.at.isoformat()
    return tag(keys, owner_id, "layer", teen_id, str(version.number), at, str(keep))


def _document(
    keys: Keys, teen_id: str, owner_id: str, layer: Layer | None, version: Version
) -> wire.LayerDocument:
    keep = _keep(layer)
    return wire.LayerDocument(
        teen=teen_id,
        values={} if layer is None else encode_values(layer.values),
        changed_at=version.at,
        etag=_tag(keys, teen_id, owner_id, version, keep=keep),
        keep=keep,
    )


def _change(
    state: TeenState, layer: Layer, what: Effect, change: Change, now: datetime
) -> wire.Change:
    path = change.path
    row, takes_effect = field(path), _takes_effect(change, now)
    mine = any(source.id == layer.owner for source in what.after[path].decided_by)
    reason = ""
    before, after = what.before[path].value, what.after[path].value
    holds = [encode(path, before), encode(path, after)]
    if row.kind in _PRIVATE_LISTS or not (mine or change.after is None):
        # Somebody else's value counts: say only what this writer may know of it.
        seen = [
            explain(policy, path, layer.owner, now=now, names=state.names())
            for policy in (state.policy, what.after_policy)
        ]
        holds = [None if one is None else one.value for one in seen]
        reason = "" if mine or change.after is None or seen[1] is None else seen[1].reason
    return wire.Change(
        path=path,
        title=row.title,
        before=encode(path, change.before),
        after=encode(path, change.after),
        effective_before=holds[0],
        effective_after=holds[1],
        note=_note(change, takes_effect) or reason,
        takes_effect=takes_effect,
    )


def _takes_effect(change: Change, now: datetime) -> str:
    if change.effective_from <= now:
        return "now"
    return "end_of_probation" if change.from_probation_end else "later"


def _note(change: Change, takes_effect: str) -> str:
    if change.from_probation_end:
        return FROM_PROBATION_END
    if takes_effect == "later":
        return f"From {change.effective_from:%Y-%m-%d %H:%M} UTC."
    return ""
