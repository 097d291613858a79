"""One request and its answer: tokens, safe retries, and refusals as exceptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import msgspec

from familypair.client.around import Around, back_off
from familypair.client.clean import decode
from familypair.client.errors import BadAnswer, ProblemError, StepUpNeeded, Unreachable
from familypair.client.http import Reply, Transport
from familypair.reasons import Reason
from familypair.schema.problem import Problem

T = TypeVar("T")

_RETRIES = 3
_BUSY = frozenset({429, 502, 503, 504})
_PATIENCE = 30.0
"""The longest `Retry-After`, in seconds, that is waited for without asking the caller."""
UNAUTHORIZED = 401
_CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the API. `key` is the idempotency key of a POST that creates."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    etag: str = ""
    key: str = ""
    media: str = "application/json"
    safe: bool = False
    """Whether the body itself makes a repeat harmless, as the numbers of a usage report do."""

    def repeatable(self) -> bool:
        """Whether a second try after a lost answer cannot act twice."""
        return self.method == "GET" or self.safe or bool(self.key)

    def headers(self, token: str) -> dict[str, str]:
        """The request's headers."""
        found = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if self.body is not None:
            found["Content-Type"] = self.media
        if self.etag:
            found["If-Match"] = self.etag
        if self.key:
            found["Idempotency-Key"] = self.key
        return found


class Tokens(Protocol):
    """Where a call's access token comes from: a person's session or a host's credentials."""

    async def access_token(self, *, stale: str = "") -> str:
        """A token to send; `stale` is one that the server just refused."""
        ...


class Wire:
    """Sends calls with the session's token and turns answers into values or exceptions."""

    def __init__(self, transport: Transport, keeper: Tokens, around: Around) -> None:
        self.transport = transport
        self.keeper = keeper
        self.around = around

    async def ask(self, call: Call, kind: type[T]) -> T:
        """Send and decode. Raises `ProblemError`, `NotSignedIn`, `Unreachable`, `BadAnswer`."""
        return decode((await self.send(call)).body, kind)

    async def send(self, call: Call) -> Reply:
        """Send with one refresh of the token when the server calls it stale."""
        token = await self.keeper.access_token()
        reply = await self._persist(call, token)
        if reply.status == UNAUTHORIZED and not _wants_step_up(reply):
            token = await self.keeper.access_token(stale=token)
            reply = await self._persist(call, token)
        if reply.ok:
            return reply
        raise refusal(reply)

    async def _persist(self, call: Call, token: str) -> Reply:
        for attempt in range(1, _RETRIES + 1):
            try:
                reply = await self._once(call, token)
            except Unreachable as error:
                if not (call.repeatable() or error.never_sent):
                    raise
                wait = back_off(attempt, self.around.jitter())
            else:
                if not (call.repeatable() and _busy(reply)):
                    return reply
                wait = reply.retry_after() or back_off(attempt, self.around.jitter())
                if wait > _PATIENCE:
                    return reply
            await self.around.sleep(wait)
        return await self._once(call, token)

    async def _once(self, call: Call, token: str) -> Reply:
        content = b"" if call.body is None else msgspec.json.encode(call.body)
        headers = call.headers(token)
        return await self.transport.send(call.method, call.path, headers, content, call.query)


def _busy(reply: Reply) -> bool:
    """Whether asking again may succeed; a 409 says so when the first request still runs."""
    running = reply.status == _CONFLICT and Reason.KEY_IN_USE.value.encode() in reply.body
    return running or reply.status in _BUSY


def refusal(reply: Reply) -> ProblemError | BadAnswer:
    """The exception for an answer that is not a success."""
    try:
        problem = decode(reply.body, Problem)
    except BadAnswer:
        return BadAnswer(f"The server answered {reply.status} without saying why.")
    kind = StepUpNeeded if _wants_step_up(reply) else ProblemError
    return kind(problem, retry_after=reply.retry_after())


def _wants_step_up(reply: Reply) -> bool:
    asked = Reason.INSUFFICIENT_USER_AUTHENTICATION.value
    return reply.status == UNAUTHORIZED and asked in reply.header("www-authenticate")
