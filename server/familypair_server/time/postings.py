"""Postings in the database: written under the teen's lock, each with an entry of the ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from familypair.rules.layers import Policy
from familypair.rules.layers.pairs import day_pairs
from familypair.rules.time.coarse import as_told
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.postings import of_day, posted
from familypair.schema.accounts import Kind
from familypair.schema.ledger import PostedTold, TimePosted
from familypair_server.links.desk import Desk
from familypair_server.records import ledger
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Param, Txn, Write, together
from familypair_server.time import statements as sql
from familypair_server.times import instant, millis


def postings_of(teen_id: str, days: Sequence[date]) -> Txn[tuple[Posting, ...]]:
    """Every posting of these days, oldest first; none for no days."""
    if not days:
        return ()
    first, last = min(days).isoformat(), max(days).isoformat()
    rows = yield from sql.postings_between.all(teen=teen_id, first=first, last=last)
    wanted = {day.isoformat() for day in days}
    return tuple(read(row) for row in rows if row.day in wanted)


def post(desk: Desk, state: TeenState, posting: Posting, now: datetime) -> Txn[None]:
    """One posting: its row, its entry with what the day allows before and after, and the wake-up.

    The caller holds the teen's lock and has asked the rules.
    """
    yield from post_all(desk, state, (posting,), now)


def post_all(desk: Desk, state: TeenState, postings: Sequence[Posting], now: datetime) -> Txn[None]:
    """Several postings of one act, in order."""
    days = sorted({posting.day for posting in postings})
    known = list((yield from postings_of(state.teen.id, days)))
    for posting in postings:
        before = tuple(known)
        known.append(posting)
        yield from together(writing(state.teen.id, posting))
        yield from ledger.append(
            teen_id=state.teen.id,
            entry=_entry(state, posting, (before, known), now),
            actor=actor_of(state, posting.by),
            now=now,
            viewers=state.viewers(),
            random=desk.random,
        )


def actor_of(state: TeenState, account_id: str) -> ledger.Actor:
    """Who acted, as the ledger keeps it; nobody is the platform."""
    if not account_id:
        return ledger.Actor("platform")
    if account_id == state.teen.id:
        return ledger.Actor("teen", account_id)
    return ledger.Actor("guardian", account_id, name_of(state, account_id))


def name_of(state: TeenState, account_id: str) -> str:
    """What somebody around this teen is called; empty for somebody unknown."""
    person = state.people.get(account_id)
    return "" if person is None else person.name


def read(row: sql.PostingRow) -> Posting:
    """A row as the value of the rules."""
    return Posting(
        id=row.id,
        owner=row.owner_id,
        day=date.fromisoformat(row.day),
        seconds=row.seconds,
        kind=PostingKind(row.kind),
        at=instant(row.at),
        by=row.by_id,
        ref=row.ref,
        before=_from_json(row.before),
        after=_from_json(row.after),
        by_use=row.by_use,
        told=row.told,
        blind=row.blind,
    )


def writing(teen_id: str, posting: Posting) -> Write:
    """A posting's row alone, as a part of something bigger that has an entry of its own."""
    params: dict[str, Param] = {
        "teen": teen_id,
        "day": posting.day.isoformat(),
        "id": posting.id,
        "owner": posting.owner,
        "seconds": posting.seconds,
        "kind": posting.kind,
        "at": millis(posting.at),
        "by": posting.by,
        "ref": posting.ref,
        "before": _to_json(posting.before),
        "after": _to_json(posting.after),
        "by_use": int(posting.by_use),
        "told": posting.told,
        "blind": posting.blind,
    }
    return Write(sql.insert_posting, params)


def _limit(policy: Policy, known: Sequence[Posting], day: date, now: datetime) -> int | None:
    """What a day allows with these postings, in seconds."""
    sums = day_pairs(policy, day, now=now, posted=posted(of_day(known, day)))
    return min((one.seconds for one in sums if one.seconds is not None), default=None)


def _entry(
    state: TeenState,
    posting: Posting,
    lines: tuple[Sequence[Posting], Sequence[Posting]],
    now: datetime,
) -> TimePosted:
    own = posting.owner == state.teen.id
    limits = [_limit(state.policy, known, posting.day, now) for known in lines]
    return TimePosted(
        posting=posting.id,
        owner=posting.owner,
        owner_kind=Kind.TEEN if own else Kind.GUARDIAN,
        owner_name=name_of(state, posting.owner),
        day=posting.day,
        seconds=posting.seconds,
        kind=posting.kind,
        before=posting.before,
        after=posting.after,
        ref=posting.ref,
        limit_before=limits[0],
        limit_after=limits[1],
        told=_told(state, lines, now, sees_use=True),
        blind=_told(state, lines, now, sees_use=False),
    )


def _told(
    state: TeenState,
    lines: tuple[Sequence[Posting], Sequence[Posting]],
    now: datetime,
    *,
    sees_use: bool,
) -> PostedTold:
    """The last line as a guardian reads it."""
    before, after = (as_told(known, sees_use=sees_use) for known in lines)
    day = after[-1].day
    return PostedTold(
        seconds=after[-1].seconds,
        limit_before=_limit(state.policy, before, day, now),
        limit_after=_limit(state.policy, after, day, now),
    )


def _to_json(value: int | str | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _from_json(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
