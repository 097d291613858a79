"""A request as a value: the wish, whose yes it needs, what was answered, and when it ends."""

from datetime import datetime
from enum import StrEnum

import msgspec

from familypair.rules.requests.table import RequestState
from familypair.rules.time.gifts import Book
from familypair.rules.time.model import Lifted
from familypair.schema.requests import Wish


class PartState(StrEnum):
    """What one owner has answered."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    COUNTERED = "countered"


class Given(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One owner's answer: the first valid one counts (A8)."""

    owner: str
    state: PartState
    at: datetime
    minutes: int | None = None
    """What was agreed to of a wish for minutes; None is all of it."""
    wish: Wish | None = None
    """The wish that the yes was given to, where that is not the request's own."""
    rule: str = ""
    """The standing yes that answered for the owner."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A counter-offer: its owner's yes to another wish, for the teen to take or to let go."""

    by: str
    wish: Wish
    at: datetime


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request. `asked` are the guardians who were asked so far, and who may read it."""

    state: RequestState
    wish: Wish
    asked: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    any_one: bool = False
    """One yes of those who were asked is enough: only the starting value stands in the way."""
    answers: tuple[Given, ...] = ()
    counter: Offer | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    """Account id of the guardian who ended it, `teen`, or empty for time."""
    minutes: int | None = None
    """The minutes that were agreed to, the strictest amount of all."""
    offered_by: str = ""
    """Whose offer it is that the teen took; the wish is the offer then."""

    def answer_of(self, owner: str) -> Given | None:
        """What this owner has answered."""
        return next((one for one in self.answers if one.owner == owner), None)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Who may still answer: every asked guardian without an answer."""
        return tuple(who for who in self.asked if self.answer_of(who) is None)


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Whose yes a wish needs now (A8)."""

    owners: tuple[str, ...] = ()
    """Guardians, by link date: the least set that can grant it."""
    any_one: bool = False
    """One yes of `owners` is enough."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand while a request is judged: the policy, today's arithmetic, opened blocks."""

    book: Book
    lifted: tuple[Lifted, ...] = ()
