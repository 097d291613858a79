"""What stands between two people: a link, a decline of the last days, a safety exit. Silent."""

from datetime import datetime

from familypair.rules.actors import Actor
from familypair.rules.limits import BLOCK, PairHistory
from familypair.rules.link_views import as_seen_by
from familypair.schema.links import LinkState
from familypair_server.links import statements as sql
from familypair_server.links.records import load
from familypair_server.storage import Txn
from familypair_server.times import instant, millis

DECLINED = "declined"
PROTECTIVE = "protective"


def history_between(
    teen_id: str, guardian_id: str, viewer: Actor, now: datetime
) -> Txn[PairHistory]:
    """Their history as the viewer may know it: a silent exit looks like a link to its guardian."""
    blocks = yield from sql.blocks.all(teen=teen_id, guardian=guardian_id)
    rows = yield from sql.between.all(teen=teen_id, guardian=guardian_id)
    seen = (as_seen_by(load(row).link, viewer, now=now) for row in rows)
    linked = any(link.state is not LinkState.ENDED for link in seen)
    ends = [instant(row.until) for row in blocks if row.until is not None]
    return PairHistory(
        declined_at=max(ends) - BLOCK if ends else None,
        exited=not linked and any(row.kind == PROTECTIVE for row in blocks),
        linked=linked,
    )


def block_after_decline(teen_id: str, guardian_id: str, now: datetime) -> Txn[None]:
    """These two cannot begin again for 7 days."""
    yield from sql.put_block.run(
        teen=teen_id, guardian=guardian_id, kind=DECLINED, until=millis(now + BLOCK)
    )


def protect(teen_id: str, guardian_id: str) -> Txn[None]:
    """These two cannot begin again until an operator says so."""
    yield from sql.put_block.run(teen=teen_id, guardian=guardian_id, kind=PROTECTIVE, until=None)


def unprotect(teen_id: str, guardian_id: str) -> Txn[None]:
    """The teen took the safety exit back."""
    yield from sql.drop_block.run(teen=teen_id, guardian=guardian_id, kind=PROTECTIVE)
