"""Which layers speak for a field, and with what: the completed answers before they meet (R0)."""

from collections.abc import Iterator
from datetime import datetime

from familypair.rules.days import day_at, regime_at
from familypair.rules.layers.model import (
    CAP,
    DEFAULT,
    HOLD,
    Layer,
    Policy,
    Said,
    Source,
    SourceKind,
)
from familypair.settings import Field, FieldClass, Owner, Value


def source_of(layer: Layer) -> Source:
    """The voice of a layer that a person owns."""
    kind = SourceKind.TEEN if layer.kind is Owner.TEEN else SourceKind.GUARDIAN
    return Source(kind, layer.owner)


def day_starts_at(policy: Policy, now: datetime) -> str:
    """The teen's start of day in force, `00:00` while they have not set one (A20)."""
    return regime_at(policy.regimes(), now).day_starts_at


def speakers(policy: Policy, field: Field, now: datetime) -> Iterator[Layer]:
    """The teen and every guardian with a say in the field, by link date."""
    for layer in (policy.teen, *policy.guardians):
        if layer.kind in field.writers and layer.may_speak(field, now):
            yield layer


def cap_of(policy: Policy, field: Field) -> Value | None:
    """The platform's bound, the operator's own included; None where there is none."""
    caps = [cap for cap in (field.cap(policy.band), policy.caps.get(field.path)) if cap is not None]
    met: Value | None = field.order.meet(caps) if caps else None
    return met


def hold_of(policy: Policy, field: Field, now: datetime) -> Value | None:
    """What the platform holds after the end of a link, while it does."""
    held = [h.values[field.path] for h in policy.holds if field.path in h.values and now < h.until]
    met: Value | None = field.order.meet(held) if held else None
    return met


def replaces_default(layer: Layer, field: Field, now: datetime) -> bool:
    """Whether a value of this layer takes the place of the default (A2, A10)."""
    if layer.kind is Owner.TEEN:
        return True
    return field.cls is FieldClass.REPLACE and not layer.in_probation(now)


def carried_until(policy: Policy, layer: Layer, field: Field) -> datetime | None:
    """Until when a layer that fell silent still keeps the default from tightening (A3)."""
    until = layer.frozen.get(field.scope)
    if until is None or field.cls is not FieldClass.REPLACE:
        return None
    return day_at(policy.regimes(), until).end


def default_of(policy: Policy, field: Field, now: datetime) -> Value:
    """The default; after a rule fell silent no stricter than that rule until the day ends (A3)."""
    values = [field.default(policy.band)]
    for layer in policy.guardians:
        written = layer.values.get(field.path)
        if written is None or layer.may_speak(field, now) or _only_waited(layer, field):
            continue
        until = carried_until(policy, layer, field)
        if until is not None and layer.frozen[field.scope] <= now < until:
            values.append(written)
    joined: Value = field.order.join(values)
    return joined


def _only_waited(layer: Layer, field: Field) -> bool:
    """Whether it fell silent in its first day: then it never held without the default (A10)."""
    fell_silent, probation = layer.frozen.get(field.scope), layer.probation_ends
    return fell_silent is not None and probation is not None and fell_silent < probation


def voices(policy: Policy, field: Field, now: datetime) -> list[Said]:
    """Everybody who speaks for a field that is no pair, in the order in which ties are named."""
    said = [
        Said(source=source, value=value)
        for source, value in (
            (CAP, cap_of(policy, field)),
            (HOLD, hold_of(policy, field, now)),
        )
        if value is not None
    ]
    written = [
        (layer, layer.values[field.path])
        for layer in speakers(policy, field, now)
        if field.path in layer.values
    ]
    if not any(replaces_default(layer, field, now) for layer, _ in written):
        said.append(Said(source=DEFAULT, value=default_of(policy, field, now)))
    said += [
        Said(source=source_of(layer), value=value, waits=waits(policy, layer, field, now))
        for layer, value in written
    ]
    return said


def waits(policy: Policy, layer: Layer, field: Field, now: datetime) -> bool:
    """Whether the layer's value is looser than the default and bides its probation (A10)."""
    if field.cls is not FieldClass.REPLACE or not layer.in_probation(now):
        return False
    value = layer.values.get(field.path)
    return value is not None and not field.order.covers(value, field.default(policy.band))
