"""A SQLite file opened for reading only, beside the server that writes it.

For operators' commands. Opened by SQLite itself as read-only: such a connection cannot write and
never checkpoints, so the rule of one writer holds and the server's lock is not needed.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from familypair_server.storage.errors import StoreUnavailable
from familypair_server.storage.hop import connect, hop
from familypair_server.storage.migrate import plan_sqlite
from familypair_server.storage.migrations_plan import known
from familypair_server.storage.sqlite import READER_PRAGMAS, Lane, configure, require_file
from familypair_server.storage.sqlite_batch import read_batch
from familypair_server.storage.statements import Transaction
from familypair_server.storage.store import Listener, Listeners

T = TypeVar("T")


class SqliteReader:
    """A `Store` without `run`. Open it with `SqliteReader.open`, always close it."""

    def __init__(self, reader: Lane) -> None:
        self._reader = reader

    @classmethod
    async def open(cls, path: Path) -> "SqliteReader":
        """Open the file as it is; raises `SchemaError` unless its schema is this build's."""
        require_file(path)
        connection = await connect(path, read_only=True)
        try:
            await hop(connection, partial(configure, READER_PRAGMAS))
            found = await hop(connection, partial(plan_sqlite, migrations=known("sqlite")))
            found.refuse_pending()
        except BaseException:
            await connection.close()
            raise
        return cls(Lane(connection, read_batch, Listeners().call))

    @property
    def engine(self) -> Literal["sqlite", "pg"]:
        """Always `sqlite`."""
        return "sqlite"

    async def run(self, work: Transaction[T]) -> T:
        """Always refused."""
        raise StoreUnavailable(f"this database was opened for reading only, not for {work!r}")

    async def read(self, work: Transaction[T]) -> T:
        """See `Store.read`."""
        return await self._reader.submit(work)

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """Nothing is ever committed here, so the listener is never called."""
        return Listeners().add(listener)

    async def close(self) -> None:
        """Finish what was queued and let the file go."""
        await self._reader.finish()
        await self._reader.connection.close()
