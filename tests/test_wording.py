"""Words of refusals that depend on their values."""

import pytest

from familypair.reasons import Reason, Refusal
from familypair.settings import parse_patch
from familypair.wording import sentence

OUTSIDE = "This value is outside what is allowed"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, OUTSIDE + "."),
        ({"low": 0, "high": 1440}, OUTSIDE + ": 0 to 1440."),
        ({"low": 10, "high": 60, "allowed": "none"}, OUTSIDE + ": 10 to 60 or none."),
        ({"min": 1, "max": 40}, OUTSIDE + ": 1 to 40."),
        ({"allowed": "remind, ask, stop"}, OUTSIDE + ": remind, ask, stop."),
        ({"expected": "HH:MM"}, OUTSIDE + ": HH:MM."),
        ({"most": 366}, OUTSIDE + ": at most 366."),
    ],
)
def test_what_is_outside_names_what_is_inside(params: dict[str, str | int], words: str) -> None:
    """A range, a list of values, a form: whatever the rule said."""
    assert sentence(Refusal(Reason.OUT_OF_RANGE, "/x", params)) == words


@pytest.mark.parametrize(
    ("patch", "inside"),
    [
        ({"screen_time": {"daily_minutes": {"mon": 1441}}}, "0 to 1440"),
        ({"screen_time": {"at_limit": "never"}}, "remind, ask, stop"),
        ({"schedule": {"wind_down": "25:00"}}, "HH:MM"),
    ],
)
def test_a_setting_names_its_own_range(patch: dict[str, object], inside: str) -> None:
    """The registry's bounds are in the sentence."""
    refused = parse_patch(patch)
    assert isinstance(refused, tuple)
    assert inside in sentence(refused[0])
