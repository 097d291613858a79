"""Use on the wire: what a host app reports, and what became of every item (product section 5)."""

from typing import Annotated

from msgspec import Meta

from familypair.reasons import Reason
from familypair.schema.base import Answer, Ask, Instant, Page

MOST_INTERVALS = 1000
"""Most intervals of one batch."""
MOST_DEVICES = 50
"""Devices of one teen at one host; the names are the host's, so something must bound them."""

DeviceName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._~-]+(?!\n)$")]
"""The host's own name of a device; it names no person and no model."""
Surface = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9_.]*(?!\n)$")]
"""The part of the app that was used: `feed`, `messages`, `search` ..."""


class Interval(Ask, frozen=True, kw_only=True):
    """Use of one surface on one device, half-open `[start, end)`. `(device, seq)` names it."""

    device: DeviceName
    seq: Annotated[int, Meta(ge=0, le=2**53)]
    start: Instant
    """In UTC, with `Z`: a host cannot choose a zone."""
    end: Instant
    surface: Surface = "app"
    teen: str | None = None
    """The teen's id at this host. When given it must be the device's teen."""


class UsageReport(Ask, frozen=True, kw_only=True):
    """A batch; each item is judged by itself and the others are kept."""

    intervals: Annotated[tuple[Interval, ...], Meta(min_length=1, max_length=MOST_INTERVALS)]
    standing: bool = True
    """Whether to answer where the teens stand now; a backlog is taken in faster without."""


class UsageItem(Answer, frozen=True, kw_only=True):
    """What became of one item, in the order of the batch."""

    index: int
    status: str
    """`counted`, `clipped`, `late`, `repeated`, `dropped` (a safety surface) or `refused`."""
    counted_seconds: int = 0
    """How much of it lies in what the server can know; the union over devices may be less."""
    code: Reason | None = None
    detail: str = ""


class UsageLeft(Answer, frozen=True, kw_only=True):
    """Where one teen of the batch stands now, as far as a host may know."""

    teen: str
    """The id at this host."""
    outcome: str
    """`allow`, `remind`, `ask` or `stop`."""
    minutes_left: int | str | None = None
    """Exact at 15 or less, else `more_than_15`; absent without a limit."""
    warning: int | None = None
    """The warning (minutes left) that was just reached, to be shown to the teen."""


class UsageTaken(Answer, frozen=True, kw_only=True):
    """Durable before it is said."""

    items: tuple[UsageItem, ...]
    teens: tuple[UsageLeft, ...] = ()
    received_at: Instant


class DeviceBinding(Ask, frozen=True, kw_only=True):
    """Whose device it is."""

    teen: str


class Device(Answer, frozen=True, kw_only=True):
    """A device of a teen at a host."""

    device: str
    teen: str
    bound_at: Instant
    last_report_at: Instant | None = None


class Devices(Page, frozen=True, kw_only=True):
    """A page of the host's devices, by name; `next` is the `after` of the next page."""

    items: tuple[Device, ...]


class App(Answer, frozen=True, kw_only=True):
    """A host app that the teen has bound, for the teen."""

    id: str
    name: str
    bound_at: Instant
    devices: int = 0
    last_report_at: Instant | None = None
    learns: tuple[str, ...] = ()
    """What the app learns, in words."""


class Apps(Answer, frozen=True, kw_only=True):
    """The teen's bound apps."""

    items: tuple[App, ...]
