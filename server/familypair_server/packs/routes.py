"""Word packs over HTTP, for hosts that decide by themselves."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from familypair.schema.packs import Packs, WordPack
from familypair_server.auth.principals import Host, requires_host
from familypair_server.context import Context
from familypair_server.packs import service

HOST = ["host apps"]
READING = [requires_host("policy:read")]


@get("/v1/packs", guards=READING, tags=HOST)
async def get_packs(ctx: NamedDependency[Context], host: NamedDependency[Host]) -> Packs:
    """The word packs in force, without their terms."""
    del host
    return await ctx.store.read(service.listed())


@get("/v1/packs/{digest:str}", guards=READING, tags=HOST)
async def get_pack(
    ctx: NamedDependency[Context], host: NamedDependency[Host], digest: FromPath[str]
) -> WordPack:
    """A word pack that a policy document names; it never changes under its digest."""
    del host
    return await ctx.store.read(service.one(digest))


ROUTES = [get_packs, get_pack]
