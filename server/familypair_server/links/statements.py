"""SQL of links, of what stays after them, and of their receipts."""

import msgspec

from familypair_server.storage import Statement


class LinkRow(msgspec.Struct, frozen=True):
    """One link: `doc` is the rule's value, `told` the transitions that have their entry."""

    teen_id: str
    id: str
    guardian_id: str
    state: str
    version: int
    epoch: int
    due_at: int | None
    told: str
    doc: str
    teen_name: str | None
    """What they were called when the link stopped being active; NULL while it is."""
    guardian_name: str | None


_COLUMNS = "teen_id, id, guardian_id, state, version, epoch, due_at, told, doc"
_SELECT = f"SELECT {_COLUMNS}, teen_name, guardian_name FROM link"  # noqa: S608 - constant columns

insert = Statement(
    f"INSERT INTO link ({_COLUMNS}, invitation_id, activated_at, silent_until)"  # noqa: S608 - constant
    " VALUES (:teen, :id, :guardian, :state, 1, :epoch, :due_at, :told, :doc, :invitation, :now,"
    " :silent_until)"
)
by_id = Statement(f"{_SELECT} WHERE teen_id = :teen AND id = :id", LinkRow)
anywhere = Statement(f"{_SELECT} WHERE id = :id", LinkRow)
"""By id alone: the first read of a request, which knows no teen yet."""

by_teen = Statement(f"{_SELECT} WHERE teen_id = :teen ORDER BY activated_at, id", LinkRow)
"""All links of a teen, ended ones too, in link-date order."""

by_guardian = Statement(
    f"{_SELECT} WHERE guardian_id = :guardian ORDER BY activated_at, id", LinkRow
)
between = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND guardian_id = :guardian ORDER BY activated_at, id",
    LinkRow,
)
due_of_teen = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND due_at <= :now ORDER BY due_at, id", LinkRow
)


class AgeRow(msgspec.Struct, frozen=True):
    """A teen's sealed age."""

    id: str
    age: str | None


age_of = Statement("SELECT id, age FROM account WHERE id = :teen", AgeRow)
ages_of_guardian = Statement(
    "SELECT id, age FROM account"
    " WHERE id IN (SELECT teen_id FROM link WHERE guardian_id = :guardian)",
    AgeRow,
)

save = Statement(
    "UPDATE link SET state = :state, version = version + 1, due_at = :due_at, told = :told,"
    " doc = :doc, silent_until = :silent_until,"
    " teen_name = CASE WHEN :state = 'active' THEN NULL"
    " ELSE COALESCE(teen_name, (SELECT name FROM account WHERE id = link.teen_id)) END,"
    " guardian_name = CASE WHEN :state = 'active' THEN NULL"
    " ELSE COALESCE(guardian_name, (SELECT name FROM account WHERE id = link.guardian_id)) END"
    " WHERE teen_id = :teen AND id = :id AND version = :version"
)
"""Compare-and-set: 0 rows when somebody else moved it since it was read."""

set_epoch = Statement("UPDATE link SET epoch = :epoch WHERE teen_id = :teen AND id = :id")

count_of_guardian = Statement(
    "SELECT COUNT(*) FROM link WHERE guardian_id = :guardian AND (state = 'active'"
    " OR (state = 'ending' AND due_at > :now) OR silent_until > :now)",
    int,
)
"""A link that was left silently still counts until its guardian is told (product.md section 9)."""

count_of_teen = Statement(
    "SELECT COUNT(*) FROM link WHERE teen_id = :teen AND (state = 'active'"
    " OR (state = 'ending' AND due_at > :now))",
    int,
)


class HoldRow(msgspec.Struct, frozen=True):
    """What stays of one guardian's rules after an end."""

    teen_id: str
    link_id: str
    kind: str
    until: int
    doc: str


put_hold = Statement(
    "INSERT INTO hold (teen_id, link_id, kind, until, doc)"
    " VALUES (:teen, :link, :kind, :until, :doc) ON CONFLICT (teen_id, link_id, kind)"
    " DO UPDATE SET until = excluded.until, doc = excluded.doc"
)
move_hold = Statement(
    "UPDATE hold SET until = :until WHERE teen_id = :teen AND link_id = :link AND kind = :kind"
)
holds_of_teen = Statement(
    "SELECT teen_id, link_id, kind, until, doc FROM hold WHERE teen_id = :teen"
    " ORDER BY until, link_id, kind",
    HoldRow,
)
holds_of_link = Statement(
    "SELECT teen_id, link_id, kind, until, doc FROM hold WHERE teen_id = :teen"
    " AND link_id = :link ORDER BY kind",
    HoldRow,
)
drop_holds = Statement("DELETE FROM hold WHERE teen_id = :teen AND link_id = :link")
drop_hold = Statement("DELETE FROM hold WHERE teen_id = :teen AND link_id = :link AND kind = :kind")


class AskRow(msgspec.Struct, frozen=True):
    """When a guardian's wish for other scopes was told, and the entry."""

    at: int
    body: str


scopes_told = Statement(
    "SELECT e.at, b.body FROM ledger_entry e JOIN ledger_body b ON b.teen_id = e.teen_id"
    " AND b.seq = e.seq WHERE e.teen_id = :teen AND e.type = 'link.scopes_changed'"
    " AND e.at > :since ORDER BY e.seq",
    AskRow,
)
"""Every change of scopes of this teen's links after an instant, oldest first."""

put_receipt = Statement(
    "INSERT INTO receipt (teen_id, link_id, jws, at) VALUES (:teen, :link, :jws, :now)"
)
newest_receipt = Statement(
    "SELECT jws FROM receipt WHERE teen_id = :teen AND link_id = :link ORDER BY at DESC LIMIT 1",
    str,
)


class ShownRow(msgspec.Struct, frozen=True):
    """When which text of a wish for more scopes was served."""

    hash: str
    at: int


shown = Statement(
    "SELECT hash, at FROM scope_disclosure WHERE teen_id = :teen AND link_id = :link", ShownRow
)
put_shown = Statement(
    "INSERT INTO scope_disclosure (teen_id, link_id, hash, at) VALUES (:teen, :link, :hash, :now)"
    " ON CONFLICT (teen_id, link_id) DO UPDATE SET hash = excluded.hash, at = excluded.at"
)
drop_shown = Statement("DELETE FROM scope_disclosure WHERE teen_id = :teen AND link_id = :link")


class BlockRow(msgspec.Struct, frozen=True):
    """A pair that must not meet; `until` is None when only an operator can lift it."""

    kind: str
    until: int | None


blocks = Statement(
    "SELECT kind, until FROM pair_block WHERE teen_id = :teen AND guardian_id = :guardian",
    BlockRow,
)
put_block = Statement(
    "INSERT INTO pair_block (teen_id, guardian_id, kind, until)"
    " VALUES (:teen, :guardian, :kind, :until) ON CONFLICT (teen_id, guardian_id, kind)"
    " DO UPDATE SET until = excluded.until"
)
drop_block = Statement(
    "DELETE FROM pair_block WHERE teen_id = :teen AND guardian_id = :guardian AND kind = :kind"
)
