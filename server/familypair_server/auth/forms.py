"""Url-encoded forms, parsed strictly and bounded: 8 KiB, 40 fields, each name once."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Request

from familypair.reasons import Reason
from familypair_server.problems import refuse

FORM_BYTES: Final = 8 * 1024
"""For `request_max_body_size` of every sign-in route (contract.md)."""
_FIELDS: Final = 40
_TYPE: Final = "application/x-www-form-urlencoded"

Pairs = tuple[tuple[str, str], ...]


async def read_pairs(request: Request[Any, Any, Any]) -> Pairs:
    """The fields in their order. Raises `Refused` when this is no readable form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise refuse(Reason.UNSUPPORTED_MEDIA_TYPE)
    try:
        body = (await request.body()).decode("ascii")
        return parse(body)
    except ValueError as error:
        raise refuse(Reason.BAD_REQUEST) from error


def parse(text: str) -> Pairs:
    """Fields of a form body or a query; raises `ValueError` on bad UTF-8 or too many."""
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
    return tuple(pairs)


def once(pairs: Pairs) -> Mapping[str, str]:
    """Value by name. Raises `Refused(BAD_REQUEST)` on a repeated name or a NUL (ASVS 15.3.7)."""
    found = dict(pairs)
    if len(found) != len(pairs) or any("\x00" in value for value in found.values()):
        raise refuse(Reason.BAD_REQUEST)
    return found
