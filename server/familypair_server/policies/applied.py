"""What a family sees of its rules at the apps: applied, pending, unknown or advice.

A guardian sees the fields that they may see and nothing that only others changed, no device by
its name, and of when a device was heard from only the day, with `see_time`: product.md section 8
forbids exact times of opening and closing. So which devices are known is for guardians as their
day began, and a rule is pending since they were told of it, not since an app was opened.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from familypair.rules import applied as rules
from familypair.rules.applied import AppDevice, BoundApp, Status
from familypair.rules.days import day_at, day_before
from familypair.rules.layers import visible_fields
from familypair.schema.events import AppliedEvent
from familypair.schema.policies import AppApplied, AppliedRules
from familypair.schema.scopes import Scope
from familypair_server.ids import is_id
from familypair_server.links.desk import Desk
from familypair_server.live.clients import Client
from familypair_server.policies import sayings
from familypair_server.policies import statements as sql
from familypair_server.policies.building import At, Parts, build
from familypair_server.policies.readings import thing_of, things_of
from familypair_server.policies.sayings import Said
from familypair_server.policies.service import stands
from familypair_server.settings_api.policies import TeenState, load, must_load
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant

_DAYS = (sayings.LIMIT, sayings.BLOCK, sayings.CALM, sayings.QUIET)
_THINGS: Mapping[str, tuple[str, ...]] = {
    "schedule.wind_down": (sayings.CALM,),
    "notifications.mute": (sayings.QUIET,),
    "screen_time.day_starts_at": _DAYS,
    "schedule.exceptions": (sayings.BLOCK, sayings.LIMIT),
    "schedule.blocks": (sayings.BLOCK,),
}
"""Path to the things of a document that carry it, where it is not a setting of its own there."""


class _Changed(msgspec.Struct, frozen=True):
    path: str


class _Entry(msgspec.Struct, frozen=True):
    changes: tuple[_Changed, ...] = ()
    effective: tuple[_Changed, ...] = ()


class _Told(msgspec.Struct, frozen=True):
    """What is needed of an inbox entry about rules or time."""

    entry: _Entry


_told = msgspec.json.Decoder(_Told)


class Viewing(msgspec.Struct, frozen=True):
    """One viewer of one teen's rules."""

    state: TeenState
    viewer_id: str
    now: datetime

    @property
    def is_teen(self) -> bool:
        """Whether it is their own rules."""
        return self.viewer_id == self.state.teen.id

    @property
    def visible(self) -> tuple[str, ...]:
        """The fields that the viewer may see."""
        return visible_fields(self.state.policy, self.viewer_id)

    def device(self, row: sql.DeviceRow) -> AppDevice:
        """A device as the viewer may know it: its first word at once, a later one the next day."""
        said, used = _instant(row.applied_at), _instant(row.reported_at)
        if self.is_teen:
            return AppDevice(version=row.version or 0, said_at=said, seen_at=_later(said, used))
        regimes = self.state.policy.regimes()
        today = day_at(regimes, self.now)
        if said is not None and said >= today.start:
            said = _instant(row.eve_at) or said
        seen = _later(said, None if used is not None and used >= today.start else used)
        is_known = said is not None and said >= day_before(regimes, today).start
        return AppDevice(
            version=row.version or 0, said_at=self.now if is_known else said, seen_at=seen
        )

    def heard(self, at: datetime | None) -> datetime | None:
        """When a device was heard from, as exactly as the viewer may know."""
        if at is None or self.is_teen:
            return at
        link = self.state.link_of(self.viewer_id)
        if link is None or Scope.SEE_TIME not in link.scopes:
            return None
        return day_at(self.state.policy.regimes(), at).start


@transaction
def of_teen(parts: Parts, teen_id: str, viewer_id: str, now: datetime) -> Txn[AppliedRules]:
    """How every bound app stands with the teen's rules; raises `Refused` as for what is absent."""
    state = yield from must_load(teen_id, viewer_id, parts.keys, now)
    return (yield from seen_by(parts, Viewing(state, viewer_id, now)))


def live(desk: Desk, client: Client, teen_id: str, now: datetime) -> Txn[AppliedEvent | None]:
    """The live value `applied` of one teen for one client; empty without an app."""
    state = (yield from load(teen_id, desk.keys, now)) if is_id(teen_id) else None
    if state is None:
        return None
    # No word packs: which lists an app has is told to hosts alone and moves nothing shown here.
    parts = Parts(issuer=desk.base_url, keys=desk.keys)
    found = yield from seen_by(parts, Viewing(state, client.account_id, now))
    return AppliedEvent(teen=teen_id, applied=found if found.apps else AppliedRules())


def seen_by(parts: Parts, look: Viewing) -> Txn[AppliedRules]:
    """The same for a viewer who may read the teen."""
    teen_id = look.state.teen.id
    rows = yield from sql.bound_apps.all(teen=teen_id)
    devices = (yield from sql.devices_of_teen.all(teen=teen_id)) if rows else []
    apps: list[AppApplied] = []
    for row in rows:
        said = yield from _said(parts, row, teen_id, look.now)
        own = [one for one in devices if one.host_id == row.host_id]
        app = _app(look, row, own, said)
        paths = rules.enforced(app, look.visible)
        fields = {path: rules.field_status(app, path, look.now) for path in paths}
        since = yield from _since(look, said, fields)
        apps.append(_shown(look, app, fields, since))
    return AppliedRules(apps=tuple(apps), fields=_fields(look, apps))


def _said(parts: Parts, row: sql.BoundAppRow, teen_id: str, now: datetime) -> Txn[Said]:
    """What the app must apply now; what it was not even told yet is newer than all versions."""
    kept = sayings.read(row.said)
    standing = yield from sql.standing.one(host=row.host_id, subject=row.subject)
    if standing is None or stands(standing, standing.basis or "", now):
        return kept
    at = At(host_id=row.host_id, host_name=row.name, teen_id=teen_id, subject=row.subject)
    built = yield from build(parts, at, now, restricted=bool(row.restricted))
    if built is None:
        return kept
    version = (row.version or 0) + (built.digest != standing.digest)
    return sayings.grown(kept, things_of(built, now), version, at=0)


def _app(
    look: Viewing, row: sql.BoundAppRow, devices: Sequence[sql.DeviceRow], said: Said
) -> BoundApp:
    return BoundApp(
        app=row.host_id,
        name=row.name,
        actions=frozenset((row.enforces or "").split()),
        restricted=bool(row.restricted),
        devices=tuple(map(look.device, devices)),
        since={path: sayings.since(said, _things(look, path)) for path in look.visible},
    )


def _things(look: Viewing, path: str) -> tuple[str, ...]:
    if path in _THINGS:
        return _THINGS[path]
    if path.startswith("screen_time."):
        return (sayings.LIMIT,)
    return (thing_of(path, look.viewer_id),)


def _shown(
    look: Viewing, app: BoundApp, fields: Mapping[str, Status], since: datetime | None
) -> AppApplied:
    paths = tuple(fields)
    statuses = rules.device_statuses(app, paths, look.now)
    status = statuses[0] if app.actions else Status.ADVISORY
    seen = look.heard(max((d.seen_at for d in app.devices if d.seen_at), default=None))
    counts = statuses if app.devices else []
    return AppApplied(
        app=app.app,
        name=app.name,
        status=status,
        enforces=paths,
        fields=fields,
        devices=len(app.devices),
        applied=counts.count(Status.APPLIED),
        pending=counts.count(Status.PENDING),
        unknown=counts.count(Status.UNKNOWN),
        pending_since=since,
        last_seen_at=seen,
        words=rules.words(
            status, app.name, seen=any(d.said_at for d in app.devices), for_teen=look.is_teen
        ),
    )


def _since(look: Viewing, said: Said, fields: Mapping[str, Status]) -> Txn[datetime | None]:
    """For the teen when the newest pending thing was given out; None while it was not.

    For a guardian when they were told of the newest change of it: when an app first asks for a
    rule is when the app is opened.
    """
    pending = frozenset(path for path, status in fields.items() if status is Status.PENDING)
    if not pending:
        return None
    names = {name for path in pending for name in _things(look, path)}
    if look.is_teen:
        return _instant(sayings.said_at(said, names) or None)
    rows = yield from sql.told.all(teen=look.state.teen.id, viewer=look.viewer_id)
    return next((instant(row.at) for row in rows if _concerns(row.body, pending, names)), None)


def _concerns(body: str, paths: frozenset[str], names: set[str]) -> bool:
    """Whether an entry changed one of these fields, or the time or blocks behind them."""
    entry = _told.decode(body).entry
    if not entry.changes and not entry.effective:
        return sayings.LIMIT in names or sayings.BLOCK in names
    return any(one.path in paths for one in (*entry.changes, *entry.effective))


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max((at for at in (first, second) if at is not None), default=None)


def _instant(at: int | None) -> datetime | None:
    return None if at is None else instant(at)


def _fields(look: Viewing, apps: Iterable[AppApplied]) -> dict[str, str]:
    there = tuple(apps)
    return {
        path: rules.weakest(Status(app.fields.get(path, Status.ADVISORY)) for app in there)
        for path in look.visible
    }
