"""Postings of one day: whose, how many seconds, and what is left of a gift (algebra.md A5, A22).

A posting is never changed. What takes something back is a posting of its own (`undone`), what a
late report changes is one (`correction`), and a limit that changed within the day is one too.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from familypair.rules.time.model import Posting, PostingKind

GIFTS: Final = frozenset(
    {PostingKind.GRANT, PostingKind.CODE, PostingKind.REQUEST, PostingKind.AUTO_RULE}
)
"""What somebody gave, which bounds what a guardian may give in the first 24 hours."""


_ORDER: Final = {PostingKind.WRITE_OFF: -1, PostingKind.UNDONE: 1}


def of_day(postings: Iterable[Posting], day: date) -> tuple[Posting, ...]:
    """The postings of one day, oldest first; of one act the write-off comes before the gift."""
    return tuple(sorted((p for p in postings if p.day == day), key=_place))


def _place(one: Posting) -> tuple[datetime, int, str]:
    return one.at, _ORDER.get(one.kind, 0), one.id


def posted(postings: Iterable[Posting]) -> dict[str, int]:
    """Owner id to the seconds that this owner's postings add up to."""
    found: dict[str, int] = {}
    for one in postings:
        found[one.owner] = found.get(one.owner, 0) + one.seconds
    return found


def given(postings: Iterable[Posting], owner: str) -> int:
    """Seconds that this owner has given and not taken back."""
    mine = [p for p in postings if p.owner == owner]
    gifts = {p.id for p in mine if p.kind in GIFTS}
    back = (p.seconds for p in mine if p.kind is PostingKind.UNDONE and p.ref in gifts)
    return sum(p.seconds for p in mine if p.id in gifts) + sum(back)


def left_of(postings: Iterable[Posting], gift: Posting) -> int:
    """Seconds of a gift that were not taken back."""
    undone = (p for p in postings if p.kind is PostingKind.UNDONE and p.ref == gift.id)
    return gift.seconds + sum(p.seconds for p in undone)


def taken(postings: Sequence[Posting], gift_id: str) -> bool:
    """Whether the teen has taken this gift (A7)."""
    return any(p.kind is PostingKind.ACCEPTED and p.ref == gift_id for p in postings)
