"""`/v1/me`: my account and where I am signed in."""

from typing import Any

from litestar import Request, Response, Router, delete, get, patch
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from familypair.reasons import Reason
from familypair.schema.accounts import Me, MeChange, Session, Sessions
from familypair_server.accounts import service
from familypair_server.auth import sign_ins
from familypair_server.auth.principals import Caller, check_recent_sign_in
from familypair_server.auth.service import Auth
from familypair_server.auth.wiring import provide_auth
from familypair_server.context import Context
from familypair_server.problems import refuse


@get("/v1/me", tags=["accounts"])
async def me(ctx: NamedDependency[Context], caller: NamedDependency[Caller]) -> Response[Me]:
    """My own account, with the ETag to send back when changing it."""
    work = service.read(account_id=caller.account_id, keys=ctx.keys, now=ctx.clock())
    return _with_etag(await ctx.store.read(work))


@patch("/v1/me", tags=["accounts"])
async def change_me(
    request: Request[Any, Any, Any],
    data: JSONBody[MeChange],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> Response[Me]:
    """Change my name; my country or zone after a step-up, or by asking where a guardian is."""
    work = service.change(
        caller=caller,
        wanted=data,
        if_match=request.headers.get("if-match"),
        keys=ctx.keys,
        random=ctx.random,
        now=ctx.clock(),
    )
    return _with_etag(await ctx.store.run(work))


@get("/v1/me/sessions", tags=["accounts"])
async def list_sessions(ctx: NamedDependency[Context], caller: NamedDependency[Caller]) -> Sessions:
    """Every app and browser where I am signed in."""
    work = sign_ins.places(account_id=caller.account_id, now=ctx.clock())
    items = tuple(
        Session(
            id=place.id,
            client=place.client,
            created_at=place.created_at,
            last_used_at=place.last_used_at,
            current=place.id == caller.session_id,
        )
        for place in await ctx.store.read(work)
    )
    return Sessions(items=items)


@delete("/v1/me/sessions/{session_id:str}", tags=["accounts"])
async def end_session(
    session_id: FromPath[str],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    auth: NamedDependency[Auth],
) -> None:
    """End a sign-in at once. Mine needs nothing; another one a recent password (security 2.6)."""
    now = ctx.clock()
    if session_id != caller.session_id:
        check_recent_sign_in(caller, now)
    end = sign_ins.end(account_id=caller.account_id, session_id=session_id, now=now)
    if not await ctx.store.run(end):
        raise refuse(Reason.NOT_FOUND)
    auth.ended([session_id])


def _with_etag(found: Me) -> Response[Me]:
    return Response(found, headers={"ETag": found.etag})


ROUTES: list[Any] = [
    Router(
        "/",
        route_handlers=[me, change_me, list_sessions, end_session],
        dependencies={"auth": Provide(provide_auth)},
    )
]
