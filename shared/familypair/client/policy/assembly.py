"""Puts the parts of a cache together, and says how they stand."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from familypair.client.around import Around
from familypair.client.calls_policy import POLICY
from familypair.client.errors import ClientError
from familypair.client.host import HostClient
from familypair.client.policy.agenda import Agenda
from familypair.client.policy.clock import ServerTime
from familypair.client.policy.devices import Devices
from familypair.client.policy.disk import Disk
from familypair.client.policy.events import (
    CacheStatus,
    EventKind,
    PolicyEvent,
    TeenState,
    TeenStatus,
)
from familypair.client.policy.folder import Folder
from familypair.client.policy.keeper import Declared, Keeper, Parts
from familypair.client.policy.keyring import Keyring
from familypair.client.policy.packs import PackRoom
from familypair.client.policy.restart import Restart
from familypair.client.policy.shelf import MAX_AGE, Shelf, Slot
from familypair.client.policy.stopped import Stopped
from familypair.client.policy.syncing import Syncer
from familypair.packs import standard
from familypair.rules.decide import instant_of_ms
from familypair.rules.search import Pack

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner of a cache chose; see `PolicyCache`."""

    issuer: str
    client: tuple[str, str]
    max_bytes: int
    max_teens: int
    folder: Path | None
    packs: tuple[Pack, ...]
    declared: Declared | None
    around: Around
    silence: float


class Works:
    """The parts of a cache."""

    def __init__(
        self,
        asked: Asked,
        transport: "httpx2.AsyncBaseTransport | None",
        tell: "Callable[[PolicyEvent], None]",
    ) -> None:
        around = asked.around
        self.around = around
        self.host = HostClient(
            asked.issuer, *asked.client, scope=POLICY, transport=transport, around=around
        )
        issuer = self.host.issuer
        self.time = ServerTime(around)
        self.devices = Devices(around.monotonic)
        self.stopped = Stopped()
        self.max_bytes = asked.max_bytes
        self.shelf = Shelf(
            self.time,
            around.monotonic,
            packs=standard(),
            max_bytes=asked.max_bytes,
            max_teens=asked.max_teens,
        )
        folder = None
        if asked.folder is not None:
            folder = Folder(asked.folder, issuer=issuer, client=asked.client)
        self.disk = Disk(folder, tell)
        self.keyring = Keyring(
            issuer=issuer,
            host=asked.client[0],
            fetch=self.host.keys,
            monotonic=around.monotonic,
        )
        self.room = PackRoom(asked.packs, self.host.pack)
        self.swept = -math.inf
        """Monotonic seconds since when everything was confirmed."""
        self.syncer: Syncer
        self.restart: Restart
        self.keeper: Keeper


def assemble(
    asked: Asked,
    transport: "httpx2.AsyncBaseTransport | None",
    *,
    tell: "Callable[[PolicyEvent], None]",
    on_fault: "Callable[[ClientError], None]",
) -> Works:
    """The parts, connected."""
    works = Works(asked, transport, tell)
    works.syncer = Syncer(
        host=works.host,
        shelf=works.shelf,
        time=works.time,
        monotonic=asked.around.monotonic,
        keyring=works.keyring,
        room=works.room,
        disk=works.disk,
        tell=tell,
    )
    works.restart = Restart(
        around=asked.around,
        time=works.time,
        shelf=works.shelf,
        keyring=works.keyring,
        syncer=works.syncer,
        disk=works.disk,
    )
    works.keeper = _keeper(works, asked, tell, on_fault)
    works.shelf.on_missing = works.keeper.missing
    works.shelf.on_stopped = works.stopped.note
    return works


def _keeper(
    works: Works,
    asked: Asked,
    tell: "Callable[[PolicyEvent], None]",
    on_fault: "Callable[[ClientError], None]",
) -> Keeper:
    async def refresh_keys() -> None:
        try:
            await works.keyring.refresh()
        except ClientError as error:
            if not works.keyring.published["keys"]:
                raise
            tell(PolicyEvent(kind=EventKind.FAILED, detail=str(error)))

    return Keeper(
        Parts(
            host=works.host,
            shelf=works.shelf,
            syncer=works.syncer,
            agenda=Agenda(works.shelf, works.time, asked.around),
            devices=works.devices,
            stopped=works.stopped,
            around=asked.around,
            refresh_keys=refresh_keys,
            on_fault=on_fault,
            tell=tell,
            declared=asked.declared,
            silence=asked.silence,
        )
    )


def status_of(works: Works) -> CacheStatus:
    """How the whole cache stands."""
    states = [_state(works, teen, slot) for teen, slot in works.shelf.slots()]
    loaded = (TeenState.FRESH, TeenState.STALE, TeenState.OFFLINE)
    swept = math.isfinite(works.swept)
    return CacheStatus(
        live=works.shelf.live,
        synced_at=instant_of_ms(works.time.at(works.swept)) if swept else None,
        teens={state.value: states.count(state) for state in loaded},
        versions=len(works.shelf.versions()),
        evicted=works.shelf.evicted,
        bytes=works.shelf.bytes,
        max_bytes=works.max_bytes,
        packs=dict(works.shelf.packs.digests),
        fault=works.keeper.fault,
    )


def teen_status(works: Works, teen: str) -> TeenStatus:
    """How one teen stands."""
    shelf = works.shelf
    slot = shelf.slot(teen)
    if slot is None:
        state = TeenState.GONE if shelf.is_gone(teen) else TeenState.UNKNOWN
        return TeenStatus(teen=teen, state=state, version=shelf.version(teen))
    seen = math.isfinite(slot.confirmed)
    return TeenStatus(
        teen=teen,
        state=_state(works, teen, slot),
        version=shelf.version(teen),
        confirmed_at=instant_of_ms(works.time.at(slot.confirmed)) if seen else None,
        refresh_at=instant_of_ms(slot.held.snapshot.refresh_ms),
    )


def _state(works: Works, teen: str, slot: Slot) -> TeenState:
    age = works.around.monotonic() - slot.confirmed
    if age > MAX_AGE or works.time.now_ms() >= slot.held.snapshot.until_ms:
        return TeenState.OFFLINE
    sure = works.shelf.live and teen not in works.shelf.unsure
    return TeenState.FRESH if sure else TeenState.STALE
