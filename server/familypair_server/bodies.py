"""What every JSON body must be before anything reads it, and who may send one.

It runs before each handler: a caller first, so that strangers learn nothing about a route, then the
media type, well-formed UTF-8 JSON, bounded nesting, and no name twice in one object (a second
parser on the way could read the other value, ASVS 15.3.7).
"""

import json
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.handlers import BaseRouteHandler

from familypair.reasons import Reason
from familypair_server.auth.principals import caller_of, host_of
from familypair_server.problems import Refused, pointer_of, refusal_of_validation, refuse
from familypair_server.settings_api.bodies import MERGE_PATCH, refuse_deep

AnyRequest = Request[Any, Any, Any]

_READS = frozenset({"GET", "HEAD"})
_ROOT = "/v1/"


async def check(request: AnyRequest) -> None:
    """For `Litestar(before_request=...)`; raises `Refused`. Only `opt={"public": True}` is open."""
    handler = request.route_handler
    api = request.scope["path"].startswith(_ROOT) and request.method != "OPTIONS"
    if not api or handler.opt.get("public"):
        return
    # Default deny: a route is for people unless its handler says that it takes a host.
    (host_of if "host" in handler.parsed_fn_signature.parameters else caller_of)(request)
    if any("\x00" in str(value) for value in request.path_params.values()):
        raise refuse(Reason.NOT_FOUND)  # no database has such an id, and not every one takes it
    if request.method in _READS:
        return
    body = await request.body()
    # The merge patch of a layer is read by its handler itself; every other body is `data`.
    wanted = request.method == "PATCH" or "data" in handler.parsed_fn_signature.parameters
    if not body and not wanted:
        return
    _check_type(request)
    document = well_formed(body)
    _check_shape(handler, body)
    if not wanted and document != {}:
        names = list(cast("dict[str, Any]", document)) if isinstance(document, dict) else []
        raise refuse(Reason.UNKNOWN_FIELD, "".join(map(pointer_of, names[:1])))


def well_formed(body: bytes) -> object:
    """The decoded body; raises `Refused` when two parsers could disagree about it."""
    refuse_deep(body)
    doubled: list[tuple[dict[str, object], str]] = []

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                doubled.append((found, name))
            found[name] = value
        return found

    try:
        document: object = json.loads(
            body.decode(), object_pairs_hook=once, parse_constant=_no_number
        )
    except ValueError as error:
        raise refuse(Reason.MALFORMED_JSON) from error
    if doubled:
        where, name = doubled[0]
        raise refuse(Reason.DUPLICATE_FIELD, _place(document, where) + pointer_of(name))
    return document


def _no_number(word: str) -> object:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(word)


def _check_shape(handler: BaseRouteHandler, body: bytes) -> None:
    """Refuse what Litestar would bend into shape: to it, 1 and "true" are a yes."""
    expected = handler.parsed_fn_signature.parameters.get("data")
    if expected is None:
        return
    try:
        msgspec.convert(msgspec.json.decode(body), type=expected.annotation)
    except msgspec.ValidationError as error:
        raise Refused(refusal_of_validation(error, expected.annotation)) from error
    except msgspec.DecodeError as error:  # what only a lenient parser takes: half a surrogate
        raise refuse(Reason.MALFORMED_JSON) from error


def _check_type(request: AnyRequest) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    allowed = {"application/json", MERGE_PATCH if request.method == "PATCH" else ""} - {""}
    if kind not in allowed:
        raise refuse(Reason.UNSUPPORTED_MEDIA_TYPE)


def _place(document: object, wanted: object, pointer: str = "") -> str:
    """The pointer of an object inside a document; empty for the document itself."""
    if document is wanted:
        return pointer
    inside: list[tuple[object, object]] = []
    if isinstance(document, dict):
        inside = list(cast("dict[object, object]", document).items())
    elif isinstance(document, list):
        inside = list(enumerate(cast("list[object]", document)))
    for name, value in inside:
        if found := _place(value, wanted, pointer + pointer_of(str(name))):
            return found
    return ""
