"""SQL of the weekly search band; see migration 0021."""

import msgspec

from familypair_server.storage import Statement


class DayRow(msgspec.Struct, frozen=True):
    """One local day of the teen."""

    day: str
    counted: int


_PUT = (
    "INSERT INTO search_day (teen_id, day, counted)"
    " SELECT id, :day, :first FROM teen WHERE id = :teen"
    " ON CONFLICT (teen_id, day) DO UPDATE SET counted = "
)
add = Statement(
    f"{_PUT}MIN(:most, search_day.counted + :first)",
    pg=f"{_PUT.replace(':day, :first', 'CAST(:day AS TEXT), CAST(:first AS SMALLINT)')}"
    "LEAST(CAST(:most AS SMALLINT), search_day.counted + CAST(:first AS SMALLINT))",
)
"""`first` and `most` are at most 10. Nothing for a teen who is gone."""
days = Statement(
    "SELECT day, counted FROM search_day WHERE teen_id = :teen AND day >= :since ORDER BY day",
    DayRow,
)
forget = Statement("DELETE FROM search_day WHERE teen_id = :teen AND day < :before")
