"""Keeps policies fresh: hints from the stream, completeness from the sync, one thing at a time.

The stream says `hello` when it is registered at the server; everything is synced after that, and
only when the whole way through is done is the cache live. So a change is either in the sync or
hinted, wherever the connection breaks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from familypair.client.around import Around, back_off
from familypair.client.errors import ClientError, ProblemError, SignInFailed, Unreachable
from familypair.client.hints import Hint
from familypair.client.host import HostClient
from familypair.client.policy.agenda import Agenda
from familypair.client.policy.devices import Devices
from familypair.client.policy.events import EventKind, PolicyEvent
from familypair.client.policy.shelf import Shelf
from familypair.client.policy.stopped import Stopped
from familypair.client.policy.syncing import Sweep, Syncer
from familypair.client.streams import HEARTBEAT_TIMEOUT, LiveState
from familypair.schema.policies import PolicySync

_LOG: Final = logging.getLogger("familypair.policy")
CONFIRM: Final = 900.0
"""Seconds between two syncs of everything while the stream is up: a lost hint lives no longer."""
POLL: Final = 60.0
"""The same while it is down."""
_SHARE: Final = 10.0
"""A sync of everything may take this part of the time at most."""
PATIENCE: Final = 2.0
"""Seconds to wait for the stream before the first sync."""
_TELL_STOPPED: Final = 60.0
_PAUSE: Final = 60.0
_LONG_PAUSE: Final = 300.0
"""The longest pauses after a failure, and after a refusal that a new try hardly changes."""
_MOST_MISSING: Final = 10_000
_MOST_WORDS: Final = 50
"""Words of devices between two looks at what else is to be done."""
_REFUSED: Final = frozenset({401, 403})


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the host enforces; families see the rest as advisory."""

    enforces: tuple[str, ...]
    restricted_search: bool = False


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a keeper works with."""

    host: HostClient
    shelf: Shelf
    syncer: Syncer
    agenda: Agenda
    devices: Devices
    stopped: Stopped
    around: Around
    refresh_keys: Callable[[], Awaitable[object]]
    on_fault: Callable[[ClientError], None]
    tell: Callable[[PolicyEvent], None]
    declared: Declared | None = None
    silence: float = HEARTBEAT_TIMEOUT


class Keeper:
    """The work behind a cache; `wake` and `missing` are for any thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._missing: dict[str, None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = False
        self._bell = asyncio.Event()
        self._hello = asyncio.Event()
        self._open = False
        self._generation = 0
        self._sweep: Sweep | None = None
        self._packs: dict[str, str] | None = None
        self._declare = parts.declared is not None
        self._stopped_at = 0.0
        self._words_due = True
        self._attempt = 0
        self._on_swept: Callable[[float], Awaitable[None]] = _nothing
        self.fault = ""
        """What the last call that failed said; empty while calls succeed."""

    # --- any thread --------------------------------------------------------------------------

    def missing(self, teen: str) -> None:
        """Somebody asks about a teen who is not here."""
        if teen in self._missing or self._parts.agenda.has(teen):
            return
        if len(self._missing) < _MOST_MISSING:
            self._missing[teen] = None
            self.wake()

    def words(self) -> None:
        """A device may have something to say."""
        self._words_due = True
        self.wake()

    def wake(self) -> None:
        """Look what is to be done."""
        loop = self._loop
        if loop is None or self._woken:
            return
        self._woken = True
        try:
            loop.call_soon_threadsafe(self._bell.set)
        except RuntimeError:  # the loop is closed: nobody is left to wake
            self._loop = None

    # --- the event loop ----------------------------------------------------------------------

    async def run(self, on_swept: Callable[[float], Awaitable[None]]) -> None:
        """Listen and work until it is cancelled.

        `on_swept` is called when everything was confirmed, asked for after the given reading of the
        monotonic clock.
        """
        self._on_swept = on_swept
        self._loop = asyncio.get_running_loop()
        now = self._parts.around.monotonic()
        self._parts.agenda.sweep_at, self._stopped_at = now + PATIENCE, now + _TELL_STOPPED
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                group.create_task(self._work())
        finally:
            self._loop = None
            self._parts.shelf.live = False

    async def last_words(self) -> None:
        """Tell what is still to be told, once. Raises `ClientError`."""
        if not self.fault:
            await self._tell_stopped()

    async def _work(self) -> None:
        while True:
            await self._rest()
            try:
                await self._round()
            except ClientError as error:
                await self._failed(error)
            except Exception as error:  # noqa: BLE001 - the cache must outlive a fault of its own
                _LOG.exception("keeping policies fresh failed")
                await self._failed(ClientError(f"An unexpected fault: {error!r}"))
            else:
                self._attempt, self.fault = 0, ""

    async def _round(self) -> None:
        """One of each thing that is due, so that none waits for all of another."""
        await self._declare_once()
        await self._ask()
        await self._page()
        await self._parts.syncer.keep_uses()
        if self._parts.around.monotonic() >= self._stopped_at:
            self._stopped_at = self._parts.around.monotonic() + _TELL_STOPPED
            await self._tell_stopped()
        await self._say()

    async def _declare_once(self) -> None:
        declared = self._parts.declared
        if not self._declare or declared is None:
            return
        try:
            await self._parts.host.capabilities(
                declared.enforces, restricted_search=declared.restricted_search
            )
        except ProblemError as error:
            if _is_refusal(error) or error.retry_after is not None:
                raise
            detail = f"What the host enforces was not taken: {error}"
            self._parts.tell(PolicyEvent(kind=EventKind.FAILED, detail=detail))
        self._declare = False

    async def _ask(self) -> None:
        """Those who were hinted, asked about by a decision, or change by themselves."""
        parts = self._parts
        for teen in list(self._missing):
            del self._missing[teen]
            parts.agenda.ask(teen)
        batch = parts.agenda.batch()
        if not batch:
            return
        shelf = parts.shelf
        have = {teen: shelf.version(teen) for teen in batch if shelf.slot(teen) is not None}
        await parts.syncer.ask(PolicySync(only=tuple(batch), have=have))
        self._took()
        shelf.unsure.difference_update(set(parts.agenda.done(batch)) - parts.syncer.held_back)

    async def _page(self) -> None:
        """A page of the way through everything."""
        parts = self._parts
        if self._sweep is None:
            if parts.agenda.sweep_at > parts.around.monotonic():
                return
            await parts.refresh_keys()
            started = parts.around.monotonic()
            known = parts.shelf.known()
            self._sweep = Sweep(known, generation=self._generation, started=started)
        sweep = self._sweep
        sweep.answered(await parts.syncer.ask(sweep.asked(parts.shelf)))
        self._took()
        if self._sweep is sweep and sweep.done:
            await self._swept(sweep)

    async def _swept(self, sweep: Sweep) -> None:
        parts = self._parts
        self._sweep = None
        parts.shelf.live = self._open and sweep.generation == self._generation
        now = parts.around.monotonic()
        rest = max(CONFIRM if parts.shelf.live else POLL, _SHARE * (now - sweep.started))
        parts.agenda.sweep_at = now + rest * (0.9 + 0.2 * parts.around.jitter())
        self._words_due = True
        if parts.shelf.live:
            parts.tell(PolicyEvent(kind=EventKind.LIVE))
        await self._on_swept(sweep.started)

    def _took(self) -> None:
        """What an answer leaves to be done."""
        parts = self._parts
        for refresh_ms, teen in parts.syncer.due:
            parts.agenda.note(teen, refresh_ms)
        parts.shelf.unsure.update(parts.syncer.held_back)
        parts.agenda.hold(parts.syncer.held_back)
        self._words_due = self._words_due or bool(parts.syncer.changed)

    async def _tell_stopped(self) -> None:
        counts = self._parts.stopped.take()
        if not counts:
            return
        try:
            await self._parts.host.sync(PolicySync(only=(), blocked=counts))
        except Unreachable as error:
            if error.never_sent:
                self._parts.stopped.back(counts)
            raise

    async def _say(self) -> None:
        """The words of devices."""
        if not self._words_due:
            return
        parts = self._parts
        due = parts.devices.due(parts.shelf.applies)
        for device, teen, version in due[:_MOST_WORDS]:
            try:
                await parts.host.applied(teen, device, version)
            except ProblemError as error:
                detail = f"The device {device!r} was not taken: {error}"
                parts.tell(PolicyEvent(kind=EventKind.FAILED, teen=teen, detail=detail))
            parts.devices.said(device, teen, version)
        self._words_due = len(due) > _MOST_WORDS

    async def _failed(self, error: ClientError) -> None:
        self._attempt += 1
        self._note_fault(error)
        most = _LONG_PAUSE if _is_refusal(error) else _PAUSE
        jitter = self._parts.around.jitter()
        wait = back_off(self._attempt, jitter, first=0.5, most=most)
        if isinstance(error, ProblemError):
            wait = max(wait, error.retry_after or 0.0)
        self._hello.clear()
        await _until(self._hello, self._parts.around.sleep(wait))

    def _note_fault(self, error: ClientError) -> None:
        self.fault = str(error)
        self._parts.tell(PolicyEvent(kind=EventKind.FAILED, detail=self.fault))
        if _is_refusal(error):
            self._parts.on_fault(error)

    async def _rest(self) -> None:
        """Until something is due or somebody wakes us."""
        wait = self._wait()
        if wait > 0.0 and not self._bell.is_set():
            await _until(self._bell, self._parts.around.sleep(wait))
        self._bell.clear()
        self._woken = False

    def _wait(self) -> float:
        if self._missing or self._words_due or self._declare or self._sweep is not None:
            return 0.0
        stopped = self._stopped_at - self._parts.around.monotonic()
        return max(0.0, min(self._parts.agenda.wait(), stopped))

    # --- the stream --------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear hints for ever; a refusal is tried again after longer and longer pauses."""
        parts = self._parts
        attempt = 0
        while True:
            try:
                async for hint in parts.host.hints(on_state=self._state, silence=parts.silence):
                    attempt = 0
                    self._heard(hint)
            except ClientError as error:
                self._state(LiveState.WAITING)
                self._note_fault(error)
            except Exception as error:  # noqa: BLE001 - as in `_work`
                _LOG.exception("listening for hints failed")
                self._state(LiveState.WAITING)
                self._note_fault(ClientError(f"An unexpected fault: {error!r}"))
            attempt += 1
            wait = back_off(attempt, parts.around.jitter(), first=1.0, most=_LONG_PAUSE)
            await parts.around.sleep(wait)

    def _state(self, state: LiveState) -> None:
        if state is LiveState.LIVE:
            return  # not before its hello
        was, self._parts.shelf.live = self._parts.shelf.live, False
        if self._open:
            self._open = False
            self._poll_soon()
        if was:
            self._parts.tell(PolicyEvent(kind=EventKind.WAITING))

    def _poll_soon(self) -> None:
        """Without a stream a sync of everything is due earlier."""
        agenda = self._parts.agenda
        agenda.sweep_at = min(agenda.sweep_at, self._parts.around.monotonic() + POLL)
        self._bell.set()

    def _heard(self, hint: Hint) -> None:
        if hint.hello:
            self._open = True
            self._hello.set()
            self._anew()
        elif hint.everything:
            self._anew()
        elif hint.packs is not None:
            before, self._packs = self._packs, dict(hint.packs)
            if before is not None and before != self._packs:
                self._anew()
        elif hint.use is not None:
            self._parts.syncer.take_use(hint.use)
        elif hint.teen:
            self._moved(hint.teen)
        self._bell.set()

    def _moved(self, teen: str) -> None:
        """One teen's rules; who is not loaded and has no room is loaded when asked about."""
        shelf = self._parts.shelf
        if shelf.slot(teen) is not None or shelf.has_room():
            shelf.unsure.add(teen)
            self._parts.agenda.ask(teen)

    def _anew(self) -> None:
        """Everything may have moved: nothing is live until all is synced."""
        self._generation += 1
        self._sweep = None
        self._parts.shelf.live = False
        self._parts.agenda.sweep_at = self._parts.around.monotonic()


async def _nothing(_: float) -> None:
    """Nobody waits for it."""


def _is_refusal(error: ClientError) -> bool:
    """Whether the secret, the scope or the client itself is at fault."""
    if isinstance(error, ProblemError):
        return error.problem.status in _REFUSED
    return isinstance(error, SignInFailed)


async def _until(event: asyncio.Event, sleep: Awaitable[None]) -> None:
    """Wait for the event or the end of the sleep."""
    tasks: set[asyncio.Future[Any]] = {
        asyncio.ensure_future(event.wait()),
        asyncio.ensure_future(sleep),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
