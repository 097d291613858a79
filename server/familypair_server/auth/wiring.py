"""How the application plugs sign-in in: one middleware, two dependencies."""

import logging
from collections.abc import Callable
from typing import Any, cast

from litestar import Request
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from familypair_server.auth.principals import Caller, Host, caller_of, host_of
from familypair_server.auth.service import Auth, make
from familypair_server.context import Context

logging.getLogger("authlib").setLevel(logging.WARNING)
# Authlib logs issued tokens at DEBUG (security 2.4, pitfall 9).


class Authentication(ASGIMiddleware):
    """Puts the caller of a bearer token into `scope["user"]`, and `Auth` into `scope["auth"]`.

    The parts of the application are `scope["ctx"]`, for handlers without dependencies.

    `scope["bearer"]` says whether a token was sent at all. It refuses nothing: a route that takes
    a caller, or has a guard, does.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, context: Callable[[], Context]) -> None:
        self._context = context
        self._auth: tuple[Context, Auth] | None = None

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find the caller, then go on."""
        auth = self.auth()
        token = _bearer(scope)
        user: Caller | Host | None = None
        if token:
            now, callers = auth.clock(), auth.callers
            user = callers.known(token, now) or await callers.anyone(token, now)
        fields = cast("dict[str, Any]", scope)
        fields["auth"] = auth
        fields["ctx"] = self._context()
        fields["bearer"] = bool(token)
        fields["user"] = user
        await next_app(scope, receive, send)

    def auth(self) -> Auth:
        """The parts of sign-in for the running context; made anew when it starts again."""
        context = self._context()
        if self._auth is None or self._auth[0] is not context:
            made = make(
                context.settings,
                store=context.store,
                keys=context.keys,
                random=context.random,
                clock=context.clock,
                hub=context.hub,
            )
            self._auth = (context, made)
        return self._auth[1]


def authentication(context: Callable[[], Context]) -> Authentication:
    """The middleware for an application whose context exists once it has started."""
    return Authentication(context)


def _bearer(scope: Scope) -> str:
    """The token of `Authorization: Bearer`, from the header only (RFC 6750 section 2.1)."""
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(values) != 1:
        return ""
    kind, _, token = values[0].decode("latin-1").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def provide_caller(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],  # noqa: ARG001 - see the docstring
) -> Caller:
    """Dependency `caller`: 401 when nobody is signed in.

    It names `ctx` so that the two are resolved one after the other: Litestar starts a task group
    for dependencies that do not know of each other, a fifth of a write's time in the event loop.
    """
    return caller_of(request)


async def provide_host(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],  # noqa: ARG001 - as for `provide_caller`
) -> Host:
    """Dependency `host`: 401 when nobody is signed in, 403 for a person."""
    return host_of(request)


async def provide_auth(request: Request[Any, Any, Any]) -> Auth:
    """Dependency `auth` of the sign-in routes."""
    return cast("Auth", request.scope["auth"])
