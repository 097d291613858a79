"""The values that `decide` takes and gives. Epoch milliseconds inside: a decision is a hot path."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from familypair.reasons import Reason
from familypair.schema.policies import By, Help
from familypair.settings.audience import Facts

Outcome = Literal["allow", "ask", "deny"]

NOBODY: Final = Facts()
"""What is known of an account of which the host says nothing: nothing is true."""
UNREADABLE: Final = "\0"
"""Stands for an account, or a part, that was said and could not be read."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Question(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One question: may this teen do this now."""

    action: str
    """One of `ACTIONS`."""
    account: str = ""
    """The other account, as this host names it; for messages, comments, profiles ..."""
    facts: Facts = NOBODY
    """What the host says about that account; unknown is false."""
    text: str = ""
    """The searched words; only for `search.query`. Never stored."""
    part: str = ""
    """Of `profile.view`: `liked_list` or `following_list`; the posts when empty."""


class Use(msgspec.Struct, frozen=True, gc=False):
    """How much of one day is used, in seconds; on another day than its own it says nothing."""

    day_start_ms: int
    seconds: int
    as_of_ms: int | None = None


NO_USE: Final = Use(0, 0)


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The answer, who decided, and until when it may be used again."""

    outcome: Outcome
    reason: Reason
    decided_by: By
    policy_version: int
    valid_until_ms: int
    minutes_left: int | str | None = None
    use_as_of_ms: int | None = None
    until_ms: int | None = None
    """When the blocked or quiet time ends."""
    restricted: bool = False
    calm: bool = False
    kind: str = ""
    """Of blocked time."""
    category: str = ""
    term: str = ""
    help: Help | None = None
    ask: str = ""
    """The type of the wish that could change a no; empty where nobody can."""
    field: str = ""
    """Of a `settings` wish: the path. Of a `search` wish: the category."""
    counted: bool = False
    """Whether it counts for the weekly band: a word of a pack that somebody asks about or denies,
    whether or not it was stopped. No allow list, own word or hour can be read off the band."""

    @property
    def allowed(self) -> bool:
        """True only for `allow`: `ask` counts as a no until somebody has said yes."""
        return self.outcome == "allow"

    @property
    def valid_until(self) -> datetime:
        """Until when the answer may be used again."""
        return instant_of_ms(self.valid_until_ms)

    @property
    def explanation(self) -> str:
        """One sentence for the teen."""
        return _explaining()(self)


@functools.cache
def _explaining() -> Callable[[Decision], str]:
    """The words, loaded when somebody reads the first sentence."""
    from familypair.rules.decide.words import explanation_of  # noqa: PLC0415 - on demand only

    return explanation_of


def instant_of_ms(ms: int) -> datetime:
    """Epoch milliseconds as an aware instant in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def ms_of(instant: datetime) -> int:
    """An aware instant as epoch milliseconds, rounded down."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
