"""Hostile text on every screen: no crash, no action, no raw control, no broken row."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair_tui.text import clean
from tui_fake.checks import assert_harmless, fired, listen
from tui_fake.drive import USUAL, Client, running
from tui_fake.family import guardian_api, teen_api
from tui_fake.hostile import HOSTILE, poisoned

TURNS = range(0, len(HOSTILE), 40)
GUARDIAN_WALK = ("2", "s", "full_stop", "escape", "3", "down", "4", "p", "escape", "1", "tab")
TEEN_WALK = ("2", "s", "3", "4", "S", "escape", "1", "tab", "enter", "down", "escape")


async def click_around(client: Client) -> None:
    for row in range(1, client.app.size.height - 1, 5):
        await client.pilot.click(offset=(12, row))
    await client.settle()


def test_the_corpus_is_large_enough() -> None:
    """At least fifty different texts."""
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize("turn", TURNS)
async def test_a_hostile_family_of_a_guardian(turn: int) -> None:
    """Every guardian's screen with another mix of texts, and clicks across the overview."""
    async with running(poisoned(guardian_api(), turn), USUAL, change=listen) as client:
        assert_harmless(client)
        for key in GUARDIAN_WALK:
            await client.press(key)
            assert_harmless(client)
        await client.press("ctrl+p")
        await client.type("teen")
        await client.press("escape", "1")
        await click_around(client)
        assert_harmless(client)
    assert fired == []


@pytest.mark.parametrize("turn", TURNS)
async def test_a_hostile_guardian_on_the_teen_s_screens(turn: int) -> None:
    """Every teen's screen, the full disclosure among them."""
    async with running(poisoned(teen_api(), turn), USUAL, change=listen) as client:
        assert_harmless(client)
        for key in TEEN_WALK:
            await client.press(key)
            assert_harmless(client)
    assert fired == []


@given(st.text())
def test_cleaning_leaves_one_harmless_line(text: str) -> None:
    """Whatever comes in: no control, no format character, no surrogate, and it is stable."""
    once = clean(text)
    assert not {unicodedata.category(char) for char in once} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert clean(once) == once


@pytest.mark.parametrize("text", ["Dana", "Zoë", "日本語", "O'Neill", "Anne-Marie", "Þór"])
def test_cleaning_keeps_real_names(text: str) -> None:
    """Names of people come through unchanged."""
    assert clean(text) == text
