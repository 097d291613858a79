"""What holds on every screen at every size: nothing outside, nothing cut, everything reachable."""

import pytest

from familypair_tui.screens.base import SMALLEST
from familypair_tui.widgets.chrome import TopBar
from tui_fake.checks import (
    assert_all_reachable,
    assert_footer_is_whole,
    assert_keys_are_in_help,
    assert_nothing_outside,
)
from tui_fake.drive import SIZES, USUAL, running
from tui_fake.tour import TOUR, Stop


@pytest.mark.parametrize("stop", TOUR, ids=lambda stop: stop.name)
async def test_screen(stop: Stop) -> None:
    """Each screen is whole at each size: inside the window, a whole footer, reachable by Tab."""
    async with running(stop.api(), SIZES[0]) as client:
        await client.press(*stop.keys)
        assert_keys_are_in_help(client)
        for size in SIZES:
            await client.pilot.resize_terminal(*size)
            await client.pilot.pause()
            assert_nothing_outside(client)
            assert_footer_is_whole(client)
        await assert_all_reachable(client)


@pytest.mark.parametrize("stop", TOUR, ids=lambda stop: stop.name)
def test_every_stop_has_its_own_name(stop: Stop) -> None:
    """Two stops with one name would hide each other in snapshots."""
    assert [other.name for other in TOUR].count(stop.name) == 1


async def test_a_window_that_is_too_small_says_so_kindly() -> None:
    """Below the smallest size there is one line, not a broken picture; q still quits."""
    from tui_fake.family import guardian_api

    async with running(guardian_api(), (SMALLEST.width - 1, SMALLEST.height)) as client:
        assert "Please enlarge to 50x16." in client.text()
        assert "Mia" not in client.text()
        await client.press("q")
        assert client.app.return_code == 0


async def test_the_smallest_size_still_draws() -> None:
    """At exactly the smallest size the screen is there."""
    from tui_fake.family import guardian_api

    async with running(guardian_api(), (SMALLEST.width, SMALLEST.height)) as client:
        assert "Mia" in client.text()


async def test_tabs_can_be_clicked() -> None:
    """The tab bar works with the mouse too."""
    from tui_fake.family import guardian_api

    async with running(guardian_api(), USUAL) as client:
        bar = client.screen.query_one(TopBar)
        place = str(bar.render()).index("3 Log")
        await client.pilot.click(TopBar, offset=(place + 3, 0))
        await client.settle()
        assert "history" in client.text()
