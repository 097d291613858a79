"""SQL of use: intervals for 9 days, days for 28, weeks for a year; see migration 0011."""

import msgspec

from familypair_server.storage import Statement

# --- what was sent ---------------------------------------------------------------------------


class SentRow(msgspec.Struct, frozen=True):
    """A run of numbers of one device; see migration 0011."""

    device: str
    doc: str


_SENT = "SELECT s.device, s.doc FROM usage_sent s"
_HERE = "s.teen_id = :teen AND s.host_id = :host"
sent_between = Statement(
    f"{_SENT} WHERE {_HERE} AND s.device IN (SELECT value FROM json_each(:devices))"  # noqa: S608 - constant text
    " AND s.first_seq BETWEEN :before AND :high AND s.last_seq >= :low",
    SentRow,
    pg=f"{_SENT} WHERE {_HERE} AND s.device IN"
    " (SELECT json_array_elements_text(CAST(CAST(:devices AS TEXT) AS JSON)))"
    " AND s.first_seq BETWEEN CAST(:before AS BIGINT) AND CAST(:high AS BIGINT)"
    " AND s.last_seq >= CAST(:low AS BIGINT)",
)
"""Runs with numbers from `low` to `high`; none that has them begins before `before`.

`devices` is a JSON array of names.
"""
sent_among = Statement(
    f"{_SENT} JOIN json_each(:seqs) q ON s.first_seq BETWEEN q.value - :width AND q.value"
    f" AND s.last_seq >= q.value WHERE {_HERE} AND s.device = :device",
    SentRow,
    pg=f"{_SENT} JOIN (SELECT CAST(n AS BIGINT) AS value"  # noqa: S608 - constant text
    " FROM json_array_elements_text(CAST(CAST(:seqs AS TEXT) AS JSON)) AS n) q"
    " ON s.first_seq BETWEEN q.value - CAST(:width AS BIGINT) AND q.value"
    f" AND s.last_seq >= q.value WHERE {_HERE} AND s.device = :device",
)
"""Runs with one of these numbers, which lie far apart; `seqs` is a JSON array."""
put_sent = Statement(
    "INSERT INTO usage_sent (teen_id, host_id, device, first_seq, last_seq, doc, received_at)"
    " VALUES (:teen, :host, :device, :first, :last, :doc, :now)"
)
"""The caller knows that the numbers are new."""
forget_sent = Statement("DELETE FROM usage_sent WHERE teen_id = :teen AND received_at < :before")
forget_device = Statement(
    "DELETE FROM usage_sent WHERE teen_id = :teen AND host_id = :host AND device = :device"
)
forget_host = Statement("DELETE FROM usage_sent WHERE teen_id = :teen AND host_id = :host")
"""Numbers begin anew with a new binding, and nothing from before it can count again."""

lock_owner = Statement(
    "SELECT id FROM teen WHERE id ="
    " (SELECT teen_id FROM device WHERE host_id = :host AND device = :device)",
    str,
    pg="SELECT id FROM teen WHERE id ="
    " (SELECT teen_id FROM device WHERE host_id = :host AND device = :device) FOR UPDATE",
)
"""The lock of the teen whose device it was just now: read the device again under it."""

# --- days ------------------------------------------------------------------------------------


class DayRow(msgspec.Struct, frozen=True):
    """One day as it is stored; see migration 0011."""

    day: str
    start_at: int
    end_at: int
    zone: str
    tzdata: str
    doc: str
    late: bool
    received_at: int | None


_DAY = "day, start_at, end_at, zone, tzdata, doc, late, received_at"
days_between = Statement(
    "SELECT day, start_at, end_at, zone, tzdata, CASE WHEN end_at > :begun THEN doc ELSE '' END,"
    " late, received_at FROM usage_day WHERE teen_id = :teen AND day BETWEEN :first AND :last"
    " ORDER BY day",
    DayRow,
    pg="SELECT day, start_at, end_at, zone, tzdata,"
    " CASE WHEN end_at > CAST(:begun AS BIGINT) THEN doc ELSE '' END,"
    " late, received_at FROM usage_day WHERE teen_id = :teen AND day BETWEEN :first AND :last"
    " ORDER BY day",
)
"""Days by date; those that were over at `begun` without their document, which may be large."""
days_before = Statement(
    f"SELECT {_DAY} FROM usage_day WHERE teen_id = :teen AND day < :before ORDER BY day",  # noqa: S608 - constant column list
    DayRow,
)
put_day = Statement(
    f"INSERT INTO usage_day (teen_id, {_DAY}) VALUES (:teen, :day, :start, :end, :zone, :tzdata,"  # noqa: S608 - constant column list
    " :doc, :late, :received) ON CONFLICT (teen_id, day) DO UPDATE SET"
    " start_at = excluded.start_at, end_at = excluded.end_at, zone = excluded.zone,"
    " tzdata = excluded.tzdata, doc = excluded.doc, late = excluded.late,"
    " received_at = excluded.received_at"
)
drop_days = Statement("DELETE FROM usage_day WHERE teen_id = :teen AND day < :before")
anything = Statement(
    "SELECT t.id FROM teen t WHERE t.id = :teen"
    " AND (EXISTS (SELECT 1 FROM usage_day d WHERE d.teen_id = t.id)"
    " OR EXISTS (SELECT 1 FROM usage_week w WHERE w.teen_id = t.id))",
    str,
)
"""One row while a day or a week of this teen is kept."""

# --- weeks -----------------------------------------------------------------------------------


class WeekRow(msgspec.Struct, frozen=True):
    """Some days of one week, added up."""

    week: str
    used_seconds: int
    known_days: int
    opens: int
    night_seconds: int


_WEEK = "week, used_seconds, known_days, opens, night_seconds"
weeks = Statement(
    f"SELECT {_WEEK} FROM usage_week WHERE teen_id = :teen AND week >= :first ORDER BY week",  # noqa: S608 - constant column list
    WeekRow,
)
add_week = Statement(
    f"INSERT INTO usage_week (teen_id, {_WEEK}) VALUES (:teen, :week, :used, :known, :opens,"  # noqa: S608 - constant column list
    " :night) ON CONFLICT (teen_id, week) DO UPDATE SET"
    " used_seconds = usage_week.used_seconds + excluded.used_seconds,"
    " known_days = usage_week.known_days + excluded.known_days,"
    " opens = usage_week.opens + excluded.opens,"
    " night_seconds = usage_week.night_seconds + excluded.night_seconds"
)
drop_weeks = Statement("DELETE FROM usage_week WHERE teen_id = :teen AND week < :before")
