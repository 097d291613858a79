"""What every step of the handshake does alike: find, lock, ask the rule, save, tell."""

from datetime import datetime
from typing import TypeVar

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules import handshake, limits
from familypair.rules.actors import Actor
from familypair.rules.handshake_table import Event
from familypair.schema import invitations as wire
from familypair_server.accounts import statements as accounts
from familypair_server.invitations import statements as sql
from familypair_server.invitations import views
from familypair_server.invitations.records import Stored, load, save
from familypair_server.links import statements as links
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Txn, notify
from familypair_server.times import millis

T = TypeVar("T", bound=msgspec.Struct)


def must(result: T | Refusal) -> T:
    """The rule's yes, or its no as an error that rolls back."""
    if isinstance(result, Refusal):
        raise Refused(result)
    return result


def lock_accounts(*account_ids: str | None) -> Txn[None]:
    """Lock the accounts of one transaction, always in the same order."""
    for account_id in sorted({found for found in account_ids if found is not None}):
        yield from accounts.lock.get(id=account_id)


def found(row: sql.InvitationRow | None, account_id: str, now: datetime) -> Stored:
    """The row for one of its people; raises NOT_FOUND for what is absent or not theirs."""
    if row is None or account_id not in {row.guardian_id, row.teen_id}:
        raise refuse(Reason.NOT_FOUND)
    return load(row, now)


def locked(account_id: str, invitation_id: str, now: datetime) -> Txn[Stored]:
    """The caller's invitation with both accounts and itself locked; raises NOT_FOUND."""
    row = yield from sql.by_id.one(id=invitation_id)
    before = found(row, account_id, now)
    yield from lock_accounts(before.guardian_id, before.teen_id)
    row = yield from sql.lock.one(id=invitation_id)
    return found(row, account_id, now)


def side(stored: Stored, account_id: str) -> Actor:
    """Which side the caller is; raises NOT_FOUND for a stranger."""
    actor = stored.actor(account_id)
    if actor is None:
        raise refuse(Reason.NOT_FOUND)
    return actor


def move(
    account_id: str,
    invitation_id: str,
    event: Event,
    now: datetime,
    facts: handshake.Facts = handshake.NO_FACTS,
) -> Txn[Stored]:
    """One event by the caller, saved and told to both; raises the rule's refusal."""
    stored = yield from locked(account_id, invitation_id, now)
    actor = side(stored, account_id)
    rule = must(handshake.advance(stored.rule, event, actor, now=now, facts=facts))
    stored = yield from save(msgspec.structs.replace(stored, rule=rule))
    yield from tell(stored)
    return stored


def tell(stored: Stored) -> Txn[None]:
    """Wake the streams of both people."""
    for account_id in (stored.guardian_id, stored.teen_id):
        if account_id is not None:
            yield from notify(account_id)


def view(desk: Desk, stored: Stored, viewer_id: str, now: datetime) -> Txn[wire.Invitation]:
    """The invitation for one of its people."""
    other_id = stored.other(viewer_id)
    if other_id is None:
        return views.invitation(stored, viewer_id, desk)
    other = yield from accounts.by_id.get(id=other_id)
    linked = None
    if other_id == stored.guardian_id:
        linked = yield from links.count_of_guardian.get(guardian=other_id, now=millis(now))
    return views.invitation(stored, viewer_id, desk, other=other, teens_linked=linked)


def room(desk: Desk, account_id: str, actor: Actor, now: datetime) -> Txn[Refusal | None]:
    """Whether this side may begin one more invitation."""
    if actor is Actor.GUARDIAN:
        since = millis(now - limits.DAY)
        asked = yield from sql.requests_since.get(guardian=account_id, since=since)
        linked = yield from links.count_of_guardian.get(guardian=account_id, now=millis(now))
        return limits.guardian_allowed(requests_last_day=asked, linked=linked, limits=desk.limits)
    pending = yield from sql.pending_of_teen.get(teen=account_id, now=millis(now))
    linked = yield from links.count_of_teen.get(teen=account_id, now=millis(now))
    return limits.teen_allowed(pending=pending, linked=linked, limits=desk.limits)


def room_behind(desk: Desk, stored: Stored, now: datetime) -> Txn[Refusal | None]:
    """Whether the issuer has room still; a guardian's own offer was counted when it was made."""
    if stored.rule.started_by is Actor.TEEN:
        return (yield from room(desk, stored.issuer_id, Actor.TEEN, now))
    linked = yield from links.count_of_guardian.get(guardian=stored.issuer_id, now=millis(now))
    return limits.guardian_allowed(requests_last_day=0, linked=linked, limits=desk.limits)
