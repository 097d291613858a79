"""What is too much asking: five open, the same twice, or again on the day of a no (section 6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.rules.days import Day
from familypair.rules.requests.model import Asked
from familypair.rules.requests.moves import as_of
from familypair.rules.requests.table import LIVE, RequestState
from familypair.rules.requests.wishes import kind_of, repeats
from familypair.schema.requests import LiftBlock, Wish

MOST_OPEN: Final = 5
"""Requests of one teen that may be open at once."""
MOST_A_DAY: Final = 20
"""Requests of one teen in a local day: asking and taking back is no way to ring all day."""


def too_much(wish: Wish, others: Sequence[Asked], day: Day, now: datetime) -> Refusal | None:
    """Why this teen may not ask that now; `others` are their open requests and today's."""
    living = [one for one in others if as_of(one, now).state in LIVE]
    if any(_same(wish, one.wish) for one in living):
        return Refusal(Reason.ALREADY_ASKED)
    if len(living) >= MOST_OPEN:
        return Refusal(Reason.TOO_MANY_REQUESTS_OPEN)
    if sum(one.created_at in day for one in others) >= MOST_A_DAY:
        return Refusal(Reason.TOO_MANY_REQUESTS)
    refused = (
        one.wish
        for one in others
        if one.state is RequestState.DECLINED and one.closed_at is not None and one.closed_at in day
    )
    if any(repeats(wish, no) for no in refused):
        return Refusal(Reason.DECLINED_TODAY)
    return None


def _same(wish: Wish, other: Wish) -> bool:
    if isinstance(wish, LiftBlock) and isinstance(other, LiftBlock):
        return wish.end == other.end  # its start is the minute of asking
    return kind_of(wish) == kind_of(other) and wish == other
