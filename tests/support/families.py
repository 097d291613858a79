"""Random families for properties, over every field of the registry."""

import os
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from familypair.rules.layers import (
    Effective,
    Layer,
    LayerState,
    Policy,
    day_limit,
    effective,
    today,
)
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import FIELDS, Band, Field, Kind, Owner, Value, decode, field
from familypair.testing.families import NOON, TEEN

EXAMPLES = int(os.environ.get("FAMILYPAIR_EXAMPLES", "200"))
"""More for a long run: FAMILYPAIR_EXAMPLES=20000."""

PROFILE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="FAMILYPAIR_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

_DAYS = (["mon"], ["sun"], ["sat", "sun"], ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
_SPANS = [
    {"days": days, "start": start, "end": end}
    for days in _DAYS
    for start, end in (("20:00", "08:00"), ("19:00", "20:00"), ("21:00", "09:00"))
]
_RAW: dict[Kind, list[Any]] = {
    Kind.TIME_OF_DAY: ["00:30", "12:00", "20:00", "22:00", "23:00"],
    Kind.NUMBERS: [[], [30], [15, 5], [10, 15]],
    Kind.TERMS: [[], ["a"], ["b"], ["a", "b"]],
    Kind.CONTACTS: [
        [],
        [{"host": "h", "account": "x"}],
        [{"host": "h", "account": "x"}, {"host": "h", "account": "y"}],
    ],
    Kind.WINDOWS: [[], *[[span] for span in _SPANS], _SPANS[:2]],
    Kind.BLOCKS: [[], *[[{"kind": "school", **span}] for span in _SPANS]],
    Kind.EXCEPTIONS: [[], [{"kind": "lift_limit", "first": "2026-11-22"}]],
}


def raw_values(row: Field) -> list[Any]:
    """Some JSON values of a field, its loosest and strictest among them."""
    if row.choices:
        return list(row.choices)
    if row.path == "screen_time.break_every":
        return ["none", 60, 30, 10]
    if row.path == "screen_time.roll_over":
        return [0, 30, 240]
    if row.kind is Kind.MINUTES:
        return ["none", 0, 45, 60, 90, 120]
    return _RAW[row.kind]


def value_of(row: Field) -> st.SearchStrategy[Value]:
    """A value of this field."""
    return st.sampled_from([decode(row.path, raw) for raw in raw_values(row)])


def _writable(row: Field, owner: Owner, band: Band) -> list[Value]:
    """The values that this owner could have written: none is looser than a cap."""
    if owner not in row.writers:
        return []
    cap = row.cap(band)
    found = [decode(row.path, raw) for raw in raw_values(row)]
    return [v for v in found if cap is None or not row.order.looser_than_cap(v, cap)]


BANDS = (Band.YOUNGER, Band.OLDER)
_CHOICES: dict[tuple[str, Owner, Band], list[Value | None]] = {
    (row.path, owner, band): [None, None, *_writable(row, owner, band)]
    for row in FIELDS.values()
    for owner in Owner
    for band in BANDS
}
_PAIR = [field("screen_time.daily_minutes.sun"), field("screen_time.at_limit")]
_DRAWN = [row for row in FIELDS.values() if not row.by_request]
_TODAY = [*_PAIR * 6, *_DRAWN]
_SCOPES = [frozenset(ALL_SCOPES)] * 3 + [frozenset(ALL_SCOPES) - {Scope.SET_TIME}, frozenset()]


class Case(msgspec.Struct, frozen=True):
    """A family whose layers speak about the same few fields, and one of these fields."""

    policy: Policy
    row: Field


@st.composite
def cases(
    draw: st.DrawFn, *, most: int = 3, states: tuple[LayerState, ...] = (LayerState.ACTIVE,)
) -> Case:
    """Up to `most` guardians and a teen who disagree about three fields."""
    band = draw(st.sampled_from(BANDS))
    focus = [draw(st.sampled_from(_TODAY)) for _ in range(3)]

    def written(owner: Owner) -> dict[str, Value]:
        drawn = {r.path: draw(st.sampled_from(_CHOICES[r.path, owner, band])) for r in focus}
        return {path: value for path, value in drawn.items() if value is not None}

    layers = tuple(
        Layer(
            owner="ABC"[index],
            kind=Owner.GUARDIAN,
            values=written(Owner.GUARDIAN),
            scopes=draw(st.sampled_from(_SCOPES)),
            state=draw(st.sampled_from(states)),
        )
        for index in range(draw(st.integers(0, most)))
    )
    teen = Layer(owner=TEEN, kind=Owner.TEEN, values=written(Owner.TEEN))
    policy = Policy(band=band, zone="UTC", teen=teen, guardians=layers)
    return Case(policy, next((row for row in focus if row.meets), _PAIR[0]))


USED = (0, 30, 45, 60, 89, 90, 120, 500)
OUTCOMES = ("allow", "remind", "ask", "stop")


def swap(policy: Policy, *layers: Layer) -> Policy:
    """The policy with other guardians."""
    return msgspec.structs.replace(policy, guardians=layers)


def at(policy: Policy, path: str) -> Effective:
    """What holds for one field."""
    return effective(policy, now=NOON, fields=(path,))[path]


def outcomes(policy: Policy) -> list[int]:
    """Today's outcome as a number at every probed use."""
    limit = day_limit(policy, today(policy, NOON), now=NOON)
    return [OUTCOMES.index(limit.outcome(used)) for used in USED]
