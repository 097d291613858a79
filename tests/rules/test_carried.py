"""What a rule leaves behind when it falls silent (algebra.md A3, A10)."""

from datetime import timedelta

import pytest

from familypair.rules.layers import LayerState, effective
from familypair.schema.scopes import Scope
from familypair.testing.families import NOON, daily, family, guardian

SUN = "screen_time.daily_minutes.sun"


@pytest.mark.parametrize(("hours_left", "expected"), [(1, 60), (-1, 120)])
def test_a03_a_value_that_waited_for_the_end_of_probation_leaves_nothing_behind(
    hours_left: int, expected: int
) -> None:
    """Ended in the first day, a looser rule was never in force, so no default gives way to it."""
    ended = guardian(
        "A",
        daily(120),
        state=LayerState.ENDED,
        frozen={Scope.SET_TIME: NOON},
        probation_ends=NOON + timedelta(hours=hours_left),
    )
    found = effective(family(ended), now=NOON, fields=(SUN,))[SUN]
    assert found.value == expected
