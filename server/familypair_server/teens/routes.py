"""Teens over HTTP: the overview, one teen at a glance, and the teen's own pages."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from familypair.schema.teens import AccessLog, Sharing, TeenCard, Teens
from familypair_server.auth.principals import Caller, requires
from familypair_server.context import Context
from familypair_server.links.desk import Desk
from familypair_server.teens import service
from familypair_server.teens.looks import Page, record
from familypair_server.teens.service import Asking

TAGS = ["teens"]
FAMILY = [requires("guardian", "teen", "adult")]
OWN = [requires("teen", "adult")]


@get("/v1/teens", guards=FAMILY, tags=TAGS)
async def get_teens(ctx: NamedDependency[Context], caller: NamedDependency[Caller]) -> Teens:
    """The teens that the caller may see, in order of linking; a teen sees their own card."""
    seen = await ctx.store.read(service.cards(_asking(ctx, caller)))
    for card in seen.items:
        if not card.unavailable:
            await record(ctx, caller, card.id, Page.TODAY)
    return seen


@get("/v1/teens/{teen_id:str}", guards=FAMILY, tags=TAGS)
async def get_teen(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> TeenCard:
    """One teen today at a glance."""
    seen = await ctx.store.read(service.one(_asking(ctx, caller), teen_id))
    await record(ctx, caller, teen_id, Page.TODAY)
    return seen


@get("/v1/teens/{teen_id:str}/sharing", guards=OWN, tags=TAGS)
async def get_sharing(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> Sharing:
    """What each guardian sees and can change, and what nobody sees; for the teen alone."""
    return await ctx.store.read(service.sharing(_asking(ctx, caller), teen_id))


@get("/v1/teens/{teen_id:str}/access-log", guards=OWN, tags=["records"])
async def get_access_log(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> AccessLog:
    """Who looked at this teen's pages and when, once per page and hour; for the teen alone."""
    return await ctx.store.read(service.access_log(_asking(ctx, caller), teen_id))


def _asking(ctx: Context, caller: Caller) -> Asking:
    return Asking(
        desk=Desk.of(ctx.settings, ctx.keys, ctx.random),
        caller_id=caller.account_id,
        is_guardian=caller.kind == "guardian",
        now=ctx.clock(),
    )


ROUTES = [get_teens, get_teen, get_sharing, get_access_log]
