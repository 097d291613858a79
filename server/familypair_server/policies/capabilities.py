"""What a host declares that it enforces (product.md section 11)."""

from datetime import datetime

from familypair.reasons import Reason
from familypair.rules.decide import ACTIONS
from familypair.schema.policies import Capabilities, CapabilitiesSaid
from familypair_server.policies import statements as sql
from familypair_server.problems import refuse
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import instant, millis


@transaction
def declare(host_id: str, said: Capabilities, now: datetime) -> Txn[CapabilitiesSaid]:
    """Keep what the host enforces; saying the same again keeps its date.

    Raises `Refused(UNKNOWN_ACTION)` for what is no action.
    """
    for place, action in enumerate(said.enforces):
        if action not in ACTIONS:
            raise refuse(Reason.UNKNOWN_ACTION, f"/enforces/{place}")
    enforces = tuple(sorted(set(said.enforces)))
    before = yield from declared(host_id)
    same = (before.enforces, before.restricted_search) == (enforces, said.restricted_search)
    if same and before.declared_at is not None:
        return before
    yield from sql.declare.run(
        host=host_id,
        enforces=" ".join(enforces),
        restricted=int(said.restricted_search),
        now=millis(now),
    )
    yield from notify(host_id)
    return CapabilitiesSaid(
        enforces=enforces,
        restricted_search=said.restricted_search,
        declared_at=instant(millis(now)),
    )


def declared(host_id: str) -> Txn[CapabilitiesSaid]:
    """What the host has declared; nothing, and no date, while it has not."""
    row = yield from sql.capabilities.one(host=host_id)
    if row is None:
        return CapabilitiesSaid(enforces=(), restricted_search=False)
    return CapabilitiesSaid(
        enforces=tuple(row.enforces.split()),
        restricted_search=row.restricted,
        declared_at=instant(row.declared_at),
    )


@transaction
def capabilities(host_id: str) -> Txn[CapabilitiesSaid]:
    """`declared` for a route."""
    return (yield from declared(host_id))
