"""Every screen of time and asking at three sizes: whole, reachable, harmless, and as it looked."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_fake.api import FakeApi
from tui_fake.checks import (
    assert_all_reachable,
    assert_footer_is_whole,
    assert_harmless,
    assert_keys_are_in_help,
    assert_nothing_outside,
    fired,
    listen,
)
from tui_fake.days import my_day_api, timed_api
from tui_fake.drive import SIZES, USUAL, running
from tui_fake.hostile import poisoned

FOLDER = Path(__file__).parent / "snapshots"
Walk = tuple[tuple[str, tuple[str, ...], str], ...]
GUARDIAN: Walk = (
    ("overview-time", (), "Recent changes"),
    ("today", ("enter",), "What today allows"),
    ("give", ("plus",), "Give Mia minutes"),
    ("requests", ("escape", "5"), "Requests · 2 waiting"),
    ("request", ("enter",), "Mia asks: +30 min today"),
    ("week", ("escape", "escape", "s"), "Mia · week"),
    ("week-review", ("v", "right", "right", "right", "3", "ctrl+s"), "Review 1 change"),
)
TEEN: Walk = (
    ("my-day", ("5",), "Connected apps"),
    ("asking", ("6",), "My requests · 1 waiting"),
    ("wish", ("shift+tab", "home", "enter"), "You ask: 15 min more today"),
)


def compare(name: str, size: tuple[int, int], seen: str) -> None:
    """The text of the screen is the one in the folder."""
    path = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("FAMILYPAIR_UPDATE_SNAPSHOTS"):
        path.write_text(seen, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == seen, path.name


@pytest.mark.parametrize(("api", "walk"), [(timed_api, GUARDIAN), (my_day_api, TEEN)])
async def test_a_walk_at_three_sizes(api: Callable[[], FakeApi], walk: Walk) -> None:
    """Each stop: nothing outside the window, a whole footer, every key in help, its picture."""
    async with running(api(), SIZES[0]) as client:
        for name, keys, words in walk:
            await client.press(*keys)
            assert words in client.text(), name
            assert_keys_are_in_help(client)
            for size in reversed(SIZES):
                await client.pilot.resize_terminal(*size)
                await client.pilot.pause()
                await client.pilot.pause()
                assert_nothing_outside(client)
                assert_footer_is_whole(client)
                compare(name, size, client.text() + "\n")
        await assert_all_reachable(client)


@pytest.mark.parametrize(
    ("api", "walk", "turn"), [(timed_api, GUARDIAN, 3), (my_day_api, TEEN, 30)]
)
async def test_a_hostile_family(api: Callable[[], FakeApi], walk: Walk, turn: int) -> None:
    """Reasons, notes, labels, names and words of others are text, whatever they hold."""
    async with running(poisoned(api(), turn), USUAL, change=listen) as client:
        for _, keys, _ in walk:
            await client.press(*keys)
            assert_harmless(client)
            await client.pilot.click(offset=(12, 5))
            await client.settle()
            assert_harmless(client)
    assert fired == []
