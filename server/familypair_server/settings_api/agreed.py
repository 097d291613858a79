"""An owner's write that they agreed to in a request: the same path as their own write.

Judged by the same rules, stored and told the same way; what differs is who calls, so it is not
counted as one of the owner's writes of the hour.
"""

from datetime import datetime

import msgspec

from familypair.rules.layers import Accepted
from familypair_server.ids import Random
from familypair_server.records import ledger
from familypair_server.requests import agreements
from familypair_server.settings_api import edits, layers, views
from familypair_server.settings_api.layers import Window
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn, together
from familypair_server.time.changes import posted_change


def write_agreed(
    random: Random, state: TeenState, accepted: Accepted, now: datetime
) -> Txn[TeenState]:
    """Write one owner's layer under the teen's lock; the state with it, for the next write."""
    if not accepted.changes:
        return state
    owner, teen_id = accepted.layer.owner, state.teen.id
    yield from edits.move_days(teen_id, accepted, now)
    what = views.effect(state, accepted, now)
    posted = yield from posted_change(state, accepted, random, now)
    row = state.layers.get(owner)
    window = None if row is None else Window(row.window_at, row.window_writes)
    yield from together(layers.putting(teen_id, accepted.layer, now, window), *posted)
    yield from ledger.append(
        teen_id=teen_id,
        entry=edits.entry_of(state, accepted, what),
        actor=edits.actor_of(state, owner),
        now=now,
        viewers=state.viewers(),
        random=random,
    )
    yield from agreements.ended_by(state, accepted, what, now, random)
    return msgspec.structs.replace(state, policy=state.policy_with(accepted.layer))
