"""The only place that reads from the server into the store. Runs in workers, never in widgets."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec.structs import replace
from textual.message import Message

from familypair.client.errors import ClientError, NotSignedIn
from familypair.client.live import LiveEvent, LiveState
from familypair.schema.events import (
    AppliedEvent,
    EntryEvent,
    GoneEvent,
    PendingEvent,
    RequestEvent,
    ResetEvent,
    UseEvent,
)
from familypair.schema.ledger import InboxEntry
from familypair.schema.links import LinkState
from familypair.schema.requests import Request
from familypair_tui.api import Api, guarded
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.glance import end_words
from familypair_tui.messages import EntryArrived, Part, StoreChanged, TeenGone
from familypair_tui.store import Live, Stage, Store, TeenData, is_open
from familypair_tui.text import cleaned

_DAYS_BEFORE = timedelta(days=27)
ENTRIES_KEPT = 200
"""Newest history entries of a teen that are kept in memory."""

_LIVE = {
    LiveState.CONNECTING: Live.CONNECTING,
    LiveState.LIVE: Live.LIVE,
    LiveState.WAITING: Live.OFFLINE,
}


class Sync:
    """Reads everything once, then follows the live stream; tells what became new."""

    def __init__(
        self,
        api: Api,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Message], None],
    ) -> None:
        self._api = api
        self._store = store
        self._clock = clock
        self._tell = tell

    async def load(self) -> None:
        """Read everything. A failure is kept in the store; what was known stays."""
        store = self._store
        try:
            store.me = await guarded(self._api.me())
            await self._load_lists()
            store.stage, store.fault, store.read_at = Stage.READY, None, self._clock()
            self._changed(Part.ME)
            await asyncio.gather(*(self.load_teen(teen) for teen in list(store.teens)))
            await asyncio.gather(*(self._load_waiting(teen) for teen in list(store.teens)))
            if store.is_teen:
                await self.load_sharing()
        except ClientError as error:
            self.failed(fault_of(error))

    async def _load_lists(self) -> None:
        teens, invitations, links = await asyncio.gather(
            guarded(self._api.teens()),
            guarded(self._api.invitations()),
            guarded(self._api.links()),
        )
        self._store.put_cards(teens.items)
        self._store.invitations = {item.id: item for item in invitations.items}
        self._store.links = links.items

    def failed(self, fault: Fault) -> None:
        """Note that a reading failed."""
        store = self._store
        store.fault = fault
        if store.stage is Stage.LOADING:
            store.stage = Stage.FAILED
        if fault.kind is FaultKind.OFFLINE:
            self._live(Live.OFFLINE)
        self._changed(Part.ME)

    async def load_teen(self, teen: str) -> None:
        """Read one teen's settings and newest entries; a refusal stays with that teen."""
        data = self._store.teens.get(teen)
        if data is None:
            return
        try:
            data.settings = await guarded(self._api.settings(teen))
            await self._load_entries(data)
            data.fault = None
        except NotSignedIn:
            raise
        except ClientError as error:
            data.fault = fault_of(error)
        self._changed(Part.SETTINGS, teen)

    async def _load_entries(self, data: TeenData) -> None:
        after = data.entries[0].seq if data.entries else max(0, data.card.head - ENTRIES_KEPT)
        while True:
            page = await guarded(self._api.ledger(data.card.id, after=after))
            for entry in page.items:
                _keep(data, entry)
            if page.next is None or not page.items or page.items[-1].seq <= after:
                return
            after = page.items[-1].seq

    async def _load_waiting(self, teen: str) -> None:
        """Read the requests of a teen for whom some wait; the stream keeps them up to date."""
        data = self._store.teens.get(teen)
        if data is not None and (data.card.waiting or data.requests):
            await self.load_requests(teen)

    async def load_time(self, teen: str) -> None:
        """Read today's arithmetic, the days before and the next 7 days, for a screen."""
        data = self._store.teens.get(teen)
        if data is None:
            return
        try:
            data.time = await guarded(self._api.time(teen, first=_four_weeks(data)))
            data.time_fault, data.time_at = None, self._clock()
            data.calendar = await guarded(self._api.calendar(teen))
        except NotSignedIn:
            raise
        except ClientError as error:
            data.time_fault = fault_of(error)
        self._changed(Part.TIME, teen)

    async def load_requests(self, teen: str) -> None:
        """Read the requests of a teen, answered ones too."""
        found = await guarded(self._api.requests(teen))
        self._store.put_requests(teen, found.items)
        self._changed(Part.REQUESTS, teen)

    async def load_agreements(self, teen: str) -> None:
        """Read what was agreed."""
        data = self._store.teens.get(teen)
        if data is not None:
            data.agreements = (await guarded(self._api.agreements(teen))).items
            self._changed(Part.REQUESTS, teen)

    async def load_apps(self) -> None:
        """Read a teen's connected apps."""
        self._store.apps = (await guarded(self._api.apps())).items
        self._changed(Part.TIME)

    def put_request(self, request: Request) -> None:
        """Take over the answer of a call about a request."""
        self._store.put_requests(request.teen, (request,))
        self._changed(Part.REQUESTS, request.teen)

    def _use(self, event: UseEvent) -> None:
        """Today's time of one teen: the card changes, and who draws more reads more."""
        data = self._store.teens.get(event.teen)
        if data is not None and data.card.time != event.time:
            data.card = replace(data.card, time=event.time)
            self._changed(Part.TIME, event.teen)

    def _applied(self, event: AppliedEvent) -> None:
        data = self._store.teens.get(event.teen)
        if data is not None and data.applied != event.applied:
            data.applied = event.applied
            self._changed(Part.APPLIED, event.teen)

    def _requests(self, event: RequestEvent) -> None:
        data = self._store.teens.get(event.teen)
        if data is not None:
            data.card = replace(data.card, waiting=event.waiting)
            here = {item.id for item in event.requests}
            data.requests = tuple(
                item for item in data.requests if item.id in here or not is_open(item)
            )
            self._store.put_requests(event.teen, event.requests)
            self._changed(Part.REQUESTS, event.teen)

    async def load_older(self, teen: str) -> None:
        """Read the whole history of a teen, for the history screen."""
        data = self._store.teens[teen]
        if not data.entries or data.entries[-1].seq <= 1:
            return
        page = await guarded(self._api.ledger(teen, after=0))
        for entry in page.items:
            _keep(data, entry, limit=None)
        self._changed(Part.ENTRIES, teen)

    async def load_card(self, teen: str) -> None:
        """Read one teen's card and settings again, after a change."""
        data = self._store.teens.get(teen)
        if data is not None:
            data.card = await guarded(self._api.teen(teen))
            await self.load_teen(teen)
            self._changed(Part.TEENS, teen)

    async def load_links(self) -> None:
        """Read links, invitations and cards again."""
        await self._load_lists()
        self._changed(Part.LINKS)
        self._changed(Part.INVITATIONS)
        new = [teen for teen, data in self._store.teens.items() if data.settings is None]
        await asyncio.gather(*(self.load_teen(teen) for teen in new))
        if self._store.is_teen:
            await self.load_sharing()

    async def load_sharing(self) -> None:
        """Read the teen's page "what they can see" and who looked."""
        me = self._store.me
        if me is None:
            return
        self._store.sharing = await guarded(self._api.sharing(me.id))
        self._store.access = (await guarded(self._api.access_log(me.id))).items
        self._changed(Part.SHARING)

    async def follow(self) -> None:
        """Follow the live stream for ever; reconnecting is the library's work."""
        try:
            async for event in self._api.events(on_state=self._state):
                await self._take(cleaned(event))
        except NotSignedIn as error:
            self.failed(fault_of(error))
        except ClientError as error:
            self._live(Live.OFFLINE)
            self.failed(fault_of(error))

    async def _take(self, event: LiveEvent) -> None:
        try:
            match event:
                case EntryEvent(entry=entry):
                    await self._entry(entry)
                case PendingEvent():
                    await self.load_links()
                case UseEvent():
                    self._use(event)
                case RequestEvent():
                    self._requests(event)
                case AppliedEvent():
                    self._applied(event)
                case GoneEvent(teen=teen):
                    await self._gone(teen)
                case ResetEvent():
                    await self.load()
        except NotSignedIn:
            raise
        except ClientError as error:
            self.failed(fault_of(error))

    async def _gone(self, teen: str) -> None:
        """A teen is no longer mine to see: say who ended it, as far as the links tell."""
        known = self._store.teens.pop(teen, None)
        await self.load_links()
        link = next((link for link in self._store.links if link.teen.id == teen), None)
        if link is not None and link.state is not LinkState.ACTIVE:
            words = f"{end_words(link)}. 4 shows what holds."
        else:
            words = f"{known.card.name if known else 'A teen'} is no longer on your list."
        self._tell(TeenGone(teen, words))

    async def _entry(self, entry: InboxEntry) -> None:
        data = self._store.teens.get(entry.teen)
        if data is None:
            await self.load_links()
            return
        _keep(data, entry)
        self._tell(EntryArrived(entry))
        self._changed(Part.ENTRIES, entry.teen)
        if entry.entry.__struct_config__.tag in {"layer.changed", "effective.changed"}:
            await self.load_card(entry.teen)
        else:
            await self.load_links()
            await self.load_card(entry.teen)

    def _state(self, state: LiveState) -> None:
        self._live(_LIVE[state])

    def _live(self, live: Live) -> None:
        if live is not self._store.live:
            self._store.live = live
            self._store.live_changed = self._clock()
            self._changed(Part.LIVE)

    def _changed(self, part: Part, teen: str = "") -> None:
        self._tell(StoreChanged(part, teen))


def _keep(data: TeenData, entry: InboxEntry, *, limit: int | None = ENTRIES_KEPT) -> None:
    """Put an entry in its place, newest first, once."""
    if any(known.seq == entry.seq for known in data.entries):
        return
    data.entries.append(entry)
    data.entries.sort(key=lambda item: item.seq, reverse=True)
    if limit is not None:
        del data.entries[limit:]


def _four_weeks(data: TeenData) -> date | None:
    """The first of the 28 days with today; None leaves it to the server, while today is unknown."""
    glance = data.card.time
    return None if glance is None else glance.day - _DAYS_BEFORE
