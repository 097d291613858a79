"""What a change of the age band does to a policy (product.md section 2, algebra.md A11).

Layers store values as written, never the difference to a cap. A band change alters caps only:
what the new defaults would loosen stays as the teen's own until the teen confirms it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import cast

import msgspec

from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import Layer, Policy
from familypair.rules.layers.voices import cap_of, default_of, replaces_default, speakers
from familypair.settings import FIELDS, Band, Field, FieldClass, Kind, Owner, Patch, Value


class BandLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the 14-day notice: a field that changes, or that is kept from changing."""

    path: str
    before: Value | None
    after: Value | None
    kept: bool = False
    """Stays as the teen's own; `after` is what it becomes once the teen confirms."""


class BandChange(msgspec.Struct, frozen=True, kw_only=True):
    """The policy after a band change, and everything about it that becomes an entry."""

    policy: Policy
    kept: tuple[str, ...]
    """Paths that became the teen's own values."""
    removed: tuple[tuple[str, str], ...]
    """(owner, path) of stored values beyond a stricter cap: unset, and they do not revive."""
    notice: tuple[BandLine, ...]


def band_change(policy: Policy, band: Band, *, now: datetime) -> BandChange:
    """Move a policy to another band. At 18+ guardian layers and holds are gone (supervision ends).

    Pure: used for the 14-day notice as well as for the change itself.
    """
    bare = msgspec.structs.replace(policy, band=band)
    removed = tuple(_beyond_caps(bare))
    moved = _without(bare, removed)
    if band is Band.ADULT:
        moved = msgspec.structs.replace(moved, guardians=(), holds=())
    kept = {} if band is Band.ADULT else dict(_kept(policy, moved, now))
    teen = msgspec.structs.replace(moved.teen, values={**moved.teen.values, **kept})
    after = msgspec.structs.replace(moved, teen=teen)
    notice = tuple(_notice(policy, moved, kept, now))
    return BandChange(policy=after, kept=tuple(kept), removed=removed, notice=notice)


def _beyond_caps(policy: Policy) -> Iterator[tuple[str, str]]:
    for layer in (policy.teen, *policy.guardians):
        for path, value in layer.values.items():
            cap = cap_of(policy, FIELDS[path])
            if cap is not None and FIELDS[path].order.looser_than_cap(value, cap):
                yield layer.owner, path


def _without(policy: Policy, removed: tuple[tuple[str, str], ...]) -> Policy:
    def strip(layer: Layer) -> Layer:
        values = {p: v for p, v in layer.values.items() if (layer.owner, p) not in removed}
        return msgspec.structs.replace(layer, values=values)

    return msgspec.structs.replace(
        policy, teen=strip(policy.teen), guardians=tuple(map(strip, policy.guardians))
    )


def _kept(before: Policy, after: Policy, now: datetime) -> Iterator[tuple[str, Value]]:
    for row in FIELDS.values():
        if not _starts(before, row, now) or Owner.TEEN not in row.writers or not row.meets:
            continue
        old, new = default_of(before, row, now), default_of(after, row, now)
        cap = cap_of(after, row)
        if row.order.covers(new, old) or (cap is not None and row.order.looser_than_cap(old, cap)):
            continue
        yield row.path, old


def _starts(policy: Policy, row: Field, now: datetime) -> bool:
    """Whether the default speaks, so that a change of it would be felt."""
    spoken = (layer for layer in speakers(policy, row, now) if row.path in layer.values)
    return not any(replaces_default(layer, row, now) for layer in spoken)


def _notice(
    before: Policy, after: Policy, kept: Mapping[str, Value], now: datetime
) -> Iterator[BandLine]:
    old, new = effective(before, now=now), effective(after, now=now)
    for path in FIELDS:
        if old[path].value != new[path].value:
            yield BandLine(
                path=path, before=old[path].value, after=new[path].value, kept=path in kept
            )


def my_rule(policy: Policy, owner: str, *, now: datetime) -> Patch:
    """What "keep today's values as my rule" writes: what holds now, for the owner's own fields.

    A default is not a rule, and this makes it one. Lists of words and contacts are not copied: they
    stay with the person who wrote them. Fields that the owner has set already are left alone.
    """
    layers = (policy.teen, *policy.guardians)
    mine = next((layer for layer in layers if layer.owner == owner), None)
    if mine is None:
        return Patch({})
    paths = [row.path for row in FIELDS.values() if _can_keep(mine, row)]
    found = effective(policy, now=now, fields=paths)
    return Patch({path: cast("Value", one.value) for path, one in found.items()})


def kept_as_own(policy: Policy, left: Mapping[str, Value], *, now: datetime) -> Patch:
    """What a teen who keeps a leaving guardian's rules writes: never looser than what holds.

    `left` is what that guardian's layer says. Contact, privacy and search become the meet of it
    with what is in force; a time rule is kept as it was, but never replaces a stricter rule of
    the teen's own. Lists grow by that guardian's entries alone. What belongs to a layer by itself
    (dated exceptions, words that open a pack) says nothing without that layer and is not kept.
    """
    rows = [FIELDS[path] for path in left]
    rows = [row for row in rows if Owner.TEEN in row.writers and row.meets and not row.by_request]
    found = effective(policy, now=now, fields=[row.path for row in rows if _one_value(row)])
    kept: dict[str, Value] = {}
    for row in rows:
        said = [left[row.path]]
        if row.path in policy.teen.values:
            said.append(policy.teen.values[row.path])
        if row.cls is FieldClass.TIGHTEN and row.path in found:
            said.append(cast("Value", found[row.path].value))
        kept[row.path] = cast("Value", row.order.meet(said))
    return Patch(kept)


def _one_value(row: Field) -> bool:
    """Not a list of several owners: what holds of it is nobody's to copy."""
    return row.kind not in {Kind.TERMS, Kind.CONTACTS}


def _can_keep(mine: Layer, row: Field) -> bool:
    if not row.meets or mine.kind not in row.writers or row.path in mine.values:
        return False
    if not _one_value(row) or row.by_request:
        return False
    return mine.kind is Owner.TEEN or row.scope in mine.scopes
