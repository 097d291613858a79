"""One-time codes: 6 digits, 10 minutes, one use, for one teen and day (product 5, algebra A9)."""

from datetime import timedelta
from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.rules.layers.model import Source
from familypair.rules.time.gifts import Book, Giving, NewId, give
from familypair.rules.time.model import PostingKind

LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
"""Wrong codes of one teen on one day."""
_DIGITS: Final = 6
STOP: Final = "stop"
REMIND: Final = "remind"


def code_from(mac: bytes) -> str:
    """The six digits of a keyed hash."""
    return f"{int.from_bytes(mac[:8], 'big') % 10**_DIGITS:0{_DIGITS}d}"


def normal(typed: str) -> str | None:
    """What somebody typed as six digits; spaces and dashes are ignored. None for anything else."""
    text = typed.replace(" ", "").replace("-", "")
    return text if len(text) == _DIGITS and text.isascii() and text.isdigit() else None


def may_make(book: Book, giver: str, seconds: int, new_id: NewId) -> Refusal | None:
    """Why this giver cannot make a code now; None when they can.

    `codes_stopped` where the giver's own rule stops at the limit: only the code is off (A9).
    """
    if is_stopped(book, giver):
        return Refusal(Reason.CODES_STOPPED)
    gift = give(book, Giving(owner=giver, seconds=seconds, kind=PostingKind.CODE), new_id)
    return gift if isinstance(gift, Refusal) else None


def is_stopped(book: Book, giver: str) -> bool:
    """Whether the layer on which this giver posts stops at its limit."""
    mine = book.balance().sum_of(giver)
    return mine is not None and mine.at == STOP


def still_limited(book: Book, giver: str) -> tuple[Source, ...]:
    """The other layers that say ask or stop no later than the day does now (A9).

    The code would not help yet: they are named, and it is not used up. The teen's own layer is not
    among them, for whoever enters a code says yes for it (A7).
    """
    found = book.balance()
    mine = found.sum_of(giver)
    reached = max(found.limit or 0, found.used)
    return tuple(
        one.source
        for one in found.sums
        if one != mine
        and one.source.id not in {giver, book.policy.teen.owner}
        and one.at != REMIND
        and one.seconds is not None
        and one.seconds <= reached
    )
