"""Giving minutes: unasked by a guardian, taken by the teen, taken back by the giver (A5, A7, A22).

No fresh password is asked for: a gift is bounded by the day, told to the teen at once, written in
the ledger, and its unused part can be taken back with one key.
"""

from collections.abc import Sequence

from familypair.reasons import Reason, Refusal
from familypair.rules.explain import voice_name
from familypair.rules.layers.pairs import MINUTE
from familypair.rules.time import gifts
from familypair.rules.time.gifts import Book, Gift, Giving
from familypair.rules.time.model import Posting, PostingKind
from familypair.rules.time.own import own_choice
from familypair.rules.time.postings import left_of
from familypair.rules.time.view import Looking, balance_view
from familypair.rules.time.words import say_seconds
from familypair.schema import time as wire
from familypair.schema.scopes import Scope
from familypair_server.ids import is_id
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Txn, transaction
from familypair_server.time import statements as sql
from familypair_server.time.acts import (
    Act,
    Held,
    held,
    look_of,
    read_again,
    refuse_flood,
    refuse_without,
    seen,
)
from familypair_server.time.postings import post_all, read

_ACTS = frozenset({PostingKind.GRANT, PostingKind.UNDONE})


@transaction
def grant(act: Act, ask: wire.GrantAsk) -> Txn[wire.Grant]:
    """Give minutes for today. Raises `Refused` and then changes nothing.

    A guardian gives on their own layer. A teen without a guardian who has `set_time` goes on by an
    own, recorded choice (product.md section 4, `at_limit`).
    """
    found = yield from held(act)
    _refuse_flood(act, found)
    gift = _judge(act, found, ask)
    effect = _effect(act, found, ask)
    yield from post_all(act.desk, found.state, gift.postings, act.now)
    return (yield from _answer(act, found, gift.postings[-1], effect))


@transaction
def preview(act: Act, ask: wire.GrantAsk) -> Txn[wire.GrantPreview]:
    """What the gift would do; refused as the gift would be."""
    found = yield from seen(act)
    _judge(act, found, ask)
    return _effect(act, found, ask)


@transaction
def accept(act: Act, grant_id: str) -> Txn[wire.Grant]:
    """The teen takes a gift that waits for them (A7)."""
    found, gift = yield from _gift(act, grant_id)
    taken = gifts.accept(found.day.book, gift, act.teen_id, act.new_id)
    if isinstance(taken, Refusal):
        raise Refused(taken)
    yield from post_all(act.desk, found.state, taken.postings, act.now)
    effect = _shown(look_of(found.state, found.day, act.caller_id), taken.effect)
    return (yield from _answer(act, found, gift, effect))


@transaction
def undo(act: Act, grant_id: str) -> Txn[wire.Grant]:
    """The giver takes the unused part back (A22); `not_unused` where nothing of it is left.

    Without `see_time` the answer is the same however much was used.
    """
    found, gift = yield from _gift(act, grant_id)
    if gift.by != act.caller_id:
        raise refuse(Reason.NOT_FOUND)
    back = gifts.undo(found.day.book, gift, act.caller_id, act.new_id)
    if isinstance(back, Refusal):
        raise Refused(back)
    yield from post_all(act.desk, found.state, (back,), act.now)
    look = look_of(found.state, found.day, act.caller_id)
    nothing = gifts.Effect(seconds=0, now_seconds=0)
    return (yield from _answer(act, found, gift, _shown(look, nothing)))


def _refuse_flood(act: Act, found: Held) -> None:
    mine = [line for line in found.day.book.postings if line.by == act.caller_id]
    refuse_flood(found, sum(line.kind in _ACTS for line in mine), act.now)


def teen_of(grant_id: str) -> Txn[str]:
    """Whose day a gift is on; raises `Refused` as for what is absent."""
    row = (yield from sql.posting_by_id.one(id=grant_id)) if is_id(grant_id) else None
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    return row.teen_id


@transaction
def find_teen(grant_id: str) -> Txn[str]:
    """`teen_of` as a transaction of its own."""
    return (yield from teen_of(grant_id))


def _gift(act: Act, grant_id: str) -> Txn[tuple[Held, Posting]]:
    """The gift under its teen's lock; raises `Refused` as for what is absent."""
    found = yield from held(act)
    row = yield from sql.posting_by_id.one(id=grant_id)
    if row is None or row.teen_id != act.teen_id or row.kind != PostingKind.GRANT:
        raise refuse(Reason.NOT_FOUND)
    return found, read(row)


def _judge(act: Act, found: Held, ask: wire.GrantAsk) -> Gift:
    """The gift as the rules allow it; raises `Refused`."""
    if (ask.minutes is None) is not ask.rest_of_day:
        raise refuse(Reason.BAD_REQUEST, "/minutes")
    if not act.by_teen:
        refuse_without(found.state, act.caller_id, Scope.SET_TIME)
    gift = _gift_on(act, found.day.book, ask)
    if isinstance(gift, Refusal):
        raise Refused(gift)
    return gift


def _gift_on(act: Act, book: Book, ask: wire.GrantAsk) -> Gift | Refusal:
    seconds = None if ask.minutes is None else ask.minutes * MINUTE
    if act.by_teen:
        return own_choice(book, seconds, act.new_id)
    return gifts.give(book, Giving(owner=act.caller_id, seconds=seconds), act.new_id)


def _effect(act: Act, found: Held, ask: wire.GrantAsk) -> wire.GrantPreview:
    """The effect as the caller may know it: made from the use that they read."""
    look = look_of(found.state, found.day, act.caller_id)
    told = _gift_on(act, look.book, ask)
    if isinstance(told, Refusal):  # the bounds of the first day count what was really taken back
        return _shown(look, gifts.Effect(seconds=0, now_seconds=0))
    return _shown(look, told.effect)


def _shown(look: Looking, effect: gifts.Effect) -> wire.GrantPreview:
    others = dict.fromkeys(
        voice_name(look.policy, look.viewer, source) for source in effect.limited_by
    )
    minutes, now = effect.seconds // MINUTE, effect.now_seconds // MINUTE
    return wire.GrantPreview(
        minutes=minutes,
        now_minutes=now,
        write_off_seconds=effect.write_off_seconds,
        limited_by=tuple(dict.fromkeys(map(look.viewer.owner_word, effect.limited_by))),
        needs_teen=effect.needs_teen,
        words=_words(effect, (minutes, now), tuple(others)),
    )


def _words(effect: gifts.Effect, minutes: tuple[int, int], others: Sequence[str]) -> str:
    """`+30 min, of which 0 min now: Ben also limits`."""
    given, now = minutes
    said = f"+{say_seconds(given * MINUTE)}"
    if effect.write_off_seconds:
        over = say_seconds(effect.write_off_seconds)
        said = f"{said}, after {over} over the limit are written off"
    if others and now < given:
        limits = "limits" if len(others) == 1 else "limit"
        said = f"{said}, of which {now} min now: {' and '.join(others)} also {limits}"
    return f"{said}; it waits for the teen's yes" if effect.needs_teen else said


def _answer(act: Act, found: Held, gift: Posting, effect: wire.GrantPreview) -> Txn[wire.Grant]:
    look = yield from read_again(act, found.state)
    told = look.book.line(gift.id) or gift
    left = left_of(look.book.postings, told)
    undone = any(
        one.kind is PostingKind.UNDONE and one.ref == gift.id for one in look.book.postings
    )
    state = "waiting" if gifts.is_waiting(look.book, told) else "given"
    return wire.Grant(
        id=gift.id,
        teen=act.teen_id,
        day=gift.day,
        minutes=told.seconds // MINUTE,
        state="undone" if undone and left <= 0 else state,
        by=look.named(gift.by),
        effect=effect,
        balance=balance_view(look, act.now),
    )
