"""Across a restart: what was kept comes back with its age, as far as that can be known."""

import asyncio
import math

from familypair.client.around import Around
from familypair.client.errors import BadAnswer
from familypair.client.policy.clock import ServerTime
from familypair.client.policy.disk import Disk
from familypair.client.policy.events import EventKind, PolicyEvent
from familypair.client.policy.folder import Kept, KeptState
from familypair.client.policy.keyring import Keyring, NotTrusted
from familypair.client.policy.shelf import Shelf
from familypair.client.policy.syncing import Syncer
from familypair.rules.decide import ms_of


class Restart:
    """Writes what is known, and reads it back."""

    def __init__(
        self,
        *,
        around: Around,
        time: ServerTime,
        shelf: Shelf,
        keyring: Keyring,
        syncer: Syncer,
        disk: Disk,
    ) -> None:
        self._around = around
        self._time = time
        self._shelf = shelf
        self._keyring = keyring
        self._syncer = syncer
        self._disk = disk

    async def save(self, swept: float) -> None:
        """Keep the state; everything was confirmed after `swept` (monotonic seconds)."""
        if not self._time.known:
            return
        state = KeptState(
            keys=dict(self._keyring.published),
            server_ms=self._time.now_ms(),
            monotonic=self._around.monotonic(),
            boot=self._around.boot(),
            wall_ms=ms_of(self._around.clock()),
            confirmed_ms=self._at(swept),
            behind={
                teen: self._at(slot.confirmed)
                for teen, slot in self._shelf.slots()
                if slot.confirmed < swept or not math.isfinite(swept)
            },
            versions=dict(self._shelf.versions()),
            help=self._shelf.help,
        )
        await self._disk.save_state(state)

    async def load(self) -> list[PolicyEvent]:
        """Use what was kept; gives an event for each policy that is not trusted."""
        state, kept = await self._disk.state(), await self._disk.policies()
        if state is None:  # without the keys nothing holds, but the counters do
            self._shelf.recall({one.teen: one.version for one in kept})
            return []
        self._keyring.learn(state.keys)
        self._shelf.recall(state.versions)
        self._shelf.help = state.help or self._shelf.help
        age_ms = elapsed_ms(state, self._around)
        now = self._around.monotonic()
        if age_ms is not None:
            self._time.carried(state.server_ms + age_ms, now)
        events: list[PolicyEvent] = []
        for one in kept:
            if not self._shelf.is_gone(one.teen):
                events += await self._use(one, _confirmed(one, state, age_ms, now))
                await asyncio.sleep(0)  # there may be many: others want to run
        return events

    async def _use(self, one: Kept, confirmed: float) -> list[PolicyEvent]:
        try:
            await self._syncer.load(one, confirmed=confirmed)
        except (NotTrusted, BadAnswer) as error:
            detail = str(error)
            kind, version = EventKind.REFUSED, one.version
            return [PolicyEvent(kind=kind, teen=one.teen, version=version, detail=detail)]
        return []

    def _at(self, monotonic: float) -> int:
        """The server's time then; 0 for never."""
        return max(0, self._time.at(monotonic)) if math.isfinite(monotonic) else 0


def elapsed_ms(state: KeptState, around: Around) -> int | None:
    """Milliseconds since the state was written; None when nobody can say.

    By the clock that only runs forward while the machine was not started anew, else by the wall
    clock. One that stands before the writing was set back: then the age is not known.
    """
    if state.boot and state.boot == around.boot():
        ran = int((around.monotonic() - state.monotonic) * 1000.0)
        if ran >= 0:
            return ran
    ran = ms_of(around.clock()) - state.wall_ms
    return ran if ran >= 0 else None


def _confirmed(one: Kept, state: KeptState, age_ms: int | None, now: float) -> float:
    """When it was confirmed last, on today's monotonic clock; never, when its age is not known."""
    if age_ms is None:
        return -math.inf
    then = state.behind.get(one.teen, state.confirmed_ms)
    return now - (state.server_ms + age_ms - then) / 1000.0
