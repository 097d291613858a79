"""The short way to a decision, past the framework: half of what an answer takes is routing.

Only for what is not special: a `POST` of plain JSON by a host whose token was looked up within the
second, with the body in one piece. Everything else, and whatever goes wrong, is answered by the
routes (`decisions.routes`), so that there is one place where a request is refused.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from litestar.types import Receive

from familypair_server.auth.principals import Host
from familypair_server.auth.service import Auth
from familypair_server.context import Context
from familypair_server.decisions import answering
from familypair_server.decisions.metadata import EVALUATION, EVALUATIONS
from familypair_server.decisions.routes import BODY_BYTES, FAULT, SCOPE, Answering
from familypair_server.edge import Direct

_JSON: Final = b"application/json"
_BEARER: Final = b"Bearer "
_PLAIN_HOST: Final = re.compile(rb"[0-9A-Za-z.-]+(?::[0-9]+)?")
"""The framework refuses hosts with other characters than these and some more."""


def direct(context: Callable[[], Context], auth: Callable[[], Auth]) -> Mapping[str, Direct]:
    """The short ways by path; both parts are of the application that runs."""
    return {
        EVALUATION: _way(answering.evaluation, context, auth),
        EVALUATIONS: _way(answering.evaluations, context, auth),
    }


def _way(answer: Answering, context: Callable[[], Context], auth: Callable[[], Auth]) -> Direct:
    async def way(scope: dict[str, Any], receive: Receive) -> bytes | Receive:
        token = _token(scope)
        host = _host(auth(), token) if token else None
        if host is None:
            return receive
        try:
            message = cast("dict[str, Any]", await receive())
            body = message.get("body", b"")
            if message.get("more_body") or len(body) > BODY_BYTES:
                return _again(message, receive)
            return await answer(context(), host, body)
        except Exception as error:  # noqa: BLE001 - raised again where errors become answers
            scope[FAULT] = error
            return receive

    return way


def _token(scope: Mapping[str, Any]) -> str:
    """The bearer token of a request without anything special; empty for every other one."""
    if scope["method"] != "POST" or scope.get("root_path"):
        return ""
    token = kind = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            if token or not value.startswith(_BEARER):
                return ""
            token = value
        elif name == b"content-type":
            if value != _JSON:
                return ""
            kind = value
        elif name == b"host" and not _PLAIN_HOST.fullmatch(value):
            return ""
    return token[len(_BEARER) :].decode("latin-1") if kind else ""


def _host(auth: Auth, token: str) -> Host | None:
    """The host that may ask, when it is known without a look at the database."""
    found = auth.callers.known(token, auth.clock())
    return found if isinstance(found, Host) and SCOPE in found.scope.split() else None


def _again(message: dict[str, Any], receive: Receive) -> Receive:
    """`message`, then everything that follows it."""
    first = [message]

    async def again() -> Any:
        return first.pop() if first else await receive()

    return again
