"""`familypair demo`: the client on a made-up family, or the story as a transcript."""

import asyncio
import os
import sys
from datetime import UTC, datetime

from familypair_tui.demo.family import made_up, settle
from familypair_tui.demo.people import Clock
from familypair_tui.demo.server import DemoServer, DemoServerError
from familypair_tui.demo.story import Story, Teller

DONE, FAILED = 0, 1


def run(*, as_transcript: bool = False, database: str = "") -> int:
    """Run the demonstration; 0 when everything held. Without a terminal it is the transcript."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    play = transcript if as_transcript or not interactive else visit
    try:
        return asyncio.run(play(database))
    except DemoServerError as error:
        print(f"familypair demo: {error}", file=sys.stderr)
        return FAILED


async def transcript(database: str = "") -> int:
    """Play the story and check every step; 1 when one does not hold."""
    teller = Teller(print)
    print("Family Pairing: the main job, on a real server, through its pages and its API")
    async with DemoServer(database) as server:
        print(f"server: {server.url}")
        clock = Clock(server.url)
        family = made_up(datetime.now(UTC).date())
        try:
            await Story(family, clock, teller, server.url).play()
        finally:
            await family.leave()
        teller.scene("The record")
        teller.check("every hash chain of the ledger holds", await server.verify() == DONE)
    print(f"\n{teller.checks - len(teller.failed)} of {teller.checks} steps held.")
    for claim in teller.failed:
        print(f"did not hold: {claim}")
    return FAILED if teller.failed else DONE


async def visit(database: str = "") -> int:
    """Open the client as Dana; F2 goes on to the next person."""
    print("Making a family and starting a server on this machine (a few seconds)...")
    async with DemoServer(database) as server:
        clock = Clock(server.url)
        family = made_up(datetime.now(UTC).date())
        try:
            await settle(family, clock, home=server.folder / "home", url=server.url)
            from familypair_tui.demo.app import DemoApp

            app = DemoApp([family.dana, family.mia, family.leo, family.noa, family.sam], clock)
            return await app.run_async() or DONE
        finally:
            await family.leave()
