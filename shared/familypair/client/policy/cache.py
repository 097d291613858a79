"""`PolicyCache`: a host's own decisions, in microseconds, with or without a network."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from familypair.client.around import Around
from familypair.client.errors import ClientError
from familypair.client.policy.assembly import Asked, assemble, status_of, teen_status
from familypair.client.policy.events import CacheStatus, EventKind, PolicyEvent, TeenStatus
from familypair.client.policy.keeper import Declared
from familypair.client.streams import HEARTBEAT_TIMEOUT
from familypair.rules.decide import NOBODY, Decision, Question
from familypair.rules.search import Pack
from familypair.schema.decisions import Evaluated
from familypair.settings.audience import Facts

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

_LOG: Final = logging.getLogger("familypair.policy")
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_TEENS: Final = 100_000
_LAST_WORDS: Final = 2.0
"""Seconds that closing may take to tell the server what is still to be told."""


class PolicyCache:
    """Decides for the bound teens of one host, in this process.

        from familypair.client import PolicyCache

        async with PolicyCache("https://pair.example", client_id, client_secret) as cache:
            await cache.ready()
            decision = cache.decide(teen, "app.use")
            if not decision.allowed:
                print(decision.explanation)

    In a program without an event loop `with PolicyCache(...) as cache: cache.wait_ready()` runs
    the same in a thread of its own; open it after a fork, one per process.

    `decide` gives the server's answer. Policies are signed and kept fresh over a stream; without
    the server the last confirmed one holds for 24 hours, then the strictest, and `safety.use`
    always. An older version than one seen is never taken, nor a document that the issuer did not
    sign for this host and teen. Wall clocks do not matter: the time is the server's.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        max_bytes: int = MAX_BYTES,
        max_teens: int = MAX_TEENS,
        folder: Path | str | None = None,
        on_change: Callable[[PolicyEvent], None] | None = None,
        packs: Iterable[Pack] = (),
        enforces: Iterable[str] | None = None,
        restricted_search: bool = False,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        around: Around | None = None,
        silence: float = HEARTBEAT_TIMEOUT,
    ) -> None:
        """Nothing happens before it is entered.

        `max_bytes` and `max_teens` bound the memory: who was not asked about for longest goes.
        `folder` keeps policies over a restart, for one process. `on_change` is called in the
        cache's event loop. `packs` are word packs besides those that ship; others are fetched.
        `enforces` declares the actions that this host asks about, `restricted_search` that it can
        limit results to what suits the age. `transport` replaces the network, `around` time and
        chance. `silence` is in seconds: without a byte for so long the stream counts as dead.
        """
        asked = Asked(
            issuer=issuer,
            client=(client_id, client_secret),
            max_bytes=max_bytes,
            max_teens=max_teens,
            folder=None if folder is None else Path(folder),
            packs=tuple(packs),
            declared=_declared(enforces, restricted_search=restricted_search),
            around=around or Around(),
            silence=silence,
        )
        self._on_change = on_change
        self._works = assemble(asked, transport, tell=self._tell, on_fault=self._fault)
        self._decide = self._works.shelf.decide
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready: Future[None] = Future()

    # --- decisions: any thread ---------------------------------------------------------------

    def decide(
        self,
        teen: str,
        action: str,
        *,
        account: str = "",
        facts: Facts = NOBODY,
        text: str = "",
        part: str = "",
    ) -> Decision:
        """May this teen do this now? In microseconds, from any thread; never waits, never raises.

        `teen` is the id at this host, `action` one of product.md section 11. `account` is the other
        account and `facts` what the host knows of it; `text` the searched words (they stay here);
        `part` of a profile, `liked_list` or `following_list`. A teen who is not loaded yet gets
        the strictest answer (`policy_unknown`) and is loaded in the background.
        """
        question = Question(action=action, account=account, facts=facts, text=text, part=part)
        return self._decide(teen, question)

    def answer(self, teen: str, question: Question) -> Decision:
        """The same for a question that is made already."""
        return self._decide(teen, question)

    def now_ms(self) -> int:
        """The server's time as known here, in epoch milliseconds: what decisions go by."""
        return self._works.time.now_ms()

    def status(self) -> CacheStatus:
        """How the whole cache stands."""
        return status_of(self._works)

    def status_of(self, teen: str) -> TeenStatus:
        """How one teen stands."""
        return teen_status(self._works, teen)

    def register(self, device: str, teen: str) -> None:
        """From now on tell the server which version this device of the teen enforces.

        It is told when the cache applies one, and every six hours; the family sees it.
        """
        self._works.devices.register(device, teen)
        self._works.keeper.words()

    def release(self, device: str) -> None:
        """The device is not this teen's any more, or gone."""
        self._works.devices.release(device)

    # --- with the server ---------------------------------------------------------------------

    async def evaluate(
        self,
        teen: str,
        action: str,
        *,
        account: str = "",
        facts: Facts = NOBODY,
        text: str = "",
        part: str = "",
    ) -> Evaluated:
        """The server's own answer over HTTP (AuthZEN 1.0). Raises `ClientError`."""
        return await self._there(
            self._works.host.evaluate(
                teen, action, account=account, facts=facts, text=text, part=part
            )
        )

    def wait_evaluate(
        self,
        teen: str,
        action: str,
        *,
        account: str = "",
        facts: Facts = NOBODY,
        text: str = "",
        part: str = "",
        timeout: float | None = None,
    ) -> Evaluated:
        """The same for a program without an event loop; `timeout` in seconds (`TimeoutError`)."""
        loop = self._running()
        asked = self._works.host.evaluate(
            teen, action, account=account, facts=facts, text=text, part=part
        )
        return asyncio.run_coroutine_threadsafe(asked, loop).result(timeout)

    async def ready(self, timeout: float | None = None) -> None:
        """Return when every teen was synced once. Raises `ClientError` when the server refuses us.

        Also `TimeoutError` after `timeout` seconds; the cache goes on trying in any case.
        """
        async with asyncio.timeout(timeout):
            await asyncio.shield(asyncio.wrap_future(self._ready))

    def wait_ready(self, timeout: float | None = None) -> None:
        """The same for a program without an event loop."""
        self._ready.result(timeout)

    # --- life --------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        started: Future[None] = Future()
        self._task = asyncio.create_task(self._live(started))
        try:
            await asyncio.wrap_future(started)
        except BaseException:
            await self._task
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop, and keep what is known; decisions go on from it."""
        task, self._task = self._task, None
        if task is not None:
            self._stop.set()
            await task

    def __enter__(self) -> Self:
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(started)), name="familypair-policy", daemon=True
        )
        self._thread.start()
        started.result()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and keep what is known; decisions go on from it."""
        thread, self._thread = self._thread, None
        if thread is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._running().call_soon_threadsafe(self._stop.set)
            thread.join()

    async def _live(self, started: Future[None]) -> None:
        """Everything between entering and leaving."""
        works = self._works
        self._loop = asyncio.get_running_loop()
        self._stop.clear()
        try:
            await works.disk.open()
            for event in await works.restart.load():
                self._tell(event)
        except Exception as error:  # noqa: BLE001 - who opens it has to be told, or waits for ever
            works.disk.close()
            started.set_exception(error)
            return
        started.set_result(None)
        try:
            await self._keep()
        finally:
            self._loop = None
            await works.host.aclose()
            works.disk.close()

    async def _keep(self) -> None:
        """Keep fresh until told to stop; then say the last words."""
        works = self._works
        keeping = asyncio.create_task(works.keeper.run(self._swept))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (keeping, stopping):
                task.cancel()
            await asyncio.gather(keeping, stopping, return_exceptions=True)
            with contextlib.suppress(ClientError, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS):
                    await works.keeper.last_words()
            await works.restart.save(works.swept)

    async def _swept(self, started: float) -> None:
        self._works.swept = started
        await self._works.restart.save(started)
        if not self._ready.done():
            self._ready.set_result(None)
        self._tell(PolicyEvent(kind=EventKind.SYNCED))

    def _fault(self, error: ClientError) -> None:
        """The server refuses us: whoever waits should know; a later success is still possible."""
        if not self._ready.done():
            waiting, self._ready = self._ready, Future()
            waiting.set_exception(error)

    def _tell(self, event: PolicyEvent) -> None:
        if self._on_change is None:
            return
        try:
            self._on_change(event)
        except Exception:  # noqa: BLE001 - the owner's code; its fault is not the cache's
            _LOG.exception("on_change failed")

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise ClientError("The cache is not open: use it inside `with`.")
        return self._loop

    async def _there(self, call: Coroutine[Any, Any, T]) -> T:
        """Run a call in the cache's own event loop."""
        try:
            loop = self._running()
        except ClientError:
            call.close()
            raise
        if loop is asyncio.get_running_loop():
            return await call
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, loop))


def _declared(enforces: Iterable[str] | None, *, restricted_search: bool) -> Declared | None:
    if enforces is None:
        return None
    return Declared(enforces=tuple(enforces), restricted_search=restricted_search)
