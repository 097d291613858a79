"""Every action of section 11 as data: when it is open, which settings it asks, and what a no says.

Adding an action is adding a row. A row's checks are made in order and the first no is the answer;
before them stand the blocked accounts, where the row says so.
"""

from enum import StrEnum
from typing import Final

import msgspec

from familypair.reasons import Reason


class Test(StrEnum):
    """How a check reads its setting and what the host says about the account."""

    SWITCH = "switch"
    """Open at the setting's loosest value, whoever the account is."""
    AUDIENCE = "audience"
    """Open to the accounts of the setting's audience (A14)."""
    FOLLOWERS = "followers"
    """Open at the loosest value, else to accounts that follow the teen."""
    CONNECTED = "connected"
    """Open at the loosest value, else to accounts that follow the teen or that the teen follows."""


class Check(msgspec.Struct, frozen=True):
    """One setting that can say no."""

    path: str
    test: Test
    reason: Reason


class Special(StrEnum):
    """What is decided by more than switches."""

    NONE = ""
    SAFETY = "safety"
    SEARCH = "search"
    QUIET = "quiet"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One action."""

    timed: bool = False
    """The teen's own act: blocked time and the limit of the day hold for it."""
    contacts: bool = False
    """Blocked accounts are refused."""
    checks: tuple[Check, ...] = ()
    special: Special = Special.NONE


_AUDIENCE: Final = Check("messages.audience", Test.AUDIENCE, Reason.NOT_IN_AUDIENCE)
_MEDIA: Final = Check("messages.media", Test.SWITCH, Reason.MEDIA_OFF)
_PRIVATE: Final = Check("privacy.private_account", Test.FOLLOWERS, Reason.PRIVATE_ACCOUNT)
_GIFTS: Final = Check("money.gifts", Test.SWITCH, Reason.GIFTS_OFF)


def _circle(path: str) -> Row:
    """What others do with the teen's posts."""
    return Row(contacts=True, checks=(Check(path, Test.AUDIENCE, Reason.NOT_IN_AUDIENCE),))


def _switch(path: str, reason: Reason) -> Row:
    return Row(checks=(Check(path, Test.SWITCH, reason),))


def _list(path: str) -> Row:
    """A list on the teen's profile: of a private account it is for followers at most."""
    shown = Check(path, Test.AUDIENCE, Reason.LIST_NOT_SHOWN)
    return Row(contacts=True, checks=(_PRIVATE, shown))


TABLE: Final[dict[str, Row]] = {
    "safety.use": Row(special=Special.SAFETY),
    "app.use": Row(timed=True),
    "search.query": Row(timed=True, special=Special.SEARCH),
    "message.receive": Row(contacts=True, checks=(_AUDIENCE,)),
    "message.send": Row(timed=True, contacts=True, checks=(_AUDIENCE,)),
    "message.media": Row(contacts=True, checks=(_AUDIENCE, _MEDIA)),
    "comment.receive": _circle("interactions.comments"),
    "mention.receive": _circle("interactions.mentions"),
    "duet.create": _circle("interactions.duet"),
    "stitch.create": _circle("interactions.stitch"),
    "post.download": _switch("privacy.downloads", Reason.DOWNLOADS_OFF),
    "post.recommend": _switch("feed.recommended", Reason.NOT_RECOMMENDED),
    "profile.view": Row(contacts=True, checks=(_PRIVATE,)),
    "profile.suggest": _switch("privacy.suggest_account", Reason.NOT_SUGGESTED),
    "profile.find": Row(
        checks=(Check("privacy.searchable", Test.CONNECTED, Reason.NOT_SEARCHABLE),)
    ),
    "live.host": Row(timed=True, checks=(Check("live.host", Test.SWITCH, Reason.LIVE_OFF),)),
    "live.watch": Row(timed=True),
    "gift.send": Row(timed=True, checks=(_GIFTS,)),
    "gift.receive": Row(checks=(_GIFTS,)),
    "notification.push": Row(special=Special.QUIET),
}

ACTIONS: Final = frozenset(TABLE)
"""Every action that there is."""

PARTS: Final[dict[tuple[str, str], Row]] = {
    ("profile.view", "liked_list"): _list("privacy.liked_list"),
    ("profile.view", "following_list"): _list("privacy.following_list"),
}
"""Action and part of it, where the part has rules of its own."""

ROWS: Final[tuple[Row, ...]] = (*TABLE.values(), *PARTS.values())

SEARCH_ENABLED: Final = "search.enabled"
RESTRICTED_MODE: Final = "search.restricted_mode"

PATHS: Final[tuple[str, ...]] = tuple(
    dict.fromkeys(
        [check.path for row in ROWS for check in row.checks] + [SEARCH_ENABLED, RESTRICTED_MODE]
    )
)
"""The settings that decisions need."""
