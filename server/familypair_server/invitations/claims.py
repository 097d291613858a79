"""Entering a code. Wrong, used, expired and foreign codes and blocked pairs get one answer.

A refusal is returned and not raised: the counted guess must outlive it.
"""

from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules import handshake, limits
from familypair.rules.actors import Actor
from familypair.rules.handshake_table import Event
from familypair.schema import invitations as wire
from familypair_server.invitations import codes
from familypair_server.invitations import statements as sql
from familypair_server.invitations.guesses import Guesser
from familypair_server.invitations.pairs import history_between
from familypair_server.invitations.records import Stored, load, save
from familypair_server.invitations.steps import lock_accounts, room, room_behind, tell, view
from familypair_server.links.desk import Desk
from familypair_server.storage import Txn, transaction

NOT_VALID = Refusal(Reason.CODE_NOT_VALID, "/code")
"""The one answer."""


@transaction
def claim(
    desk: Desk, *, account_id: str, actor: Actor, code: str, address: str, now: datetime
) -> Txn[wire.Invitation | Refusal]:
    """Enter a code or the token of a link; `address` is where the request comes from."""
    offered = yield from _behind(desk, code, now)
    yield from lock_accounts(account_id, None if offered is None else offered.issuer_id)
    guesser = Guesser(desk.keys, desk.limits, account_id=account_id, address=address)
    wait = yield from guesser.must_wait(now)
    if wait:
        return Refusal(Reason.TOO_MANY_GUESSES, "", {"seconds": wait})
    own = yield from room(desk, account_id, actor, now)
    if own is not None:
        return own
    claimed = yield from _claimed(desk, offered, account_id, actor, now)
    if isinstance(claimed, Refusal):
        if claimed.reason is Reason.CODE_NOT_VALID:
            yield from guesser.was_wrong(now)
        return claimed
    yield from tell(claimed)
    return (yield from view(desk, claimed, account_id, now))


def _behind(desk: Desk, code: str, now: datetime) -> Txn[Stored | None]:
    code_hash = codes.typed(desk.keys, code)
    if code_hash is None:
        return None
    row = yield from sql.offered.one(code_hash=code_hash)
    return None if row is None else load(row, now)


def _claimed(
    desk: Desk, offered: Stored | None, account_id: str, actor: Actor, now: datetime
) -> Txn[Stored | Refusal]:
    if offered is None:
        return NOT_VALID
    row = yield from sql.lock.get(id=offered.id)
    stored = load(row, now)
    moved = handshake.advance(stored.rule, Event.CLAIM, actor, now=now)
    if isinstance(moved, Refusal):
        return NOT_VALID
    joined = _joined(stored, moved, account_id, actor)
    refusal = yield from _pair_refusal(desk, joined, actor, now)
    if refusal is not None:
        return refusal
    return (yield from save(joined))


def _joined(stored: Stored, rule: handshake.Invitation, account_id: str, actor: Actor) -> Stored:
    if actor is Actor.GUARDIAN:
        return msgspec.structs.replace(stored, rule=rule, guardian_id=account_id)
    return msgspec.structs.replace(stored, rule=rule, teen_id=account_id)


def _pair_refusal(desk: Desk, joined: Stored, actor: Actor, now: datetime) -> Txn[Refusal | None]:
    """Why these two cannot begin: all but a link that both know of reads as a wrong code."""
    history = yield from history_between(joined.teen_id or "", joined.guardian_id or "", actor, now)
    pair = limits.pair_allowed(history, claimer=actor, now=now)
    if pair is not None and pair.reason is not Reason.ALREADY_LINKED:
        # also to the side that made the block: the other may look over their shoulder
        pair = NOT_VALID
    other = yield from room_behind(desk, joined, now)
    return limits.claim_allowed(own=None, other=other, pair=pair)
