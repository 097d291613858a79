"""Colours: contrast in every theme, and none at all when none is wanted."""

import pytest

from familypair_tui.app import FamilyPairApp
from familypair_tui.theme import CHIP_INK, CHIPS, PALETTES, THEME_NAMES, contrast, ink_for
from tui_fake.drive import running, strips_of
from tui_fake.family import guardian_api
from tui_fake.tour import offering

TEXT, GRAPHICS = 4.5, 3.0


@pytest.mark.parametrize("name", list(PALETTES))
def test_text_can_be_read(name: str) -> None:
    """Every text colour has at least 4.5 : 1 on every ground that it stands on (WCAG 1.4.3)."""
    colours = PALETTES[name]
    for ground in (colours.background, colours.bar, colours.cursor):
        for ink in (colours.text, colours.muted, colours.accent, colours.value, colours.bad):
            assert contrast(ink, ground) >= TEXT, (ink, ground)
    assert contrast(colours.good, colours.bar) >= TEXT


@pytest.mark.parametrize("name", list(PALETTES))
def test_graphics_that_mean_something_can_be_seen(name: str) -> None:
    """Bars, strips and marks have at least 3 : 1 on the background (WCAG 1.4.11)."""
    colours = PALETTES[name]
    for ink in (colours.value, colours.value_dim, colours.night, colours.away, colours.accent):
        assert contrast(ink, colours.background) >= GRAPHICS, ink


@pytest.mark.parametrize("chip", CHIPS)
def test_names_on_chips_can_be_read(chip: str) -> None:
    """Dark ink on every chip, in every theme."""
    assert contrast(CHIP_INK, chip) >= TEXT


@pytest.mark.parametrize("theme", THEME_NAMES)
async def test_every_theme_draws_the_overview(theme: str) -> None:
    """No theme misses a colour."""
    async with running(guardian_api(), theme=theme) as client:
        assert "Mia" in client.text()


def colours_of(app: FamilyPairApp) -> set[str]:
    """Every colour that the screen would send, after the filters."""
    styles = {
        segment.style for strip in strips_of(app) for segment in strip if segment.style is not None
    }
    found = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
    return {colour.name for colour in found if not colour.is_default}


async def test_no_color_sends_no_colour_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NO_COLOR`: not even greys; the QR code is drawn without colour too."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(offering()) as client:
        await client.press("i", "I")
        assert client.app.no_color
        assert colours_of(client.app) == set()
        assert ink_for("dusk", no_color=True).heavy


async def test_with_colour_there_is_colour() -> None:
    """The twin: the same screen without the variable."""
    async with running(offering()) as client:
        await client.press("i", "I")
        assert "#000000" in colours_of(client.app)
