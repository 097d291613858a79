"""SQL of day regimes; see migration 0012."""

import msgspec

from familypair_server.storage import Statement


class RegimeRow(msgspec.Struct, frozen=True):
    """One regime; instants in milliseconds."""

    from_at: int
    held_from: int
    zone: str
    day_starts_at: str


regimes = Statement(
    "SELECT from_at, held_from, zone, day_starts_at FROM day_regime WHERE teen_id = :teen"
    " ORDER BY from_at",
    RegimeRow,
)
put = Statement(
    "INSERT INTO day_regime (teen_id, from_at, held_from, zone, day_starts_at)"
    " VALUES (:teen, :from_at, :held_from, :zone, :day_starts_at)"
    " ON CONFLICT (teen_id, from_at) DO UPDATE SET held_from = excluded.held_from,"
    " zone = excluded.zone, day_starts_at = excluded.day_starts_at"
)
drop_after = Statement("DELETE FROM day_regime WHERE teen_id = :teen AND from_at > :after")
"""Changes that have not begun."""


class FirstRow(msgspec.Struct, frozen=True):
    """What days are cut with where nothing has ever changed."""

    zone: str
    doc: str | None


first = Statement(
    "SELECT a.zone, y.doc FROM account a LEFT JOIN layer y ON y.teen_id = a.id"
    " AND y.owner_id = a.id WHERE a.id = :teen",
    FirstRow,
)
keep_zone = Statement("UPDATE account SET zone = :zone WHERE id = :teen")
"""The account has the zone last stated; which one is in force, the regimes say."""
