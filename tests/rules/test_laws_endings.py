"""Properties of what nobody wrote: the notice layer, the hold and a birthday (A3, A11, A19)."""

from datetime import timedelta

import msgspec
from hypothesis import given

from familypair.rules.layers import (
    Layer,
    LayerState,
    Version,
    band_change,
    effective,
    notice_layer,
    platform_hold,
)
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import FIELDS, Band
from familypair.testing.families import NOON
from support.families import PROFILE, Case, at, cases, outcomes, swap

MEETING = [row for row in FIELDS.values() if row.meets and row.path != "screen_time.at_limit"]
WEEK = timedelta(days=7)


@PROFILE
@given(cases(most=3))
def test_the_notice_period_is_as_loose_as_every_version_of_the_week(case: Case) -> None:
    """The versions are the layers drawn; with the notice layer no day is stricter than with any."""
    layers = case.policy.guardians
    if not layers:
        return
    history = [
        Version(at=NOON - timedelta(days=len(layers) - index), values=layer.values)
        for index, layer in enumerate(layers)
    ]
    frozen = notice_layer(history, now=NOON, band=case.policy.band)
    last = Layer(
        owner="A",
        kind=layers[0].kind,
        values=frozen,
        state=LayerState.ENDING,
        frozen={Scope.SET_TIME: NOON + WEEK},
    )
    for layer in layers:
        active = msgspec.structs.replace(layer, scopes=frozenset(ALL_SCOPES))
        before, after = swap(case.policy, active), swap(case.policy, last)
        assert all(a <= b for a, b in zip(outcomes(after), outcomes(before), strict=True))
        for row in MEETING:
            if row.scope is Scope.SET_TIME:
                assert row.order.covers(at(before, row.path).value, at(after, row.path).value)


@PROFILE
@given(cases(most=2))
def test_the_hold_keeps_every_protection_and_adds_none(case: Case) -> None:
    """The day after a guardian left, contact, privacy and search are what they were."""
    policy = case.policy
    if not policy.guardians:
        return
    gone, *others = policy.guardians
    found = effective(policy, now=NOON)
    hold = platform_hold(found, owner=gone.owner, until=NOON + WEEK)
    after = msgspec.structs.replace(swap(policy, *others), holds=(hold,))
    for row in MEETING:
        if row.scope is not Scope.SET_TIME:
            assert at(after, row.path).value == found[row.path].value, row.path


@PROFILE
@given(cases(most=2))
def test_a11_a_birthday_loosens_nothing_but_the_platforms_night(case: Case) -> None:
    """From 13-15 to 16-17 every value stays as strict: as a rule of its owner or the teen's own."""
    young = msgspec.structs.replace(case.policy, band=Band.YOUNGER)
    start = band_change(young, Band.YOUNGER, now=NOON).policy
    after = band_change(start, Band.OLDER, now=NOON).policy
    for row in MEETING:
        if row.path != "notifications.mute":
            assert row.order.covers(at(after, row.path).value, at(start, row.path).value), row.path
    assert outcomes(after) == outcomes(start)
