"""One day of a policy with postings and use, for tests of the balance. Amounts are minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from familypair.rules.days import Day, day_at
from familypair.rules.layers import Policy
from familypair.rules.time.gifts import Book, Gift, Giving, give
from familypair.rules.time.model import Posting, PostingKind
from familypair.testing.families import NOON

SUNDAY = NOON.date()
EVENING = NOON + timedelta(hours=8)
"""20:00: late enough for every use and every sum of these tests to have happened."""


def ids() -> Callable[[], str]:
    """A fresh source of ids."""
    numbers = count(1)
    return lambda: f"pst_{next(numbers)}"


def posting(
    owner: str,
    minutes: float,
    kind: PostingKind = PostingKind.GRANT,
    *,
    name: str = "p1",
    ref: str = "",
) -> Posting:
    """Minutes on one owner's layer of this Sunday."""
    return Posting(
        id=name,
        owner=owner,
        day=SUNDAY,
        seconds=round(minutes * 60),
        kind=kind,
        at=NOON,
        by=owner,
        ref=ref,
    )


def book(policy: Policy, *postings: Posting, used: float = 0, now: datetime = EVENING) -> Book:
    """This Sunday with these postings and minutes of use."""
    return Book(
        policy=policy,
        day=today(policy, now),
        postings=postings,
        use_seconds=round(used * 60),
        now=now,
    )


def today(policy: Policy, now: datetime = EVENING) -> Day:
    """The local day."""
    return day_at(policy.regimes(), now)


def after(one: Book, *lines: Posting, used: float | None = None) -> Book:
    """The day later: with more postings, and perhaps more use."""
    return Book(
        policy=one.policy,
        day=one.day,
        postings=(*one.postings, *lines),
        use_seconds=one.use_seconds if used is None else round(used * 60),
        now=one.now,
    )


def given(one: Book, owner: str, minutes: int) -> tuple[Gift, Book]:
    """A gift that must be allowed, and the day with it."""
    gift = give(one, Giving(owner=owner, seconds=minutes * 60), ids())
    assert isinstance(gift, Gift), gift
    return gift, after(one, *gift.postings)


def limit(one: Book) -> float | None:
    """Minutes that the day allows."""
    found = one.balance().limit
    return None if found is None else found / 60
