"""The values that the rules of time take and give; seconds and aware UTC instants."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from operator import itemgetter

import msgspec

Spans = tuple[tuple[int, int], ...]
"""Disjoint, sorted, half-open spans of epoch milliseconds."""

_START: Callable[[tuple[int, int]], int] = itemgetter(0)
_END: Callable[[tuple[int, int]], int] = itemgetter(1)


class PostingKind(StrEnum):
    """Why a posting is there."""

    GRANT = "grant"
    ACCEPTED = "accepted"
    CODE = "code"
    ROLL_OVER = "roll_over"
    CORRECTION = "correction"
    WRITE_OFF = "write_off"
    UNDONE = "undone"
    REQUEST = "request"
    AUTO_RULE = "auto_rule"
    CHANGED = "changed"


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that one owner's layer gains or loses on one day (A5).

    `owner` is the account whose layer it is; a guardian without a limit posts on the default.
    A `changed` posting has no seconds of its own: it says that the limit went from `before` to
    `after` within the day (A22).
    """

    id: str
    owner: str
    day: date
    seconds: int
    kind: PostingKind
    at: datetime
    by: str = ""
    """The account that acted; empty for the platform."""
    ref: str = ""
    """The gift, code, request or rule behind it; for `undone` and `accepted` the gift's id."""
    before: int | str | None = None
    after: int | str | None = None
    by_use: bool = False
    """The seconds follow from how much was used: no guardian reads them, but one of these:"""
    told: int | None = None
    """The seconds for a guardian who sees time: the same arithmetic with use in whole steps."""
    blind: int | None = None
    """The seconds for a guardian who does not: the same arithmetic without any use."""


class Lifted(msgspec.Struct, frozen=True, kw_only=True):
    """One owner's blocks are open from `start` to `end` (an approved request)."""

    owner: str
    start: datetime
    end: datetime
    ref: str = ""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one day's use: the union over all devices and hosts."""

    spans: Spans = ()
    known: bool = False
    """False: nothing was reported that covers this day, which is not zero."""
    as_of: datetime | None = None
    """The last receipt, while the day is open."""
    unknown_seconds: int = 0
    late: bool = False
    surfaces: Mapping[str, int] = {}
    devices: Mapping[str, int] = {}
    surface_spans: Mapping[str, Spans] = {}
    """The union per surface; they may overlap."""
    tzdata: str = ""
    """The zone database with which the day was cut; empty while nothing is stored of it."""

    @property
    def seconds(self) -> int:
        """The measure of the union, in whole seconds (milliseconds are rounded up)."""
        return -((sum(map(_START, self.spans)) - sum(map(_END, self.spans))) // 1000)
