"""Who sits at the app's browser, and where they go on after they have asked."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from familypair_tui.demo.app_loop.meter import Meter

COOKIE: Final = "loop_session"
MOST: Final = 200
"""Sessions that are kept, and places of one session."""


@dataclass(frozen=True)
class Member:
    """A teen with an account at Loop."""

    name: str
    """What the app calls them; the pairing server never told it."""
    teen: str
    """Their id, from when they connected Loop with Family Pairing."""
    zone: ZoneInfo


@dataclass
class Session:
    """One browser in which a member is signed in."""

    member: Member
    meter: Meter = field(default_factory=Meter)
    waits: OrderedDict[str, str] = field(default_factory=OrderedDict[str, str])
    """By the state that went along to the pairing server: the page to go on with."""

    def state_for(self, place: str) -> str:
        """A fresh state for a way to the pairing server and back."""
        state = secrets.token_urlsafe(16)
        self.waits[state] = place
        while len(self.waits) > MOST:
            self.waits.popitem(last=False)
        return state

    def place_of(self, state: str) -> str | None:
        """Where to go on, once; None for a state that is not this session's."""
        return self.waits.pop(state, None)


class Sessions:
    """Everybody who is signed in here."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Session] = OrderedDict()

    def enter(self, member: Member) -> str:
        """Sign a member in; the cookie's value."""
        secret = secrets.token_urlsafe(24)
        self._held[secret] = Session(member)
        while len(self._held) > MOST:
            self._held.popitem(last=False)
        return secret

    def of(self, secret: str) -> Session | None:
        """Who it is, if anybody."""
        return self._held.get(secret)

    def leave(self, secret: str) -> None:
        """Sign out."""
        self._held.pop(secret, None)
