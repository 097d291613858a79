"""SQL of layers, of the people around one teen, and of who looked at a teen's pages."""

import msgspec

from familypair_server.accounts.statements import AccountRow
from familypair_server.storage import Statement


class LayerRow(msgspec.Struct, frozen=True):
    """One layer as it is stored; see migration 0005."""

    owner_id: str
    doc: str
    outgoing: str
    version: int
    changed_at: int
    window_at: int
    window_writes: int


class PersonRow(AccountRow, frozen=True):
    """Somebody around a teen, without what is for signing in, and their layer if they wrote one."""

    doc: str | None
    outgoing: str
    version: int
    changed_at: int
    window_at: int
    window_writes: int

    def layer(self) -> LayerRow | None:
        """The layer that they own."""
        if self.doc is None:
            return None
        return LayerRow(
            self.id,
            self.doc,
            self.outgoing,
            self.version,
            self.changed_at,
            self.window_at,
            self.window_writes,
        )


people = Statement(
    "SELECT a.id, a.kind, '' AS login, a.name, '' AS password_hash, a.age, a.country, a.zone,"
    " a.assurance, a.created_at,"
    " y.doc, y.outgoing, y.version, y.changed_at, y.window_at, y.window_writes FROM account a"
    " LEFT JOIN layer y ON y.teen_id = :teen AND y.owner_id = a.id"
    " WHERE a.id = :teen OR a.id IN (SELECT guardian_id FROM link WHERE teen_id = :teen)",
    PersonRow,
)
"""The teen and everybody who is or was linked with them: one read for people and layers."""

_LAYER = "owner_id, doc, outgoing, version, changed_at, window_at, window_writes"

layers = Statement(f"SELECT {_LAYER} FROM layer WHERE teen_id = :teen", LayerRow)  # noqa: S608 - constant column list
layer_of = Statement(
    f"SELECT {_LAYER} FROM layer WHERE teen_id = :teen AND owner_id = :owner",  # noqa: S608 - constant column list
    LayerRow,
)
put = Statement(
    f"INSERT INTO layer (teen_id, {_LAYER})"  # noqa: S608 - constant column list
    " VALUES (:teen, :owner, :doc, :outgoing, 1, :now, :window_at, :window_writes)"
    " ON CONFLICT (teen_id, owner_id) DO UPDATE SET doc = excluded.doc,"
    " outgoing = excluded.outgoing, version = layer.version + 1,"
    " changed_at = excluded.changed_at, window_at = excluded.window_at,"
    " window_writes = excluded.window_writes"
)
drop = Statement("DELETE FROM layer WHERE teen_id = :teen AND owner_id = :owner")


class ViewRow(msgspec.Struct, frozen=True):
    """Somebody looked, at most once per page and hour."""

    viewer_id: str
    what: str
    at: int


saw = Statement(
    "INSERT INTO access_view (teen_id, viewer_id, what, hour, at)"
    " VALUES (:teen, :viewer, :what, :hour, :now) ON CONFLICT (teen_id, viewer_id, what, hour)"
    " DO UPDATE SET at = excluded.at WHERE access_view.at < excluded.at"
)
views = Statement(
    "SELECT viewer_id, what, at FROM access_view WHERE teen_id = :teen ORDER BY at DESC, viewer_id,"
    " what LIMIT :limit",
    ViewRow,
)
last_views = Statement(
    "SELECT viewer_id, '' AS what, MAX(at) AS at FROM access_view WHERE teen_id = :teen"
    " GROUP BY viewer_id",
    ViewRow,
)

later_changes = Statement(
    "SELECT body FROM inbox_entry WHERE teen_id = :teen AND viewer_id = :viewer AND seq > :after"
    " AND type = 'layer.changed' AND body IS NOT NULL ORDER BY seq",
    str,
)
"""What this viewer knows of writes after one of their entries; their own are always among them."""


class WrittenRow(msgspec.Struct, frozen=True):
    """One write of some layer, from the ledger."""

    seq: int
    at: int
    body: str


told_since = Statement(
    "SELECT DISTINCT viewer_id FROM inbox_entry WHERE teen_id = :teen AND type = :type"
    " AND at >= :since",
    str,
)
"""Whose inbox got an entry of one type since an instant."""

changes_since = Statement(
    "SELECT e.seq, e.at, b.body FROM ledger_entry e JOIN ledger_body b ON b.teen_id = e.teen_id"
    " AND b.seq = e.seq WHERE e.teen_id = :teen AND e.type = 'layer.changed' AND e.at > :since"
    " ORDER BY e.seq DESC",
    WrittenRow,
)
"""Every write of a layer of this teen after an instant, newest first."""
