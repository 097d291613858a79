"""Applied, not just accepted: which rules a host app enforces, and whether its devices have them.

product.md section 11. A device says which version it applies; a rule counts as applied there from
the version on that said it first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from familypair.settings import FIELDS

QUIET: Final = timedelta(hours=24)
"""After this long without a word nobody knows what a device applies."""


class Status(StrEnum):
    """How a rule stands at an app, the best first."""

    APPLIED = "applied"
    PENDING = "pending"
    UNKNOWN = "unknown"
    ADVISORY = "advisory"
    """The app says that it does not enforce this."""
    NO_APP = "no_app"


_ORDER: Final = tuple(Status)
_USE: Final = frozenset({"app.use"})
_SEARCH: Final = frozenset({"search.query"})
_MESSAGES: Final = frozenset({"message.receive", "message.send"})
_VIEW: Final = frozenset({"profile.view"})
_BY_PREFIX: Final[Mapping[str, frozenset[str]]] = {
    "screen_time.daily_minutes.": _USE,
    "schedule.": _USE,
    "search.": _SEARCH,
}
NEEDS: Final[Mapping[str, frozenset[str]]] = {
    "screen_time.at_limit": _USE,
    "screen_time.roll_over": _USE,
    "screen_time.day_starts_at": _USE,
    "notifications.mute": frozenset({"notification.push"}),
    "messages.audience": _MESSAGES,
    "messages.media": frozenset({"message.media"}),
    "interactions.comments": frozenset({"comment.receive"}),
    "interactions.mentions": frozenset({"mention.receive"}),
    "interactions.duet": frozenset({"duet.create"}),
    "interactions.stitch": frozenset({"stitch.create"}),
    "live.host": frozenset({"live.host"}),
    "money.gifts": frozenset({"gift.send", "gift.receive"}),
    "contacts.blocked": _MESSAGES,
    "privacy.private_account": _VIEW,
    "privacy.liked_list": _VIEW,
    "privacy.following_list": _VIEW,
    "privacy.suggest_account": frozenset({"profile.suggest"}),
    "privacy.searchable": frozenset({"profile.find"}),
    "privacy.downloads": frozenset({"post.download"}),
    "feed.recommended": frozenset({"post.recommend"}),
    **{
        path: actions
        for prefix, actions in _BY_PREFIX.items()
        for path in FIELDS
        if path.startswith(prefix)
    },
}
"""The actions about which a host must ask for a field to be enforced there. What is absent is a
reminder or a wish, and advice everywhere."""


class AppDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One device of an app: the version that it applies, and when it said so."""

    version: int = 0
    said_at: datetime | None = None
    seen_at: datetime | None = None
    """When anything was heard from it."""


class BoundApp(msgspec.Struct, frozen=True, kw_only=True):
    """A bound app as the family asks about it."""

    app: str
    name: str
    actions: frozenset[str] = frozenset()
    """What it declared that it enforces."""
    restricted: bool = False
    devices: Sequence[AppDevice] = ()
    since: Mapping[str, int] = {}
    """Path to the version that said it first; one that was not even given out is higher than
    every version of a device."""


def enforced(app: BoundApp, visible: Iterable[str]) -> tuple[str, ...]:
    """Which of these fields the app enforces, in their order."""
    return tuple(path for path in visible if _enforces(app, path))


def _enforces(app: BoundApp, path: str) -> bool:
    needed = NEEDS.get(path)
    if needed is None or (path == "search.restricted_mode" and not app.restricted):
        return False
    return needed <= app.actions


def field_status(app: BoundApp, path: str, now: datetime) -> Status:
    """How one field stands at one app: the weakest of its devices."""
    if not _enforces(app, path):
        return Status.ADVISORY
    return device_statuses(app, (path,), now)[0]


def device_statuses(app: BoundApp, paths: Sequence[str], now: datetime) -> list[Status]:
    """How each device stands with these fields, the weakest first; never empty."""
    wanted = max((app.since.get(path, 0) for path in paths), default=0)
    found = [_device(device, wanted, now) for device in app.devices]
    return sorted(found, key=_ORDER.index, reverse=True) or [Status.UNKNOWN]


def _device(device: AppDevice, wanted: int, now: datetime) -> Status:
    if device.said_at is None or now - device.said_at > QUIET:
        return Status.UNKNOWN
    return Status.APPLIED if device.version >= wanted else Status.PENDING


def weakest(statuses: Iterable[Status]) -> Status:
    """The weakest of several apps; `no_app` of none."""
    return max(statuses, key=_ORDER.index, default=Status.NO_APP)


def words(status: Status, name: str, *, seen: bool, for_teen: bool) -> str:
    """One sentence about an app for its reader."""
    rules = "your rules" if for_teen else "these rules"
    match status:
        case Status.APPLIED:
            return f"{name} applies {rules} on every device."
        case Status.PENDING:
            return f"{name} has not applied the newest of {rules} on every device yet."
        case Status.UNKNOWN if seen:
            return f"A device of {name} has not said for a day whether it applies {rules}."
        case Status.UNKNOWN:
            return f"{name} has never said whether it applies {rules}."
        case _:
            return f"{name} does not enforce {rules}; there they are advice."
