"""Builders of policies for tests: a teen, guardians, and values written as on the wire."""

from datetime import UTC, datetime
from typing import Any

from familypair.rules.layers import Layer, LayerState, Policy
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import Band, Owner, decode_values

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""A Sunday."""

TEEN = "acc_teen"


def guardian(
    owner: str = "A",
    values: dict[str, Any] | None = None,
    *,
    without: tuple[Scope, ...] = (),
    state: LayerState = LayerState.ACTIVE,
    **more: Any,
) -> Layer:
    """A guardian's layer with every scope but `without`; `values` is a nested JSON document."""
    return Layer(
        owner=owner,
        kind=Owner.GUARDIAN,
        values=decode_values(values or {}),
        scopes=frozenset(ALL_SCOPES) - set(without),
        state=state,
        **more,
    )


def family(
    *guardians: Layer,
    teen: dict[str, Any] | None = None,
    band: Band = Band.YOUNGER,
    zone: str = "UTC",
    **more: Any,
) -> Policy:
    """A policy of one teen with these guardians in link-date order."""
    layer = Layer(owner=TEEN, kind=Owner.TEEN, values=decode_values(teen or {}))
    return Policy(band=band, zone=zone, teen=layer, guardians=guardians, **more)


def daily(minutes: int | str, *days: str) -> dict[str, Any]:
    """A document that sets the daily minutes of the given days, of Sunday when none is given."""
    return {"screen_time": {"daily_minutes": dict.fromkeys(days or ("sun",), minutes)}}
