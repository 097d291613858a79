"""Days, blocks and quiet times against a wall clock, minute by minute (bench B12 in small)."""

import pytest

from support.wall_checks import BLOCKS, check
from support.walls import NEAR, Clock, clock_of, elapsed_rule, transitions

ZONES = (
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Almaty",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "UTC",
)
MARCH = 29_000_000
"""A minute since 1970 for zones that never change: in February 2025."""


@pytest.mark.parametrize("name", ZONES)
def test_no_minute_is_wrong_around_a_clock_change(name: str) -> None:
    """26 hours before and after: blocks, quiet times and four starts of day.

    Of every second zone the first change of 2024, of the others the second.
    """
    clock, turn = clock_of(name), ZONES.index(name) % 2
    for change in transitions(clock, 2024, 2024)[turn : turn + 1] or [MARCH]:
        found = check(name, clock, change)
        assert (found.wrong, found.first) == (0, "")
        assert found.minutes == 2 * NEAR * (len(BLOCKS) + 5)


def test_the_wall_clock_itself_is_right_in_berlin() -> None:
    """A night of 22 to 7 is 8 hours long in spring and 10 in autumn; the oracle is no mirror."""
    clock = clock_of("Europe/Berlin")
    nights: list[float] = []
    for change in transitions(clock, 2026, 2026):
        around = Clock(clock, change - 12 * 60, change + 12 * 60)
        nights.append(len(around.inside(BLOCKS["crossing midnight"])) / 60)
    assert nights == [8, 10]


def test_counting_from_midnight_is_wrong_there() -> None:
    """What the peer does, so that the comparison is of something: hours of a year."""
    clock, spans = clock_of("Europe/Berlin"), BLOCKS["crossing midnight"]
    wrong = 0
    for change in transitions(clock, 2026, 2026):
        low, high = change - NEAR, change + NEAR
        right = Clock(clock, low, high).inside(spans)
        wrong += len(elapsed_rule(clock, spans, low, high) ^ right)
    assert wrong == 300
