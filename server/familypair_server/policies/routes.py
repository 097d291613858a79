"""Policies over HTTP: hosts fetch and acknowledge them, families see whether they are applied."""

from typing import Annotated, Any

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.types import ASGIApp

from familypair.reasons import Reason
from familypair.schema.policies import (
    Applied,
    AppliedRules,
    Capabilities,
    CapabilitiesSaid,
    PolicySync,
    PolicySynced,
    TeenPolicy,
)
from familypair_server.auth.principals import Caller, Host, requires, requires_host
from familypair_server.context import Context
from familypair_server.policies import acknowledging, applied, capabilities, streaming, syncing
from familypair_server.policies.building import Parts, help_for
from familypair_server.policies.service import fetch
from familypair_server.problems import refuse
from familypair_server.settings_api.tags import is_known
from familypair_server.teens.looks import Page, record
from familypair_server.times import millis

TAGS = ["host apps"]
HOSTS = [requires_host("policy:read")]
FAMILY = [requires("guardian", "teen", "adult")]
IfNoneMatch = Annotated[
    str, HeaderParameter(name="If-None-Match", description="The `ETag` of what is here.")
]


@get("/v1/policies/{teen:str}", guards=HOSTS, tags=TAGS)
async def get_policy(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    teen: FromPath[str],
    if_none_match: IfNoneMatch = "",
) -> Response[TeenPolicy | None]:
    """One teen's rules as a signed document, and today's use; `teen` is the id at this host.

    With `If-None-Match` the answer is 304 while neither has changed. Many teens at once:
    `POST /v1/policies/sync`.
    """
    found = await fetch(ctx.store, Parts.of(ctx), host.client_id, teen, ctx.clock())
    if found is None:
        raise refuse(Reason.NOT_FOUND)
    tag = syncing.tag_of(ctx.keys, host.client_id, found)
    if is_known(if_none_match, tag):
        return Response(None, status_code=304, headers={"ETag": tag})
    return Response(syncing.told(ctx.keys, found, None), headers={"ETag": tag})


@post("/v1/policies/sync", guards=HOSTS, tags=TAGS, status_code=200)
async def sync_policies(
    ctx: NamedDependency[Context], host: NamedDependency[Host], data: JSONBody[PolicySync]
) -> PolicySynced:
    """Say which version of which teen is here, and get what is missing, page by page.

    Every bound teen comes with its version and today's use, a document only where `have` has
    another version. `gone` names teens in `have` who are not bound. At most 500 teens and 100 new
    documents a page.
    """
    now = ctx.clock()
    for teen_id, count in await syncing.stopped(ctx.store, host.client_id, data):
        ctx.decisions.stopped.add(teen_id, millis(now), count)
    work = syncing.Syncing(
        store=ctx.store,
        parts=Parts.of(ctx),
        host_id=host.client_id,
        asked=data,
        now=now,
        help=help_for(ctx.settings.country),
    )
    return await work.page()


@get("/v1/policies/stream", guards=HOSTS, tags=TAGS, media_type="text/event-stream")
async def stream_policies(
    request: Request[Any, Any, Any], ctx: NamedDependency[Context], host: NamedDependency[Host]
) -> ASGIApp:
    """Server-sent hints of what to sync: `policy`, `use`, `bound`, `gone`, `packs`, `sync`.

    The first event is `hello`: what happens from then on is told, so sync once after it. Hints are
    not replayed; after a break sync again. At most 5 streams of one app.
    """
    return streaming.open_stream(request, ctx, host)


@post("/v1/policies/{teen:str}/applied", guards=HOSTS, tags=TAGS, status_code=204)
async def acknowledge_policy(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    teen: FromPath[str],
    data: JSONBody[Applied],
) -> None:
    """Say that a device applies a version. Say it again within 24 hours, or it is unknown.

    An older version than the device said before is taken and changes nothing.
    """
    await ctx.store.run(acknowledging.acknowledge(host.client_id, teen, data, ctx.clock()))


@get("/v1/host/capabilities", guards=HOSTS, tags=TAGS)
async def get_capabilities(
    ctx: NamedDependency[Context], host: NamedDependency[Host]
) -> CapabilitiesSaid:
    """What this app has declared that it enforces."""
    return await ctx.store.read(capabilities.capabilities(host.client_id))


@put("/v1/host/capabilities", guards=HOSTS, tags=TAGS)
async def put_capabilities(
    ctx: NamedDependency[Context], host: NamedDependency[Host], data: JSONBody[Capabilities]
) -> CapabilitiesSaid:
    """Declare which actions this app asks about before it does them; the rest is advice there."""
    return await ctx.store.run(capabilities.declare(host.client_id, data, ctx.clock()))


@get("/v1/teens/{teen_id:str}/applied", guards=FAMILY, tags=["settings"])
async def get_applied(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> AppliedRules:
    """How every connected app stands with the teen's rules, and every visible field."""
    work = applied.of_teen(Parts.of(ctx), teen_id, caller.account_id, ctx.clock())
    found = await ctx.store.read(work)
    await record(ctx, caller, teen_id, Page.SETTINGS)
    return found


ROUTES = [
    get_policy,
    sync_policies,
    stream_policies,
    acknowledge_policy,
    get_capabilities,
    put_capabilities,
    get_applied,
]
