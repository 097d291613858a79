"""The balance of a teen's day as it stands: rules, use and postings, read in one transaction."""

from datetime import datetime

import msgspec

from familypair.rules.days import Day, day_at, day_before
from familypair.rules.time.balance import DayBalance
from familypair.rules.time.gifts import Book
from familypair.rules.time.model import Posting, Use
from familypair.rules.time.rollover import differences, moved, saves
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn
from familypair_server.time.closing import closed_day
from familypair_server.time.postings import postings_of
from familypair_server.usage.reads import use_of


class BalanceNow(msgspec.Struct, frozen=True):
    """A day with what was used and posted, and its arithmetic."""

    book: Book
    use: Use
    found: DayBalance

    @property
    def day(self) -> Day:
        """The local day."""
        return self.book.day


def balance_of(state: TeenState, now: datetime, use: Use | None = None) -> Txn[BalanceNow]:
    """Today's balance. Roll-over that nobody has posted yet counts as if it were (A21).

    `use` is today's, where the caller has just written it.
    """
    day = day_at(state.policy.regimes(), now)
    if use is None:
        use = yield from use_of(state.teen.id, day, now)
    postings = yield from postings_of(state.teen.id, [day.date])
    due = yield from roll_over_due(state, day, postings, now)
    book = Book(
        policy=state.policy,
        day=day,
        postings=(*postings, *due),
        use_seconds=use.seconds,
        now=now,
    )
    return BalanceNow(book, use, book.balance())


def roll_over_due(
    state: TeenState, day: Day, postings: tuple[Posting, ...], now: datetime
) -> Txn[tuple[Posting, ...]]:
    """The postings that `day` lacks of what was left of the day before; ids are still empty."""
    if not saves(state.policy) and not any(p.kind == "roll_over" for p in postings):
        return ()
    before = day_before(state.policy.regimes(), day)
    use = yield from use_of(state.teen.id, before, now)
    yesterday = yield from closed_day(state, before)
    missing = differences(state.policy, day, moved(yesterday, use), postings, now=now)
    return tuple(
        Posting(
            id=f"{kind} {owner}",
            owner=owner,
            day=day.date,
            seconds=seconds,
            kind=kind,
            at=max(day.start, now) if kind == "correction" else day.start,
        )
        for owner, seconds, kind in missing
    )
