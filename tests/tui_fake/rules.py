"""Settings of a fake teen: layers that meet by the registry's orders, explained in words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from familypair.schema.settings import Change, EffectiveSettings, Explained, LayerValue
from familypair.settings import FIELDS, Audience, Band, FieldClass, decode, encode, say
from familypair.settings.field import Field


@dataclass
class FakeTeen:
    """One teen's layers as flat JSON values; `mine` belongs to whoever is at the keys."""

    id: str
    name: str
    band: Band
    mine: dict[str, Any] = field(default_factory=dict[str, Any])
    others: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Owner's name, as the viewer may know it, to their values."""
    viewer: str = "you"
    prefixes: tuple[str, ...] = ("",)
    """Which fields the viewer may write, by the beginning of the path."""
    etag: str = '"e"'

    def settings(self, now: datetime, teen: bool) -> EffectiveSettings:  # noqa: FBT001 - a fake
        fields = tuple(self._explained(spec, teen=teen) for spec in FIELDS.values())
        return EffectiveSettings(
            teen=self.id, at=now, band=self.band.value, fields=fields, etag=self.etag
        )

    def _spoken(self, spec: Field, mine: dict[str, Any]) -> dict[str, Any]:
        layers = {self.viewer: mine, **self.others}
        return {
            who: decode(spec.path, values[spec.path])
            for who, values in layers.items()
            if spec.path in values
        }

    def _effective(self, spec: Field, mine: dict[str, Any]) -> tuple[Any, list[str]]:
        spoken = self._spoken(spec, mine)
        cap, default = spec.cap(self.band), spec.default(self.band)
        values = list(spoken.values())
        if not spoken or spec.cls is FieldClass.TIGHTEN:
            values.append(default)
        if cap is not None:
            values.append(cap)
        met = spec.order.meet(values)
        winners = [who for who, value in spoken.items() if spec.order.decides(value, met)]
        if cap is not None and spec.order.decides(cap, met):
            winners.insert(0, "platform rule")
        return met, winners or ["starting value"]

    def _explained(self, spec: Field, *, teen: bool) -> Explained:
        audience = Audience.TEEN if teen else Audience.GUARDIAN
        met, winners = self._effective(spec, self.mine)
        words = say(spec.path, met, audience)
        first = winners[0]
        starting = first == "starting value"
        by = first if starting or first == "platform rule" else f"set by {first}"
        return Explained(
            path=spec.path,
            title=spec.title,
            value=encode(spec.path, met),
            words=words,
            reason=f"{words}: {by}",
            decided_by=tuple(winners),
            starting_value=starting,
            locked=first not in {self.viewer, "starting value"},
            writable=any(spec.path.startswith(prefix) for prefix in self.prefixes),
            mine=self.mine.get(spec.path),
            layers=self._layers(spec, winners),
            change=f"Only {first} can loosen this." if first != self.viewer else "",
            ask=(first,),
        )

    def _layers(self, spec: Field, winners: list[str]) -> tuple[LayerValue, ...]:
        rows: list[LayerValue] = []
        cap = spec.cap(self.band)
        if cap is not None:
            wins = "platform rule" in winners
            value = encode(spec.path, cap)
            rows.append(LayerValue(owner="cap", name="platform rule", value=value, wins=wins))
        value = encode(spec.path, spec.default(self.band))
        wins = "starting value" in winners
        rows.append(LayerValue(owner="default", name="starting value", value=value, wins=wins))
        for who, found in self._spoken(spec, self.mine).items():
            owner = "me" if who == self.viewer else "another_guardian"
            value = encode(spec.path, found)
            rows.append(LayerValue(owner=owner, name=who, value=value, wins=who in winners))
        return tuple(rows)

    def preview(self, patch: dict[str, Any]) -> tuple[Change, ...]:
        after = self._after(patch)
        return tuple(self._change(FIELDS[path], after) for path in FIELDS if path in patch)

    def apply(self, patch: dict[str, Any]) -> tuple[Change, ...]:
        changes = self.preview(patch)
        self.mine = self._after(patch)
        return changes

    def _after(self, patch: dict[str, Any]) -> dict[str, Any]:
        merged = {**self.mine, **patch}
        return {path: value for path, value in merged.items() if value is not None}

    def _change(self, spec: Field, after: dict[str, Any]) -> Change:
        before_met, _ = self._effective(spec, self.mine)
        after_met, winners = self._effective(spec, after)
        other = winners[0] not in {self.viewer, "starting value"}
        return Change(
            path=spec.path,
            title=spec.title,
            before=self.mine.get(spec.path),
            after=after.get(spec.path),
            effective_before=encode(spec.path, before_met),
            effective_after=encode(spec.path, after_met),
            note=f"{winners[0]} also limits" if other else "",
        )
