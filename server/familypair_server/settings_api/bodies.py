"""What a request for a document brings: its JSON body, and the tag of what its sender has read."""

import re
from typing import Any

import msgspec
from litestar import Request

from familypair.reasons import Reason
from familypair_server.problems import refuse

MERGE_PATCH = "application/merge-patch+json"
JSON_TYPES = frozenset({MERGE_PATCH, "application/json"})
DEEPEST = 32
"""Most levels of nesting in a body (security: depth bombs)."""

_TAG = re.compile(r'"[^"]*"')


async def json_body(request: Request[Any, Any, Any]) -> object:
    """The decoded body; raises `Refused` for another media type, no JSON, or deep nesting."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in JSON_TYPES:
        raise refuse(Reason.UNSUPPORTED_MEDIA_TYPE)
    body = await request.body()
    refuse_deep(body)
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise refuse(Reason.MALFORMED_JSON) from error
    except UnicodeDecodeError as error:
        raise refuse(Reason.MALFORMED_JSON) from error


def refuse_deep(body: bytes) -> None:
    """Raise `Refused(TOO_DEEP)` before anything recurses over the body.

    Counts brackets outside of strings; a body that is no JSON is judged by the decoder.
    """
    if max(body.count(b"["), body.count(b"{")) <= DEEPEST // 2:
        return
    depth = deepest = 0
    for char in _STRINGS.sub(b"", body).translate(None, _NO_BRACKETS):
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    if deepest > DEEPEST:
        raise refuse(Reason.TOO_DEEP, max=DEEPEST)


_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""Strings, also one that never ends: without that branch every quote would be tried anew."""


def if_match(request: Request[Any, Any, Any]) -> tuple[str, ...]:
    """The tags of `If-Match` (RFC 9110 13.1.1), weak ones left out; `*` is a tag of its own.

    Raises `Refused(IF_MATCH_REQUIRED)` when the header is missing.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise refuse(Reason.IF_MATCH_REQUIRED)
    if header.strip() == "*":
        return ("*",)
    strong = re.sub(r'W/"[^"]*"', "", header)
    return tuple(_TAG.findall(strong))
