"""The folder for the event loop: in a thread, and its faults told instead of raised.

What cannot be kept is told and used all the same: rules that hold now matter more than a restart.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from familypair.client.policy.events import EventKind, PolicyEvent
from familypair.client.policy.folder import Folder, Kept, KeptState
from familypair.schema.policies import TeenUse

T = TypeVar("T")


class Disk:
    """Everything that a cache keeps; nothing at all without a folder."""

    def __init__(self, folder: Folder | None, tell: Callable[[PolicyEvent], None]) -> None:
        self._folder = folder
        self._tell = tell

    async def open(self) -> None:
        """Take the folder. Raises `UnsafeStore`, `ClientError`, `OSError`."""
        if self._folder is not None:
            await asyncio.to_thread(self._folder.open)

    def close(self) -> None:
        """Let go of it."""
        if self._folder is not None:
            self._folder.close()

    async def state(self) -> KeptState | None:
        """What was known at the last sync."""
        folder = self._folder
        return None if folder is None else await self._run(folder, folder.state, None)

    async def save_state(self, state: KeptState) -> None:
        """Keep what is known."""
        folder = self._folder
        if folder is not None:
            await self._run(folder, lambda: folder.save_state(state), None)

    async def policies(self) -> list[Kept]:
        """Every usable policy."""
        folder = self._folder
        return (
            [] if folder is None else await self._run(folder, lambda: list(folder.policies()), [])
        )

    async def keep(self, policies: Iterable[Kept]) -> None:
        """Keep policies; on disk when it returns."""
        found = list(policies)
        folder = self._folder
        if folder is not None and found:
            await self._run(folder, lambda: folder.keep(found), None)

    async def keep_use(self, uses: Iterable[TeenUse]) -> None:
        """Keep what was used."""
        found = list(uses)
        folder = self._folder
        if folder is not None and found:
            await self._run(folder, lambda: folder.keep_use(found), None)

    async def drop(self, teens: Iterable[str]) -> None:
        """Remove policies of teens who are gone."""
        found = list(teens)
        folder = self._folder
        if folder is not None and found:
            await self._run(folder, lambda: folder.drop(found), None)

    async def pack(self, digest: str) -> bytes | None:
        """A word pack that was kept."""
        folder = self._folder
        return (
            None if folder is None else await self._run(folder, lambda: folder.pack(digest), None)
        )

    async def keep_pack(self, digest: str, raw: bytes) -> None:
        """Keep a word pack."""
        folder = self._folder
        if folder is not None:
            await self._run(folder, lambda: folder.keep_pack(digest, raw), None)

    async def _run(self, folder: Folder, act: Callable[[], T], otherwise: T) -> T:
        found = otherwise
        try:
            found = await asyncio.to_thread(act)
        except OSError as error:
            self._tell(PolicyEvent(kind=EventKind.FAILED, detail=f"The folder: {error}"))
        for name in folder.damaged:
            self._tell(PolicyEvent(kind=EventKind.DAMAGED, detail=name))
        folder.damaged.clear()
        return found
