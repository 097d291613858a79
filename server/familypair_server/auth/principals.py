"""Who a caller is, and what a route may demand of them. Default deny: no caller, no answer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from familypair.reasons import Reason
from familypair_server.auth.lifetimes import RECENT_SECONDS
from familypair_server.problems import refuse

Kind = Literal["guardian", "teen", "adult"]

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]
"""An async guard; a sync one would cost a thread per request."""


class Caller(msgspec.Struct, frozen=True):
    """A person who sent a valid access token."""

    account_id: str
    kind: Kind
    session_id: str
    """The token family: one sign-in of one client."""
    scope: str
    auth_time: datetime | None
    """When the password was last typed; None for device-flow tokens, which never step up (T10)."""
    token_expires: datetime


class Host(msgspec.Struct, frozen=True):
    """A host app that sent a valid access token of its own (RFC 6749 section 4.4)."""

    client_id: str
    name: str
    scope: str
    """Separated by blanks."""
    token_expires: datetime

    @property
    def scopes(self) -> frozenset[str]:
        """What the token is good for."""
        return frozenset(self.scope.split())


def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """The caller; raises `Refused(UNAUTHENTICATED)` when nobody is signed in.

    A token that stands for nobody (revoked, expired, made up) is told apart: `INVALID_TOKEN`
    (RFC 6750 section 3.1). A host is refused with `WRONG_CALLER`: people's things are people's.
    """
    caller = _authenticated(connection)
    if not isinstance(caller, Caller):
        raise refuse(Reason.WRONG_CALLER)
    return caller


def host_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Host:
    """The calling host; raises as `caller_of`, with `WRONG_CALLER` for a person."""
    return host_in(cast("Mapping[str, Any]", connection.scope))


def host_in(scope: Mapping[str, Any]) -> Host:
    """`host_of` for a handler that has the ASGI scope alone."""
    caller = _user(scope)
    if not isinstance(caller, Host):
        raise refuse(Reason.WRONG_CALLER)
    return caller


def _authenticated(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller | Host:
    return _user(cast("Mapping[str, Any]", connection.scope))


def _user(scope: Mapping[str, Any]) -> Caller | Host:
    user = scope.get("user")
    if not isinstance(user, Caller | Host):
        raise refuse(Reason.INVALID_TOKEN if scope.get("bearer") else Reason.UNAUTHENTICATED)
    return user


def requires(*kinds: Kind) -> Guard:
    """A guard that lets only these kinds of callers pass."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if caller_of(connection).kind not in kinds:
            raise refuse(Reason.WRONG_CALLER)

    return guard


def requires_host(scope: str) -> Guard:
    """A guard that lets only host apps pass whose token has this scope (contract.md)."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if scope not in host_of(connection).scopes:
            raise refuse(Reason.WRONG_SCOPE, scope=scope)

    return guard


def signed_in_recently(caller: Caller, now: datetime) -> bool:
    """Whether the password was typed within the last 300 s (security 2.6)."""
    if caller.auth_time is None:
        return False
    return now - caller.auth_time <= timedelta(seconds=RECENT_SECONDS)


def check_recent_sign_in(caller: Caller, now: datetime) -> None:
    """Raise `Refused(INSUFFICIENT_USER_AUTHENTICATION)` (RFC 9470) unless it was recent.

    For services where only some changes need a step-up, such as loosening a setting.
    """
    if not signed_in_recently(caller, now):
        raise refuse(Reason.INSUFFICIENT_USER_AUTHENTICATION)


async def requires_recent_sign_in(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """A guard for routes whose every use needs a step-up."""
    clock = cast("Callable[[], datetime]", connection.scope["auth"].clock)
    check_recent_sign_in(caller_of(connection), clock())
