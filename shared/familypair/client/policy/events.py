"""What a cache tells its owner: events as they happen, and how it stands when asked."""

from datetime import datetime
from enum import StrEnum

import msgspec


class EventKind(StrEnum):
    """What happened."""

    LIVE = "live"
    """The stream is up and everything was confirmed since: changes arrive as they happen."""
    WAITING = "waiting"
    """The stream dropped; the last confirmed policies answer."""
    SYNCED = "synced"
    """Every teen was confirmed."""
    CHANGED = "changed"
    """A teen has a new policy, from now on."""
    GONE = "gone"
    """A teen is not bound any more."""
    REFUSED = "refused"
    """A document was not taken: forged, of another host or teen, or older than one seen."""
    DAMAGED = "damaged"
    """A file was ignored: it is damaged or was changed by somebody else."""
    FAILED = "failed"
    """A call failed, and is tried again; `detail` says why."""


class PolicyEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event; `on_change` is called with it in the cache's own event loop."""

    kind: EventKind
    teen: str = ""
    version: int = 0
    detail: str = ""


class TeenState(StrEnum):
    """How a teen's answers stand."""

    FRESH = "fresh"
    """Confirmed, and a change would be told at once."""
    STALE = "stale"
    """The last confirmed policy answers; a change since then would not be known."""
    OFFLINE = "offline"
    """Not confirmed for more than 24 h: the strictest answers hold."""
    UNKNOWN = "unknown"
    """Nothing is loaded yet: the strictest answers hold."""
    GONE = "gone"
    """The server knows no such teen of this host."""


class TeenStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one teen stands."""

    teen: str
    state: TeenState
    version: int = 0
    """The highest one seen; 0 when none was."""
    confirmed_at: datetime | None = None
    refresh_at: datetime | None = None


class CacheStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the whole cache stands."""

    live: bool
    synced_at: datetime | None
    """When every teen was confirmed last, by the server's clock."""
    teens: dict[str, int]
    """How many loaded teens are fresh, stale and offline."""
    versions: int
    """How many teens' version counters are kept; they outlive an eviction."""
    evicted: int
    bytes: int
    max_bytes: int
    packs: dict[str, str]
    """The word packs here, name to digest."""
    fault: str = ""
    """What the last call that failed said; empty while calls succeed."""
