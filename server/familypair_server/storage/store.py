"""What every engine offers, and what is the same for both."""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, Literal, Protocol, TypeVar

from familypair_server.storage.statements import Transaction

T = TypeVar("T")

Listener = Callable[[frozenset[str]], None]
"""Called in the event loop after a commit, with the ids of the teens that were notified."""


class Store(Protocol):
    """A database that runs transactions. Safe to use from any task of one event loop."""

    @property
    def engine(self) -> Literal["sqlite", "pg"]:
        """Which database this is."""
        ...

    async def run(self, work: Transaction[T]) -> T:
        """Do `work` in one write transaction; durable when this returns.

        An exception of the body rolls that transaction back alone and comes out here. A cancelled
        caller leaves the work done whole or not at all: not begun, it is dropped; begun, it ends.
        Raises `StoreUnavailable` (nothing kept) or `OutcomeUnknown` (kept whole or not at all).
        """
        ...

    async def read(self, work: Transaction[T]) -> T:
        """Do `work` on one consistent snapshot, taken after the call; writes are refused."""
        ...

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each commit that notified; returns the way to stop it."""
        ...

    async def close(self) -> None:
        """Finish what was begun, refuse what was not, and let the database go."""
        ...


class Listeners:
    """The callbacks of `on_commit`. One that fails is reported and hinders nobody."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    def call(self, teen_ids: AbstractSet[str]) -> None:
        """Tell everyone. The commit stands, whatever a listener does."""
        if not teen_ids:
            return
        changed = frozenset(teen_ids)
        for listener in tuple(self._listeners):
            try:
                listener(changed)
            except Exception as error:  # noqa: BLE001 - reported by the loop, the commit stands
                _report("a commit listener failed", error, listener)


def _report(message: str, error: Exception, source: Any) -> None:
    context = {"message": message, "exception": error, "source": source}
    asyncio.get_running_loop().call_exception_handler(context)
