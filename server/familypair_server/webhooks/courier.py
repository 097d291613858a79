"""One process's part in webhooks: finds out what to tell as soon as it is committed, and sends it.

Addresses are served side by side, each by one attempt at a time, so that one that does not answer
delays no other. Runs wherever jobs run; a commit of a process without it is found by the sweep.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from familypair_server.context import Clock, Context
from familypair_server.policies.building import Parts
from familypair_server.policies.service import fetch
from familypair_server.storage import ConstraintViolated
from familypair_server.times import instant
from familypair_server.webhooks import queue, scan, signing
from familypair_server.webhooks.jobs import SWEEP
from familypair_server.webhooks.sender import Sender
from familypair_server.webhooks.service import TOPIC
from familypair_server.webhooks.statements import BehindKey, BehindRow, ClaimRow

SIDE_BY_SIDE: Final = 64
"""Addresses that one process sends to at the same time."""
IN_A_ROW: Final = 200
"""Messages to one address after which another may be next."""
TOGETHER: Final = 32
"""Bindings that are looked at in one go."""
_DEBOUNCE: Final = 0.05
"""Seconds in which commits gather, so that a burst is one look."""
_LONGEST: Final = 5.0
"""Seconds after which it looks at all events, for what other processes left."""
_SOON: Final = 0.2
"""Seconds after which it looks again when something was due; what ends before wakes it."""
_SHARE: Final = 0.1
"""Part of the time in which a sweep may read."""
_STOP_SECONDS: Final = 3.0
_TEEN: Final = "acc_"
_log = logging.getLogger(__name__)


def wall_clock() -> datetime:
    """The machine's own time: receivers compare it with theirs, also in a demonstration."""
    return datetime.now(UTC)


class Courier:
    """`start` for a server; `sweep`, `tell` and `send_due` are for tests and operators."""

    def __init__(
        self, ctx: Context, sender: Sender | None = None, wall: Clock = wall_clock
    ) -> None:
        self._ctx = ctx
        self._sender = sender or Sender(loopback=ctx.settings.webhook_loopback)
        self._wall = wall
        self._woken: set[str] = set()
        self._wanted = True
        self._all = False
        self._look = asyncio.Event()
        self._go = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._sending: set[asyncio.Task[int]] = set()
        self._forget: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to look and to send in the background, where the settings say so."""
        if self._ctx.settings.jobs_seconds > 0:
            self._forget = self._ctx.store.on_commit(self._changed)
            self._tasks = [
                asyncio.create_task(self._keep_looking()),
                asyncio.create_task(self._keep_sending()),
            ]

    async def stop(self) -> None:
        """Give attempts that are under way a moment, and leave the rest to the next process."""
        self._stopping = True
        if self._forget is not None:
            self._forget()
        self._look.set()
        self._go.set()
        if self._sending:
            await asyncio.wait(self._sending, timeout=_STOP_SECONDS)
        for task in (*self._sending, *self._tasks):
            task.cancel()
        await asyncio.gather(*self._sending, *self._tasks, return_exceptions=True)
        await self._sender.aclose()

    def wake(self) -> None:
        """Look now: the clock was moved."""
        self._go.set()

    async def sweep(self, *, share: float = 1.0) -> int:
        """Look at everything, page by page; how many messages were written.

        `share` is the part of the time in which it may read: an app with very many teens is looked
        at slowly, so that nobody waits for a reader.
        """
        told, loop = 0, asyncio.get_running_loop()
        for host_id in await self._ctx.store.read(scan.hosts()):
            after: str | None = ""
            while after is not None and not self._stopping:
                began = loop.time()
                after, keys = await self._ctx.store.read(scan.behind_page(host_id, after))
                read = loop.time() - began
                told += await self._tell_all(keys)
                if after is not None:
                    await self._rest(min(_LONGEST, read / share - read))
        return told

    async def _rest(self, seconds: float) -> None:
        """Wait between two pages of a sweep, and do meanwhile what commits ask for."""
        if seconds > 0:
            await asyncio.sleep(seconds)
            woken, self._woken = self._woken, set()
            await self.tell(woken)

    async def tell(self, teen_ids: Iterable[str]) -> int:
        """Look at these teens; how many messages were written."""
        listed, told = sorted(set(teen_ids)), 0
        for start in range(0, len(listed), scan.PAGE):
            page = listed[start : start + scan.PAGE]
            told += await self._tell_all(await self._ctx.store.read(scan.behind_of(page)))
        return told

    async def send_due(self) -> int:
        """Send everything that is due now; how many attempts that were."""
        sent = 0
        while claims := await self._claim(SIDE_BY_SIDE):
            sent += sum(await asyncio.gather(*map(self._serve, claims)))
        return sent

    # --- looking -------------------------------------------------------------------------------

    async def _tell_all(self, keys: Iterable[BehindKey]) -> int:
        listed, told = list(keys), 0
        for start in range(0, len(listed), TOGETHER):
            if self._stopping:
                break
            told += sum(
                await asyncio.gather(*map(self._tell_one, listed[start : start + TOGETHER]))
            )
        return told

    async def _tell_one(self, key: BehindKey) -> int:
        try:
            row = await self._ctx.store.read(scan.behind(key))
            if row is None:
                return 0
            version = await self._version(row) if scan.wants_version(row) else 0
            now = self._ctx.clock()
            return await self._ctx.store.run(scan.tell(row, version, self._ctx.random, now))
        except ConstraintViolated:
            return 0  # the webhook is gone since we looked
        except Exception:  # noqa: BLE001 - told in the log; one binding must not hinder the others
            _log.exception("a webhook cannot be told of a binding now")
            return 0

    async def _version(self, row: BehindRow) -> int:
        """The policy's version now; a write only where the policy says something new."""
        parts, now = Parts.of(self._ctx), self._ctx.clock()
        found = await fetch(self._ctx.store, parts, row.host_id, row.subject, now)
        return 0 if found is None else found.document.version

    def _changed(self, topics: Iterable[str]) -> None:
        """After each commit of this process: as little as can be."""
        for topic in topics:
            if topic.startswith(_TEEN):
                if self._wanted:
                    self._woken.add(topic)
                    self._look.set()
            elif topic == TOPIC:
                self._wanted = True
                self._go.set()
            elif topic == SWEEP:
                self._all = True
                self._look.set()

    async def _keep_looking(self) -> None:
        while not self._stopping:
            await self._look.wait()
            self._look.clear()
            try:
                await self._look_once()
            except Exception:  # noqa: BLE001 - told in the log; the next sweep finds the rest
                _log.exception("webhooks cannot look for what happened now")
            await asyncio.sleep(_DEBOUNCE)

    async def _look_once(self) -> None:
        woken, self._woken = self._woken, set()
        everything, self._all = self._all, False
        if everything:
            await self.sweep(share=_SHARE)
            await self.tell(woken)
        elif self._wanted and not self._stopping:
            await self.tell(woken)

    # --- sending -------------------------------------------------------------------------------

    async def _claim(self, most: int) -> list[ClaimRow]:
        return list(await self._ctx.store.run(queue.claim(most, self._ctx.clock())))

    async def _serve(self, claim: ClaimRow) -> int:
        """Send to one address until it has everything, or does not answer; how many attempts."""
        done: queue.Done | None = None
        attempts = 0
        try:
            while not self._stopping and attempts < IN_A_ROW:
                now = self._ctx.clock()
                sending = await self._ctx.store.run(queue.step(claim, done, now))
                if sending is None:
                    return attempts
                done = await self.attempt(sending)
                attempts += 1
            await self._end(claim, done)
        except asyncio.CancelledError:
            await self._ctx.store.run(queue.release(claim))
            raise
        except Exception:  # noqa: BLE001 - told in the log; the claim runs out, and it is sent again
            _log.exception("the webhook %s cannot be served now", claim.id)
        return attempts

    async def _end(self, claim: ClaimRow, done: queue.Done | None) -> None:
        """Write down the last one, and let the address go."""
        await self._ctx.store.run(queue.step(claim, done, self._ctx.clock()))
        await self._ctx.store.run(queue.release(claim))

    async def attempt(self, sending: queue.Sending) -> queue.Done:
        """Send one message that was taken; nothing is written down here."""
        try:
            outcome = await self._send(sending)
        except Exception:  # noqa: BLE001 - a fault of ours is an attempt too, or it never ends
            _log.exception("the message %s cannot be sent now", sending.message.id)
            outcome = queue.Outcome(error="internal")
        return queue.Done(sending, outcome, self._ctx.random.bytes(1)[0] / 255)

    async def _send(self, sending: queue.Sending) -> queue.Outcome:
        body = sending.message.body.encode()
        headers = signing.headers(sending.message.id, body, self._secrets(sending), self._wall())
        return await self._sender.send(sending.taken.url, headers, body)

    def _secrets(self, sending: queue.Sending) -> list[bytes]:
        taken, keys = sending.taken, self._ctx.keys
        stored = [taken.secret]
        until = None if taken.old_until is None else instant(taken.old_until)
        if taken.old_secret is not None and until is not None and self._ctx.clock() < until:
            stored.append(taken.old_secret)
        return [signing.opened(one, sending.claim.id, keys) for one in stored]

    async def _keep_sending(self) -> None:
        while not self._stopping:
            self._go.clear()
            pause = _LONGEST
            try:
                pause = await self._send_free()
            except Exception:  # noqa: BLE001 - told in the log; the next turn may do better
                _log.exception("webhooks cannot be sent now")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._go.wait()

    async def _send_free(self) -> float:
        """Begin to send what is due; the seconds until something may be due next."""
        standing = await self._ctx.store.read(queue.standing())
        self._wanted = standing.wanted
        free = SIDE_BY_SIDE - len(self._sending)
        if standing.due is None or not free:
            return _LONGEST
        seconds = (standing.due - self._ctx.clock()) / timedelta(seconds=1)
        if seconds > 0:
            return min(seconds, _LONGEST)
        for claim in await self._claim(free):
            task = asyncio.create_task(self._serve(claim))
            self._sending.add(task)
            task.add_done_callback(self._served)
        return _SOON

    def _served(self, task: asyncio.Task[int]) -> None:
        self._sending.discard(task)
        self._go.set()
