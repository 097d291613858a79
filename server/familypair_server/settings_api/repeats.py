"""Writes that a client may send again because an answer was lost: one effect, one answer."""

from datetime import datetime

from familypair.schema.settings import LayerSaved
from familypair_server.idempotency import Key, once
from familypair_server.settings_api.edits import Judge, Parts, Write, write
from familypair_server.settings_api.policies import must_load
from familypair_server.storage import Txn, transaction


@transaction
def write_once(
    parts: Parts, ask: Write, judge: Judge, now: datetime, key: Key | None
) -> Txn[LayerSaved]:
    """`edits.write`, or its kept answer; the caller must still be allowed to read the teen."""
    if key is not None:
        yield from must_load(ask.teen_id, ask.caller_id, parts.keys, now)
    work = write(parts, ask, judge, now)
    return (
        yield from once(key, work, type=LayerSaved, keys=parts.keys, random=parts.random, now=now)
    )
