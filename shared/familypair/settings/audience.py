"""Audiences of messages and interactions as nested sets of people (algebra.md A14)."""

from typing import Final

import msgspec

_LEVELS: Final = ("everyone", "suggested_and_friends", "friends", "friends_who_messaged")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a host says about another account. Unknown is false."""

    suggested: bool = False
    follows_me: bool = False
    i_follow: bool = False
    has_messaged: bool = False

    @property
    def friend(self) -> bool:
        """Both follow; one direction alone is a stranger."""
        return self.follows_me and self.i_follow


def closeness(facts: Facts) -> str:
    """The strictest audience that still holds this account.

    Facts that break the nesting (a chat without friendship) are read at the loosest level that
    fits, so no fact can open a closer circle than the facts it rests on.
    """
    if facts.friend:
        return _LEVELS[3] if facts.has_messaged else _LEVELS[2]
    return _LEVELS[1] if facts.suggested else _LEVELS[0]


def in_audience(level: str, facts: Facts) -> bool:
    """Whether an account with these facts belongs to the audience `level`.

    `only_me` and `no_one` hold nobody. A stricter level never holds more people.
    """
    if level not in _LEVELS:
        return False
    return _LEVELS.index(closeness(facts)) >= _LEVELS.index(level)
