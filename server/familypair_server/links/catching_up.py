"""After an exit that was taken back: what others changed while its guardian read nothing.

A service pause would have left those entries in the guardian's inbox. They were not written, since
nobody could know of the way back; so what holds differently now is told at once, in their place.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from familypair.rules.explain import wire_owner
from familypair.rules.layers import Effective, Layer, Policy, effective
from familypair.rules.projection import ANOTHER_GUARDIAN
from familypair.schema.ledger import EffectiveChange, EffectiveChanged
from familypair.settings import encode
from familypair_server.links import entries
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.settings_api import layers
from familypair_server.settings_api.policies import load_policy
from familypair_server.storage import Txn

TEEN = "teen"


def catch_up(desk: Desk, back: StoredLink, since: datetime, now: datetime) -> Txn[None]:
    """Tell the guardian of a link that is active again: the teen's changes, then all others'.

    One entry each, and none where nothing that holds is different.
    """
    policy = yield from load_policy(back.teen_id, desk.keys, now)
    if policy is None:
        return
    others = [one for one in policy.guardians if one.owner != back.guardian_id]
    then = yield from _as_they_were(back.teen_id, others, since, now)
    mine = yield from _as_they_were(back.teen_id, [policy.teen], since, now)
    middle = replace(policy, guardians=tuple(then.get(g.owner, g) for g in policy.guardians))
    oldest = replace(middle, teen=mine[policy.teen.owner])
    for by, before, after in ((TEEN, oldest, middle), (ANOTHER_GUARDIAN, middle, policy)):
        changes = _changes(before, after, now)
        if changes:
            entry = EffectiveChanged(by=by, effective=changes)
            yield from entries.write(back, entry, entries.PLATFORM, now=now, random=desk.random)


def _as_they_were(
    teen_id: str, found: Iterable[Layer], since: datetime, now: datetime
) -> Txn[dict[str, Layer]]:
    were: dict[str, Layer] = {}
    for layer in found:
        versions = yield from layers.history(teen_id, layer.owner, since=since, now=now)
        were[layer.owner] = replace(layer, values=versions[0].values)
    return were


def _changes(before: Policy, after: Policy, now: datetime) -> tuple[EffectiveChange, ...]:
    was, holds = effective(before, now=now), effective(after, now=now)
    return tuple(
        EffectiveChange(
            path=path,
            before=_said(was, path),
            after=encode(path, one.value),
            decided_by=tuple(wire_owner(source) for source in one.decided_by),
        )
        for path, one in holds.items()
        if path in was and was[path].value != one.value
    )


def _said(found: Mapping[str, Effective], path: str) -> object:
    return encode(path, found[path].value)
