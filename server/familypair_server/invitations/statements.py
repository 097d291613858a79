"""SQL of invitations. Accounts are locked first, then the guess counter, then the invitation."""

import msgspec

from familypair_server.storage import Statement


class InvitationRow(msgspec.Struct, frozen=True):
    """One invitation: `doc` is the rule's value; the people are known once it is claimed."""

    id: str
    issuer_id: str
    guardian_id: str | None
    teen_id: str | None
    version: int
    link_id: str | None
    doc: str
    guardian_name: str | None
    """What they were called at the last step."""
    teen_name: str | None


_COLUMNS = "id, issuer_id, guardian_id, teen_id, version, link_id, doc"
_SELECT = f"SELECT {_COLUMNS}, guardian_name, teen_name FROM invitation"  # noqa: S608 - constant

insert = Statement(
    "INSERT INTO invitation (id, issuer_id, guardian_id, teen_id, code_hash, state, version,"
    " created_at, expires_at, doc) VALUES (:id, :issuer, :guardian, :teen, :code_hash, :state, 1,"
    " :now, :expires, :doc) ON CONFLICT DO NOTHING"
)
"""0 rows: another live code is the same (once in 2.5e10); the caller tries again."""

by_id = Statement(f"{_SELECT} WHERE id = :id", InvitationRow)
lock = Statement(
    f"{_SELECT} WHERE id = :id", InvitationRow, pg=f"{_SELECT} WHERE id = :id FOR UPDATE"
)
offered = Statement(f"{_SELECT} WHERE code_hash = :code_hash AND state = 'offered'", InvitationRow)
live_of_issuer = Statement(
    f"{_SELECT} WHERE issuer_id = :account AND state = 'offered' ORDER BY created_at, id",
    InvitationRow,
)
open_of = Statement(
    f"{_SELECT} WHERE (issuer_id = :account OR guardian_id = :account OR teen_id = :account)"
    " AND state IN ('offered', 'claimed', 'confirmed') AND expires_at > :now"
    " ORDER BY created_at DESC, id LIMIT 20",
    InvitationRow,
)
save = Statement(
    "UPDATE invitation SET state = :state, version = version + 1, guardian_id = :guardian,"
    " teen_id = :teen, expires_at = :expires, claimed_at = :claimed, link_id = :link, doc = :doc,"
    " guardian_name = (SELECT name FROM account WHERE id = :guardian),"
    " teen_name = (SELECT name FROM account WHERE id = :teen)"
    " WHERE id = :id AND version = :version"
)
"""Compare-and-set: 0 rows when somebody else moved it since it was read."""

requests_since = Statement(
    "SELECT COUNT(*) FROM invitation WHERE guardian_id = :guardian AND claimed_at > :since", int
)
"""What reached a teen, whoever started it: a code that nobody entered asked nobody."""

offers_since = Statement(
    "SELECT COUNT(*) FROM invitation WHERE issuer_id = :issuer AND created_at > :since", int
)

pending_of_teen = Statement(
    "SELECT COUNT(*) FROM invitation WHERE teen_id = :teen AND expires_at > :now"
    " AND state IN ('claimed', 'confirmed')",
    int,
)
open_between = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND guardian_id = :guardian"
    " AND state IN ('claimed', 'confirmed') ORDER BY created_at, id",
    InvitationRow,
)

reserve_guess = Statement(
    "INSERT INTO guess (kind, subject, n, blocked_until, forget_at)"
    " VALUES (:kind, :subject, 0, 0, :forget_at)"
    " ON CONFLICT (kind, subject) DO UPDATE SET n = guess.n"
)
"""Hold the counter's row until the commit, so that racing guesses are counted one by one."""
