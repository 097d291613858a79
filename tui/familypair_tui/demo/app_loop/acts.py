"""What each surface does once it is allowed: one function each, by the surface's name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from familypair.reasons import Reason
from familypair.schema.decisions import DecisionContext
from familypair_tui.demo.app_loop.world import Line, Post, Space, World

LONGEST: Final = 500
"""Characters of anything that is typed."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on a page."""

    title: str
    text: str = ""
    link: str = ""
    """Where it leads to in the app."""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """A small form: one button, and at most one thing to type."""

    path: str
    button: str
    name: str = ""
    label: str = ""
    method: str = "post"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows, and what the JSON has."""

    title: str
    notice: str = ""
    items: tuple[Item, ...] = ()
    inputs: tuple[Input, ...] = ()


class NotThereError(Exception):
    """There is no such account or post."""


@dataclass(frozen=True)
class Doing:
    """An allowed act: where, whose, with what, and what the decision adds."""

    world: World
    teen: str
    fields: Mapping[str, str]
    said: DecisionContext

    @property
    def space(self) -> Space:
        """What is the teen's."""
        return self.world.spaces[self.teen]

    @property
    def account(self) -> str:
        """The other account; raises `NotThereError` when there is none."""
        return known(self.world, self.fields.get("account", ""))

    @property
    def name(self) -> str:
        """What people call the other account."""
        return self.world.name(self.account)

    def post(self) -> Post:
        """The post that it is about; raises `NotThereError`."""
        found = self.world.posts.get(self.fields.get("post", ""))
        if found is None:
            raise NotThereError
        return found

    def text(self, otherwise: str = "") -> str:
        """What was typed, on one line."""
        return " ".join(self.fields.get("text", "").split())[:LONGEST] or otherwise

    def who(self, by: str) -> str:
        """The name over a post or a line."""
        return "You" if by == self.teen else self.world.name(by)


Act = Callable[[Doing], Shown]


def known(world: World, account: str) -> str:
    """The account if there is one; raises `NotThereError`."""
    if account not in world.accounts:
        raise NotThereError
    return account


def _posts(it: Doing, posts: list[Post]) -> tuple[Item, ...]:
    return tuple(
        Item(title=it.who(post.by), text=post.text, link=f"/posts/{post.id}") for post in posts
    )


def _feed(it: Doing) -> Shown:
    write = Input(path="/posts", button="Post it", name="text", label="What is new?")
    posts = [post for post in it.world.posts.values() if not post.grown_up]
    shown = [post for post in posts if post.by not in it.space.blocked]
    return Shown(title="Feed", items=_posts(it, shown[::-1]), inputs=(write,))


def _post(it: Doing) -> Shown:
    post = it.post()
    comments = tuple(Item(title=it.who(by), text=text) for by, text in post.comments)
    say = Input(
        path=f"/posts/{post.id}/comments", button="Comment", name="text", label="Your comment"
    )
    return Shown(title=it.who(post.by), notice=post.text, items=comments, inputs=(say,))


def _write_post(it: Doing) -> Shown:
    post = it.world.write(it.teen, it.text("…"))
    return Shown(title="Posted", items=_posts(it, [post]))


def _write_comment(it: Doing) -> Shown:
    post = it.post()
    it.world.comment(post, it.teen, it.text("…"))
    return _post(it)


def _search(it: Doing) -> Shown:
    box = Input(
        path="/search", button="Search", name="q", label="What do you look for?", method="get"
    )
    asked = it.fields.get("q", "")
    if not asked.strip():
        return Shown(title="Search", inputs=(box,))
    if it.said.reason is Reason.HELP_QUERY:
        return Shown(title="Search", notice="Here is where you get help.", inputs=(box,))
    found = it.world.search(asked, restricted=it.said.restricted)
    count = f"{len(found)} {'post' if len(found) == 1 else 'posts'} found."
    limited = " Only posts that suit your age are shown." if it.said.restricted else ""
    return Shown(title="Search", notice=f"{count}{limited}", items=_posts(it, found), inputs=(box,))


def _inbox(it: Doing) -> Shown:
    people = tuple(
        Item(title=one.name, text=one.about, link=f"/messages/{one.id}")
        for one in it.world.accounts.values()
        if one.id not in it.space.blocked
    )
    return Shown(title="Messages", items=people)


def _chat(it: Doing) -> Shown:
    path = f"/messages/{it.account}"
    lines = tuple(
        Item(title=it.who(line.by), text="(a picture)" if line.picture else line.text)
        for line in it.space.chats[it.account]
    )
    inputs = (
        Input(path=path, button="Send", name="text", label=f"Write to {it.name}"),
        Input(path=f"{path}/picture", button="Send a picture"),
        Input(path=f"/gifts/{it.account}", button="Send a gift of 5 coins"),
        Input(path=f"/block/{it.account}", button=f"Block {it.name}"),
        Input(path="/report", button="Report", name="text", label="Something is wrong here"),
    )
    return Shown(title=f"Chat with {it.name}", items=lines, inputs=inputs)


def _send(it: Doing) -> Shown:
    it.world.say(it.teen, it.account, Line(it.teen, it.text("…")))
    return _chat(it)


def _send_picture(it: Doing) -> Shown:
    it.world.say(it.teen, it.account, Line(it.teen, "", picture=True))
    return _chat(it)


def _profile(it: Doing) -> Shown:
    it.world.latest(it.teen)
    return Shown(title="Your posts", items=_posts(it, it.space.posts[::-1]))


def _host_live(it: Doing) -> Shown:
    it.world.happens(it.teen, "You went live.")
    return Shown(title="You are live", notice="Three people watch.")


def _watch_live(it: Doing) -> Shown:
    go = Input(path="/live", button="Go live yourself")
    ada = Item(title="Ada", text="is live: the robot climbs a table")
    del it
    return Shown(title="Live", items=(ada,), inputs=(go,))


def _gift(it: Doing) -> Shown:
    it.world.happens(it.teen, f"You gave {it.name} 5 coins.")
    return Shown(title="Sent", notice=f"{it.name} got 5 coins.")


THEIR: Final = (
    ("message", "writes to you", "post"),
    ("picture", "sends you a picture", "post"),
    ("comment", "comments on your post", "post"),
    ("mention", "mentions you", "post"),
    ("duet", "makes a duet with your post", "post"),
    ("stitch", "stitches your post", "post"),
    ("download", "downloads your post", "post"),
    ("profile", "opens your profile", "get"),
    ("liked_list", "looks at what you liked", "get"),
    ("following_list", "looks at whom you follow", "get"),
    ("find", "looks for you", "get"),
    ("suggestion", "is shown accounts like yours", "get"),
    ("recommendation", "is shown posts like yours", "get"),
    ("gift", "gives you 5 coins", "post"),
    ("notice", "makes your phone ring", "post"),
)
"""What others try: path, words, method."""


def _others(it: Doing) -> Shown:
    """Others cannot be asked to come, so the page lets them act."""
    chosen = it.fields.get("account", "") or "robin"
    who = it.world.accounts[known(it.world, chosen)]
    inputs = tuple(
        Input(path=f"/others/{who.id}/{path}", button=f"{who.name} {words}", method=method)
        for path, words, method in THEIR
    )
    people = tuple(
        Item(title=one.name, text=one.about, link=f"/others?account={one.id}")
        for one in it.world.accounts.values()
    )
    happened = tuple(
        Item(title="It happened", text=words) for words in it.space.happened[-5:][::-1]
    )
    return Shown(
        title=f"What if {who.name} tries?",
        notice=f"{who.name}: {who.about}. Loop asks before it lets anybody do something to you.",
        items=(*happened, *people),
        inputs=inputs,
    )


def _to_you(words: str) -> Act:
    def act(it: Doing) -> Shown:
        it.world.happens(it.teen, f"{it.name} {words}.")
        return Shown(title="It went through", notice=f"{it.name} {words}.")

    return act


def _their_message(it: Doing) -> Shown:
    it.world.say(it.teen, it.account, Line(it.account, it.text("Hi!")))
    return Shown(title="It went through", notice=f"{it.name} wrote to you.")


def _their_picture(it: Doing) -> Shown:
    it.world.say(it.teen, it.account, Line(it.account, "", picture=True))
    return Shown(title="It went through", notice=f"{it.name} sent you a picture.")


def _their_comment(it: Doing) -> Shown:
    it.world.comment(it.world.latest(it.teen), it.account, it.text("Nice!"))
    return Shown(title="It went through", notice=f"{it.name} commented on your post.")


def _is_shown(words: str) -> Act:
    def act(it: Doing) -> Shown:
        return Shown(title="It went through", notice=f"{it.name} {words}.")

    return act


ACTS: Final[Mapping[str, Act]] = {
    "feed": _feed,
    "post": _post,
    "write_post": _write_post,
    "write_comment": _write_comment,
    "search": _search,
    "inbox": _inbox,
    "chat": _chat,
    "send": _send,
    "send_picture": _send_picture,
    "profile": _profile,
    "host_live": _host_live,
    "watch_live": _watch_live,
    "gift": _gift,
    "others": _others,
    "their_message": _their_message,
    "their_picture": _their_picture,
    "their_comment": _their_comment,
    "their_mention": _to_you("mentioned you"),
    "their_duet": _to_you("made a duet with your post"),
    "their_stitch": _to_you("stitched your post"),
    "their_download": _to_you("downloaded your post"),
    "their_profile": _is_shown("sees your posts"),
    "their_liked_list": _is_shown("sees what you liked"),
    "their_following_list": _is_shown("sees whom you follow"),
    "their_find": _is_shown("finds you in search"),
    "their_suggestion": _is_shown("sees you among suggested accounts"),
    "their_recommendation": _is_shown("sees your posts in their feed"),
    "their_gift": _to_you("gave you 5 coins"),
    "their_notice": _to_you("made your phone ring"),
}
"""By the name of the surface."""
