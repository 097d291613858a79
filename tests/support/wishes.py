"""Requests as values: a policy with today's arithmetic, and requests in every state."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from familypair.reasons import Refusal
from familypair.rules.days import day_at
from familypair.rules.layers import Policy
from familypair.rules.requests.apply import Effects, effects
from familypair.rules.requests.model import Asked, Facts, Need
from familypair.rules.requests.moves import Needs
from familypair.rules.requests.parts import needs
from familypair.rules.requests.table import RequestState
from familypair.rules.time.gifts import Book
from familypair.rules.time.model import Lifted, Posting
from familypair.schema.requests import MoreTime, Wish
from familypair.testing.families import NOON

MORE = MoreTime(minutes=30)
WEEK = timedelta(days=7)


def facts(
    policy: Policy,
    used: int = 0,
    *,
    postings: Iterable[Posting] = (),
    lifted: Iterable[Lifted] = (),
    now: datetime = NOON,
) -> Facts:
    """How things stand after `used` minutes of this Sunday."""
    book = Book(
        policy=policy,
        day=day_at(policy.regimes(), now),
        postings=tuple(postings),
        use_seconds=used * 60,
        now=now,
    )
    return Facts(book=book, lifted=tuple(lifted))


def needing(policy: Policy, used: int = 0, **more: Any) -> Needs:
    """Who must answer each wish, as `moves` asks it."""
    return partial(needs, facts(policy, used, **more))


def who(found: Need | Refusal) -> tuple[str, ...] | str:
    """The owners whose yes is needed, or the code of the refusal."""
    return found.reason.value if isinstance(found, Refusal) else found.owners


def request(
    wish: Wish = MORE,
    *asked: str,
    state: RequestState = RequestState.OPEN,
    now: datetime = NOON,
    **more: Any,
) -> Asked:
    """A request to these guardians that was made just now."""
    return Asked(
        state=state,
        wish=wish,
        asked=asked or ("A",),
        created_at=now,
        expires_at=now + WEEK,
        **more,
    )


def kept(found: Asked | Refusal) -> Asked:
    """A move that must work."""
    assert isinstance(found, Asked), found
    return found


def code(found: object) -> str:
    """The code of a move that must not work."""
    assert isinstance(found, Refusal), found
    return found.reason.value


def applied(held: Facts, asked: Asked) -> Effects | Refusal:
    """What the request changes, with ids that count."""
    ids = count(1)
    return effects(held, asked, "req_1", lambda: f"pst_{next(ids)}")
