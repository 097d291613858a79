"""The SQL of ledgers and inboxes. Every statement names the teen; nothing reads across teens."""

import msgspec

from familypair_server.storage import Statement


class LedgerRow(msgspec.Struct, frozen=True):
    """A ledger entry with its body, which is None when erased."""

    seq: int
    type: str
    at: int
    commitment: str
    hash: str
    salt: str | None
    body: str | None


class InboxRow(msgspec.Struct, frozen=True):
    """An inbox entry; `ledger_at` is None when the ledger entry is missing."""

    seq: int
    ledger_seq: int
    type: str
    at: int
    commitment: str
    hash: str
    salt: str | None
    body: str | None
    ledger_at: int | None


class TextRow(msgspec.Struct, frozen=True):
    """The full values of one change of an entry, as JSON; None is silence."""

    seq: int
    path: str
    before: str | None
    after: str | None


class HeadRow(msgspec.Struct, frozen=True):
    """Where one viewer's inbox for one teen ends."""

    teen_id: str
    viewer_id: str
    seq: int
    head: str


_ENTRY = (
    "INSERT INTO ledger_entry (teen_id, seq, type, at, commitment, hash)"
    " VALUES (:teen, :seq, :type, :at, :commitment, :hash)"
)
_BODY = "INSERT INTO ledger_body (teen_id, seq, salt, body) VALUES (:teen, :seq, :salt, :body)"
_HEAD = "UPDATE teen SET seq = :seq, head = :hash WHERE id = :teen"
record = Statement((_ENTRY, _BODY, _HEAD), pg=f"WITH e AS ({_ENTRY}), b AS ({_BODY}) {_HEAD}")
"""The entry, its body and the teen's head: one round trip on PostgreSQL."""

put_text = Statement(
    "INSERT INTO layer_text (teen_id, seq, owner_id, path, before, after)"
    " VALUES (:teen, :seq, :owner, :path, :before, :after)"
)
texts = Statement(
    "SELECT seq, path, before, after FROM layer_text WHERE teen_id = :teen"
    " AND owner_id = :owner AND seq BETWEEN :first AND :last ORDER BY seq, path",
    TextRow,
)
"""What one owner typed in the writes of these ledger entries."""
erase_text = Statement("DELETE FROM layer_text WHERE teen_id = :teen AND seq = :seq")
erase_body = Statement("DELETE FROM ledger_body WHERE teen_id = :teen AND seq = :seq")
ledger_page = Statement(
    "SELECT e.seq, e.type, e.at, e.commitment, e.hash, b.salt, b.body FROM ledger_entry e"
    " LEFT JOIN ledger_body b ON b.teen_id = e.teen_id AND b.seq = e.seq"
    " WHERE e.teen_id = :teen AND e.seq > :after ORDER BY e.seq LIMIT :limit",
    LedgerRow,
)
stray_body = Statement(
    "SELECT min(b.seq) FROM ledger_body b WHERE b.teen_id = :teen AND NOT EXISTS"
    " (SELECT 1 FROM ledger_entry e WHERE e.teen_id = b.teen_id AND e.seq = b.seq)"
    " HAVING count(*) > 0",
    int,
)

inbox_head = Statement(
    "SELECT teen_id, viewer_id, seq, head FROM inbox_head"
    " WHERE teen_id = :teen AND viewer_id = :viewer",
    HeadRow,
)
_INBOX_ENTRY = (
    "INSERT INTO inbox_entry"
    " (teen_id, viewer_id, seq, ledger_seq, type, at, commitment, hash, salt, body) VALUES"
    " (:teen, :viewer, :seq, :ledger_seq, :type, :at, :commitment, :hash, :salt, :body)"
)
_INBOX_HEAD = (
    "INSERT INTO inbox_head (teen_id, viewer_id, seq, head) VALUES (:teen, :viewer, :seq, :hash)"
    " ON CONFLICT (teen_id, viewer_id) DO UPDATE SET seq = excluded.seq, head = excluded.head"
)
deliver = Statement((_INBOX_ENTRY, _INBOX_HEAD), pg=f"WITH e AS ({_INBOX_ENTRY}) {_INBOX_HEAD}")
"""An inbox entry and the inbox's head: one round trip on PostgreSQL."""
erase_inbox = Statement(
    "UPDATE inbox_entry SET salt = NULL, body = NULL"
    " WHERE teen_id = :teen AND ledger_seq = :ledger_seq AND body IS NOT NULL"
)
inbox_page = Statement(
    "SELECT i.seq, i.ledger_seq, i.type, i.at, i.commitment, i.hash, i.salt, i.body, e.at"
    " FROM inbox_entry i"
    " LEFT JOIN ledger_entry e ON e.teen_id = i.teen_id AND e.seq = i.ledger_seq"
    " WHERE i.teen_id = :teen AND i.viewer_id = :viewer AND i.seq > :after"
    " ORDER BY i.seq LIMIT :limit",
    InboxRow,
)
heads_of_teen = Statement(
    "SELECT teen_id, viewer_id, seq, head FROM inbox_head WHERE teen_id = :teen", HeadRow
)
heads_of_viewer = Statement(
    "SELECT teen_id, viewer_id, seq, head FROM inbox_head WHERE viewer_id = :viewer"
    " ORDER BY teen_id",
    HeadRow,
)
viewers_of_teen = Statement(
    "SELECT viewer_id FROM inbox_head WHERE teen_id = :teen"
    " UNION SELECT viewer_id FROM inbox_entry WHERE teen_id = :teen ORDER BY viewer_id",
    str,
)
