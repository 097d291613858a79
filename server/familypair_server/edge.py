"""The outermost layer: request ids, bounded arrival of bodies, and headers on every answer."""

import asyncio
import re
from collections.abc import Generator
from typing import Any, cast

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from familypair.reasons import Reason, Refusal
from familypair_server.ids import Random, new_id
from familypair_server.problems import Refused

BODY_SECONDS = 10.0
"""A body has this long to arrive (security.md 5.3: neither server bounds it by itself)."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_ANY_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,256}")
"""On the decision routes any printable one is echoed, as their specification demands (10.1.4)."""
_DECISIONS = "/access/"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_ALWAYS = (*_HEADERS, (b"cache-control", b"no-store"))


class BodyTooSlow(Refused):
    """The body did not arrive within `BODY_SECONDS`; whoever reads it answers 408 and hangs up."""

    def __init__(self) -> None:
        super().__init__(Refusal(Reason.BODY_TOO_SLOW))


class Edge:
    """ASGI wrapper around the whole application."""

    def __init__(self, app: ASGIApp, random: Random) -> None:
        self.app = app
        self._random = random

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(cast("HTTPScope", scope), self._random)
        cast("dict[str, Any]", scope)["request_id"] = request_id
        await self.app(scope, _bounded(receive), _decorated(send, request_id))


def _request_id(scope: HTTPScope, random: Random) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            wide = scope["path"].startswith(_DECISIONS) and _ANY_REQUEST_ID.fullmatch(value)
            if wide or _REQUEST_ID.fullmatch(value):
                return value.decode()
    return new_id(random, "rid")


def _bounded(receive: Receive) -> Receive:
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS
    arrived = False

    async def bounded() -> Any:
        nonlocal arrived
        if arrived:
            return await receive()
        message = await _in_time(receive().__await__(), deadline)
        arrived = not message.get("more_body", False)
        return message

    return bounded


async def _in_time(step: Generator[Any, Any, Any], deadline: float) -> Any:
    """What `step` awaits, or `BodyTooSlow`. A clock is only set for what is not here already."""
    try:
        first = next(step)
    except StopIteration as here:
        return here.value
    try:
        async with asyncio.timeout_at(deadline):
            return await _Rest(first, step)
    except TimeoutError as error:
        raise BodyTooSlow from error


class _Rest:
    """An awaiting that has begun: `first` is what it waits for."""

    def __init__(self, first: Any, step: Generator[Any, Any, Any]) -> None:
        self._first, self._step = first, step

    def __await__(self) -> Generator[Any, Any, Any]:
        try:
            yield self._first
        except BaseException:
            self._step.close()
            raise
        rest: Any = yield from self._step
        return rest


def _decorated(send: Send, request_id: str) -> Send:
    async def decorated(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *[pair for pair in _ALWAYS if pair[0] not in present],
                (b"x-request-id", request_id.encode()),
            ]
        await send(message)

    return decorated
