"""The table of surfaces: every route of the app, what it asks, and which facts it gives.

A route that is not in this table, and not marked as one that is always open, does not answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Open = Literal["safety", "sign-in", "static", "log"]
"""Why a route does not ask: it is always open to everybody, or nobody is a teen there yet."""


@dataclass(frozen=True)
class Surface:
    """One thing that can be done in the app, by the teen or to them."""

    name: str
    """Also the name of its act in `acts`."""
    method: str
    path: str
    asks: tuple[str, ...]
    """The actions, asked in this order; the first that is not allowed stops it."""
    account: str = ""
    """The parameter that names the other account; its facts go with the question."""
    text: str = ""
    """The parameter with the words that are searched for."""
    part: str = ""
    """Of a profile: the list that it shows; its posts when empty."""
    used_as: str = ""
    """The surface that use is reported for; empty where the teen does not use the app by it."""

    @property
    def api(self) -> str:
        """The same as JSON."""
        return f"/api{self.path}"


def _mine(name: str, method: str, path: str, asks: str, used_as: str, **facts: str) -> Surface:
    return Surface(name, method, path, tuple(asks.split()), used_as=used_as, **facts)


def _theirs(name: str, asks: str, method: str = "POST", **facts: str) -> Surface:
    """What somebody else wants to do to the teen: it does not use the teen's time."""
    path = f"/others/{{account:str}}/{name.removeprefix('their_')}"
    return Surface(name, method, path, tuple(asks.split()), account="account", **facts)


SURFACES: Final = (
    _mine("feed", "GET", "/feed", "app.use", "feed"),
    _mine("post", "GET", "/posts/{post:str}", "app.use", "feed"),
    _mine("write_post", "POST", "/posts", "app.use", "posting"),
    _mine("write_comment", "POST", "/posts/{post:str}/comments", "app.use", "feed"),
    _mine("search", "GET", "/search", "search.query", "search", text="q"),
    _mine("inbox", "GET", "/messages", "app.use", "messages"),
    _mine("chat", "GET", "/messages/{account:str}", "app.use", "messages"),
    _mine("send", "POST", "/messages/{account:str}", "message.send", "messages", account="account"),
    _mine(
        "send_picture",
        "POST",
        "/messages/{account:str}/picture",
        "message.send message.media",
        "messages",
        account="account",
    ),
    _mine("profile", "GET", "/profile", "app.use", "profile"),
    _mine("host_live", "POST", "/live", "live.host", "live"),
    _mine("watch_live", "GET", "/live", "live.watch", "live"),
    _mine("gift", "POST", "/gifts/{account:str}", "gift.send", "gifts", account="account"),
    _mine("others", "GET", "/others", "app.use", "profile"),
    _theirs("their_message", "message.receive"),
    _theirs("their_picture", "message.receive message.media"),
    _theirs("their_comment", "comment.receive"),
    _theirs("their_mention", "mention.receive"),
    _theirs("their_duet", "duet.create"),
    _theirs("their_stitch", "stitch.create"),
    _theirs("their_download", "post.download"),
    _theirs("their_profile", "profile.view", "GET"),
    _theirs("their_liked_list", "profile.view", "GET", part="liked_list"),
    _theirs("their_following_list", "profile.view", "GET", part="following_list"),
    _theirs("their_find", "profile.find", "GET"),
    _theirs("their_suggestion", "profile.suggest", "GET"),
    _theirs("their_recommendation", "post.recommend", "GET"),
    _theirs("their_gift", "gift.receive"),
    _theirs("their_notice", "notification.push"),
)
"""Everything that asks."""

OPEN: Final[Mapping[str, Open]] = {
    "GET /": "sign-in",
    "POST /enter": "sign-in",
    "POST /leave": "sign-in",
    "GET /asked": "sign-in",
    "GET /loop.css": "static",
    "GET /help": "safety",
    "GET /api/help": "safety",
    "POST /report": "safety",
    "POST /api/report": "safety",
    "POST /block/{account:str}": "safety",
    "POST /api/block/{account:str}": "safety",
    "GET /demo/decisions": "log",
}
"""Everything that does not, and why. What is for safety never waits for an answer."""
