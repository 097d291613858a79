"""Sign-in names and places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.reasons import Reason, Refusal
from familypair.wording import sentence
from familypair_server.accounts import names, places
from familypair_server.ids import SystemRandom


@pytest.mark.parametrize("typed", ["mia", "Mia", " MIA ", "zoë", "李雷", "मिया", "mia.s_2"])
def test_names_of_any_script(typed: str) -> None:
    """Letters, marks, digits, dots and underscores of any script are kept, in lower case."""
    assert names.chosen(typed, pointer="/login") == typed.strip().lower()


@pytest.mark.parametrize(
    "typed", ["a b", "a-b", "a@b", "<a>", "a\x00b", "a\u200bb", "\u3164\u3164"]
)
def test_other_characters_are_refused(typed: str) -> None:
    """Blanks, dashes, markup and invisible characters are not part of a name."""
    found = names.chosen(typed, pointer="/login")
    assert isinstance(found, Refusal) or found == "ab"
    if typed != "a\x00b":
        assert found == Refusal(Reason.BAD_TEXT, "/login")


@given(st.text(max_size=80))
def test_the_stored_form_is_stable(typed: str) -> None:
    """Typing a stored name finds it: the form of a form is the form."""
    once = names.login_key(typed)
    found = names.chosen(typed, pointer="/login")
    if not isinstance(found, Refusal):
        assert names.login_key(f" {found}-0001") == f"{found}-0001"
    assert "\x00" not in once


def test_digits_grow_when_the_short_ones_are_used_up() -> None:
    """Four digits at first, seven after six tries."""
    made = [names.numbered("mia", attempt, SystemRandom()) for attempt in range(names.TRIES)]
    assert [len(name) for name in made] == [8] * 6 + [11] * 4


def test_places_come_from_the_time_zone_data() -> None:
    """249 countries and the zones that people live in; unknown ones are refused by field."""
    assert places.countries()["IE"] == "Ireland"
    assert "Europe/Dublin" in places.zones()
    assert places.country_fault("IE", pointer="/c") is None
    country = places.country_fault("ie", pointer="/c")
    assert country is not None
    assert (country.reason, country.pointer) == (Reason.OUT_OF_RANGE, "/c")
    assert sentence(country).endswith("a country's two letters, such as IE.")
    assert places.zone_fault("Asia/Calcutta", pointer="/z") is None
    zone = places.zone_fault("Europe/Nowhere", pointer="/z")
    assert zone is not None
    assert (zone.reason, zone.pointer) == (Reason.OUT_OF_RANGE, "/z")
    assert sentence(zone).endswith("a time zone's name, such as Europe/Dublin.")
