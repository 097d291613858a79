"""An invitation in the database and as the rules know it: the two ways between them."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.rules.actors import Actor
from familypair.rules.handshake import Invitation, as_of
from familypair_server.invitations import statements as sql
from familypair_server.problems import refuse
from familypair_server.storage import Txn
from familypair_server.times import millis


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation with its ids, as services handle it."""

    id: str
    issuer_id: str
    guardian_id: str | None
    teen_id: str | None
    version: int
    link_id: str | None
    rule: Invitation
    guardian_name: str | None = None
    """What they were called at the last step: all that is told when it is over."""
    teen_name: str | None = None

    def actor(self, account_id: str) -> Actor | None:
        """Which side this account is; None when it has no part in it."""
        if account_id == self.guardian_id:
            return Actor.GUARDIAN
        return Actor.TEEN if account_id == self.teen_id else None

    def other(self, account_id: str) -> str | None:
        """The account on the other side, when there is one."""
        return self.teen_id if account_id == self.guardian_id else self.guardian_id


def load(row: sql.InvitationRow, now: datetime) -> Stored:
    """The row as the rules know it at `now`: one that ran out reads as expired."""
    return Stored(
        id=row.id,
        issuer_id=row.issuer_id,
        guardian_id=row.guardian_id,
        teen_id=row.teen_id,
        version=row.version,
        link_id=row.link_id,
        rule=as_of(msgspec.json.decode(row.doc, type=Invitation), now=now),
        guardian_name=row.guardian_name,
        teen_name=row.teen_name,
    )


def document(rule: Invitation) -> str:
    """The rule's value as text: the same value always gives the same text."""
    return msgspec.json.encode(rule, order="deterministic").decode()


def save(stored: Stored) -> Txn[Stored]:
    """Write it back if nobody moved it since it was read; raises STALE_VERSION else."""
    rule = stored.rule
    count = yield from sql.save.run(
        id=stored.id,
        version=stored.version,
        state=rule.state,
        guardian=stored.guardian_id,
        teen=stored.teen_id,
        expires=millis(rule.expires_at),
        claimed=None if rule.claimed_at is None else millis(rule.claimed_at),
        link=stored.link_id,
        doc=document(rule),
    )
    if count != 1:
        raise refuse(Reason.STALE_VERSION)
    return msgspec.structs.replace(stored, version=stored.version + 1)
