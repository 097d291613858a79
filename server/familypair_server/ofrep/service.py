"""A teen's flags at a host, read in one snapshot with the version of the policy."""

from datetime import datetime

import msgspec

from familypair.schema.policies import PolicyDocument
from familypair_server.ids import is_id
from familypair_server.ofrep.flags import KEYS, Flags, flags_of
from familypair_server.policies import service as policies
from familypair_server.policies.building import Parts
from familypair_server.settings_api.policies import load_policy
from familypair_server.storage import Store, Txn, transaction


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Which flags of whom, for which host."""

    host_id: str
    subject: str
    now: datetime
    keys: tuple[str, ...] = KEYS


class Read(msgspec.Struct, frozen=True):
    """What was found; `again` when a new version must be written before it can be told."""

    flags: Flags | None
    again: bool = False


async def evaluate(store: Store, parts: Parts, ask: Ask) -> Flags | None:
    """The flags; None for an id that means nobody here, for whatever reason."""
    if not is_id(ask.subject):
        ask = msgspec.structs.replace(ask, subject=policies.NOBODY)
    found = await store.read(_read(parts, ask))
    if found.again:
        await store.run(policies.renewed(parts, ask.host_id, ask.subject, ask.now))
        found = await store.read(_read(parts, ask))
    return found.flags


@transaction
def _read(parts: Parts, ask: Ask) -> Txn[Read]:
    seen = yield from policies.look(parts, ask.host_id, ask.subject, ask.now)
    if seen.current is None:
        return Read(None, again=seen.must_write)
    policy = yield from load_policy(seen.current.teen_id, parts.keys, ask.now)
    if policy is None:
        return Read(None)
    document: PolicyDocument = seen.current.document
    return Read(flags_of(policy, document.version, ask.now, ask.keys))
