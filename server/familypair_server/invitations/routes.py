"""The handshake over HTTP."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from familypair.reasons import Refusal
from familypair.rules.actors import Actor
from familypair.schema import invitations as wire
from familypair_server.auth.addresses import client_address
from familypair_server.auth.principals import (
    Caller,
    requires,
    requires_recent_sign_in,
    signed_in_recently,
)
from familypair_server.context import Context
from familypair_server.idempotency import Key, once, provide_key
from familypair_server.invitations import service
from familypair_server.invitations.approval import approve as approve_work
from familypair_server.invitations.claims import claim as claim_work
from familypair_server.invitations.pages import ROUTES as PAGES
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused
from familypair_server.storage import Transaction

PERSON = [requires("guardian", "teen")]
TAGS = ["handshake"]
KEYED = {"key": Provide(provide_key)}
"""Routes that create: `Idempotency-Key` gives a repeated request the same answer."""


def desk_of(ctx: Context) -> Desk:
    """The parts of the running application that the handshake needs."""
    return Desk.of(ctx.settings, ctx.keys, ctx.random)


def raised(answer: wire.Invitation | Refusal) -> wire.Invitation:
    """A refusal that was kept is raised after the commit."""
    if isinstance(answer, Refusal):
        seconds = answer.params.get("seconds")
        raise Refused(answer, retry_after=seconds if isinstance(seconds, int) else None)
    return answer


async def kept(
    ctx: Context, key: Key | None, work: Transaction[wire.Invitation | Refusal]
) -> wire.Invitation:
    """Run the work once per key, and raise its refusal after the commit."""
    whole = once(
        key,
        work,
        type=wire.Invitation,
        keys=ctx.keys,
        random=ctx.random,
        now=ctx.clock(),
    )
    return raised(await ctx.store.run(whole))


@get("/v1/invitations", guards=PERSON, tags=TAGS)
async def list_invitations(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller]
) -> wire.Invitations:
    """My invitations that are not over, newest first."""
    work = service.mine(desk_of(ctx), account_id=caller.account_id, now=ctx.clock())
    return wire.Invitations(items=await ctx.store.read(work))


@post("/v1/invitations", guards=PERSON, tags=TAGS, dependencies=KEYED)
async def create_invitation(
    data: JSONBody[wire.NewInvitation],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
) -> wire.Invitation:
    """Start from my side: a code for 10 minutes or a link for 48 hours. It ends my older one."""
    work = service.offer(
        desk_of(ctx),
        account_id=caller.account_id,
        actor=Actor(caller.kind),
        ask=data,
        now=ctx.clock(),
    )
    return await kept(ctx, key, work)


@get("/v1/invitations/{invitation_id:str}", guards=PERSON, tags=TAGS)
async def read_invitation(
    invitation_id: FromPath[str],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.Invitation:
    """One of my invitations."""
    work = service.one(
        desk_of(ctx), account_id=caller.account_id, invitation_id=invitation_id, now=ctx.clock()
    )
    return await ctx.store.read(work)


@post("/v1/invitations/claim", status_code=200, guards=PERSON, tags=TAGS, dependencies=KEYED)
async def claim(
    request: Request[Any, Any, Any],
    data: JSONBody[wire.Claim],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
) -> wire.Invitation:
    """Enter the other side's code. Every code that does not work gets one and the same answer."""
    work = claim_work(
        desk_of(ctx),
        account_id=caller.account_id,
        actor=Actor(caller.kind),
        code=data.code,
        address=client_address(request.scope, ctx.settings.trusted_proxies),
        now=ctx.clock(),
    )
    return await kept(ctx, key, work)


@post("/v1/invitations/{invitation_id:str}/confirm", status_code=200, guards=PERSON, tags=TAGS)
async def confirm(
    invitation_id: FromPath[str],
    data: JSONBody[wire.Confirm],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.Invitation:
    """Guardian: this is my teen, and this is what I ask for."""
    work = service.confirm(
        desk_of(ctx),
        account_id=caller.account_id,
        invitation_id=invitation_id,
        ask=data,
        now=ctx.clock(),
    )
    return await ctx.store.run(work)


@post("/v1/invitations/{invitation_id:str}/disclosure", status_code=200, guards=PERSON, tags=TAGS)
async def disclosure(
    invitation_id: FromPath[str],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.Disclosure:
    """Teen: everything to read before a yes. The approval opens 5 s after the first answer."""
    work = service.disclose(
        desk_of(ctx), account_id=caller.account_id, invitation_id=invitation_id, now=ctx.clock()
    )
    return await ctx.store.run(work)


@post(
    "/v1/invitations/{invitation_id:str}/approve",
    status_code=200,
    guards=[*PERSON, requires_recent_sign_in],
    tags=TAGS,
    dependencies=KEYED,
)
async def approve(
    invitation_id: FromPath[str],
    data: JSONBody[wire.Approve],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
) -> wire.Invitation:
    """Teen: yes, with the phrase heard from the guardian and the password typed just now."""
    now = ctx.clock()
    work = approve_work(
        desk_of(ctx),
        account_id=caller.account_id,
        invitation_id=invitation_id,
        ask=data,
        signed_in_recently=signed_in_recently(caller, now),
        now=now,
    )
    return await kept(ctx, key, work)


@post("/v1/invitations/{invitation_id:str}/decline", status_code=200, guards=PERSON, tags=TAGS)
async def decline(
    invitation_id: FromPath[str],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.Invitation:
    """Say no; these two cannot begin again for 7 days."""
    work = service.decline(
        desk_of(ctx), account_id=caller.account_id, invitation_id=invitation_id, now=ctx.clock()
    )
    return await ctx.store.run(work)


@post("/v1/invitations/{invitation_id:str}/cancel", status_code=200, guards=PERSON, tags=TAGS)
async def cancel(
    invitation_id: FromPath[str],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> wire.Invitation:
    """Take it back, until the teen has answered."""
    work = service.cancel(
        desk_of(ctx), account_id=caller.account_id, invitation_id=invitation_id, now=ctx.clock()
    )
    return await ctx.store.run(work)


ROUTES: list[Any] = [
    *PAGES,
    list_invitations,
    create_invitation,
    read_invitation,
    claim,
    confirm,
    disclosure,
    approve,
    decline,
    cancel,
]
