"""The rules of algebra.md for the day itself: A20 when it starts, A21 what rolls over."""

from datetime import UTC, datetime, timedelta

import pytest

from familypair.reasons import Reason
from familypair.rules.days import Regime, moved
from familypair.rules.layers import Accepted, LayerState, Policy, check_write, effective
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Band, Patch, decode
from familypair.testing.families import NOON, TEEN, family, guardian


def test_a20_the_start_of_day_is_the_teens_own() -> None:
    """A guardian cannot write it; with a guardian linked the teen's change is a request."""
    path, pointer = "screen_time.day_starts_at", "/screen_time/day_starts_at"
    four = decode(path, "04:00")
    for owner, reason in (("A", Reason.NOT_YOUR_FIELD), (TEEN, Reason.NEEDS_REQUEST)):
        done = check_write(family(guardian("A")), owner, Patch({path: four}), now=NOON)
        assert isinstance(done, tuple)
        assert [(r.reason, r.pointer) for r in done] == [(reason, pointer)]


@pytest.mark.parametrize("state", [LayerState.ENDING, LayerState.ACTIVE])
def test_a20_rules_that_are_frozen_freeze_the_start_of_the_day(state: LayerState) -> None:
    """After the end of a link, or of `set_time`, as for the zone; free once the notice is over."""
    change = Patch({"screen_time.day_starts_at": decode("screen_time.day_starts_at", "04:00")})
    until = NOON + timedelta(hours=1)
    held = {Scope.SET_TIME: until}
    left = guardian("A", without=(Scope.SET_TIME,), state=state, frozen=held)
    done = check_write(family(left), TEEN, change, now=NOON)
    assert isinstance(done, tuple)
    assert [one.reason for one in done] == [Reason.NEEDS_REQUEST]
    assert isinstance(check_write(family(left), TEEN, change, now=until), Accepted)


def test_a20_without_a_guardian_it_takes_effect_when_a_day_has_passed() -> None:
    """The first new boundary at least 24 h after the current day began: Monday 04:00."""
    path = "screen_time.day_starts_at"
    done = check_write(family(), TEEN, Patch({path: "04:00"}), now=NOON)
    assert isinstance(done, Accepted)
    change = done.changes[0]
    assert change.effective_from == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    policy = Policy(band=Band.YOUNGER, zone="UTC", teen=done.layer)
    before = effective(policy, now=NOON, fields=(path,))[path]
    after = effective(policy, now=change.effective_from, fields=(path,))[path]
    assert (before.value, after.value) == ("00:00", "04:00")


@pytest.mark.parametrize("new", ["00:01", "01:00", "11:30", "12:00", "23:59"])
@pytest.mark.parametrize("old", ["00:00", "04:00", "20:00"])
def test_a20_days_only_get_longer(old: str, new: str) -> None:
    """Whatever the old and the new start, the running day never ends before its 24 hours."""
    start = moved((Regime(zone="UTC", day_starts_at=old),), day_starts_at=new, now=NOON)[-1].begins
    began = NOON.replace(hour=int(old[:2]), minute=0)
    began = began if began <= NOON else began - timedelta(days=1)
    assert timedelta(days=1) <= start - began < timedelta(days=2)


def test_a21_roll_over_is_off_unless_set_and_a_smaller_cap_is_stricter() -> None:
    """It belongs to a layer: there is no common value of several layers."""
    row = FIELDS["screen_time.roll_over"]
    assert row.default(Band.YOUNGER) == 0
    assert row.order.covers(15, 30)
    found = effective(
        family(guardian("A", {"screen_time": {"roll_over": 30}})), now=NOON, fields=(row.path,)
    )[row.path]
    assert found.value is None
    assert [said.value for said in found.says] == [30]
