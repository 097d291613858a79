"""Giving minutes, taking the unused part back, and the teen's yes (algebra.md A5, A7, A9, A22).

Every function returns postings to be made, or a refusal. A gift at or over the limit first writes
off what was used over that layer's sum, so that what is given is what is left.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from math import ceil
from typing import Final

import msgspec
from msgspec.structs import replace

from familypair.reasons import Reason, Refusal
from familypair.rules.days import Day
from familypair.rules.layers.model import Policy, Source
from familypair.rules.layers.pairs import MINUTE
from familypair.rules.time.balance import DayBalance, LayerSum, balance, is_teens
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.postings import given, left_of, of_day, taken

PROBATION_GIFT: Final = 60
"""Minutes a day that a guardian may give in the first 24 hours (product.md section 3)."""

NewId = Callable[[], str]
"""Where the ids of new postings come from."""


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """One teen's day as it stands: all that the rules of giving need to know."""

    policy: Policy
    day: Day
    postings: tuple[Posting, ...]
    use_seconds: int
    now: datetime

    def balance(self, more: Iterable[Posting] = ()) -> DayBalance:
        """The arithmetic as it stands, or with more postings."""
        return balance(
            self.policy,
            self.day,
            use_seconds=self.use_seconds,
            postings=(*self.postings, *more),
            now=self.now,
        )


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What postings do to the day: "+30, of which 0 now: another rule also limits"."""

    seconds: int
    """What is given."""
    now_seconds: int
    """By how much the remaining time grows at once."""
    write_off_seconds: int = 0
    limited_by: tuple[Source, ...] = ()
    """The layers whose sum keeps the whole gift from having its effect."""
    needs_teen: bool = False
    """Whether the teen's own layer binds, so that it waits for their yes (A7)."""


class Gift(msgspec.Struct, frozen=True, kw_only=True):
    """The postings of a gift, the gift itself last, and its effect."""

    postings: tuple[Posting, ...]
    effect: Effect


class Giving(msgspec.Struct, frozen=True, kw_only=True):
    """What is given: by whom, on whose layer, how much, and why."""

    owner: str
    seconds: int | None
    """None: the rest of the day."""
    kind: PostingKind = PostingKind.GRANT
    by: str = ""
    """The account that acted; the owner when empty."""
    ref: str = ""
    by_use: bool = False
    """Whether the seconds follow from how much was used."""


def give(book: Book, giving: Giving, new_id: NewId) -> Gift | Refusal:
    """A gift on the giver's own layer, or on the default while they have no limit (A5).

    Refused: `not_limited` where nothing of the giver's limits the day, `over_the_day` beyond the
    length of the day, `probation_gift_limit` beyond 60 minutes a day in the first 24 hours.
    """
    before = book.balance()
    mine = before.sum_of(giving.owner)
    if mine is None or mine.seconds is None:
        return Refusal(Reason.NOT_LIMITED)
    over = max(0, book.use_seconds - mine.seconds)
    seconds = _rest(book, mine.seconds + over) if giving.seconds is None else giving.seconds
    if seconds <= 0 or mine.seconds + over + seconds > book.day.seconds:
        return Refusal(Reason.OVER_THE_DAY)
    if _in_probation(book, giving.owner):
        most = PROBATION_GIFT * MINUTE - given(of_day(book.postings, book.day.date), giving.owner)
        if seconds > most:
            return Refusal(Reason.PROBATION_GIFT_LIMIT, params={"left": max(0, most) // MINUTE})
    if giving.seconds is None:
        giving = replace(giving, by_use=True)
    lines = _lines(book, giving, (over, seconds), new_id)
    return Gift(postings=lines, effect=effect_of(book, before, lines, seconds))


def approve_minutes(
    book: Book,
    owner: str,
    wish: int,
    *,
    new_id: NewId,
    ref: str = "",
    by: str = "",
    kind: PostingKind = PostingKind.REQUEST,
) -> tuple[Posting, ...]:
    """What one layer posts so that its own sum reaches `wish` seconds, nothing if it does (A7, A8).

    A part of the way that only makes up for use beyond the layer's sum is a write-off (A9).
    """
    found = book.balance()
    mine = found.sum_of(owner)
    if mine is None or mine.seconds is None or mine.seconds >= wish:
        return ()
    over = min(max(0, book.use_seconds - mine.seconds), wish - mine.seconds)
    seconds = wish - mine.seconds - over
    asked = Giving(
        owner=owner,
        seconds=seconds,
        kind=kind,
        by=by,
        ref=ref,
        by_use=over == 0 and found.limit is not None and book.use_seconds > found.limit,
    )
    return _lines(book, asked, (over, seconds), new_id)


def wish_of(book: Book, seconds: int | None) -> int:
    """The sum that a day must have for `seconds` more from now on; None: the rest of the day.

    It counts from what the day allows, or from what is used where that is more (A9). Never more
    than the day is long.
    """
    found = book.balance()
    start = book.use_seconds if found.limit is None else max(found.limit, book.use_seconds)
    wish = _until_end(book) if seconds is None else start + seconds
    return min(wish, book.day.seconds)


def accept(book: Book, gift: Posting, teen: str, new_id: NewId) -> Gift | Refusal:
    """The teen takes a gift: an own posting of the same seconds on the own layer (A7)."""
    if not is_waiting(book, gift):
        return Refusal(Reason.NOT_WAITING)
    before = book.balance()
    mine = before.sum_of(teen)
    if mine is None or mine.seconds is None:
        return Refusal(Reason.NOT_WAITING)
    over = max(0, book.use_seconds - mine.seconds)
    seconds = min(left_of(book.postings, gift), book.day.seconds - mine.seconds - over)
    if seconds <= 0:
        return Refusal(Reason.OVER_THE_DAY)
    giving = Giving(owner=teen, seconds=seconds, kind=PostingKind.ACCEPTED, ref=gift.id)
    lines = _lines(book, giving, (over, seconds), new_id)
    return Gift(postings=lines, effect=effect_of(book, before, lines, seconds))


def undo(book: Book, gift: Posting, by: str, new_id: NewId) -> Posting | Refusal:
    """Take the unused part of a gift back (A22): never what was used, never more than was given."""
    unused = undoable(book, gift)
    if unused <= 0:
        return Refusal(Reason.NOT_UNUSED)
    return Posting(
        id=new_id(),
        owner=gift.owner,
        day=gift.day,
        seconds=-unused,
        kind=PostingKind.UNDONE,
        at=book.now,
        by=by,
        ref=gift.id,
        by_use=unused < left_of(book.postings, gift),
    )


def undoable(book: Book, gift: Posting) -> int:
    """Seconds of a gift that have not been used and not been taken back."""
    mine = book.balance().sum_of(gift.owner)
    if gift.day != book.day.date or mine is None or mine.seconds is None:
        return 0
    return max(0, min(left_of(book.postings, gift), mine.seconds - book.use_seconds))


def is_waiting(book: Book, gift: Posting) -> bool:
    """Whether a gift has no effect until the teen takes it, and taking it would help (A7)."""
    if gift.kind is not PostingKind.GRANT or gift.day != book.day.date:
        return False
    if left_of(book.postings, gift) <= 0 or taken(book.postings, gift.id):
        return False
    found = book.balance()
    theirs = found.sum_of(gift.owner)
    return theirs is not None and not is_teens(theirs) and _teen_binds(found, theirs)


def _teen_binds(found: DayBalance, giver: LayerSum) -> bool:
    """Whether the teen's own sum is the smallest and the giver's is not."""
    own = [s for s in found.binding if is_teens(s)]
    return bool(own) and giver.seconds is not None and giver.seconds > (own[0].seconds or 0)


def _lines(
    book: Book, giving: Giving, amounts: tuple[int, int], new_id: NewId
) -> tuple[Posting, ...]:
    """The write-off and the gift: the two amounts in seconds, each only where it is not zero."""
    by = giving.by or giving.owner
    kinds = (PostingKind.WRITE_OFF, giving.kind)
    return tuple(
        Posting(
            id=new_id(),
            owner=giving.owner,
            day=book.day.date,
            seconds=seconds,
            kind=kind,
            at=book.now,
            by=by,
            ref=giving.ref,
            by_use=giving.by_use or kind is PostingKind.WRITE_OFF,
        )
        for kind, seconds in zip(kinds, amounts, strict=True)
        if seconds > 0
    )


def effect_of(book: Book, before: DayBalance, lines: tuple[Posting, ...], seconds: int) -> Effect:
    """What lines change at once, and who keeps them from doing more; the gift is the last."""
    after = book.balance(lines)
    gained = (after.remaining or 0) - (before.remaining or 0)
    mine = after.sum_of(lines[-1].owner)
    stricter = () if mine is None or mine.seconds is None else after.stricter_than(mine.seconds)
    return Effect(
        seconds=seconds,
        now_seconds=max(0, gained),
        write_off_seconds=sum(p.seconds for p in lines if p.kind is PostingKind.WRITE_OFF),
        limited_by=tuple(s.source for s in stricter) if gained < seconds else (),
        needs_teen=mine is not None and not is_teens(mine) and _teen_binds(after, mine),
    )


def _rest(book: Book, total: int) -> int:
    """Seconds that a sum lacks to last until the day ends."""
    return max(0, _until_end(book) - total)


def _until_end(book: Book) -> int:
    """What is used, and all that is left of the day."""
    ahead = ceil((book.day.end - book.now).total_seconds())
    return min(book.day.seconds, book.use_seconds + max(0, ahead))


def _in_probation(book: Book, owner: str) -> bool:
    layers = (layer for layer in book.policy.guardians if layer.owner == owner)
    return any(layer.in_probation(book.now) for layer in layers)
