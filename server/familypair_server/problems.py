"""One handler renders every error as RFC 9457 problem details, from one enum and one table."""

import logging
import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.routes import ASGIRoute, HTTPRoute

from familypair.reasons import Reason, Refusal
from familypair.schema.problem import FieldProblem, Problem
from familypair.wording import Audience, sentence, title
from familypair_server.shapes import allowed_at
from familypair_server.storage import StoreUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/docs/problems#"

STATUS: dict[Reason, int] = {
    Reason.BODY_TOO_LARGE: 413,
    Reason.BODY_TOO_SLOW: 408,
    Reason.UNSUPPORTED_MEDIA_TYPE: 415,
    Reason.METHOD_NOT_ALLOWED: 405,
    Reason.NOT_FOUND: 404,
    Reason.IF_MATCH_REQUIRED: 428,
    Reason.STALE_VERSION: 412,
    Reason.KEY_REUSED: 422,
    Reason.KEY_IN_USE: 409,
    Reason.TOO_MANY_REQUESTS: 429,
    Reason.INTERNAL: 500,
    Reason.UNAVAILABLE: 503,
    Reason.UNAUTHENTICATED: 401,
    Reason.INVALID_TOKEN: 401,
    Reason.INSUFFICIENT_USER_AUTHENTICATION: 401,
    Reason.WRONG_CALLER: 403,
    Reason.WRONG_PASSWORD: 403,
    Reason.SIGN_IN_FAILED: 403,
    Reason.TOO_MANY_SIGN_INS: 429,
    Reason.CROSS_SITE: 403,
    Reason.TOO_YOUNG: 403,
    Reason.TOO_MANY_STREAMS: 429,
    Reason.TOO_MANY_GUESSES: 429,
    Reason.TOO_MANY_LINK_REQUESTS: 429,
    Reason.TOO_MANY_PENDING: 429,
    Reason.CODE_NOT_VALID: 404,
    Reason.PAIR_BLOCKED: 404,
    Reason.TEEN_UNAVAILABLE: 503,
    Reason.SCOPE_NOT_GRANTED: 403,
    Reason.NOT_YOUR_FIELD: 403,
    Reason.LOOSER_THAN_CAP: 422,
    Reason.NEEDED_SCOPE_DECLINED: 422,
    Reason.SCOPE_NOT_ASKED: 422,
    Reason.WRONG_PHRASE: 422,
    Reason.WEAK_PASSWORD: 422,
    Reason.WRONG_SCOPE: 403,
    Reason.NOT_BOUND: 404,
    Reason.CODE_WRONG: 404,
    Reason.TOO_MANY_CODE_TRIES: 429,
    Reason.BAD_CALENDAR: 422,
    Reason.OVER_THE_DAY: 422,
    Reason.PROBATION_GIFT_LIMIT: 422,
    Reason.MORE_THAN_ASKED: 422,
    Reason.CAP_IN_THE_WAY: 422,
    Reason.NOTHING_IN_THE_WAY: 422,
    Reason.TOO_MANY_DAYS: 422,
    Reason.TOO_MANY_REQUESTS_OPEN: 429,
    Reason.DECLINED_TODAY: 429,
    Reason.TOO_MANY_AUTO_RULES: 429,
    Reason.NOT_ASKED_OF_YOU: 403,
    Reason.JSON_EXPECTED: 400,
    Reason.NO_SUCH_PACK: 404,
    Reason.PACK_NOT_USABLE: 422,
    Reason.NEWER_THAN_KNOWN: 422,
    Reason.UNKNOWN_ACTION: 422,
    Reason.WEBHOOK_NOT_HTTPS: 422,
    Reason.WEBHOOK_PRIVATE_ADDRESS: 422,
    Reason.UNKNOWN_EVENT: 422,
    Reason.TOO_MANY_WEBHOOKS: 429,
}
"""HTTP status by code. What is not listed is 400 for bad input and 409 for a state that says no."""

_BAD_INPUT = {
    Reason.BAD_REQUEST,
    Reason.MALFORMED_JSON,
    Reason.UNKNOWN_FIELD,
    Reason.MISSING_FIELD,
    Reason.DUPLICATE_FIELD,
    Reason.WRONG_TYPE,
    Reason.OUT_OF_RANGE,
    Reason.TOO_LONG,
    Reason.TOO_DEEP,
    Reason.BAD_TEXT,
}

HEADERS: dict[Reason, dict[str, str]] = {
    Reason.BODY_TOO_SLOW: {"Connection": "close"},
    Reason.UNAUTHENTICATED: {"WWW-Authenticate": "Bearer"},
    Reason.INVALID_TOKEN: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    Reason.INSUFFICIENT_USER_AUTHENTICATION: {
        "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", max_age=300'
    },
    Reason.WRONG_SCOPE: {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    Reason.TEEN_UNAVAILABLE: {"Retry-After": "3600"},
    Reason.UNAVAILABLE: {"Retry-After": "1"},
    Reason.KEY_IN_USE: {"Retry-After": "1"},
}


class Refused(Exception):  # noqa: N818 - it names what happened to the caller
    """A refusal on its way to the edge; raising it inside a transaction rolls that one back."""

    def __init__(self, *refusals: Refusal, retry_after: int | None = None) -> None:
        super().__init__(refusals[0].reason)
        self.refusals = refusals
        self.retry_after = retry_after


def refuse(reason: Reason, pointer: str = "", **params: str | int) -> Refused:
    """Shorthand: `raise refuse(Reason.NOT_FOUND)`."""
    return Refused(Refusal(reason, pointer, params))


def status_of(reason: Reason) -> int:
    """The HTTP status of a code."""
    return STATUS.get(reason, 400 if reason in _BAD_INPUT else 409)


def render(request: Request[Any, Any, Any], error: Refused) -> Response[Problem]:
    """Refusals as one problem document in the caller's words."""
    headers = dict(HEADERS.get(error.refusals[0].reason, {}))
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    request_id = request_id_of(request)
    problem = problem_of(error.refusals, _audience(request), request_id=request_id)
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def request_id_of(request: Request[Any, Any, Any]) -> str:
    """The id that the edge gave this request."""
    return str(cast("dict[str, Any]", request.scope).get("request_id", ""))


def problem_of(
    refusals: Sequence[Refusal], audience: Audience = "guardian", *, request_id: str
) -> Problem:
    """The document for some refusals; the first one gives the code and the status."""
    first = refusals[0]
    return Problem(
        type=TYPE_BASE + first.reason,
        title=title(first.reason),
        status=status_of(first.reason),
        detail=sentence(first, audience),
        code=first.reason,
        request_id=request_id,
        errors=_field_problems(refusals, audience),
    )


def _field_problems(refusals: Sequence[Refusal], audience: Audience) -> tuple[FieldProblem, ...]:
    return tuple(
        FieldProblem(pointer=r.pointer, code=r.reason, detail=_field_sentence(r, audience))
        for r in refusals
        if r.pointer or r.reason in _BAD_INPUT
    )


def _field_sentence(refusal: Refusal, audience: Audience) -> str:
    fault = refusal.params.get("fault")
    return str(fault) if fault else sentence(refusal, audience)


def _audience(request: Request[Any, Any, Any]) -> Audience:
    caller = cast("dict[str, Any]", request.scope).get("user")
    return "teen" if getattr(caller, "kind", "") == "teen" else "guardian"


def refused(request: Request[Any, Any, Any], error: Refused) -> Response[Problem]:
    """Handler for what our own services refuse."""
    return render(request, error)


def framework_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Handler for what Litestar refuses: routing, decoding, validation, size."""
    answer = render(request, Refused(_refusal_of(error)))
    if isinstance(error, MethodNotAllowedException):
        answer.headers["Allow"] = ", ".join(_methods_at(request))
    return answer


def _methods_at(request: Request[Any, Any, Any]) -> list[str]:
    """What a 405 must name (RFC 9110 section 15.5.6); the router itself does not say it."""
    steps = request.scope["path"].strip("/").split("/")
    for route in request.app.routes:
        wanted = list(route.path_components) or [""]
        fits = len(steps) == len(wanted) and all(
            part == step or not isinstance(part, str)
            for part, step in zip(wanted, steps, strict=True)
        )
        if fits and isinstance(route, HTTPRoute):
            return sorted(route.methods)
        if fits and isinstance(route, ASGIRoute):
            return list(route.route_handler.opt.get("methods", ()))
    return []


def store_unavailable(
    request: Request[Any, Any, Any], error: StoreUnavailable
) -> Response[Problem]:
    """The database cannot do it now: 503, and the caller may repeat it with its own key."""
    log.warning("the database is not available: %s", error)
    return render(request, refuse(Reason.UNAVAILABLE))


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Last resort: logged with the request id, answered without a detail (ASVS 16.5.1)."""
    if isinstance(error, RecursionError):
        return render(request, refuse(Reason.TOO_DEEP))
    log.error("request %s failed", request_id_of(request), exc_info=error)
    return render(request, refuse(Reason.INTERNAL))


def _refusal_of(error: HTTPException) -> Refusal:
    match error:
        case ValidationException():
            return _validation(error)
        case RequestEntityTooLarge():
            return Refusal(Reason.BODY_TOO_LARGE)
        case NotFoundException():
            return Refusal(Reason.NOT_FOUND)
        case MethodNotAllowedException():
            return Refusal(Reason.METHOD_NOT_ALLOWED)
        case NotAuthorizedException():
            return Refusal(Reason.UNAUTHENTICATED)
        case HTTPException(status_code=400):
            return Refusal(Reason.MALFORMED_JSON)
        case HTTPException(status_code=415):
            return Refusal(Reason.UNSUPPORTED_MEDIA_TYPE)
        case _:
            return Refusal(Reason.BAD_REQUEST)


def _validation(error: ValidationException) -> Refusal:
    cause = error.__cause__
    if not isinstance(cause, msgspec.ValidationError):
        return Refusal(Reason.BAD_REQUEST)
    return refusal_of_validation(cause)


def refusal_of_validation(error: msgspec.ValidationError, expected: object = None) -> Refusal:
    """What msgspec found, with its place inside the body or the query.

    With the type that was expected, an enum's values are named.
    """
    said = str(error)
    end = said.rfind(" - at `$")  # the last one: what was sent may be quoted before it
    fault, place = (said, "") if end < 0 else (said[:end], said[end + len(" - at ") :])
    path = place.removeprefix("`$.data").removeprefix("`$").rstrip("`")
    refusal = validation_refusal(fault, path)
    if expected is None or refusal.reason is not Reason.OUT_OF_RANGE:
        return refusal
    allowed = allowed_at(expected, path)
    return Refusal(refusal.reason, refusal.pointer, {"allowed": allowed}) if allowed else refusal


_UNKNOWN = re.compile(r"unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `([^`]*)`")
_AT_LEAST = re.compile(r"Expected `\w+` of length >= (\d+)")
_NAME_LIMIT = 80
"""A name that nobody knows is repeated up to here, so that an answer stays small."""


def pointer_of(name: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    printable = name[:_NAME_LIMIT].encode(errors="replace").decode()  # no lone surrogate goes out
    return "/" + printable.replace("~", "~0").replace("/", "~1")


def validation_refusal(fault: str, path: str) -> Refusal:
    """A msgspec fault and path (`.a.b[0]`) as a refusal with a JSON pointer (RFC 6901)."""
    pointer = re.sub(r"\[(\d+)\]", r"/\1", path.rstrip("`").replace(".", "/"))
    if unknown := _UNKNOWN.search(fault):
        return Refusal(Reason.UNKNOWN_FIELD, pointer + pointer_of(unknown[1]))
    if missing := _MISSING.match(fault):
        return Refusal(Reason.MISSING_FIELD, pointer + pointer_of(missing[1]))
    if least := _AT_LEAST.match(fault):
        return Refusal(Reason.OUT_OF_RANGE, pointer, {"allowed": f"at least {least[1]}"})
    if "length" in fault:
        reason = Reason.TOO_LONG
    elif ">=" in fault or "<=" in fault or "enum" in fault:
        reason = Reason.OUT_OF_RANGE
    else:
        reason = Reason.WRONG_TYPE
    return Refusal(reason, pointer, {"fault": fault})


HANDLERS: dict[int | type[Exception], Any] = {
    Refused: refused,
    StoreUnavailable: store_unavailable,
    HTTPException: framework_error,
    Exception: unexpected,
}
"""For `Litestar(exception_handlers=...)`: the only place where an error becomes an answer."""
