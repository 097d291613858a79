"""What runs beside the answers: dropping what a commit changed, and writing what was counted."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from familypair.rules.decide.model import instant_of_ms
from familypair_server.context import Context
from familypair_server.decisions.source import Policies
from familypair_server.searches.service import add_blocked
from familypair_server.storage import StorageError

SECONDS: Final = 10.0
"""How long counts wait to be written; a process that is killed loses at most so much of them."""
_log = logging.getLogger(__name__)


@asynccontextmanager
async def deciding(ctx: Context) -> AsyncGenerator[None]:
    """Let the application decide for as long as this lasts; what was counted is written last."""
    forget = ctx.store.on_commit(ctx.decisions.shelf.forget)
    ctx.packs.on_change(ctx.decisions.shelf.clear)
    ctx.decisions.ask_of(Policies(ctx))
    stop = asyncio.Event()
    writer = asyncio.create_task(_keep_writing(ctx, stop))
    try:
        yield
    finally:
        forget()
        stop.set()
        await writer
        await write_stopped(ctx)


async def write_stopped(ctx: Context) -> None:
    """Write the searches that packs stopped to the weekly band; kept for later when that fails."""
    left = ctx.decisions.stopped.take()
    try:
        while left:
            stop = next(iter(left))
            await ctx.store.run(add_blocked(stop[0], left[stop], instant_of_ms(stop[1])))
            del left[stop]
    except StorageError:
        _log.warning("searches that packs stopped are written later", exc_info=True)
        ctx.decisions.stopped.give_back(left)


async def _keep_writing(ctx: Context, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                await stop.wait()
        await write_stopped(ctx)
