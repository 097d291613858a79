"""A question that proves that the database answers."""

import msgspec

from familypair_server.storage.statements import Statement, Txn, transaction


class _One(msgspec.Struct, frozen=True):
    one: int


_one = Statement("SELECT 1", _One)


@transaction
def ping() -> Txn[bool]:
    """True when the database answers; an engine's error otherwise."""
    return (yield from _one.one()) is not None
