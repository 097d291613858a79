"""The two bases of everything that crosses the wire: answers are tolerant, requests are strict."""

from datetime import datetime
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware instant; on the wire RFC 3339 in UTC with `Z`."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the server says. Fields are only ever added, so an old reader ignores what is new."""


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends. An unknown field is an error: nobody should believe that it worked."""


class Page(Answer, frozen=True, kw_only=True):
    """What every list has: a cursor to the next page, absent on the last one."""

    next: str | None = None
