"""The teen's row: the lock under which everything of one teen changes, and its ledger's head."""

import msgspec

from familypair_server.storage.statements import Statement


class TeenRow(msgspec.Struct, frozen=True):
    """One teen: `seq` and `head` of the ledger, `epoch` counts link changes (fencing)."""

    id: str
    seq: int
    head: str
    epoch: int


lock = Statement(
    "SELECT id, seq, head, epoch FROM teen WHERE id = :teen",
    TeenRow,
    pg="SELECT id, seq, head, epoch FROM teen WHERE id = :teen FOR UPDATE",
)
"""First statement of every transaction that changes something of a teen."""

by_id = Statement("SELECT id, seq, head, epoch FROM teen WHERE id = :teen", TeenRow)
page = Statement("SELECT id FROM teen WHERE id > :after ORDER BY id LIMIT :limit", str)
insert = Statement(
    "INSERT INTO teen (id, seq, head, epoch) VALUES (:teen, 0, :genesis, 0)"
    " ON CONFLICT (id) DO NOTHING"
)
"""`genesis` is `familypair_server.records.ledger.genesis(teen)`; prefer `ledger.open_teen`."""

bump_epoch = Statement("UPDATE teen SET epoch = epoch + 1 WHERE id = :teen RETURNING epoch", int)
"""Every link change bumps the epoch, under the lock."""
