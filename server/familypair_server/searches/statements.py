"""SQL of the weekly search band; see migration 0018."""

import msgspec

from familypair_server.storage import Statement


class WeekRow(msgspec.Struct, frozen=True):
    """One ISO week."""

    week: str
    stopped: int


_PUT = (
    "INSERT INTO search_week (teen_id, week, stopped)"
    " SELECT id, :week, :first FROM teen WHERE id = :teen"
    " ON CONFLICT (teen_id, week) DO UPDATE SET stopped = "
)
add = Statement(
    f"{_PUT}MIN(:most, search_week.stopped + :first)",
    pg=f"{_PUT.replace(':week, :first', 'CAST(:week AS TEXT), CAST(:first AS SMALLINT)')}"
    "LEAST(CAST(:most AS SMALLINT), search_week.stopped + CAST(:first AS SMALLINT))",
)
"""`first` and `most` are at most 10. Nothing for a teen who is gone."""
weeks = Statement(
    "SELECT week, stopped FROM search_week WHERE teen_id = :teen AND week >= :since ORDER BY week",
    WeekRow,
)
forget = Statement("DELETE FROM search_week WHERE teen_id = :teen AND week < :before")
