"""`familypair demo`: the client on a made-up family, or the story as a transcript."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from familypair_tui.demo.family import Family, made_up, settle
from familypair_tui.demo.loop import Loop
from familypair_tui.demo.people import Clock, Person
from familypair_tui.demo.playing import USUAL, Player
from familypair_tui.demo.server import DemoServer, DemoServerError
from familypair_tui.demo.story import Story
from familypair_tui.demo.teller import Stage, Teller

if TYPE_CHECKING:
    from familypair_tui.demo.app import DemoApp

DONE, FAILED = 0, 1
BEGINS = 30
"""Days ago: four weeks of use, and the days before in which the family agrees."""


def run(*, as_transcript: bool = False, database: str = "", speed: int = USUAL) -> int:
    """Run the demonstration; 0 when everything held. Without a terminal it is the transcript."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    told = as_transcript or not interactive
    try:
        return asyncio.run(transcript(database) if told else visit(database, speed))
    except DemoServerError as error:
        print(f"familypair demo: {error}", file=sys.stderr)
        return FAILED


@dataclass(frozen=True)
class Open:
    """A demonstration that runs: its server, its time, its people, its app."""

    server: DemoServer
    clock: Clock
    family: Family
    loop: Loop

    async def app(self, people: Sequence[Person], speed: int) -> "DemoApp":
        """Make everything that a visitor finds; the client as the first of these people."""
        habits = await settle(self.family, self.loop, home=self.server.folder / "home")
        from familypair_tui.demo.app import DemoApp

        return DemoApp(people, self.clock, Player(self.loop, self.clock, habits, speed))


@asynccontextmanager
async def opened(database: str = "") -> AsyncGenerator[Open]:
    """Start the server four weeks ago, and end everything behind it."""
    async with DemoServer(database, days_ago=BEGINS) as server:
        clock = Clock(server.url, days_ago=BEGINS)
        family = made_up(clock().date())
        loop = Loop(server.url, server.app.client_id, server.app.client_secret, clock)
        try:
            yield Open(server, clock, family, loop)
        finally:
            await loop.close()
            await family.leave()
            await clock.close()


async def transcript(database: str = "") -> int:
    """Play the story and check every step; 1 when one does not hold."""
    teller = Teller(print)
    print("Family Pairing: the main job, on a real server, through its pages and its API")
    async with opened(database) as demo:
        print(f"server: {demo.server.url}")
        stage = Stage(demo.family, demo.clock, teller, demo.server.url)
        await Story(stage, demo.loop).play()
        teller.scene("The record")
        teller.check("every hash chain of the ledger holds", await demo.server.verify() == DONE)
    print(f"\n{teller.checks - len(teller.failed)} of {teller.checks} steps held.")
    for claim in teller.failed:
        print(f"did not hold: {claim}")
    return FAILED if teller.failed else DONE


async def visit(database: str = "", speed: int = USUAL) -> int:
    """Open the client as Dana; F2 goes on to the next person. Time passes `speed` times as fast."""
    print("Making a family with four weeks of history on this machine (a few seconds)...")
    async with opened(database) as demo:
        family = demo.family
        people = [family.dana, family.mia, family.leo, family.noa, family.sam]
        return await (await demo.app(people, speed)).run_async() or DONE
