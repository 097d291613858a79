"""SQL of policies for host apps; see migration 0017. A host reads by its own id only."""

import msgspec

from familypair_server.storage import Statement

# --- what a host was told --------------------------------------------------------------------


class StandingRow(msgspec.Struct, frozen=True):
    """A live binding with what its host was told, and everything that tells whether it holds.

    Fields from `version` to `use_at` are None while the host was told nothing.
    """

    teen_id: str
    subject: str
    bound_at: int
    host_name: str
    seq: int
    epoch: int
    version: int | None
    digest: str | None
    told_seq: int | None
    told_epoch: int | None
    basis: str | None
    eve: str | None
    eve_mark: int | None
    day: str | None
    today: str | None
    said: str | None
    refresh_at: int | None
    changed_at: int | None
    use_start: int | None
    use_seconds: int | None
    use_at: int | None
    eve_received: int | None
    start_at: int | None
    """From here on today's use; None while nothing is stored of the day."""
    end_at: int | None
    doc: str | None
    received_at: int | None
    own_at: int | None
    """When the host itself last reported use of this teen; None where it never did."""


_STANDING = (
    "SELECT b.teen_id, b.subject, b.bound_at, c.name, t.seq, t.epoch, p.version, p.digest, p.seq,"
    " p.epoch, p.basis, p.eve, p.eve_mark, p.day, p.today, p.said, p.refresh_at, p.changed_at,"
    " p.use_start, p.use_seconds, p.use_at, e.received_at, u.start_at, u.end_at, u.doc,"
    " u.received_at, (SELECT MAX(d.last_report_at) FROM device d"
    " WHERE d.teen_id = b.teen_id AND d.host_id = b.host_id)"
    " FROM host_binding b JOIN teen t ON t.id = b.teen_id"
    " JOIN oauth_client c ON c.id = b.host_id"
    " LEFT JOIN host_policy p ON p.teen_id = b.teen_id AND p.host_id = b.host_id"
    " AND p.subject = b.subject"
    " LEFT JOIN usage_day e ON e.teen_id = b.teen_id AND e.day = p.eve"
    " LEFT JOIN usage_day u ON u.teen_id = b.teen_id AND u.day = p.day"
    " WHERE b.host_id = :host AND b.ended_at IS NULL"
)
_LISTED = " AND b.{} IN (SELECT value FROM json_each(:listed)) ORDER BY b.subject"
_LISTED_PG = (
    " AND b.{} IN (SELECT json_array_elements_text(CAST(CAST(:listed AS TEXT) AS JSON)))"
    " ORDER BY b.subject"
)
standing = Statement(f"{_STANDING} AND b.subject = :subject", StandingRow)
page = Statement(
    f"{_STANDING} AND b.subject > :after AND b.subject <= :through ORDER BY b.subject LIMIT :limit",
    StandingRow,
)
named = Statement(
    _STANDING + _LISTED.format("subject"), StandingRow, pg=_STANDING + _LISTED_PG.format("subject")
)
"""`listed` is a JSON array of ids at this host."""
of_teens = Statement(
    _STANDING + _LISTED.format("teen_id"), StandingRow, pg=_STANDING + _LISTED_PG.format("teen_id")
)
"""`listed` is a JSON array of our own ids."""

put = Statement(
    "INSERT INTO host_policy (teen_id, host_id, subject, version, digest, seq, epoch, basis, eve,"
    " eve_mark, day, today, said, refresh_at, changed_at, use_start, use_seconds, use_at)"
    " VALUES (:teen, :host, :subject, :version, :digest, :seq, :epoch, :basis, :eve,"
    " :eve_mark, :day, :today, :said, :refresh_at, :changed_at, 0, 0, 0)"
    " ON CONFLICT (teen_id, host_id) DO UPDATE SET subject = excluded.subject,"
    " version = excluded.version, digest = excluded.digest, seq = excluded.seq,"
    " epoch = excluded.epoch, basis = excluded.basis, eve = excluded.eve,"
    " eve_mark = excluded.eve_mark, day = excluded.day, today = excluded.today,"
    " said = excluded.said, refresh_at = excluded.refresh_at, changed_at = excluded.changed_at"
)
"""The announced use stays: it says nothing on another day than its own."""
announce_use = Statement(
    "UPDATE host_policy SET use_start = :start, use_seconds = :seconds, use_at = :now"
    " WHERE teen_id = :teen AND host_id = :host AND subject = :subject"
    " AND (use_start <> :start OR use_seconds <> :seconds)"
)
forget = Statement("DELETE FROM host_policy WHERE teen_id = :teen AND host_id = :host")

received = Statement(
    "SELECT received_at FROM usage_day"
    " WHERE teen_id = :teen AND day = :day AND received_at IS NOT NULL",
    int,
)
"""When something of a day was last reported."""

# --- what a host declares --------------------------------------------------------------------


class CapabilityRow(msgspec.Struct, frozen=True):
    """What one host says that it enforces."""

    enforces: str
    restricted: bool
    declared_at: int


capabilities = Statement(
    "SELECT enforces, restricted, declared_at FROM host_capabilities WHERE host_id = :host",
    CapabilityRow,
)
declare = Statement(
    "INSERT INTO host_capabilities (host_id, enforces, restricted, declared_at)"
    " VALUES (:host, :enforces, :restricted, :now) ON CONFLICT (host_id) DO UPDATE SET"
    " enforces = excluded.enforces, restricted = excluded.restricted,"
    " declared_at = excluded.declared_at"
)

# --- what devices apply ----------------------------------------------------------------------


class AppliedRow(msgspec.Struct, frozen=True):
    """What one device said last."""

    device: str
    subject: str
    version: int
    at: int
    eve_at: int | None
    """Its newest word from before the local day of `at`; None where `at` is of its first day."""


_APPLIED = "SELECT device, subject, version, at, eve_at FROM device_applied"
applied_by = Statement(
    f"{_APPLIED} WHERE teen_id = :teen AND host_id = :host AND device = :device", AppliedRow
)
count_applied = Statement(
    "SELECT COUNT(*) FROM device_applied WHERE teen_id = :teen AND host_id = :host", int
)
put_applied = Statement(
    "INSERT INTO device_applied (teen_id, host_id, device, subject, version, at, eve_at)"
    " VALUES (:teen, :host, :device, :subject, :version, :now, :eve)"
    " ON CONFLICT (teen_id, host_id, device) DO UPDATE SET subject = excluded.subject,"
    " version = excluded.version, at = excluded.at, eve_at = excluded.eve_at"
)
forget_applied = Statement("DELETE FROM device_applied WHERE teen_id = :teen AND host_id = :host")


class BoundAppRow(msgspec.Struct, frozen=True):
    """A bound app of a teen, with its version and what it enforces."""

    host_id: str
    name: str
    subject: str
    bound_at: int
    version: int | None
    said: str | None
    changed_at: int | None
    enforces: str | None
    restricted: bool | None


bound_apps = Statement(
    "SELECT b.host_id, c.name, b.subject, b.bound_at, p.version, p.said, p.changed_at, h.enforces,"
    " h.restricted FROM host_binding b JOIN oauth_client c ON c.id = b.host_id"
    " LEFT JOIN host_policy p ON p.teen_id = b.teen_id AND p.host_id = b.host_id"
    " AND p.subject = b.subject"
    " LEFT JOIN host_capabilities h ON h.host_id = b.host_id"
    " WHERE b.teen_id = :teen AND b.ended_at IS NULL ORDER BY b.bound_at, b.host_id",
    BoundAppRow,
)


class DeviceRow(msgspec.Struct, frozen=True):
    """A device of a bound app: named for its use, for its rules, or both."""

    host_id: str
    device: str
    version: int | None
    applied_at: int | None
    eve_at: int | None
    reported_at: int | None


devices_of_teen = Statement(
    "SELECT d.host_id, d.device, a.version, a.at, a.eve_at, d.last_report_at FROM device d"
    " LEFT JOIN device_applied a ON a.teen_id = d.teen_id AND a.host_id = d.host_id"
    " AND a.device = d.device WHERE d.teen_id = :teen"
    " UNION ALL SELECT a.host_id, a.device, a.version, a.at, a.eve_at, NULL FROM device_applied a"
    " WHERE a.teen_id = :teen AND NOT EXISTS (SELECT 1 FROM device d"
    " WHERE d.teen_id = a.teen_id AND d.host_id = a.host_id AND d.device = a.device)",
    DeviceRow,
)


class ToldRow(msgspec.Struct, frozen=True):
    """A change that one reader was told of."""

    at: int
    body: str


told = Statement(
    "SELECT at, body FROM inbox_entry WHERE teen_id = :teen AND viewer_id = :viewer"
    " AND type IN ('layer.changed', 'effective.changed', 'time.posted', 'time.changed',"
    " 'block.lifted') AND body IS NOT NULL ORDER BY seq DESC LIMIT 50",
    ToldRow,
)
"""The newest changes of rules and time that one reader was told of."""

# --- hints -----------------------------------------------------------------------------------


class EndedRow(msgspec.Struct, frozen=True):
    """A binding that has ended."""

    teen_id: str
    subject: str


_ENDED = (
    "SELECT b.teen_id, b.subject FROM host_binding b"
    " WHERE b.host_id = :host AND b.ended_at >= :since"
)
ended = Statement(
    _ENDED + _LISTED.format("teen_id"), EndedRow, pg=_ENDED + _LISTED_PG.format("teen_id")
)
"""`listed` is a JSON array of our own ids."""


class MovedRow(msgspec.Struct, frozen=True):
    """A teen of a slice, and whether there may be something to tell."""

    teen_id: str
    subject: str
    news: bool


slice_of = Statement(
    "SELECT b.teen_id, b.subject, CASE WHEN b.ended_at >= :since OR b.bound_at >= :since"
    " OR (b.ended_at IS NULL AND (p.seq <> t.seq OR p.epoch <> t.epoch OR p.changed_at >= :since"
    " OR p.use_at >= :since OR u.received_at >= :since)) THEN 1 ELSE 0 END"
    " FROM host_binding b JOIN teen t ON t.id = b.teen_id"
    " LEFT JOIN host_policy p ON p.teen_id = b.teen_id AND p.host_id = b.host_id"
    " AND p.subject = b.subject"
    " LEFT JOIN usage_day u ON u.teen_id = b.teen_id AND u.day = p.day"
    " WHERE b.host_id = :host AND b.subject > :after ORDER BY b.subject LIMIT :limit",
    MovedRow,
)
"""Every binding above `after`, ended ones too, and which of them moved since an instant."""
token = Statement("SELECT hash FROM host_token WHERE hash = :hash AND expires_at > :now", str)
"""The host's token while it stands."""
