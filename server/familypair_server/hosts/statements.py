"""SQL of host apps: bindings and devices. A host reads by its own id, a teen by theirs."""

import msgspec

from familypair_server.storage import Statement

# --- bindings --------------------------------------------------------------------------------


class BindingRow(msgspec.Struct, frozen=True):
    """A teen's live yes to one host."""

    teen_id: str
    host_id: str
    subject: str
    bound_at: int


class AppRow(msgspec.Struct, frozen=True):
    """A bound host as its teen sees it."""

    host_id: str
    name: str
    scopes: str
    bound_at: int
    devices: int
    last_report_at: int | None


_BINDING = "SELECT teen_id, host_id, subject, bound_at FROM host_binding"
binding_of = Statement(
    f"{_BINDING} WHERE teen_id = :teen AND host_id = :host AND ended_at IS NULL", BindingRow
)
binding_by_subject = Statement(
    f"{_BINDING} WHERE subject = :subject AND host_id = :host AND ended_at IS NULL", BindingRow
)
bind = Statement(
    "INSERT INTO host_binding (teen_id, host_id, subject, bound_at)"
    " VALUES (:teen, :host, :subject, :now)"
)
unbind = Statement(
    "UPDATE host_binding SET ended_at = :now"
    " WHERE teen_id = :teen AND host_id = :host AND ended_at IS NULL"
)
apps_of = Statement(
    "SELECT b.host_id, c.name, c.scopes, b.bound_at, COUNT(d.device), MAX(d.last_report_at)"
    " FROM host_binding b JOIN oauth_client c ON c.id = b.host_id"
    " LEFT JOIN device d ON d.teen_id = b.teen_id AND d.host_id = b.host_id"
    " WHERE b.teen_id = :teen AND b.ended_at IS NULL"
    " GROUP BY b.host_id, c.name, c.scopes, b.bound_at ORDER BY b.bound_at, b.host_id",
    AppRow,
)

# --- devices ---------------------------------------------------------------------------------


class DeviceRow(msgspec.Struct, frozen=True):
    """A device of a teen at a host."""

    teen_id: str
    host_id: str
    device: str
    subject: str
    bound_at: int
    last_report_at: int | None


_DEVICE = "SELECT teen_id, host_id, device, subject, bound_at, last_report_at FROM device"
device_of = Statement(f"{_DEVICE} WHERE host_id = :host AND device = :device", DeviceRow)
_NAMED = "(SELECT value FROM json_each(:devices))"
_NAMED_PG = "(SELECT jsonb_array_elements_text(CAST(CAST(:devices AS TEXT) AS JSONB)))"
devices_named = Statement(
    f"{_DEVICE} WHERE host_id = :host AND device IN {_NAMED}",
    DeviceRow,
    pg=f"{_DEVICE} WHERE host_id = :host AND device IN {_NAMED_PG}",
)
"""`devices` is a JSON array of names."""
devices_of_host = Statement(
    f"{_DEVICE} WHERE host_id = :host AND device > :after ORDER BY device LIMIT :limit", DeviceRow
)
devices_of_subject = Statement(
    f"{_DEVICE} WHERE teen_id = :teen AND host_id = :host AND device > :after"
    " ORDER BY device LIMIT :limit",
    DeviceRow,
)
count_devices = Statement(
    "SELECT COUNT(*) FROM device WHERE teen_id = :teen AND host_id = :host", int
)
take_device = Statement(
    "INSERT INTO device (teen_id, host_id, device, subject, bound_at)"
    " VALUES (:teen, :host, :device, :subject, :now) ON CONFLICT DO NOTHING"
)
drop_device = Statement(
    "DELETE FROM device WHERE teen_id = :teen AND host_id = :host AND device = :device"
)
drop_devices = Statement("DELETE FROM device WHERE teen_id = :teen AND host_id = :host")
reported = Statement(
    "UPDATE device SET last_report_at = :now"
    " WHERE teen_id = :teen AND host_id = :host AND device = :device"
    " AND (last_report_at IS NULL OR last_report_at < :now)"
)
