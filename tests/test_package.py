"""What an embedder gets from `import familypair`."""

import pytest

import familypair
from familypair import Layer, Policy, effective
from familypair.settings import Band, Owner
from familypair.testing import ManualClock


def test_the_rules_are_one_import_away() -> None:
    """A developer reaches an explained value with the names of the package alone."""
    policy = Policy(band=Band.YOUNGER, zone="Europe/Dublin", teen=Layer(owner="t", kind=Owner.TEEN))
    found = effective(policy, now=ManualClock()(), fields=["screen_time.daily_minutes.mon"])
    assert found["screen_time.daily_minutes.mon"].value == 60


@pytest.mark.parametrize("name", familypair.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """`__all__` names nothing that is missing."""
    assert getattr(familypair, name) is not None


def test_another_name_is_an_attribute_error() -> None:
    """A typo fails like in any other module."""
    with pytest.raises(AttributeError, match="no attribute 'efective'"):
        familypair.efective  # noqa: B018 - the access is the test
