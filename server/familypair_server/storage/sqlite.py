"""The SQLite engine: one file, one process, one writer, group commit.

Waiting transactions are run in one hop to the writer's thread, each in a savepoint, and committed
together: one fsync serves all of them, so `synchronous=FULL` is affordable. Reads use the second
and last connection, which never writes and never checkpoints (versions before 3.51.3 can damage
the log when two connections checkpoint at once; one writer avoids it). `mmap_size` stays 0.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import aiosqlite

from familypair_server.storage.errors import (
    OutcomeUnknown,
    SchemaError,
    StorageError,
    StoreUnavailable,
)
from familypair_server.storage.filelock import FileLock
from familypair_server.storage.hop import connect, hop
from familypair_server.storage.migrate import plan_sqlite
from familypair_server.storage.migrations_plan import known
from familypair_server.storage.sqlite_batch import Outcome, is_broken, read_batch, run_batch
from familypair_server.storage.statements import Transaction
from familypair_server.storage.store import Listener, Listeners

T = TypeVar("T")
Perform = Callable[[Sequence[Transaction[Any]], sqlite3.Connection], list[Outcome]]

_STOPPED = "writing stopped after a disk error; check the disk, then restart the server"
BATCH = 256
"""Most transactions in one commit: bounds how long a caller waits for the others."""

OLDEST = (3, 35, 0)
"""The first SQLite with RETURNING and DROP COLUMN."""

_COMMON = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
    "PRAGMA mmap_size = 0",
    "PRAGMA trusted_schema = OFF",
)
WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
    *_COMMON,
)
READER_PRAGMAS = (*_COMMON, "PRAGMA wal_autocheckpoint = 0", "PRAGMA query_only = ON")


class Lane:
    """One connection and the transactions that wait for it, performed in batches."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        perform: Perform,
        committed: Callable[[AbstractSet[str]], None],
    ) -> None:
        self.connection = connection
        self._perform = perform
        self._committed = committed
        self._waiting: list[tuple[Transaction[Any], asyncio.Future[Any]]] = []
        self.pump: asyncio.Task[None] | None = None
        self._closing = False
        self._broken = ""

    async def submit(self, work: Transaction[T]) -> T:
        """Queue `work` and wait for its answer, which comes after the commit."""
        if self._closing:
            raise StoreUnavailable("the store is closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, answer))
        if self.pump is None:
            # Starts after the callbacks that are due now, so their transactions share the batch.
            self.pump = loop.create_task(self._run(), name="familypair-storage")
        return await answer

    async def finish(self) -> None:
        """Refuse new work and wait until what was queued is done."""
        self._closing = True
        if self.pump is not None:
            await self.pump

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:BATCH]
                del self._waiting[:BATCH]
                # A caller who was cancelled before the start leaves nothing behind.
                await self._do([entry for entry in batch if not entry[1].done()])
        finally:
            self.pump = None
            _answer_all(self._waiting, StoreUnavailable("the store stopped before the work began"))
            self._waiting.clear()

    async def _do(self, batch: list[tuple[Transaction[Any], asyncio.Future[Any]]]) -> None:
        if self._broken:
            _answer_all(batch, StoreUnavailable(self._broken))
            return
        works = [work for work, _ in batch]
        try:
            outcomes = await hop(self.connection, partial(self._perform, works))
        except StorageError as error:
            if is_broken(error):
                self._broken = f"{_STOPPED}: {error}"
            _answer_all(batch, error)
            return
        except BaseException:
            _answer_all(batch, OutcomeUnknown("the store was interrupted"))
            raise
        self._committed({teen for outcome in outcomes for teen in outcome.teens})
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            _answer_one(answer, outcome)


def _answer_one(answer: asyncio.Future[Any], outcome: Outcome) -> None:
    if answer.done():
        return
    if outcome.error is None:
        answer.set_result(outcome.value)
    else:
        answer.set_exception(outcome.error)


def _answer_all(
    batch: Sequence[tuple[Transaction[Any], asyncio.Future[Any]]], error: StorageError
) -> None:
    for _, answer in batch:
        own = type(error)(*error.args)
        own.__cause__ = error.__cause__
        _answer_one(answer, Outcome(error=own))


class SqliteStore:
    """A `Store` on one SQLite file. Open it with `SqliteStore.open`, always close it."""

    def __init__(self, lock: FileLock, writer: aiosqlite.Connection, reader: aiosqlite.Connection):
        self._lock = lock
        self._listeners = Listeners()
        self.writer = Lane(writer, run_batch, self._listeners.call)
        self.reader = Lane(reader, read_batch, self._listeners.call)

    @classmethod
    async def open(cls, path: Path) -> "SqliteStore":
        """Lock and open the file; raises `FileInUse` when another process (or store) has it."""
        require_version(sqlite3.sqlite_version_info)
        require_file(path)
        lock = FileLock(path)
        lock.acquire()
        opened: list[aiosqlite.Connection] = []
        try:
            for pragmas in (WRITER_PRAGMAS, READER_PRAGMAS):
                opened.append(await connect(path))
                await hop(opened[-1], partial(configure, pragmas))
            found = await hop(opened[0], partial(plan_sqlite, migrations=known("sqlite")))
            found.refuse_pending()
        except BaseException:
            for connection in opened:
                await connection.close()
            lock.release()
            raise
        return cls(lock, opened[0], opened[1])

    @property
    def engine(self) -> Literal["sqlite", "pg"]:
        """Always `sqlite`."""
        return "sqlite"

    async def run(self, work: Transaction[T]) -> T:
        """See `Store.run`."""
        return await self.writer.submit(work)

    async def read(self, work: Transaction[T]) -> T:
        """See `Store.read`; keeps working when writing has stopped."""
        return await self.reader.submit(work)

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """See `Store.on_commit`."""
        return self._listeners.add(listener)

    async def close(self) -> None:
        """Finish what was queued, then close the reader, the writer and the lock, in this order.

        The writer is the last connection, so the closing checkpoint is the writer's too.
        """
        for lane in (self.reader, self.writer):
            await lane.finish()
            await lane.connection.close()
        self._lock.release()


def require_version(version: tuple[int, int, int]) -> None:
    """Refuse a SQLite that lacks what the statements use."""
    if version < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise StoreUnavailable(f"SQLite {wanted} or newer is needed, this is {version}")


def require_file(path: Path) -> None:
    """Refuse to make an empty database by opening one: making is `migrate`'s work."""
    if not path.exists():
        raise SchemaError(f"there is no database {path}; run `familypair-server migrate`")


def configure(pragmas: Sequence[str], raw: sqlite3.Connection) -> None:
    """Set a fresh connection up; raises `StoreUnavailable` when the log cannot be used here."""
    try:
        for pragma in pragmas:
            raw.execute(pragma)
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"the file cannot be used: {error}") from error
    mode = raw.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        raise StoreUnavailable(f"this file system cannot hold a write-ahead log ({mode})")
