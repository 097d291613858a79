"""What a family sees of its rules at the apps: applied, pending, unknown or advice.

A guardian sees the fields that they may see and nothing that only others changed, no device by
its name, and of when a device was heard from only the day, with `see_time`: product.md section 8
forbids exact times of opening and closing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from familypair.rules import applied as rules
from familypair.rules.applied import AppDevice, BoundApp, Status
from familypair.rules.days import day_at
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
        apps.append(_shown(look, _app(look, row, own, said), said))
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
    return sayings.grown(kept, sayings.things(built.document), (row.version or 0) + 1, at=0)


def _app(
    look: Viewing, row: sql.BoundAppRow, devices: Sequence[sql.DeviceRow], said: Said
) -> BoundApp:
    return BoundApp(
        app=row.host_id,
        name=row.name,
        actions=frozenset((row.enforces or "").split()),
        restricted=bool(row.restricted),
        devices=tuple(map(_device, devices)),
        since={path: sayings.since(said, _things(look, path)) for path in look.visible},
    )


def _things(look: Viewing, path: str) -> tuple[str, ...]:
    """The teen's own blocked accounts may be private: a guardian does not even feel them."""
    if path == "contacts.blocked":
        return (sayings.ALL_CONTACTS if look.is_teen else sayings.OTHERS_CONTACTS,)
    if path in _THINGS:
        return _THINGS[path]
    if path.startswith("screen_time."):
        return (sayings.LIMIT,)
    if path.startswith("search.") and path not in {"search.enabled", "search.restricted_mode"}:
        return (sayings.SEARCH,)
    return (path,)


def _device(row: sql.DeviceRow) -> AppDevice:
    heard = max((at for at in (row.applied_at, row.seen_at) if at is not None), default=None)
    return AppDevice(
        version=row.version or 0,
        said_at=None if row.applied_at is None else instant(row.applied_at),
        seen_at=None if heard is None else instant(heard),
    )


def _shown(look: Viewing, app: BoundApp, said: Said) -> AppApplied:
    paths = rules.enforced(app, look.visible)
    fields = {path: rules.field_status(app, path, look.now) for path in paths}
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
        pending_since=_since(look, said, fields),
        last_seen_at=seen,
        words=rules.words(
            status, app.name, seen=any(d.said_at for d in app.devices), for_teen=look.is_teen
        ),
    )


def _since(look: Viewing, said: Said, fields: Mapping[str, Status]) -> datetime | None:
    """When the newest pending thing was first said; None while it was not even given out."""
    names = [
        name
        for path, status in fields.items()
        if status is Status.PENDING
        for name in _things(look, path)
    ]
    at = sayings.said_at(said, names) if names else 0
    return instant(at) if at else None


def _fields(look: Viewing, apps: Iterable[AppApplied]) -> dict[str, str]:
    there = tuple(apps)
    return {
        path: rules.weakest(Status(app.fields.get(path, Status.ADVISORY)) for app in there)
        for path in look.visible
    }
