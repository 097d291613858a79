"""Settings as one viewer may see them: my layer, what a write changed, and what holds."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from familypair.rules.explain import explain_all
from familypair.rules.layers import Accepted, Change, Layer, Policy, layer_of
from familypair.schema import settings as wire
from familypair.settings import encode, encode_values, field
from familypair_server.keys import Keys
from familypair_server.settings_api.policies import TeenState
from familypair_server.settings_api.tags import tag
from familypair_server.times import instant, millis

FROM_PROBATION_END = "From the end of the first 24 hours."
_encoder = msgspec.json.Encoder(order="deterministic")


def layer_document(keys: Keys, state: TeenState, owner_id: str) -> wire.LayerDocument:
    """The owner's own layer as it is stored; empty when it was never written."""
    row = state.layers.get(owner_id)
    layer = layer_of(state.policy, owner_id)
    version = (0, None) if row is None else (row.version, instant(row.changed_at))
    return _document(keys, state.teen.id, owner_id, layer, version)


def saved(
    keys: Keys, state: TeenState, judged: Accepted, now: datetime, entry: int
) -> wire.LayerSaved:
    """The answer to a write that took: the layer as it is now, and what changed."""
    layer = judged.layer
    row = state.layers.get(layer.owner)
    version = 1 if row is None else row.version + 1
    at = instant(millis(now))
    return wire.LayerSaved(
        layer=_document(keys, state.teen.id, layer.owner, layer, (version, at)),
        changes=changes(state, judged, now),
        entry=entry,
    )


def unchanged(keys: Keys, state: TeenState, owner_id: str) -> wire.LayerSaved:
    """The answer to a write that said what the layer says already."""
    return wire.LayerSaved(layer=layer_document(keys, state, owner_id), changes=())


def changes(state: TeenState, judged: Accepted, now: datetime) -> tuple[wire.Change, ...]:
    """Each changed field for its writer: the layer's value and what holds, before and after."""
    owner, names = judged.layer.owner, state.names()
    paths = [change.path for change in judged.changes]
    after = state.policy_with(judged.layer)
    before = _explained(state.policy, owner, paths, names, now)
    holds = _explained(after, owner, paths, names, now)
    return tuple(
        _change(change, before.get(change.path), holds.get(change.path), now)
        for change in judged.changes
    )


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


def _document(
    keys: Keys,
    teen_id: str,
    owner_id: str,
    layer: Layer | None,
    version: tuple[int, datetime | None],
) -> wire.LayerDocument:
    """`version` is the number of writes, and the instant of the last."""
    values = {} if layer is None else layer.values
    keep = not values and layer is not None and bool(layer.scopes)
    number, changed_at = version
    at = "" if changed_at is None else changed_at.isoformat()
    return wire.LayerDocument(
        teen=teen_id,
        values=encode_values(values),
        changed_at=changed_at,
        etag=tag(keys, owner_id, "layer", teen_id, str(number), at, str(keep)),
        keep=keep,
    )


def _explained(
    policy: Policy, viewer_id: str, paths: list[str], names: Mapping[str, str], now: datetime
) -> dict[str, wire.Explained]:
    found = explain_all(policy, viewer_id, now=now, fields=paths, names=names)
    return {one.path: one for one in found}


def _change(
    change: Change, before: wire.Explained | None, after: wire.Explained | None, now: datetime
) -> wire.Change:
    takes_effect = "now"
    if change.effective_from > now:
        takes_effect = "end_of_probation" if change.from_probation_end else "later"
    return wire.Change(
        path=change.path,
        title=field(change.path).title,
        before=encode(change.path, change.before),
        after=encode(change.path, change.after),
        effective_before=None if before is None else before.value,
        effective_after=None if after is None else after.value,
        note=_note(change, after, takes_effect),
        takes_effect=takes_effect,
    )


def _note(change: Change, after: wire.Explained | None, takes_effect: str) -> str:
    if change.from_probation_end:
        return FROM_PROBATION_END
    if takes_effect == "later":
        return f"From {change.effective_from:%Y-%m-%d %H:%M} UTC."
    if after is None or change.after is None or "me" in after.decided_by:
        return ""
    return after.reason
