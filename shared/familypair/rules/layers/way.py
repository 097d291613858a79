"""Who stands in the way of a wish, and so who must answer for it (algebra.md A8)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from familypair.rules.days import days_from
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import (
    CAP,
    HOLD,
    Layer,
    LayerState,
    Policy,
    Said,
    Source,
    SourceKind,
    Way,
)
from familypair.rules.layers.pairs import DAILY, day_limit
from familypair.rules.layers.voices import cap_of, hold_of, source_of
from familypair.rules.schedule import weekday_of
from familypair.settings import Field, Value, field


def in_the_way(policy: Policy, path: str, wish: Value, *, now: datetime) -> Way:
    """The owners of every layer strictly stricter than `wish`; exactly the least set.

    `default` among them means that the teen's own write is enough for that part. Their own layer
    of a field that does not meet is in nobody's way.
    """
    row = field(path)
    said = effective(policy, now=now, fields=(path,))[path].says if row.meets else ()
    stricter = [one.source for one in said if _is_in_the_way(row, one, wish)]
    return way_of(policy, row, stricter, now)


def minutes_in_the_way(
    policy: Policy,
    day: date,
    wish: int,
    *,
    now: datetime,
    postings: Mapping[str, int] | None = None,
) -> Way:
    """Who must answer for `wish` minutes on one day, each judged by its own sum (A5, A8)."""
    sums = day_limit(policy, day, now=now, postings=postings).sums
    stricter = [s.source for s in sums if isinstance(s.total, int) and s.total < wish]
    return way_of(policy, field(DAILY + weekday_of(day)), stricter, now)


def _is_in_the_way(row: Field, one: Said, wish: Value) -> bool:
    return not row.order.covers(wish, one.value)


def way_of(policy: Policy, row: Field, stricter: Sequence[Source], now: datetime) -> Way:
    """The voices that are stricter than a wish, as those who must answer for it (A8)."""
    layers = {source_of(layer): layer for layer in (policy.teen, *policy.guardians)}
    owners = tuple(source for source in stricter if source.kind > SourceKind.HOLD)
    cap = cap_of(policy, row) if CAP in stricter else None
    if cap is None and HOLD in stricter:
        cap = hold_of(policy, row, now)
    frozen = tuple(s for s in owners if s in layers and is_frozen(layers[s], row))
    return Way(owners=owners, cap=cap, frozen=frozen)


def is_frozen(layer: Layer, row: Field) -> bool:
    """Whether nobody can write this field of the layer now (A23)."""
    if layer.state in {LayerState.ENDING, LayerState.ENDED}:
        return True
    return row.scope not in layer.scopes and row.scope in layer.frozen


def today(policy: Policy, now: datetime, ahead: int = 0) -> date:
    """The teen's local day, `ahead` days later."""
    *_, day = days_from(policy.regimes(), now, ahead + 1)
    return day.date
