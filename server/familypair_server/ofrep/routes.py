"""OFREP over HTTP: the protocol's own errors for what is asked, problem documents for who asks."""

from typing import Any, Final, cast

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from familypair.reasons import Reason
from familypair.schema.base import Answer
from familypair_server.auth.principals import Host, requires_host
from familypair_server.bodies import well_formed
from familypair_server.context import Context
from familypair_server.ofrep.flags import KEYS, Flags
from familypair_server.ofrep.service import Ask, evaluate
from familypair_server.policies.building import Parts
from familypair_server.problems import Refused, refuse
from familypair_server.settings_api.tags import is_known

POLICY = [requires_host("policy:read")]
ONE: Final = "/ofrep/v1/evaluate/flags/{key}"
ALL: Final = "/ofrep/v1/evaluate/flags"
_JSON: Final = "application/json"
_KNOWN: Final = frozenset(KEYS)
_LONGEST_KEY: Final = 200


class Failure(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no value (OFREP `evaluationFailure`, `flagNotFound`)."""

    key: str = ""
    errorCode: str  # noqa: N815 - the protocol's name
    errorDetails: str  # noqa: N815 - the protocol's name


class _Fault(Exception):  # noqa: N818 - the protocol's no
    def __init__(self, code: str, details: str, status: int = 400) -> None:
        super().__init__(details)
        self.code = code
        self.status = status

    def answer(self, key: str = "") -> Response[bytes]:
        said = Failure(key=key, errorCode=self.code, errorDetails=str(self))
        return _answer(msgspec.json.encode(said), self.status)


@post(ONE.replace("}", ":str}"), guards=POLICY, include_in_schema=False)
async def evaluate_flag(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    key: FromPath[str],
) -> Response[bytes]:
    """One setting of the teen in `context.targetingKey`."""
    if key not in _KNOWN:
        unknown = _Fault("FLAG_NOT_FOUND", "There is no setting with this path.", 404)
        return unknown.answer(key[:_LONGEST_KEY])
    try:
        found = await _flags(request, ctx, host, (key,))
    except _Fault as fault:
        return fault.answer(key)
    return _answer(msgspec.json.encode(found.flags[0]))


@post(ALL, guards=POLICY, include_in_schema=False)
async def evaluate_flags(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
) -> Response[bytes]:
    """Every setting of the teen in `context.targetingKey`; 304 while none has changed."""
    try:
        found = await _flags(request, ctx, host, KEYS)
    except _Fault as fault:
        return fault.answer()
    body = msgspec.json.encode(found)
    tag = f'"{ctx.keys.mac("etag", "flags", host.client_id, body.decode()).hex()[:32]}"'
    if is_known(request.headers.get("if-none-match", ""), tag):
        return _answer(b"", 304, ETag=tag)
    return _answer(body, ETag=tag)


async def _flags(
    request: Request[Any, Any, Any], ctx: Context, host: Host, keys: tuple[str, ...]
) -> Flags:
    """Raises `_Fault` for what is asked, `Refused` for how it is sent."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise refuse(Reason.UNSUPPORTED_MEDIA_TYPE)
    subject = _targeting_key(await request.body())
    ask = Ask(host_id=host.client_id, subject=subject, now=ctx.clock(), keys=keys)
    found = await evaluate(ctx.store, Parts.of(ctx), ask)
    if found is None:
        raise _Fault("INVALID_CONTEXT", "Nobody with this targetingKey has connected this app.")
    return found


def _targeting_key(body: bytes) -> str:
    try:
        document = well_formed(body)
    except Refused as refused:
        raise _Fault("PARSE_ERROR", "The body is not well-formed JSON.") from refused
    context = _member(document, "context", {})
    subject = _member(context, "targetingKey", "")
    if not isinstance(subject, str):
        raise _Fault("INVALID_CONTEXT", "The targetingKey is not a string.")
    if not subject:
        raise _Fault("TARGETING_KEY_MISSING", "The context has no targetingKey.")
    return subject


def _member(value: object, name: str, absent: object) -> object:
    if not isinstance(value, dict):
        raise _Fault("INVALID_CONTEXT", "The body and its context must be objects.")
    return cast("dict[str, object]", value).get(name, absent)


def _answer(body: bytes, status: int = 200, **headers: str) -> Response[bytes]:
    kind = _JSON if body else None
    return Response(body, status_code=status, media_type=kind, headers=headers)


ROUTES = [evaluate_flag, evaluate_flags]
