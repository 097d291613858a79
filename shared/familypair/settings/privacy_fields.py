"""Privacy and feed: the fields of scope `set_privacy`."""

from typing import Final

from familypair.schema.scopes import Scope
from familypair.settings.field import Field, Help
from familypair.settings.tables import CIRCLE, Words, by_band, choice, off_is_strict, on_is_strict

_PRIVACY: Final = Scope.SET_PRIVACY

_LIST: Final[Words] = {
    "everyone": "everyone",
    "friends": CIRCLE["friends"],
    "only_me": ("only the teen", "only you"),
}

PRIVACY_FIELDS: Final[tuple[Field, ...]] = (
    choice(
        "privacy.private_account",
        _PRIVACY,
        "Private account",
        Help("Only approved followers see posts.", "Only followers you approve see your posts."),
        on_is_strict(),
        default=by_band("on", "on"),
    ),
    choice(
        "privacy.suggest_account",
        _PRIVACY,
        "Suggest to others",
        Help(
            "Whether the account is suggested to others.",
            "Whether your account is suggested to others.",
        ),
        off_is_strict(),
        default=by_band("off", "off"),
    ),
    choice(
        "privacy.searchable",
        _PRIVACY,
        "Found in search",
        Help(
            "Whether people who are not connected find the account.",
            "Whether people you are not connected with find your account.",
        ),
        off_is_strict(),
        default=by_band("off", "on"),
    ),
    choice(
        "privacy.downloads",
        _PRIVACY,
        "Downloads of posts",
        Help("Whether others may download posts.", "Whether others may download your posts."),
        off_is_strict(),
        cap=by_band("off"),
        default=by_band(older="off"),
    ),
    choice(
        "privacy.liked_list",
        _PRIVACY,
        "Liked posts",
        Help("Who sees what was liked.", "Who sees what you liked."),
        _LIST,
        default=by_band("only_me", "only_me"),
    ),
    choice(
        "privacy.following_list",
        _PRIVACY,
        "Following list",
        Help("Who sees who is followed.", "Who sees whom you follow."),
        _LIST,
        default=by_band("only_me", "only_me"),
    ),
    choice(
        "feed.stem",
        _PRIVACY,
        "Science feed",
        Help("Whether the science feed is shown.", "Whether you have the science feed."),
        on_is_strict(),
        default=by_band("on", "on"),
    ),
    choice(
        "feed.recommended",
        _PRIVACY,
        "Posts shown to strangers",
        Help(
            "Whether own posts may be recommended to strangers.",
            "Whether your posts may be recommended to strangers.",
        ),
        off_is_strict(),
        cap=by_band("off"),
        default=by_band(older="on"),
    ),
)
