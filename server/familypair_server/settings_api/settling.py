"""Run a write of a layer, after what time has moved was written down."""

from datetime import datetime
from typing import TypeVar

from familypair_server.context import Context
from familypair_server.links.service import settled
from familypair_server.settings_api.edits import Unsettled
from familypair_server.storage import Transaction

T = TypeVar("T")


async def run_settled(ctx: Context, work: Transaction[T], now: datetime) -> T:
    """What `work` returns; where it found something due, that is settled and it runs again.

    Almost no write finds anything, so none asks first.
    """
    try:
        return await ctx.store.run(work)
    except Unsettled as found:
        await settled(ctx.store, [found.teen_id], now, ctx.random, ctx.keys)
        return await ctx.store.run(work)
