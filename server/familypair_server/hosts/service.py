"""Devices of bound teens, for hosts; bound apps, for teens."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.schema.usage import MOST_DEVICES, App, Apps, Device, DeviceName, Devices
from familypair_server.hosts import statements as sql
from familypair_server.hosts.learns import learns
from familypair_server.ids import is_id
from familypair_server.problems import refuse
from familypair_server.storage import Txn, teens, transaction
from familypair_server.times import instant, millis
from familypair_server.usage import statements as usage


class AtHost(msgspec.Struct, frozen=True):
    """A device at a host, as the host names it."""

    host_id: str
    device: str


def named(host_id: str, device: str) -> AtHost:
    """The device of a request's path; raises `Refused(BAD_TEXT)` for what no device is called."""
    try:
        return AtHost(host_id, msgspec.convert(device, DeviceName))
    except msgspec.ValidationError as error:
        raise refuse(Reason.BAD_TEXT, "/device") from error


@transaction
def bind_device(at: AtHost, subject: str, now: datetime) -> Txn[Device]:
    """Say whose device it is; again for the same teen changes nothing.

    Raises `Refused`: NOT_BOUND for an id that means no bound teen at this host, DEVICE_TAKEN while
    it is another teen's, TOO_MANY_DEVICES.
    """
    found = yield from _bound(at.host_id, subject)
    yield from teens.lock.get(teen=found.teen_id)
    yield from _bound(at.host_id, subject)  # it may have ended while we waited for the lock
    row = yield from sql.device_of.one(host=at.host_id, device=at.device)
    if row is None:
        return (yield from _take(at, found, now))
    if row.teen_id != found.teen_id:
        raise refuse(Reason.DEVICE_TAKEN)
    return _shown(row)


def _bound(host_id: str, subject: str) -> Txn[sql.BindingRow]:
    known = is_id(subject)  # an odd one is not looked up, and answers like an unknown one
    row = (yield from sql.binding_by_subject.one(subject=subject, host=host_id)) if known else None
    if row is None:
        raise refuse(Reason.NOT_BOUND)
    return row


def _take(at: AtHost, found: sql.BindingRow, now: datetime) -> Txn[Device]:
    count = yield from sql.count_devices.one(teen=found.teen_id, host=at.host_id)
    if (count or 0) >= MOST_DEVICES:
        raise refuse(Reason.TOO_MANY_DEVICES, max=MOST_DEVICES)
    taken = yield from sql.take_device.run(
        teen=found.teen_id,
        host=at.host_id,
        device=at.device,
        subject=found.subject,
        now=millis(now),
    )
    if not taken:  # another teen's, since we looked
        raise refuse(Reason.DEVICE_TAKEN)
    return Device(device=at.device, teen=found.subject, bound_at=instant(millis(now)))


@transaction
def devices(host_id: str, *, after: str, limit: int) -> Txn[Devices]:
    """The host's devices by name, above `after`."""
    rows = yield from sql.devices_of_host.all(host=host_id, after=after, limit=limit + 1)
    page = rows[:limit]
    more = page[-1].device if len(rows) > limit else None
    return Devices(items=tuple(_shown(row) for row in page), next=more)


@transaction
def release_device(at: AtHost) -> Txn[None]:
    """Let a device be nobody's: bound again, its numbers begin anew.

    Raises `Refused(NOT_FOUND)` when it is nobody's at this host.
    """
    row = yield from sql.device_of.one(host=at.host_id, device=at.device)
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    yield from teens.lock.get(teen=row.teen_id)
    gone = yield from sql.drop_device.run(teen=row.teen_id, host=at.host_id, device=at.device)
    if not gone:
        raise refuse(Reason.NOT_FOUND)
    yield from usage.forget_device.run(teen=row.teen_id, host=at.host_id, device=at.device)


@transaction
def apps(teen_id: str) -> Txn[Apps]:
    """The apps that the teen has bound, oldest first."""
    rows = yield from sql.apps_of.all(teen=teen_id)
    return Apps(items=tuple(_app(row) for row in rows))


def _app(row: sql.AppRow) -> App:
    return App(
        id=row.host_id,
        name=row.name,
        bound_at=instant(row.bound_at),
        devices=row.devices,
        last_report_at=None if row.last_report_at is None else instant(row.last_report_at),
        learns=learns(row.scopes.split()),
    )


def _shown(row: sql.DeviceRow) -> Device:
    return Device(
        device=row.device,
        teen=row.subject,
        bound_at=instant(row.bound_at),
        last_report_at=None if row.last_report_at is None else instant(row.last_report_at),
    )
