"""The Authorization API over HTTP: ASGI handlers inside the router, with their own decoding.

An ordinary route takes twice as long (the body twice through validation, dependencies, headers).
What such a route would get for nothing is done here: who calls, the method, the media type, the
size of the body. It is in the OpenAPI document by hand, see `decisions.openapi`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

from litestar import asgi, get
from litestar.di import NamedDependency
from litestar.exceptions import MethodNotAllowedException
from litestar.response import Response
from litestar.types import Receive, Scope, Send

from familypair.reasons import Reason
from familypair_server.auth.principals import Host, host_in
from familypair_server.context import Context
from familypair_server.decisions import answering
from familypair_server.decisions.metadata import Metadata, metadata
from familypair_server.problems import refuse

SCOPE: Final = "policy:read"
BODY_BYTES: Final = 64 * 1024
FAULT: Final = "fault"
"""In the ASGI scope: what `decisions.direct` ran into, after it had read the body."""
_JSON: Final = b"application/json"
_OPT: Final = {"methods": ["POST"]}

Answering = Callable[[Context, Host, bytes], Awaitable[bytes]]


@asgi("/access/v1/evaluation", copy_scope=False, opt=_OPT)
async def evaluate(scope: Scope, receive: Receive, send: Send) -> None:
    """Decide one question."""
    await _serve(answering.evaluation, scope, receive, send)


@asgi("/access/v1/evaluations", copy_scope=False, opt=_OPT)
async def evaluate_many(scope: Scope, receive: Receive, send: Send) -> None:
    """Decide many questions."""
    await _serve(answering.evaluations, scope, receive, send)


@get("/.well-known/authzen-configuration", tags=["decisions"])
async def get_metadata(ctx: NamedDependency[Context]) -> Response[Metadata]:
    """What this policy decision point serves, for clients that discover it (AuthZEN section 9)."""
    kept = {"Cache-Control": "public, max-age=3600"}
    return Response(metadata(ctx.settings.base_url()), headers=kept)


async def _serve(answer: Answering, scope: Scope, receive: Receive, send: Send) -> None:
    fields = cast("Mapping[str, Any]", scope)
    if (fault := fields.get(FAULT)) is not None:
        raise fault
    if fields["method"] != "POST":
        raise MethodNotAllowedException
    host = host_in(fields)
    if SCOPE not in host.scope.split():
        raise refuse(Reason.WRONG_SCOPE, scope=SCOPE)
    _refuse_media_type(fields["headers"])
    body = await answer(fields["ctx"], host, await _body(receive))
    headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _refuse_media_type(headers: list[tuple[bytes, bytes]]) -> None:
    """The specification wants 400 here, not 415 (certification 2.4.3)."""
    for name, value in headers:
        if name == b"content-type":
            if value != _JSON and value.partition(b";")[0].strip().lower() != _JSON:
                break
            return
    raise refuse(Reason.JSON_EXPECTED)


async def _body(receive: Receive) -> bytes:
    """The whole body, up to its limit; it has to arrive in time, see `edge`."""
    message = cast("Mapping[str, Any]", await receive())
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= BODY_BYTES:
        message = cast("Mapping[str, Any]", await receive())
        body += message.get("body", b"")
    if len(body) > BODY_BYTES:
        raise refuse(Reason.BODY_TOO_LARGE)
    return body


ROUTES = [evaluate, evaluate_many, get_metadata]
