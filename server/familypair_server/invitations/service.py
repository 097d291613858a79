"""The handshake around the claim: offer, read, confirm, disclosure, decline, cancel.

Every change is compare-and-set on what the rule was asked about, under the locks of both accounts,
so that of many racing answers one takes effect.
"""

from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules import handshake, limits
from familypair.rules.actors import Actor
from familypair.rules.disclosure import Disclosure
from familypair.rules.handshake_table import Event
from familypair.schema import invitations as wire
from familypair.schema.invitations import InvitationState
from familypair_server.accounts import statements as accounts
from familypair_server.ids import new_id
from familypair_server.invitations import codes, views
from familypair_server.invitations import statements as sql
from familypair_server.invitations.pairs import block_after_decline
from familypair_server.invitations.records import Stored, document, load, save
from familypair_server.invitations.steps import found, locked, move, must, room, side, tell, view
from familypair_server.links import statements as links
from familypair_server.links.desk import Desk
from familypair_server.problems import refuse
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import millis


@transaction
def mine(desk: Desk, *, account_id: str, now: datetime) -> Txn[tuple[wire.Invitation, ...]]:
    """The caller's invitations that are not over, newest first."""
    rows = yield from sql.open_of.all(account=account_id, now=millis(now))
    seen: tuple[wire.Invitation, ...] = ()
    for row in rows:
        seen += ((yield from view(desk, load(row, now), account_id, now)),)
    return seen


@transaction
def one(desk: Desk, *, account_id: str, invitation_id: str, now: datetime) -> Txn[wire.Invitation]:
    """One invitation of the caller's; raises NOT_FOUND for what is absent or not theirs."""
    row = yield from sql.by_id.one(id=invitation_id)
    return (yield from view(desk, found(row, account_id, now), account_id, now))


@transaction
def offer(
    desk: Desk, *, account_id: str, actor: Actor, ask: wire.NewInvitation, now: datetime
) -> Txn[wire.Invitation | Refusal]:
    """Start from either side. A new offer cancels the caller's older one: one lives per person."""
    yield from accounts.lock.get(id=account_id)
    full = (yield from room(desk, account_id, actor, now)) or (yield from _flood(account_id, now))
    if full is not None:
        return full
    rule = must(
        handshake.offer(
            started_by=actor,
            form=ask.form,
            now=now,
            asked=frozenset(ask.scopes),
            needed=frozenset(ask.needed),
        )
    )
    yield from _cancel_older(account_id, actor, now)
    stored = yield from _insert(desk, account_id, rule, now)
    yield from notify(account_id)
    return views.invitation(stored, account_id, desk)


def _flood(account_id: str, now: datetime) -> Txn[Refusal | None]:
    made = yield from sql.offers_since.get(issuer=account_id, since=millis(now - limits.DAY))
    return limits.offer_allowed(offers_last_day=made)


def _cancel_older(account_id: str, actor: Actor, now: datetime) -> Txn[None]:
    rows = yield from sql.live_of_issuer.all(account=account_id)
    for row in rows:
        stored = load(row, now)
        if stored.rule.state is InvitationState.OFFERED:
            gone = must(handshake.advance(stored.rule, Event.CANCEL, actor, now=now))
            stored = msgspec.structs.replace(stored, rule=gone)
        yield from save(stored)


def _insert(desk: Desk, account_id: str, rule: handshake.Invitation, now: datetime) -> Txn[Stored]:
    guardian = rule.started_by is Actor.GUARDIAN
    stored = Stored(
        id=new_id(desk.random, "inv"),
        issuer_id=account_id,
        guardian_id=account_id if guardian else None,
        teen_id=None if guardian else account_id,
        version=1,
        link_id=None,
        rule=rule,
    )
    added = yield from sql.insert.run(
        id=stored.id,
        issuer=account_id,
        guardian=stored.guardian_id,
        teen=stored.teen_id,
        code_hash=codes.stored(desk.keys, codes.shown(desk.keys, stored.id, rule.form)),
        state=rule.state,
        now=millis(now),
        expires=millis(rule.expires_at),
        doc=document(rule),
    )
    if added != 1:
        raise refuse(Reason.UNAVAILABLE)
    return stored


@transaction
def confirm(
    desk: Desk, *, account_id: str, invitation_id: str, ask: wire.Confirm, now: datetime
) -> Txn[wire.Invitation]:
    """The guardian says that this is their teen, and what they ask for."""
    facts = handshake.Facts(asked=frozenset(ask.scopes), needed=frozenset(ask.needed))
    stored = yield from move(account_id, invitation_id, Event.CONFIRM, now, facts)
    return (yield from view(desk, stored, account_id, now))


@transaction
def cancel(
    desk: Desk, *, account_id: str, invitation_id: str, now: datetime
) -> Txn[wire.Invitation]:
    """Take it back; either side, until the teen has answered."""
    stored = yield from move(account_id, invitation_id, Event.CANCEL, now)
    return (yield from view(desk, stored, account_id, now))


@transaction
def decline(
    desk: Desk, *, account_id: str, invitation_id: str, now: datetime
) -> Txn[wire.Invitation]:
    """Say no. The pair is blocked for 7 days, and nobody is told that it is."""
    stored = yield from move(account_id, invitation_id, Event.DECLINE, now)
    yield from block(stored, now)
    return (yield from view(desk, stored, account_id, now))


def block(stored: Stored, now: datetime) -> Txn[None]:
    """Keep the two of a declined invitation apart, and close what else is open between them."""
    teen_id, guardian_id = stored.teen_id or "", stored.guardian_id or ""
    yield from block_after_decline(teen_id, guardian_id, now)
    yield from close_between(teen_id, guardian_id, now)


def close_between(teen_id: str, guardian_id: str, now: datetime) -> Txn[None]:
    """Cancel every claimed invitation of these two; the platform does it, nobody is named."""
    rows = yield from sql.open_between.all(teen=teen_id, guardian=guardian_id)
    for row in rows:
        stored = load(row, now)
        gone = handshake.advance(stored.rule, Event.CANCEL, Actor.SYSTEM, now=now)
        if isinstance(gone, handshake.Invitation):
            yield from save(msgspec.structs.replace(stored, rule=gone))


@transaction
def disclose(
    desk: Desk, *, account_id: str, invitation_id: str, now: datetime
) -> Txn[wire.Disclosure]:
    """Serve the teen what the guardian will see and can change; this arms the approval."""
    stored = yield from locked(account_id, invitation_id, now)
    rule = stored.rule
    reader = yield from accounts.by_id.get(id=account_id)
    text = desk.disclosure(reader, rule.asked, rule.needed, now)
    facts = handshake.Facts(disclosure_hash=text.hash)
    actor = side(stored, account_id)
    moved = must(handshake.advance(rule, Event.DISCLOSE, actor, now=now, facts=facts))
    stored = yield from save(msgspec.structs.replace(stored, rule=moved))
    yield from tell(stored)
    return (yield from shown(stored, text, now))


def shown(stored: Stored, text: Disclosure, now: datetime) -> Txn[wire.Disclosure]:
    """The text with the guardian's name as claimed."""
    guardian_id = stored.guardian_id or ""
    guardian = yield from accounts.by_id.get(id=guardian_id)
    linked = yield from links.count_of_guardian.get(guardian=guardian_id, now=millis(now))
    return views.disclosure(stored, text, guardian, linked)
