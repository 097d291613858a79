"""Scopes after the approval: the teen takes one back or grants one that the guardian asks for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules import links as rules
from familypair.rules.actors import Actor
from familypair.rules.disclosure import Disclosure
from familypair.rules.link_views import ARM_DELAY
from familypair.rules.links_table import Event
from familypair.schema import invitations as invitation_wire
from familypair.schema import links as wire
from familypair.schema.accounts import Assurance, Kind
from familypair.schema.ledger import LinkScopesChanged
from familypair.schema.scopes import Scope
from familypair_server.links import entries
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.links.steps import Held, keep, locked, seen
from familypair_server.problems import Refused, refuse
from familypair_server.settings_api.tags import refuse_stale
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis

NONE: frozenset[Scope] = frozenset()
ASKS = 3
"""Wishes for other scopes that a guardian may change within a day, on one link."""
ASKS_WITHIN = timedelta(days=1)
SHOWN_FOR = timedelta(hours=24)
"""How long a reader may count on the text as it is; a changed wish is another text at once."""


@transaction
def change(
    desk: Desk,
    *,
    account_id: str,
    link_id: str,
    ask: wire.ScopesChange,
    if_match: Iterable[str],
    signed_in_recently: bool,
    now: datetime,
) -> Txn[wire.Link]:
    """The teen's whole new set, or the guardian's wish. Raises what the rule refuses."""
    held = yield from locked(desk, account_id, link_id, now)
    refuse_stale(seen(desk, held, held.stored, now).etag, if_match)
    _check_side(held.actor, ask)
    if held.actor is Actor.GUARDIAN:
        facts = rules.Facts(scopes=frozenset(ask.asked or ()))
        moved = rules.advance(held.stored.link, Event.ASK_SCOPES, held.actor, now=now, facts=facts)
    else:
        facts = yield from _teen_facts(desk, held, signed_in_recently=signed_in_recently, now=now)
        wanted = frozenset(ask.granted or ())
        moved = rules.change_scopes(held.stored.link, wanted=wanted, now=now, facts=facts)
    if moved == held.stored.link:
        return seen(desk, held, held.stored, now)
    if held.actor is Actor.GUARDIAN:
        yield from _refuse_flood(held, now)
    changed = yield from keep(held, moved)
    yield from _tell(desk, held, changed, now)
    return seen(desk, held, changed, now)


class _By(msgspec.Struct):
    kind: str


class _Of(msgspec.Struct):
    link: str


class _Told(msgspec.Struct):
    actor: _By
    entry: _Of


_told = msgspec.json.Decoder(_Told)


def _refuse_flood(held: Held, now: datetime) -> Txn[None]:
    """Raise TOO_MANY_REQUESTS for a guardian who has told the teen enough wishes today.

    Each is an entry that the teen has to read, so the ledger itself is what is counted.
    """
    since = millis(now - ASKS_WITHIN)
    rows = yield from sql.scopes_told.all(teen=held.stored.teen_id, since=since)
    told = [(row.at, _told.decode(row.body)) for row in rows]
    mine = [
        at
        for at, one in told
        if one.actor.kind == Actor.GUARDIAN and one.entry.link == held.stored.id
    ]
    if len(mine) >= ASKS:
        wait = instant(mine[-ASKS]) + ASKS_WITHIN - now
        seconds = -(-wait // timedelta(seconds=1))
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=seconds)


def _check_side(actor: Actor, ask: wire.ScopesChange) -> None:
    mine, other = (ask.granted, ask.asked) if actor is Actor.TEEN else (ask.asked, ask.granted)
    names = ("/granted", "/asked") if actor is Actor.TEEN else ("/asked", "/granted")
    if other is not None:
        raise refuse(Reason.WRONG_CALLER, names[1])
    if mine is None:
        raise refuse(Reason.BAD_REQUEST, names[0])


def _teen_facts(
    desk: Desk,
    held: Held,
    *,
    signed_in_recently: bool,
    now: datetime,
) -> Txn[rules.Facts]:
    """The disclosure counts only for the very text that would be served now."""
    text = disclosed(desk, held, now)
    shown = yield from sql.shown.one(teen=held.stored.teen_id, link=held.stored.id)
    current = shown is not None and shown.hash == text.hash
    return rules.Facts(
        notice=desk.notice_of(held.pair.teen, now),
        reauthenticated=signed_in_recently,
        disclosed_at=instant(shown.at) if shown is not None and current else None,
    )


def disclosed(desk: Desk, held: Held, now: datetime) -> Disclosure:
    """What the scopes that the guardian asks for would mean."""
    return desk.disclosure(held.pair.teen, held.stored.link.asked, NONE, now)


@transaction
def disclose(
    desk: Desk, *, account_id: str, link_id: str, now: datetime
) -> Txn[invitation_wire.Disclosure]:
    """Serve the teen what the asked scopes mean; a grant opens 5 s after this text was served."""
    held = yield from locked(desk, account_id, link_id, now)
    if held.actor is not Actor.TEEN:
        raise refuse(Reason.WRONG_CALLER)
    if not held.stored.link.asked:
        raise refuse(Reason.NO_SUCH_MOVE)
    text = disclosed(desk, held, now)
    at = yield from _stamp(held.stored, text, now)
    guardian = held.pair.guardian
    return invitation_wire.Disclosure(
        invitation=link_id,
        version=text.version,
        hash=text.hash,
        guardian=invitation_wire.OtherSide(
            name=guardian.name, kind=Kind.GUARDIAN, assurance=Assurance(guardian.assurance)
        ),
        scopes=text.scopes,
        never=text.never,
        you_can=text.you_can,
        arm_at=at + ARM_DELAY,
        expires_at=now + SHOWN_FOR,
    )


def _stamp(stored: StoredLink, text: Disclosure, now: datetime) -> Txn[datetime]:
    """The same text keeps its first instant; another text is another reading."""
    shown = yield from sql.shown.one(teen=stored.teen_id, link=stored.id)
    if shown is not None and shown.hash == text.hash:
        return instant(shown.at)
    yield from sql.put_shown.run(
        teen=stored.teen_id, link=stored.id, hash=text.hash, now=millis(now)
    )
    return now


def _tell(desk: Desk, held: Held, changed: StoredLink, now: datetime) -> Txn[None]:
    before, after = held.stored.link, changed.link
    entry = LinkScopesChanged(
        link=changed.id,
        guardian=held.pair.guardian.id,
        guardian_name=held.pair.guardian.name,
        granted=tuple(sorted(after.scopes - before.scopes)),
        removed=tuple(sorted(before.scopes - after.scopes)),
        asked=tuple(sorted(after.asked)) if held.actor is Actor.GUARDIAN else (),
    )
    yield from sql.drop_shown.run(teen=changed.teen_id, link=changed.id)
    yield from entries.write(changed, entry, held.doer, now=now, random=desk.random)
