"""The birth of a link: everything that one approval writes, inside the approval's transaction."""

from datetime import datetime

from familypair.reasons import Reason
from familypair.rules import receipts
from familypair.rules.disclosure import VERSION
from familypair.rules.handshake import Invitation
from familypair.rules.jurisdiction import basis
from familypair.rules.link_views import probation_until
from familypair.rules.links import activate
from familypair.schema.accounts import Band
from familypair.schema.ledger import LinkActivated
from familypair_server.accounts.statements import AccountRow
from familypair_server.ids import new_id
from familypair_server.jobs import schedule
from familypair_server.keys import Keys
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.facts import viewers_of
from familypair_server.links.records import StoredLink, document, due_at
from familypair_server.problems import Refused, refuse
from familypair_server.records import ledger
from familypair_server.settings_api import layers
from familypair_server.storage import Txn, teens
from familypair_server.times import millis

_PSEUDONYM_DIGITS = 32
"""Hex digits: 128 bits."""


def open_link(
    desk: Desk,
    *,
    invitation_id: str,
    approved: Invitation,
    teen: AccountRow,
    guardian: AccountRow,
    now: datetime,
) -> Txn[StoredLink]:
    """The active link, the teen's new epoch, the ledger entry and the receipt of both.

    Raises `Refused(EXPIRED)` for somebody who is 18 by now: they have no guardian.
    """
    if desk.band(teen, now) is Band.ADULT:
        raise refuse(Reason.EXPIRED)
    epoch = yield from teens.bump_epoch.get(teen=teen.id)
    stored = StoredLink(
        id=new_id(desk.random, "lnk"),
        teen_id=teen.id,
        guardian_id=guardian.id,
        version=1,
        epoch=epoch,
        link=activate(scopes=approved.granted, share_history=approved.share_history, now=now),
    )
    yield from sql.insert.run(
        teen=teen.id,
        id=stored.id,
        guardian=guardian.id,
        state=stored.link.state,
        epoch=epoch,
        due_at=due_at(stored.link, stored.told),
        silent_until=None,
        told="",
        doc=document(stored.link),
        invitation=invitation_id,
        now=millis(now),
    )
    # Rules of an earlier link of these two do not come back with a new consent.
    yield from layers.drop(teen.id, guardian.id)
    yield from _enter(desk, stored, guardian, now)
    yield from _certify(desk, stored, approved, teen, now)
    # A guardian who comes within 14 days of a new band is told of it too.
    yield from schedule("band_notice", teen.id, now)
    return stored


def _enter(desk: Desk, stored: StoredLink, guardian: AccountRow, now: datetime) -> Txn[None]:
    entry = LinkActivated(
        link=stored.id,
        guardian=guardian.id,
        guardian_name=guardian.name,
        scopes=tuple(sorted(stored.link.scopes)),
        probation_until=probation_until(stored.link),
    )
    viewers = yield from viewers_of(stored.teen_id, now, desk.keys)
    yield from ledger.append(
        teen_id=stored.teen_id,
        entry=entry,
        actor=ledger.Actor("teen", stored.teen_id),
        now=now,
        viewers=viewers,
        random=desk.random,
    )


def _certify(
    desk: Desk, stored: StoredLink, approved: Invitation, teen: AccountRow, now: datetime
) -> Txn[None]:
    receipt = receipts.receipt_for(
        approved,
        parties=_parties(desk.keys, stored),
        terms=receipts.Terms(
            issuer=desk.base_url,
            disclosure_version=VERSION,
            jurisdiction=basis(teen.country, on=now.date(), operator=desk.country),
            notice_hours=int(desk.notice_of(teen, now).total_seconds() // 3600),
        ),
    )
    if not isinstance(receipt, receipts.ConsentReceipt):
        raise Refused(receipt)
    yield from sql.put_receipt.run(
        teen=stored.teen_id,
        link=stored.id,
        jws=desk.keys.sign(receipts.canonical(receipt)),
        now=millis(now),
    )


def _parties(keys: Keys, stored: StoredLink) -> receipts.Parties:
    """Ids of this link alone: two receipts cannot be joined into one person."""

    def pseudonym(prefix: str, what: str) -> str:
        return f"{prefix}_{keys.mac('receipt', stored.id, what).hex()[:_PSEUDONYM_DIGITS]}"

    return receipts.Parties(
        receipt=pseudonym("rcp", "receipt"),
        link=pseudonym("rln", "link"),
        teen=pseudonym("rtn", stored.teen_id),
        guardian=pseudonym("rgd", stored.guardian_id),
    )
