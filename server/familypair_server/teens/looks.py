"""Who looked: a guardian's reading is written down for the teen, once per page and hour."""

from datetime import datetime, timedelta
from enum import StrEnum

from familypair_server.auth.principals import Caller
from familypair_server.context import Context
from familypair_server.settings_api import statements as sql
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis

HOUR_MS = timedelta(hours=1) // timedelta(milliseconds=1)


class Page(StrEnum):
    """What was looked at."""

    TODAY = "today"
    SETTINGS = "settings"
    HISTORY = "history"
    TIME = "time"


async def record(ctx: Context, caller: Caller, teen_id: str, page: Page) -> None:
    """Write it down before the answer leaves; the teen's own reading is nobody's business.

    This node remembers what it has written, so a screen that refreshes itself costs no write.
    """
    if caller.account_id == teen_id:
        return
    now = ctx.clock()
    hour = millis(now) // HOUR_MS
    key = f"{teen_id} {caller.account_id} {page}"
    if not ctx.hub.looks.has(hour, key):
        await ctx.store.run(_saw(teen_id, caller.account_id, page, now))
        ctx.hub.looks.add(hour, key)


@transaction
def _saw(teen_id: str, viewer_id: str, page: Page, now: datetime) -> Txn[None]:
    at = millis(now)
    yield from sql.saw.run(teen=teen_id, viewer=viewer_id, what=page, hour=at // HOUR_MS, now=at)
