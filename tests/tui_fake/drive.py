"""Driving the client in tests: open it on a fake family, press keys, read the screen as text."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo

from textual.keys import _character_to_key  # pyright: ignore[reportPrivateUsage] - its only home
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input

from familypair_tui.app import FamilyPairApp
from tui_fake.api import FakeApi

WIDE = (120, 36)
USUAL = (80, 24)
SMALL = (60, 20)
SIZES = (WIDE, USUAL, SMALL)


@dataclass
class Client:
    """A running client."""

    app: FamilyPairApp
    api: FakeApi
    pilot: Pilot[int]
    opened: list[str] = field(default_factory=list[str])
    """Addresses that a browser was asked to open."""

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    def at(self, kind: type[Screen[Any]]) -> bool:
        """Whether a screen of this kind is in front."""
        return isinstance(self.app.screen, kind)

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each with everything that follows from it."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.pilot.press(*(_character_to_key(char) for char in text))
        await self.settle()

    async def fill(self, text: str) -> None:
        """Put a text into the input that has the focus, as a paste does, in place of its own."""
        field = self.app.focused
        assert isinstance(field, Input)
        field.value = text
        await self.settle()

    async def quick(self, *keys: str) -> None:
        """Press keys of which nothing but the last has to be waited for."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Wait for workers and what they posted; a waiting browser does not count."""
        for _ in range(2):
            await self.pilot.pause()
            if self.api.gate is None:
                await cast("Any", self.app.workers).wait_for_complete()
        await self.pilot.pause()

    def text(self) -> str:
        """The screen as lines of text, without trailing spaces."""
        return screen_text(self.app)


def screen_text(app: FamilyPairApp) -> str:
    """What the terminal shows, as text: the strips of the compositor, joined."""
    return "\n".join(
        "".join(segment.text for segment in strip if not segment.control).rstrip()
        for strip in strips_of(app)
    )


def strips_of(app: FamilyPairApp) -> list[Strip]:
    """What the terminal shows, line by line, after the filters."""
    compositor = app.screen._compositor  # pyright: ignore[reportPrivateUsage] - no public way
    return compositor.render_strips(app.size)


@asynccontextmanager
async def running(
    api: FakeApi,
    size: tuple[int, int] = WIDE,
    *,
    theme: str = "dusk",
    live: bool = False,
    change: Callable[[FamilyPairApp], None] | None = None,
) -> AsyncGenerator[Client, None]:
    """The client on this fake, read and settled."""
    opened: list[str] = []
    app = FamilyPairApp(
        api,
        clock=api.clock,
        zone=ZoneInfo("Europe/Dublin"),
        theme=theme,
        live=live,
        opener=opened.append,
    )
    if change is not None:
        change(app)
    async with app.run_test(size=size) as pilot:
        client = Client(app, api, pilot, opened)
        if live:
            await pilot.pause()
        else:
            await client.settle()
        yield client
