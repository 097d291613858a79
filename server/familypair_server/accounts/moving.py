"""A teen's home zone and country: whose yes a change needs, and which zone is in force.

With a guardian linked a change of either is a request (product.md section 2): of the zone where a
guardian has a say over time, as days and blocks move with it; of the country with any guardian, as
notice periods and consent follow it.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.days import Regime, Regimes
from familypair.rules.link_layers import LayerUse
from familypair.schema.accounts import Kind
from familypair.schema.ledger import AccountChanged
from familypair.schema.scopes import Scope
from familypair_server.accounts.statements import AccountRow
from familypair_server.days import service as days
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.problems import refuse
from familypair_server.records import ledger
from familypair_server.settings_api.policies import TeenState, load
from familypair_server.storage import Txn, teens

_OPEN = frozenset({LayerUse.PROBATION, LayerUse.LIVE, LayerUse.NOTICE})


def clock_of(row: AccountRow) -> Txn[Regimes]:
    """The zones of an account over time; only a teen's change late."""
    if row.kind == Kind.TEEN:
        return (yield from days.regimes_of(row.id))
    return (Regime(zone=row.zone),)


class Move(msgspec.Struct, frozen=True):
    """`zone` or `country`, from one value to another."""

    what: str
    before: str
    after: str


def refusals(teen_id: str, moves: Sequence[Move], keys: Keys, now: datetime) -> Txn[list[Refusal]]:
    """Which of the teen's moves they have to ask for; takes the teen's lock."""
    yield from teens.lock.get(teen=teen_id)
    state = yield from _state(teen_id, keys, now)
    asked = {"country": bool(_linked(state)), "zone": _has_time_guardian(state, now)}
    return [Refusal(Reason.NEEDS_REQUEST, f"/{m.what}") for m in moves if asked[m.what]]


def move(
    teen_id: str, moves: Sequence[Move], keys: Keys, random: Random, now: datetime
) -> Txn[None]:
    """Write the teen's own moves down: a zone from a later boundary, each with its entry."""
    state = yield from _state(teen_id, keys, now)
    for one in moves:
        if one.what == "zone":
            yield from days.change(teen_id, zone=one.after, now=now)
        yield from ledger.append(
            teen_id=teen_id,
            entry=AccountChanged(what=one.what, before=one.before, after=one.after),
            actor=ledger.Actor("teen", teen_id),
            now=now,
            viewers=state.viewers(),
            random=random,
        )


def _state(teen_id: str, keys: Keys, now: datetime) -> Txn[TeenState]:
    state = yield from load(teen_id, keys, now)
    if state is None:
        raise refuse(Reason.NOT_FOUND)
    return state


def _linked(state: TeenState) -> frozenset[str]:
    """Guardians whose link has not ended; one that is ending still counts."""
    return frozenset(one.guardian_id for one in state.links if one.standing.use in _OPEN)


def _has_time_guardian(state: TeenState, now: datetime) -> bool:
    linked = _linked(state)
    return any(
        Scope.SET_TIME in layer.scopes or now < layer.frozen.get(Scope.SET_TIME, now)
        for layer in state.policy.guardians
        if layer.owner in linked
    )
