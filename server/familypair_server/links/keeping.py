"""Keep values as one's own rule: a guardian after the approval, a teen when a guardian leaves."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.layers import kept_as_own
from familypair.rules.link_layers import may_keep_rules
from familypair.schema import links as wire
from familypair.settings import FIELDS, OFF, Owner, Value
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.steps import Held, locked
from familypair_server.problems import Refused
from familypair_server.settings_api import edits, layers
from familypair_server.settings_api import statements as layer_sql
from familypair_server.settings_api.edits import Judge, Judged, Parts, Write
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn, transaction

SHOWN = "search.blocked_terms_shown"
TERMS = "search.blocked_terms"
"""Words that their owner hides from the teen stay hidden (algebra.md A13): they are not kept."""
NOTHING = Refusal(Reason.NOTHING_TO_KEEP)


@transaction
def keep_rules(
    desk: Desk,
    *,
    account_id: str,
    link_id: str,
    ask: wire.KeepRules,
    writes_per_hour: int,
    now: datetime,
) -> Txn[wire.KeptRules]:
    """Write the kept values into the caller's own layer, with the entry of any other write."""
    held = yield from locked(desk, account_id, link_id, now)
    refusal = may_keep_rules(held.stored.link, held.actor, now=now)
    if refusal is not None:
        raise Refused(refusal)
    parts = Parts(keys=desk.keys, random=desk.random, writes_per_hour=writes_per_hour)
    write = Write(teen_id=held.stored.teen_id, caller_id=account_id)
    if held.actor is Actor.GUARDIAN:
        saved = yield from edits.write(parts, write, edits.by_todays_values, now)
    else:
        left = yield from _leaving_values(held, ask)
        saved = yield from edits.write(parts, write, _as_own(left), now)
    return wire.KeptRules(fields=tuple(change.path for change in saved.changes))


def _as_own(left: Mapping[str, Value]) -> Judge:
    """The judge of a teen's keeping: what is kept depends on what holds under the lock."""

    def judge(state: TeenState, owner_id: str, now: datetime) -> Txn[Judged]:
        yield from ()
        patch = kept_as_own(state.policy, left, now=now)
        return Judged(edits.judge_patch(state.policy, owner_id, patch, now))

    return judge


def _leaving_values(held: Held, ask: wire.KeepRules) -> Txn[Mapping[str, Value]]:
    """What the leaving guardian's layer says, as far as a teen has such fields and may read it."""
    teen_id, link_id = held.stored.teen_id, held.stored.id
    rows = yield from layer_sql.layers.all(teen=teen_id)
    found: dict[str, Value] = {}
    for row in rows:
        if row.owner_id == held.stored.guardian_id:
            found |= layers.read_doc(row.doc)
    holds = yield from sql.holds_of_link.all(teen=teen_id, link=link_id)
    for hold in holds:
        if hold.kind == "notice":
            found |= layers.read_doc(hold.doc)
    if found.pop(SHOWN, None) == OFF:
        found.pop(TERMS, None)
    chosen = frozenset(ask.fields) or frozenset(found)
    unknown = sorted(chosen - found.keys())
    if unknown:
        raise Refused(
            *(msgspec.structs.replace(NOTHING, pointer=f"/fields/{path}") for path in unknown)
        )
    kept = {path: value for path, value in found.items() if path in chosen and _mine(path)}
    if not kept:
        raise Refused(NOTHING)
    return kept


def _mine(path: str) -> bool:
    return Owner.TEEN in FIELDS[path].writers and FIELDS[path].meets
