"""The packs in force, as one process holds them: compiled once, looked after every half second."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from familypair.packs import standard
from familypair.rules.search import Packs
from familypair_server.packs import service
from familypair_server.storage import StorageError, Store

SECONDS: Final = 0.5
"""How late a process may notice a change that another one made."""
_log = logging.getLogger(__name__)


class PacksKept:
    """What holds now. Packs are few and rarely change, so every look at them is from memory."""

    def __init__(self) -> None:
        self._now: Packs | None = None
        self._revision: int | None = None
        self._heard: list[Callable[[], None]] = []

    @property
    def now(self) -> Packs:
        """The packs in force: the project's own until the first look at the database."""
        return standard() if self._now is None else self._now

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the event loop after a change."""
        self._heard.append(listener)

    async def look(self, store: Store) -> bool:
        """Notice a change; one cheap statement when there is none. Raises `StorageError`."""
        found = await store.read(service.current(self._revision))
        if found is None:
            return False
        first, self._revision = self._revision is None, found.revision
        digests = {pack.name: pack.digest for pack in found.packs}
        if digests != self.now.digests:
            self._now = await asyncio.to_thread(found.compiled)
            first = False
        for listener in () if first else tuple(self._heard):
            listener()
        return True


@asynccontextmanager
async def keeping(kept: PacksKept, store: Store) -> AsyncGenerator[None]:
    """Know the packs for as long as this lasts; on SQLite nobody else can change them."""
    await kept.look(store)
    if store.engine == "sqlite":
        yield
        return
    watcher = asyncio.create_task(_watch(kept, store))
    try:
        yield
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher


async def _watch(kept: PacksKept, store: Store) -> None:
    while True:
        await asyncio.sleep(SECONDS)
        try:
            await kept.look(store)
        except StorageError:
            _log.warning("the word packs could not be looked after", exc_info=True)
