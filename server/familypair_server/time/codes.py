"""One-time codes: made by a guardian, entered by the teen (product.md section 5, algebra.md A9).

The digits are a keyed hash of the id, so that a repeated idempotent request shows them again; only
another keyed hash is stored. Wrong codes are counted in the teen's own day, in the same
transaction: a refusal is returned and not raised, so that the count outlives it.
"""

from collections.abc import Sequence
from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.rules.explain import voice_name
from familypair.rules.layers.model import Source
from familypair.rules.layers.pairs import MINUTE
from familypair.rules.time import codes, gifts
from familypair.rules.time.balance import is_teens
from familypair.rules.time.gifts import Giving
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.view import balance_view
from familypair.rules.time.words import say_seconds
from familypair.schema import time as wire
from familypair.schema.scopes import Scope
from familypair_server.ids import is_id, new_id
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Txn, transaction
from familypair_server.time import statements as sql
from familypair_server.time.acts import (
    Act,
    Held,
    held,
    read_again,
    refuse_flood,
    refuse_without,
    viewer,
)
from familypair_server.time.postings import post_all
from familypair_server.times import instant, millis

WRONG: Final = Refusal(Reason.CODE_WRONG, "/code")
"""The one answer to wrong, used, expired, foreign and worthless codes."""
_DRAWS: Final = 8


@transaction
def make(act: Act, ask: wire.CodeAsk) -> Txn[wire.Code]:
    """A code worth some minutes of today; it ends the giver's older one. Raises `Refused`."""
    found = yield from held(act)
    refuse_without(found.state, act.caller_id, Scope.SET_TIME)
    book, today = found.day.book, found.day.day.date.isoformat()
    made = yield from sql.codes_of_day.get(teen=act.teen_id, giver=act.caller_id, day=today)
    refuse_flood(found, made, act.now)
    refusal = codes.may_make(book, act.caller_id, ask.minutes * MINUTE, act.new_id)
    if refusal is not None:
        raise Refused(refusal)
    yield from sql.withdraw_codes_of.run(teen=act.teen_id, giver=act.caller_id)
    yield from sql.withdraw_expired.run(teen=act.teen_id, now=millis(act.now))
    code_id, digits = yield from _draw(act)
    expires = min(act.now + codes.LASTS, found.day.day.end)
    yield from sql.insert_code.run(
        teen=act.teen_id,
        id=code_id,
        giver=act.caller_id,
        day=today,
        minutes=ask.minutes,
        hash=_stored(act.desk.keys, act.teen_id, digits),
        now=millis(act.now),
        expires=millis(expires),
    )
    return wire.Code(
        id=code_id,
        teen=act.teen_id,
        minutes=ask.minutes,
        state="offered",
        expires_at=expires,
        code=digits,
    )


@transaction
def withdraw(act: Act, code_id: str) -> Txn[wire.Code]:
    """The giver takes an unused code back; harmless when it is over already."""
    yield from held(act)
    row = yield from sql.code_by_id.one(id=code_id)
    if row is None or row.giver_id != act.caller_id or row.teen_id != act.teen_id:
        raise refuse(Reason.NOT_FOUND)
    yield from sql.withdraw_code.run(teen=act.teen_id, id=code_id)
    over = "expired" if row.state == "offered" and row.expires_at <= millis(act.now) else row.state
    return wire.Code(
        id=row.id,
        teen=row.teen_id,
        minutes=row.minutes,
        state="withdrawn" if over == "offered" else over,
        expires_at=instant(row.expires_at),
    )


@transaction
def find_teen(code_id: str) -> Txn[str]:
    """Whose code it is; raises `Refused` as for what is absent."""
    row = (yield from sql.code_by_id.one(id=code_id)) if is_id(code_id) else None
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    return row.teen_id


@transaction
def redeem(act: Act, typed: str) -> Txn[wire.CodeRedeemed | Refusal]:
    """The teen enters a code. A refusal is returned: the counted try must outlive it."""
    found = yield from held(act)
    today = found.day.day.date.isoformat()
    tried = yield from sql.tries.one(teen=act.teen_id, day=today)
    if (tried or 0) >= codes.TRIES:
        return Refusal(Reason.TOO_MANY_CODE_TRIES)
    row = yield from _live(act, typed, today)
    if row is None or not _stands(found, row.giver_id):
        if row is not None or not (yield from _used_before(act, typed, today)):
            yield from sql.count_try.run(teen=act.teen_id, day=today)
        return WRONG
    limiting = codes.still_limited(found.day.book, row.giver_id)
    if limiting:
        return Refusal(Reason.STILL_LIMITED, params={"by": _names(act, found, limiting)})
    return (yield from _use(act, found, row))


def _use(act: Act, found: Held, row: sql.CodeRow) -> Txn[wire.CodeRedeemed | Refusal]:
    giving = Giving(
        owner=row.giver_id,
        seconds=row.minutes * MINUTE,
        kind=PostingKind.CODE,
        by=act.teen_id,
        ref=row.id,
    )
    gift = gifts.give(found.day.book, giving, act.new_id)
    if isinstance(gift, Refusal):
        return gift
    if not (yield from sql.use_code.run(teen=act.teen_id, id=row.id, now=millis(act.now))):
        return WRONG
    lines = (*gift.postings, *_own(act, found, gift.postings, row))
    yield from post_all(act.desk, found.state, lines, act.now)
    look = yield from read_again(act, found.state)
    return wire.CodeRedeemed(
        minutes=row.minutes,
        words=f"+{say_seconds(row.minutes * MINUTE)} from {look.named(row.giver_id)}",
        balance=balance_view(look, act.now),
    )


def _own(act: Act, found: Held, lines: Sequence[Posting], row: sql.CodeRow) -> tuple[Posting, ...]:
    """The teen's own posting, where their own layer would keep the code from helping (A7)."""
    book, minutes = found.day.book, row.minutes * MINUTE
    wish, mine = book.balance(lines).sum_of(row.giver_id), book.balance().sum_of(act.teen_id)
    if wish is None or wish.seconds is None or mine is None or not is_teens(mine):
        return ()
    return gifts.approve_minutes(
        book,
        act.teen_id,
        gifts.with_code(book, row.giver_id, lines, minutes),
        new_id=act.new_id,
        ref=row.id,
        by=act.teen_id,
        kind=PostingKind.ACCEPTED,
    )


def _live(act: Act, typed: str, today: str) -> Txn[sql.CodeRow | None]:
    digits = codes.normal(typed)
    if digits is None:
        return None
    stored = _stored(act.desk.keys, act.teen_id, digits)
    row = yield from sql.code_by_hash.one(teen=act.teen_id, hash=stored)
    if row is None or row.day != today or row.expires_at <= millis(act.now):
        return None
    return row


def _used_before(act: Act, typed: str, today: str) -> Txn[bool]:
    """Whether the teen has used this very code today: entered again it is no guess."""
    digits = codes.normal(typed) or ""
    stored = _stored(act.desk.keys, act.teen_id, digits)
    return (yield from sql.used_by_hash.one(teen=act.teen_id, hash=stored, day=today)) is not None


def _stands(found: Held, giver: str) -> bool:
    """Whether the giver may still give, and their rule has not turned to stop since (A9)."""
    link = found.state.link_of(giver)
    if link is None or Scope.SET_TIME not in link.scopes:
        return False
    return not codes.is_stopped(found.day.book, giver)


def _names(act: Act, found: Held, sources: Sequence[Source]) -> str:
    policy, reader = found.state.policy, viewer(found.state, act.teen_id)
    return " and ".join(dict.fromkeys(voice_name(policy, reader, source) for source in sources))


def _draw(act: Act) -> Txn[tuple[str, str]]:
    """An id whose digits no other live code of this teen has."""
    keys = act.desk.keys
    for _ in range(_DRAWS):
        code_id = new_id(act.desk.random, "cod")
        digits = codes.code_from(keys.mac("time-code", code_id))
        stored = _stored(keys, act.teen_id, digits)
        if (yield from sql.code_by_hash.one(teen=act.teen_id, hash=stored)) is None:
            return code_id, digits
    raise refuse(Reason.UNAVAILABLE)


def _stored(keys: Keys, teen_id: str, digits: str) -> str:
    return keys.mac("time-code-lookup", teen_id, digits).hex()
