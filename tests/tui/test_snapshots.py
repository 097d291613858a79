"""Text pictures of key screens: what changed on the screen is seen in review.

`FAMILYPAIR_UPDATE_SNAPSHOTS=1` writes them anew.
"""

import os
from pathlib import Path

import pytest

from tui_fake.drive import USUAL, WIDE, running
from tui_fake.tour import TOUR, Stop

FOLDER = Path(__file__).parent / "snapshots"
KEY_SCREENS = (
    "sign-in",
    "overview",
    "rules-time",
    "review",
    "code",
    "history",
    "home",
    "pending",
    "teen-links",
)
CELLS = [
    pytest.param(stop, size, id=f"{stop.name}-{size[0]}x{size[1]}")
    for stop in TOUR
    if stop.name in KEY_SCREENS
    for size in (WIDE, USUAL)
]


@pytest.mark.parametrize(("stop", "size"), CELLS)
async def test_screen_looks_as_it_did(stop: Stop, size: tuple[int, int]) -> None:
    """The screen's text is the one in the folder."""
    async with running(stop.api(), size) as client:
        await client.press(*stop.keys)
        seen = client.text() + "\n"
    path = FOLDER / f"{stop.name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("FAMILYPAIR_UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(seen, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == seen
