"""Whose device it is, for what hosts report. The caller's transaction, the caller's snapshot."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from familypair_server.hosts import statements as sql
from familypair_server.storage import Txn
from familypair_server.times import instant


class BoundDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is a teen's now, at one host."""

    teen_id: str
    """The account; no answer to a host has it."""
    host_id: str
    subject: str
    """The teen's id at this host."""
    device: str
    bound_at: datetime
    last_report_at: datetime | None
    """When the server last received a report of it; server time, never the host's."""

    @property
    def known_from(self) -> datetime:
        """From when on a report of this device can still count (product.md section 5)."""
        return self.last_report_at or self.bound_at


def bound(host_id: str, devices: Sequence[str]) -> Txn[dict[str, BoundDevice]]:
    """The devices of this host among the named ones, by name; one statement however many.

    To write about a device: read it, take its teen's lock, and read it again under the lock: an
    unbinding takes the same lock.
    """
    named = msgspec.json.encode(sorted(set(devices))).decode()
    rows = yield from sql.devices_named.all(host=host_id, devices=named)
    return {row.device: as_bound(row) for row in rows}


def as_bound(row: sql.DeviceRow) -> BoundDevice:
    """A row in the domain's terms."""
    return BoundDevice(
        teen_id=row.teen_id,
        host_id=row.host_id,
        subject=row.subject,
        device=row.device,
        bound_at=instant(row.bound_at),
        last_report_at=None if row.last_report_at is None else instant(row.last_report_at),
    )
