"""The made-up world of Loop, in memory: accounts, posts, chats. It knows nothing of any rule."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Final, TypeVar

from familypair.settings import Facts

T = TypeVar("T")

MOST_KEPT: Final = 50
"""Lines of a chat, comments of a post, and the like; the oldest go."""


@dataclass(frozen=True)
class Account:
    """Somebody at Loop."""

    id: str
    name: str
    about: str
    facts: Facts = field(default_factory=Facts)
    """How they stand with the teen: the same for every teen of the made-up world."""


@dataclass
class Post:
    """Something that was posted."""

    id: str
    by: str
    text: str
    grown_up: bool = False
    """Not for every age: not shown while results are restricted."""
    comments: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(frozen=True)
class Line:
    """A message of a chat."""

    by: str
    text: str
    picture: bool = False


FRIEND: Final = Facts(follows_me=True, i_follow=True)
ACCOUNTS: Final = (
    Account(
        "ada",
        "Ada",
        "a friend who writes to you",
        Facts(follows_me=True, i_follow=True, has_messaged=True),
    ),
    Account("ben", "Ben", "a friend", FRIEND),
    Account("cleo", "Cleo", "follows you; you do not follow her", Facts(follows_me=True)),
    Account("kim", "Kim", "suggested to you", Facts(suggested=True)),
    Account("robin", "Robin", "nobody you know"),
)
POSTS: Final = (
    ("ada", "Our robot can climb stairs now. Only down, but still.", False),
    ("ben", "Three chords, one song: my first guitar week", False),
    ("cleo", "Study with me: maths before the exam", False),
    ("kim", "The best poker hands, explained", True),
    ("robin", "Football tricks in slow motion", False),
    ("ada", "Why is the sky red in the evening?", False),
    ("robin", "Late night casino stories", True),
    ("ben", "Pancakes without eggs", False),
)


@dataclass
class Space:
    """What belongs to one teen."""

    chats: dict[str, list[Line]] = field(default_factory=lambda: defaultdict[str, list[Line]](list))
    posts: list[Post] = field(default_factory=list[Post])
    happened: list[str] = field(default_factory=list[str])
    """What others did and what the teen did: one line each, newest last."""
    blocked: set[str] = field(default_factory=set[str])


@dataclass
class World:
    """All of it."""

    accounts: dict[str, Account] = field(
        default_factory=lambda: {account.id: account for account in ACCOUNTS}
    )
    posts: dict[str, Post] = field(default_factory=dict[str, Post])
    spaces: dict[str, Space] = field(default_factory=lambda: defaultdict[str, Space](Space))
    """By the teen's id at Loop."""
    members: dict[str, str] = field(default_factory=dict[str, str])
    """What teens who have an account here are called, by their id at Loop."""
    acts: int = 0
    """How often anything was changed; a test watches it."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        for by, text, grown_up in POSTS:
            self._add(Post(self._next(), by, text, grown_up))

    def facts(self, account: str) -> Facts:
        """How an account stands with a teen; of a stranger nothing is true."""
        found = self.accounts.get(account)
        return found.facts if found else Facts()

    def name(self, account: str) -> str:
        """What people call an account."""
        found = self.accounts.get(account)
        return found.name if found else self.members.get(account, "Somebody")

    def search(self, text: str, *, restricted: bool) -> list[Post]:
        """Posts with one of the words; while restricted, only those for every age."""
        words = text.casefold().split()
        return [
            post
            for post in self.posts.values()
            if any(word in post.text.casefold() for word in words)
            if not (restricted and post.grown_up)
        ]

    def write(self, teen: str, text: str) -> Post:
        """The teen posts."""
        post = Post(self._next(), teen, text)
        self.spaces[teen].posts.append(post)
        self._add(post)
        self.acts += 1
        return post

    def say(self, teen: str, account: str, line: Line) -> None:
        """A line of a chat."""
        self._append(self.spaces[teen].chats[account], line)

    def comment(self, post: Post, by: str, text: str) -> None:
        """A comment."""
        self._append(post.comments, (by, text))

    def happens(self, teen: str, words: str) -> None:
        """Something that leaves nothing but a line."""
        self._append(self.spaces[teen].happened, words)

    def latest(self, teen: str) -> Post:
        """The teen's newest post; their first one is there from the beginning."""
        space = self.spaces[teen]
        if not space.posts:
            post = Post(self._next(), teen, "My first post on Loop")
            space.posts.append(post)
            self._add(post)
        return space.posts[-1]

    def _append(self, kept: list[T], item: T) -> None:
        kept.append(item)
        del kept[:-MOST_KEPT]
        self.acts += 1

    def _add(self, post: Post) -> None:
        self.posts[post.id] = post
        for old in list(self.posts)[len(POSTS) : -MOST_KEPT]:
            del self.posts[old]

    def _next(self) -> str:
        return f"p{next(self._numbers)}"
