"""Runs what is due: one process at a time, one job after the other, each in its own transaction.

A job that fails waits and is tried again, and does not stop the others. A process that dies in the
middle leaves claims that run out; what it had not committed is done by the next one, once.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from familypair_server.context import Context
from familypair_server.ids import new_id
from familypair_server.jobs import queue
from familypair_server.jobs.model import Handlers, JobParts
from familypair_server.jobs.statements import ClaimRow
from familypair_server.storage import StorageError

LEASE = timedelta(seconds=60)
"""How long a process may be silent before another one runs the jobs."""
_log = logging.getLogger(__name__)


class Runner:
    """One process's runner. `run_due` is for tests and operators, `start` for a server."""

    def __init__(self, ctx: Context, handlers: Handlers | None = None) -> None:
        self._ctx = ctx
        self._given = handlers
        self.parts = JobParts(keys=ctx.keys, random=ctx.random, settings=ctx.settings)
        """What every handler receives."""
        self.holder = new_id(ctx.random, "run")
        """This runner's name in the lease."""
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._forget: Callable[[], None] | None = None

    async def run_due(self, now: datetime) -> int:
        """Do everything that is due at `now`; how many jobs got done (0 without the lease)."""
        async with self._turn:
            return await self._run_all(now)

    def start(self) -> None:
        """Begin to run in the background, where the settings say so."""
        if self._ctx.settings.jobs_seconds > 0:
            self._forget = self._ctx.store.on_commit(self._changed)
            self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """Finish the job at hand, and leave the lease to others."""
        self._stopping = True
        self._wake.set()
        if self._forget is not None:
            self._forget()
        if self._task is not None:
            await self._task

    def wake(self) -> None:
        """Look now: something is due earlier, or the clock was moved."""
        self._wake.set()

    def _changed(self, topics: Iterable[str]) -> None:
        if queue.TOPIC in topics:
            self.wake()

    async def _run_all(self, now: datetime) -> int:
        store = self._ctx.store
        soonest = await store.read(queue.next_due())
        if soonest is None or soonest > now:
            return 0
        done = 0
        while not self._stopping:
            # A long queue takes real time; the lease and the claims are of then.
            now = max(now, self._ctx.clock())
            lease = await store.run(queue.take_lease(self.holder, LEASE, now))
            found = () if lease is None else await store.run(queue.claim(self.holder, lease, now))
            if not found:
                break
            for row in found:
                done += await self._run_one(row, now)
        return done

    async def _run_one(self, row: ClaimRow, now: datetime) -> int:
        handler = self._handlers().get(row.name)
        if handler is None:
            await self._ctx.store.run(queue.fail(row, "this build has no such job", now))
            return 0
        try:
            await self._ctx.store.run(queue.do(handler, self.parts, row, now))
        except queue.LostClaim as lost:
            _log.warning("another runner has taken over the job %s", lost)
            return 0
        except Exception as error:  # noqa: BLE001 - kept, and it must not stop the other jobs
            _log.exception("the job %s of %s failed", row.name, row.subject)
            await self._ctx.store.run(queue.fail(row, f"{type(error).__name__}: {error}", now))
            return 0
        return 1

    def _handlers(self) -> Handlers:
        if self._given is None:
            # Late: the subjects that have jobs also schedule them, and so import this package.
            from familypair_server.jobs.registry import HANDLERS  # noqa: PLC0415

            self._given = HANDLERS
        return self._given

    async def _keep_running(self) -> None:
        longest = float(self._ctx.settings.jobs_seconds)
        while not self._stopping:
            self._wake.clear()
            pause = longest
            try:
                await self.run_due(self._ctx.clock())
                pause = await self._pause(longest)
            except Exception:  # noqa: BLE001 - told in the log; the next turn may do better
                _log.exception("jobs cannot be run now")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
        await self._leave()

    async def _pause(self, longest: float) -> float:
        """Seconds until something is due; `longest` when that is now and another process's."""
        soonest = await self._ctx.store.read(queue.next_due())
        if soonest is None:
            return longest
        seconds = (soonest - self._ctx.clock()).total_seconds()
        return min(seconds, longest) if seconds > 0 else longest

    async def _leave(self) -> None:
        with suppress(StorageError):  # the lease runs out by itself
            await self._ctx.store.run(queue.release(self.holder))
