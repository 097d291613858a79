"""Giving minutes, taking the unused part back, and the teen's yes (algebra.md A5, A7, A9, A22).

Every function returns postings to be made, or a refusal. A gift at or over the limit first writes
off what was used over that layer's sum, so that what is given is what is left.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import Final

import msgspec
from msgspec.structs import replace

from familypair.reasons import Reason, Refusal
from familypair.rules.days import Day
from familypair.rules.layers.model import Policy, Source
from familypair.rules.layers.pairs import MINUTE
from familypair.rules.layers.write import layer_of
from familypair.rules.time.balance import DayBalance, LayerSum, balance, is_teens
from familypair.rules.time.coarse import as_told, stepped
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.postings import given, left_of, of_day, taken
from familypair.schema.scopes import Scope
from familypair.settings import Owner

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

    def line(self, posting_id: str) -> Posting | None:
        """One posting of the day."""
        return next((one for one in self.postings if one.id == posting_id), None)

    def as_told(self, *, sees_use: bool) -> "Book":
        """The day for a guardian: use in whole steps with `see_time`, else without any."""
        return replace(
            self,
            postings=as_told(self.postings, sees_use=sees_use),
            use_seconds=stepped(self.use_seconds) if sees_use else 0,
        )

    def sights(self) -> "Sights":
        """The day as it is, as a guardian who sees time reads it, and as one who does not."""
        return self, self.as_told(sees_use=True), self.as_told(sees_use=False)


Sights = tuple[Book, Book, Book]
Amounts = tuple[int, int]
"""Seconds to write off, and seconds to give."""
NOTHING: Final[Amounts] = (0, 0)


Wishes = tuple[int, int, int]
"""The sum in seconds that a day must have, for each sight of the day."""


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
    length of the day, `probation_gift_limit` beyond 60 minutes a day in the first 24 hours. No
    refusal follows from how much was used: it would tell that to whoever tries amounts. What is
    written off may therefore come on top of a whole day.
    """
    before, sights = book.balance(), book.sights()
    mine = before.sum_of(giving.owner)
    if mine is None or mine.seconds is None:
        return Refusal(Reason.NOT_LIMITED)
    if giving.seconds is not None and not 0 < giving.seconds <= _room(sights[-1], giving.owner):
        return Refusal(Reason.OVER_THE_DAY)
    amounts = [_giving(one, giving) for one in sights]
    seconds = amounts[0][1]
    if _in_probation(book, giving.owner):
        most = PROBATION_GIFT * MINUTE - given(of_day(book.postings, book.day.date), giving.owner)
        if seconds > most:
            return Refusal(Reason.PROBATION_GIFT_LIMIT, params={"left": max(0, most) // MINUTE})
    if giving.seconds is None:
        giving = replace(giving, by_use=True)
    lines = _lines(book, giving, amounts, new_id)
    return Gift(postings=lines, effect=effect_of(book, before, lines, seconds))


def approve_minutes(
    book: Book,
    owner: str,
    wishes: Wishes,
    *,
    new_id: NewId,
    ref: str = "",
    by: str = "",
    kind: PostingKind = PostingKind.REQUEST,
) -> tuple[Posting, ...]:
    """What one layer posts so that its own sum reaches a wish, nothing if it does (A7, A8).

    A part of the way that only makes up for use beyond the layer's sum is a write-off (A9).
    """
    amounts = [_lacking(one, owner, wish) for one, wish in zip(book.sights(), wishes, strict=True)]
    asked = Giving(owner=owner, seconds=0, kind=kind, by=by, ref=ref, by_use=True)
    return _lines(book, asked, amounts, new_id)


def wishes_of(book: Book, seconds: int | None) -> Wishes:
    """`wish_of` for each sight of the day."""
    exact, told, blind = book.sights()
    return wish_of(exact, seconds), wish_of(told, seconds), wish_of(blind, seconds)


def with_code(book: Book, giver: str, lines: Sequence[Posting], seconds: int) -> Wishes:
    """How far the teen's own layer follows a code: no further than the giver's sum with it."""
    told = (lines, as_told(lines, sees_use=True), as_told(lines, sees_use=False))
    sums = [one.balance(more).sum_of(giver) for one, more in zip(book.sights(), told, strict=True)]
    exact, steps, blind = (
        wish if one is None or one.seconds is None else min(one.seconds, wish)
        for one, wish in zip(sums, wishes_of(book, seconds), strict=True)
    )
    return exact, steps, blind


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
    before, amounts = book.balance(), [_taking(one, gift.id, teen) for one in book.sights()]
    seconds = amounts[0][1]
    if seconds <= 0:
        return Refusal(Reason.OVER_THE_DAY)
    giving = Giving(
        owner=teen, seconds=seconds, kind=PostingKind.ACCEPTED, ref=gift.id, by_use=True
    )
    lines = _lines(book, giving, amounts, new_id)
    return Gift(postings=lines, effect=effect_of(book, before, lines, seconds))


def undo(book: Book, gift: Posting, by: str, new_id: NewId) -> Posting | Refusal:
    """Take the unused part of a gift back (A22): never what was used, never more than was given.

    Refused: `not_unused` where nothing of it is left as far as `by` may know. Without `see_time`
    that is after it was taken back once, whatever was used.
    """
    exact, told, blind = (_unused(one, gift.id) for one in book.sights())
    if (told if _sees_use(book.policy, by) else blind) <= 0:
        return Refusal(Reason.NOT_UNUSED)
    return Posting(
        id=new_id(),
        owner=gift.owner,
        day=gift.day,
        seconds=-exact,
        kind=PostingKind.UNDONE,
        at=book.now,
        by=by,
        ref=gift.id,
        by_use=True,
        told=-told,
        blind=-blind,
    )


def _sees_use(policy: Policy, who: str) -> bool:
    layer = layer_of(policy, who)
    return layer is not None and (layer.kind is Owner.TEEN or Scope.SEE_TIME in layer.scopes)


def _unused(book: Book, gift_id: str) -> int:
    gift = book.line(gift_id)
    return 0 if gift is None else undoable(book, gift)


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


def _over(book: Book, owner: str) -> tuple[LayerSum | None, int, int]:
    """The sum on which an owner posts, its seconds, and the use beyond it."""
    mine = book.balance().sum_of(owner)
    seconds = 0 if mine is None else mine.seconds or 0
    return mine, seconds, max(0, book.use_seconds - seconds)


def _giving(book: Book, giving: Giving) -> Amounts:
    _, total, over = _over(book, giving.owner)
    rest = _rest(book, total + over) if giving.seconds is None else giving.seconds
    return over, rest


def _lacking(book: Book, owner: str, wish: int) -> Amounts:
    mine, total, over = _over(book, owner)
    if mine is None or mine.seconds is None or total >= wish:
        return NOTHING
    over = min(over, wish - total)
    return over, wish - total - over


def _taking(book: Book, gift_id: str, teen: str) -> Amounts:
    mine, total, over = _over(book, teen)
    gift = book.line(gift_id)
    if mine is None or mine.seconds is None or gift is None:
        return NOTHING
    return over, max(0, min(left_of(book.postings, gift), book.day.seconds - total - over))


def _room(blind: Book, owner: str) -> int:
    """Seconds that a layer can still be given on this day, as far as nobody's use tells."""
    return blind.day.seconds - _over(blind, owner)[1]


def _lines(
    book: Book, giving: Giving, amounts: Sequence[Amounts], new_id: NewId
) -> tuple[Posting, ...]:
    """The write-off and the gift, each only where it is not zero for everybody.

    `amounts` are for each sight of the day; the rest of the day is a line even where it is zero.
    """
    kinds = (PostingKind.WRITE_OFF, giving.kind)
    return tuple(
        Posting(
            id=new_id(),
            owner=giving.owner,
            day=book.day.date,
            seconds=seconds[0],
            kind=kind,
            at=book.now,
            by=giving.by or giving.owner,
            ref=giving.ref,
            by_use=by_use,
            told=seconds[1] if by_use else None,
            blind=seconds[2] if by_use else None,
        )
        for kind, seconds in zip(kinds, zip(*amounts, strict=True), strict=True)
        if any(seconds) or (giving.seconds is None and kind is giving.kind)
        for by_use in (giving.by_use or kind is PostingKind.WRITE_OFF,)
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
