"""Links over HTTP."""

from typing import Any

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from familypair.reasons import Reason
from familypair.rules.actors import Actor
from familypair.schema import invitations as invitation_wire
from familypair.schema import links as wire
from familypair_server.auth.principals import Caller, requires, signed_in_recently
from familypair_server.context import Context
from familypair_server.links import ending, exits, keeping, reading, scopes
from familypair_server.links.desk import Desk
from familypair_server.links.service import settled
from familypair_server.problems import refuse
from familypair_server.settings_api.bodies import if_match
from familypair_server.settings_api.settling import run_settled

PERSON = [requires("guardian", "teen", "adult")]
TAGS = ["links"]


def desk_of(ctx: Context) -> Desk:
    """The parts of the running application that links need."""
    return Desk.of(ctx.settings, ctx.keys, ctx.random)


def actor_of(caller: Caller) -> Actor:
    """The caller's side; an adult keeps reading what was theirs as a teen."""
    return Actor.GUARDIAN if caller.kind == "guardian" else Actor.TEEN


def tagged(link: wire.Link) -> Response[wire.Link]:
    """The link with its entity tag."""
    return Response(link, headers={"ETag": link.etag})


@get("/v1/links", guards=PERSON, tags=TAGS)
async def list_links(ctx: NamedDependency[Context], caller: NamedDependency[Caller]) -> wire.Links:
    """My links, newest first; ended ones too."""
    now, actor, mine = ctx.clock(), actor_of(caller), caller.account_id
    teens = await ctx.store.read(reading.teens_of(account_id=mine, actor=actor))
    await settled(ctx.store, teens, now, ctx.random, ctx.keys)
    return await ctx.store.read(reading.mine(desk_of(ctx), account_id=mine, actor=actor, now=now))


@get("/v1/links/{link_id:str}", guards=PERSON, tags=TAGS)
async def read_link(
    link_id: FromPath[str], ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> Response[wire.Link]:
    """One of my links, with its ETag for a change of scopes."""
    work = reading.one(desk_of(ctx), account_id=caller.account_id, link_id=link_id, now=ctx.clock())
    return tagged(await ctx.store.read(work))


@get("/v1/links/{link_id:str}/receipt", guards=PERSON, tags=TAGS)
async def read_receipt(
    link_id: FromPath[str], ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> wire.Receipt:
    """The consent receipt as a JWS, with the keys that verify it offline."""
    work = reading.receipt(
        desk_of(ctx), account_id=caller.account_id, link_id=link_id, now=ctx.clock()
    )
    return await ctx.store.read(work)


@patch("/v1/links/{link_id:str}/scopes", guards=PERSON, tags=TAGS)
async def change_scopes(
    request: Request[Any, Any, Any],
    link_id: FromPath[str],
    data: JSONBody[wire.ScopesChange],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> Response[wire.Link]:
    """Teen: the whole set granted from now on. Guardian: what they ask for. With `If-Match`.

    A grant needs the disclosure of the same text 5 s before, and the password typed just now.
    """
    now = ctx.clock()
    work = scopes.change(
        desk_of(ctx),
        account_id=caller.account_id,
        link_id=link_id,
        ask=data,
        if_match=if_match(request),
        signed_in_recently=signed_in_recently(caller, now),
        now=now,
    )
    return tagged(await ctx.store.run(work))


@post("/v1/links/{link_id:str}/disclosure", status_code=200, guards=PERSON, tags=TAGS)
async def disclose_scopes(
    link_id: FromPath[str], ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> invitation_wire.Disclosure:
    """Teen: what the scopes mean that my guardian asks for in addition."""
    work = scopes.disclose(
        desk_of(ctx), account_id=caller.account_id, link_id=link_id, now=ctx.clock()
    )
    return await ctx.store.run(work)


@post("/v1/links/{link_id:str}/end", status_code=200, guards=PERSON, tags=TAGS)
async def end(
    link_id: FromPath[str],
    data: JSONBody[wire.EndLink],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> Response[wire.Link]:
    """End the link; no reason is asked."""
    work = ending.end(
        desk_of(ctx), account_id=caller.account_id, link_id=link_id, ask=data, now=ctx.clock()
    )
    return tagged(await ctx.store.run(work))


@post("/v1/links/{link_id:str}/resume", status_code=200, guards=PERSON, tags=TAGS)
async def resume(
    link_id: FromPath[str], ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> Response[wire.Link]:
    """Propose to take the end back; a teen with the password typed just now."""
    now = ctx.clock()
    work = ending.resume(
        desk_of(ctx),
        account_id=caller.account_id,
        link_id=link_id,
        signed_in_recently=signed_in_recently(caller, now),
        now=now,
    )
    return tagged(await ctx.store.run(work))


@post("/v1/links/{link_id:str}/resume/confirm", status_code=200, guards=PERSON, tags=TAGS)
async def confirm_resume(
    link_id: FromPath[str], ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> Response[wire.Link]:
    """Agree to take the end back; a teen with the password typed just now."""
    now = ctx.clock()
    work = ending.confirm_resume(
        desk_of(ctx),
        account_id=caller.account_id,
        link_id=link_id,
        signed_in_recently=signed_in_recently(caller, now),
        now=now,
    )
    return tagged(await ctx.store.run(work))


@post("/v1/links/{link_id:str}/keep-rules", status_code=200, guards=PERSON, tags=TAGS)
async def keep_rules(
    link_id: FromPath[str],
    data: JSONBody[wire.KeepRules],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.KeptRules:
    """Guardian: keep today's values as my rule. Teen: keep a leaving guardian's as my own."""
    now = ctx.clock()
    work = keeping.keep_rules(
        desk_of(ctx),
        account_id=caller.account_id,
        link_id=link_id,
        ask=data,
        writes_per_hour=ctx.settings.layer_writes_per_hour,
        now=now,
    )
    return await run_settled(ctx, work, now)


@post("/v1/links/{link_id:str}/safety-exit", status_code=200, guards=PERSON, tags=TAGS)
async def safety_exit(
    link_id: FromPath[str],
    data: JSONBody[wire.SafetyExit],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.ExitDone:
    """Teen: leave now; the answer names who can help. No password is asked, by design."""
    if not data.confirm:
        raise refuse(Reason.BAD_REQUEST, "/confirm")
    work = exits.leave(desk_of(ctx), account_id=caller.account_id, link_id=link_id, now=ctx.clock())
    return await ctx.store.run(work)


@post("/v1/links/{link_id:str}/safety-exit/undo", status_code=200, guards=PERSON, tags=TAGS)
async def undo_safety_exit(
    link_id: FromPath[str], ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> Response[wire.Link]:
    """Teen: take the exit back within 24 h, with the password typed just now."""
    now = ctx.clock()
    work = exits.undo(
        desk_of(ctx),
        account_id=caller.account_id,
        link_id=link_id,
        signed_in_recently=signed_in_recently(caller, now),
        now=now,
    )
    return tagged(await ctx.store.run(work))


ROUTES: list[Any] = [
    list_links,
    read_link,
    read_receipt,
    change_scopes,
    disclose_scopes,
    end,
    resume,
    confirm_resume,
    keep_rules,
    safety_exit,
    undo_safety_exit,
]
