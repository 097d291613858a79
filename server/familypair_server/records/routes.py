"""Records over HTTP: what happened, in the caller's own numbering and words."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter

from familypair.schema.ledger import Inbox
from familypair_server.auth.principals import Caller, requires
from familypair_server.context import Context
from familypair_server.links.service import settled
from familypair_server.records import service
from familypair_server.records.inbox import Owner
from familypair_server.teens.looks import Page, record

After = Annotated[int, Parameter(ge=0, le=2**53)]
Limit = Annotated[int, Parameter(ge=1, le=100)]


@get(
    "/v1/teens/{teen_id:str}/ledger",
    guards=[requires("guardian", "teen", "adult")],
    tags=["records"],
)
async def get_ledger(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    after: FromQuery[After] = 0,
    limit: FromQuery[Limit] = 50,
) -> Inbox:
    """The caller's inbox for this teen above `after`, oldest first; `next` while there is more."""
    owner = Owner(teen_id=teen_id, viewer_id=caller.account_id)
    now = ctx.clock()
    work = service.read(owner, after=after, limit=limit, now=now, keys=ctx.keys)
    due, seen = await ctx.store.read(work)
    if due:
        await settled(ctx.store, [teen_id], now, ctx.random, ctx.keys)
        _, seen = await ctx.store.read(work)
    await record(ctx, caller, teen_id, Page.HISTORY)
    return seen


ROUTES = [get_ledger]
