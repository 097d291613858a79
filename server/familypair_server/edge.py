"""The outermost layer: request ids, bounded arrival of bodies, and headers on every answer."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Generator, Mapping
from types import MappingProxyType
from typing import Any, Final, Self, cast

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from familypair.reasons import Reason, Refusal
from familypair_server.ids import ID_BYTES, Random
from familypair_server.problems import Refused

BODY_SECONDS = 10.0
"""A body has this long to arrive (security.md 5.3: neither server bounds it by itself)."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_ID_LETTERS = 26
"""As long as every id. In hex 104 bits: it only has to be unique, and is made for every request."""
_ANY_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,256}")
"""On the decision routes any printable one is echoed, as their specification demands (10.1.4)."""
_DECISIONS = "/access/"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_ALWAYS = (*_HEADERS, (b"cache-control", b"no-store"))
_JSON = (b"content-type", b"application/json")

Direct = Callable[[dict[str, Any], Receive], Awaitable[bytes | Receive]]
"""A short way for the requests of one path, given the ASGI scope and the bounded `receive`.

It returns the JSON body of a 200, or what the application has to receive from instead of `receive`
to answer by itself; a short way never answers anything but 200.
"""
_NONE: Final[Mapping[str, Direct]] = MappingProxyType({})


class BodyTooSlow(Refused):
    """The body did not arrive within `BODY_SECONDS`; whoever reads it answers 408 and hangs up."""

    def __init__(self) -> None:
        super().__init__(Refusal(Reason.BODY_TOO_SLOW))


class Edge:
    """ASGI wrapper around the whole application; `direct` are short ways by path."""

    def __init__(self, app: ASGIApp, random: Random, direct: Mapping[str, Direct] = _NONE) -> None:
        self.app = app
        self._random = random
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(cast("HTTPScope", scope), self._random)
        fields = cast("dict[str, Any]", scope)
        fields["request_id"] = request_id
        bounded = _bounded(receive)
        if (direct := self._direct.get(fields.get("path", ""))) is not None:
            found = await direct(fields, bounded)
            if isinstance(found, bytes):
                await _answer(send, found, request_id)
                return
            bounded = found
        await self.app(scope, bounded, _decorated(send, request_id))


async def _answer(send: Send, body: bytes, request_id: str) -> None:
    """Send what the application and `_decorated` would have sent."""
    headers = [
        _JSON,
        (b"content-length", b"%d" % len(body)),
        *_ALWAYS,
        (b"x-request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _request_id(scope: HTTPScope, random: Random) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            wide = scope["path"].startswith(_DECISIONS) and _ANY_REQUEST_ID.fullmatch(value)
            if wide or _REQUEST_ID.fullmatch(value):
                return value.decode()
    return f"rid_{random.bytes(ID_BYTES).hex()[:_ID_LETTERS]}"


def _bounded(receive: Receive) -> Receive:
    """`receive` that raises `BodyTooSlow` while the body is not whole.

    It takes the first step of an awaiting itself, so that a clock is only set for what is not here
    already: setting one and taking it back takes 4 us, a whole decision 16.
    """
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS
    arrived = False

    async def bounded() -> Any:
        nonlocal arrived
        if arrived:
            return await receive()
        step = receive().__await__()
        try:
            message = await _in_time(next(step), step, deadline)
        except StopIteration as here:  # nearly always: it came with the headers
            message = here.value
        arrived = not message.get("more_body", False)
        return message

    return bounded


async def _in_time(first: Any, step: Generator[Any, Any, Any], deadline: float) -> Any:
    """What `step` awaits, which waits for `first`; raises `BodyTooSlow`."""
    try:
        async with asyncio.timeout_at(deadline):
            return await _Begun(first, step)
    except TimeoutError as error:
        raise BodyTooSlow from error


class _Begun:
    """The rest of an awaiting of which `first`, what it waits for, was taken out.

    An iterator, so that the interpreter itself passes on what is thrown in: a cancelled request is
    cancelled where it waits.
    """

    def __init__(self, first: Any, step: Generator[Any, Any, Any]) -> None:
        self._first, self._step = [first], step

    def __await__(self) -> Generator[Any, Any, Any]:
        return cast("Generator[Any, Any, Any]", self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        return self._first.pop() if self._first else next(self._step)

    def throw(self, *error: Any) -> Any:
        """Into the awaiting; it may wait for more."""
        return self._step.throw(*error)

    def close(self) -> None:
        """End the awaiting."""
        self._step.close()


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
