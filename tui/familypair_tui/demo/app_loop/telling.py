"""`familypair demo --app`: the app for a visitor's own browser, and its questions as lines."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import msgspec

from familypair_tui.demo import Wanted
from familypair_tui.demo.app_loop.log import Answered, Log
from familypair_tui.demo.app_loop.serving import served
from familypair_tui.demo.loop import Loop
from familypair_tui.demo.playing import Player

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY = 0.5
"""Seconds between two looks at what was asked."""


async def stay(loop: Loop, player: Player, wanted: Wanted, hint: str) -> None:
    """Serve the app, say where, and stay until Ctrl+C; with `log` a line for every question."""
    async with served(loop, port=wanted.port, hint=hint) as parts:
        address = f"{parts.address}/?teen={wanted.teen}"
        said = sys.stderr if wanted.as_json else sys.stdout
        print(f"Loop is at {address}", file=said)
        print(f"The pairing server is at {parts.issuer}. {hint}", file=said)
        print("Ctrl+C ends it.", file=said, flush=True)
        open_browser(address)
        tell = asyncio.create_task(follow(parts.gate.log, as_json=wanted.as_json, on=wanted.log))
        play = asyncio.create_task(player.run(_nothing, _warn))
        try:
            await _until_told()
        finally:
            tell.cancel()
            play.cancel()


async def follow(
    log: Log, *, as_json: bool, on: bool = True, write: "Callable[[str], None]" = print
) -> None:
    """Write each new question and its answer, until cancelled."""
    seen = 0
    while on:
        for one in log.after(seen).items:
            write(msgspec.json.encode(one).decode() if as_json else line_of(one))
            seen = one.seq
        sys.stdout.flush()
        await asyncio.sleep(_EVERY)


def line_of(one: Answered) -> str:
    """`15:31:07 feed app.use: allow (allowed), platform, 12.4 us, cache`."""
    return (
        f"{one.at:%H:%M:%S} {one.surface} {one.action}: {one.outcome} ({one.reason}), "
        f"{one.decided_by}, {one.micros:.1f} us, {one.where}"
    )


def open_browser(address: str) -> None:
    """Open a graphical browser if there is one; the address is printed in any case."""
    from familypair_tui.screens.stepup import open_page

    open_page(address)


async def _until_told() -> None:
    """Wait for Ctrl+C or an end from outside."""
    done = asyncio.Event()
    running = asyncio.get_running_loop()
    if sys.platform == "win32":
        await done.wait()  # Ctrl+C cancels it
        return
    for sign in (signal.SIGINT, signal.SIGTERM):
        running.add_signal_handler(sign, done.set)
    await done.wait()


def _nothing() -> None:
    """No screen shows the time here."""


def _warn(words: str) -> None:
    sys.stderr.write(f"{words}\n")
