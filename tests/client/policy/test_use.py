"""Which figure of a day's use holds in a cache, whatever order the answers come in."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest

from familypair.client.policy.syncing import newer
from familypair.rules.decide.model import Use, instant_of_ms, ms_of
from familypair.schema.policies import By, PolicyDay, PolicyRung, TeenUse
from familypair_server.policies.building import shown

START = datetime(2026, 11, 22, tzinfo=UTC)
RUNGS = (1800, 3600, 5400)
DAY = PolicyDay(
    start=START,
    end=START + timedelta(days=1),
    rungs=tuple(
        PolicyRung(seconds=seconds, outcome=outcome, by=By.GUARDIAN)
        for seconds, outcome in zip(RUNGS, ("remind", "ask", "stop"), strict=True)
    ),
)


def told(minutes: int) -> TeenUse:
    """What a host is told after so many minutes of use, all but the first in another app."""
    began = START + timedelta(hours=15)
    use = shown(DAY, minutes * 60, began + timedelta(minutes=minutes), ms_of(began))
    as_of = None if use.as_of_ms is None else instant_of_ms(use.as_of_ms)
    return TeenUse(teen="sub", day_start=DAY.start, seconds=use.seconds, as_of=as_of)


def reached(seconds: int) -> list[int]:
    """The rungs that so much use has reached."""
    return [rung for rung in RUNGS if seconds >= rung]


NOW_MS = int((START + timedelta(hours=20)).timestamp() * 1000)
NOTHING = Use(int(START.timestamp() * 1000), 0)


def test_every_rung_is_crossed_in_the_minute_in_which_it_is() -> None:
    """Also where the instant of the last report is told less exactly than a minute before."""
    held = NOTHING
    for minutes in range(120):
        held = newer(held, told(minutes), NOW_MS)
        assert reached(held.seconds) == reached(minutes * 60), minutes


@pytest.mark.parametrize("minutes", [29, 30, 44, 45, 59, 60, 75, 90])
def test_the_order_of_answers_does_not_matter(minutes: int) -> None:
    """An answer that took long takes no minutes back."""
    answers = [told(minutes + step) for step in (-1, 0, 1)]
    ends: set[Use] = set()
    for order in permutations(answers):
        held = NOTHING
        for one in order:
            held = newer(held, one, NOW_MS)
        ends.add(held)
    assert len({use.seconds for use in ends}) == 1
    assert {tuple(reached(use.seconds)) for use in ends} == {tuple(reached((minutes + 1) * 60))}


def test_a_figure_is_never_above_the_use_and_never_goes_back() -> None:
    """So the larger of two is the better one."""
    figures = [told(minutes).seconds for minutes in range(120)]
    assert all(figure <= minutes * 60 for minutes, figure in enumerate(figures))
    assert all(before <= after for before, after in pairwise(figures))
