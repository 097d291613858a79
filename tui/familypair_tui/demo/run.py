"""`familypair demo`: the client on a made-up family, the app they use, or the story of it all."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from familypair_tui.demo import Wanted
from familypair_tui.demo.app_loop import AppError
from familypair_tui.demo.family import Family, made_up, settle
from familypair_tui.demo.loop import Loop
from familypair_tui.demo.people import PASSWORD, Clock
from familypair_tui.demo.playing import USUAL, Player
from familypair_tui.demo.server import DemoServer, DemoServerError
from familypair_tui.demo.story import Story
from familypair_tui.demo.teller import Stage, Teller

if TYPE_CHECKING:
    from familypair_tui.demo.app import DemoApp
    from familypair_tui.demo.people import Person

DONE, FAILED = 0, 1
BEGINS = 30
"""Days ago: four weeks of use, and the days before in which the family agrees."""
MAKING = "Making a family with four weeks of history on this machine (a few seconds)..."


def run(wanted: Wanted) -> int:
    """Run the demonstration; 0 when everything held. Without a terminal it is the transcript."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    try:
        if wanted.app:
            return asyncio.run(browse(wanted))
        told = wanted.transcript or not interactive
        return asyncio.run(transcript(wanted.database) if told else visit(wanted))
    except (DemoServerError, AppError) as error:
        print(f"familypair demo: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return DONE


@dataclass(frozen=True)
class Open:
    """A demonstration that runs: its server, its time, its people, its app."""

    server: DemoServer
    clock: Clock
    family: Family
    loop: Loop

    async def player(self, speed: int) -> Player:
        """Make everything that a visitor finds; what lets time pass there."""
        habits = await settle(self.family, self.loop, home=self.server.folder / "home")
        return Player(self.loop, self.clock, habits, speed)

    async def app(self, people: "Sequence[Person]", speed: int) -> "DemoApp":
        """The client on everything that a visitor finds, as the first of these people."""
        player = await self.player(speed)
        from familypair_tui.demo.app import DemoApp

        return DemoApp(people, self.clock, player)


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


async def visit(wanted: Wanted) -> int:
    """Open the client as Dana; F2 goes on to the next person. Time passes as fast as is wanted."""
    print(MAKING)
    async with opened(wanted.database) as demo:
        family = demo.family
        people = [family.dana, family.mia, family.leo, family.noa, family.sam]
        app = await demo.app(people, USUAL if wanted.speed is None else wanted.speed)
        from familypair_tui.demo.app_loop.reading import LogReader
        from familypair_tui.demo.app_loop.serving import served
        from familypair_tui.demo.app_loop.visiting import Visits

        async with served(demo.loop, hint=hint_of(family)) as parts:
            reader = LogReader(parts.address, parts.log_token)
            app.show_loop(parts.address, reader, Visits(parts))
            try:
                return await app.run_async() or DONE
            finally:
                await reader.close()


async def browse(wanted: Wanted) -> int:
    """Open the app in a browser and stay until the visitor has had enough (Ctrl+C)."""
    from familypair_tui.demo.app_loop.telling import stay

    print(MAKING, file=sys.stderr)
    async with opened(wanted.database) as demo:
        player = await demo.player(wanted.speed or 0)
        await stay(demo.loop, player, wanted, hint_of(demo.family))
    return DONE


def hint_of(family: Family) -> str:
    """What a visitor needs to sign in on the pages of the pairing server."""
    teens = " and ".join(one.sign_in_name for one in (family.mia, family.leo))
    return (
        f"To ask for something you sign in with Family Pairing: {teens}, {family.dana.sign_in_name}"
        f" is a guardian. Everybody’s password is: {PASSWORD}"
    )
