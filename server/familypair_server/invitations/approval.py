"""The teen's yes: invitation, link, epoch, ledger, inboxes and receipts in one transaction.

A refusal that must be kept (a wrong phrase counted, a needed scope declined) is returned, not
raised. Nothing else is written on a refusal.
"""

from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules import handshake, phrase
from familypair.rules.actors import Actor
from familypair.rules.handshake_table import Event
from familypair.rules.limits import approve_allowed
from familypair.schema import invitations as wire
from familypair.schema.invitations import InvitationState
from familypair_server.accounts import statements as accounts
from familypair_server.accounts.statements import AccountRow
from familypair_server.invitations import codes
from familypair_server.invitations.pairs import history_between
from familypair_server.invitations.records import Stored, save
from familypair_server.invitations.service import block, close_between
from familypair_server.invitations.steps import locked, side, tell, view
from familypair_server.links import statements as links
from familypair_server.links.activation import open_link
from familypair_server.links.desk import Desk
from familypair_server.links.service import settle
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis


@transaction
def approve(
    desk: Desk,
    *,
    account_id: str,
    invitation_id: str,
    ask: wire.Approve,
    signed_in_recently: bool,
    now: datetime,
) -> Txn[wire.Invitation | Refusal]:
    """Answer yes; the invitation then names the link."""
    stored = yield from locked(account_id, invitation_id, now)
    actor = side(stored, account_id)
    if actor is not Actor.TEEN:
        raise Refused(_not_by_a_guardian(stored, actor, now))
    teen = yield from accounts.by_id.get(id=account_id)
    shown = desk.disclosure(teen, stored.rule.asked, stored.rule.needed, now)
    facts = handshake.Facts(
        disclosure_hash=shown.hash,
        granted=frozenset(ask.scopes),
        share_history=ask.share_history,
        reauthenticated=signed_in_recently,
        phrase_matches=phrase.matches(ask.phrase, codes.phrase(desk.keys, stored.id)),
    )
    attempt = handshake.approve(stored.rule, now=now, facts=facts)
    if attempt.refusal is not None:
        yield from _keep(stored, attempt, now)
        return attempt.refusal
    approved = msgspec.structs.replace(stored, rule=attempt.invitation)
    approved = yield from _link(desk, approved, teen, now)
    return (yield from view(desk, approved, account_id, now))


def _not_by_a_guardian(stored: Stored, actor: Actor, now: datetime) -> Refusal:
    refusal = handshake.advance(stored.rule, Event.APPROVE, actor, now=now)
    return refusal if isinstance(refusal, Refusal) else Refusal(Reason.WRONG_CALLER)


def _keep(stored: Stored, attempt: handshake.Attempt, now: datetime) -> Txn[None]:
    """Store what a no leaves behind: a counted try, a cancelled or declined invitation."""
    if attempt.invitation == stored.rule:
        return
    after = yield from save(msgspec.structs.replace(stored, rule=attempt.invitation))
    if after.rule.state is InvitationState.DECLINED:
        yield from block(after, now)
    yield from tell(after)


def _link(desk: Desk, approved: Stored, teen: AccountRow, now: datetime) -> Txn[Stored]:
    guardian = yield from accounts.by_id.get(id=approved.guardian_id or "")
    # takes the teen's lock; a notice period that is over must not stand in a new link's way
    yield from settle(teen.id, now, desk.random, desk.keys)
    yield from _check_room(desk, teen.id, guardian.id, now)
    opened = yield from open_link(
        desk,
        invitation_id=approved.id,
        approved=approved.rule,
        teen=teen,
        guardian=guardian,
        now=now,
    )
    saved = yield from save(msgspec.structs.replace(approved, link_id=opened.id))
    yield from close_between(teen.id, guardian.id, now)
    yield from tell(saved)
    return saved


def _check_room(desk: Desk, teen_id: str, guardian_id: str, now: datetime) -> Txn[None]:
    """What may have changed since the claim: the pair, and how many links each side has."""
    history = yield from history_between(teen_id, guardian_id, Actor.TEEN, now)
    if history.linked:
        raise refuse(Reason.ALREADY_LINKED)
    if history.exited:
        raise refuse(Reason.EXPIRED)
    of_guardian = yield from links.count_of_guardian.get(guardian=guardian_id, now=millis(now))
    of_teen = yield from links.count_of_teen.get(teen=teen_id, now=millis(now))
    if not approve_allowed(guardian_links=of_guardian, teen_links=of_teen, limits=desk.limits):
        full = of_teen >= desk.limits.guardians_per_teen
        raise Refused(_no_room(desk) if full else _no_room_there(desk))


def _no_room(desk: Desk) -> Refusal:
    return Refusal(Reason.TOO_MANY_GUARDIANS, params={"max": desk.limits.guardians_per_teen})


def _no_room_there(desk: Desk) -> Refusal:
    return Refusal(Reason.TOO_MANY_TEENS, params={"max": desk.limits.teens_per_guardian})
