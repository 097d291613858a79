"""Keep values as one's own rule: a guardian after the approval, a teen when a guardian leaves."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.link_layers import may_keep_rules
from familypair.schema import links as wire
from familypair.settings import FIELDS, Owner, Patch, Value
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.steps import Held, locked
from familypair_server.problems import Refused
from familypair_server.settings_api import edits, layers
from familypair_server.settings_api import statements as layer_sql
from familypair_server.settings_api.edits import Judge, Parts, Write
from familypair_server.storage import Txn, transaction

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
        patch = yield from _leaving_values(held, ask)
        saved = yield from edits.write(parts, write, _judge(patch), now)
    return wire.KeptRules(fields=tuple(change.path for change in saved.changes))


def _judge(patch: Patch) -> Judge:
    return edits.by_patch(patch)


def _leaving_values(held: Held, ask: wire.KeepRules) -> Txn[Patch]:
    """What the leaving guardian's layer says, as far as a teen has such fields."""
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
    chosen = frozenset(ask.fields) or frozenset(found)
    unknown = sorted(chosen - found.keys())
    if unknown:
        raise Refused(
            *(msgspec.structs.replace(NOTHING, pointer=f"/fields/{path}") for path in unknown)
        )
    kept = {path: value for path, value in found.items() if path in chosen and _mine(path)}
    if not kept:
        raise Refused(NOTHING)
    return Patch(changes=kept)


def _mine(path: str) -> bool:
    return Owner.TEEN in FIELDS[path].writers
