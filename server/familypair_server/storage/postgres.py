"""The PostgreSQL engine: asyncpg, one transaction each, no group commit (0.54x when measured).

Writes run READ COMMITTED and take the teen's row lock first, so nobody waits to be told to retry;
a serialization failure, a deadlock or a lost connection before the commit replays the body. After
COMMIT was sent nothing is replayed: a lost answer is `OutcomeUnknown`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

import asyncpg

from familypair_server.storage.drive import abort, refuse_notify
from familypair_server.storage.errors import (
    ConstraintViolated,
    OutcomeUnknown,
    SchemaError,
    StatementFailed,
    StoreUnavailable,
)
from familypair_server.storage.migrate import plan_pg
from familypair_server.storage.migrations_plan import known
from familypair_server.storage.statements import Command, Transaction
from familypair_server.storage.store import Listener, Listeners
from familypair_server.storage.together import rows_of

T = TypeVar("T")

ATTEMPTS = 6
FIRST_PAUSE = 0.02
"""Seconds before the second attempt; doubled each time, so all attempts take about 0.6 s."""
COMMAND_PATIENCE = 3600.0
"""Seconds for one transaction of an operator's command, which may read a whole ledger."""
ROLLBACK_PATIENCE = 5.0
WRITE = "BEGIN"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class _Replay(StoreUnavailable):
    """The transaction is gone and its body may run again."""


class PostgresStore:
    """A `Store` on a PostgreSQL database. Open it with `PostgresStore.open`, always close it."""

    def __init__(self, pool: asyncpg.Pool, patience: float, *, read_only: bool = False) -> None:
        self._pool = pool
        self._read_only = read_only
        self.patience = patience
        """Seconds for one attempt, with the wait for a connection."""
        self._listeners = Listeners()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        read_only: bool = False,
        statement_timeout: float = 2.0,
        connections: int = 10,
    ) -> "PostgresStore":
        """Connect and make sure that the schema is this build's (`SchemaError`)."""
        try:
            pool = await _pool(dsn, statement_timeout, connections)
        except (OSError, asyncpg.PostgresError) as error:
            raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error
        try:
            async with pool.acquire() as connection:
                (await plan_pg(connection, known("pg"))).refuse_pending()
        except SchemaError:
            await pool.close()
            raise
        patience = COMMAND_PATIENCE if read_only else max(10.0, 5 * statement_timeout)
        return cls(pool, patience, read_only=read_only)

    @property
    def engine(self) -> Literal["sqlite", "pg"]:
        """Always `pg`."""
        return "pg"

    async def run(self, work: Transaction[T]) -> T:
        """See `Store.run`."""
        if self._read_only:
            raise StoreUnavailable(f"this database was opened for reading only, not for {work!r}")
        return await self._whole(self._retried(work, WRITE))

    async def read(self, work: Transaction[T]) -> T:
        """See `Store.read`."""
        return await self._whole(self._retried(work, READ))

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """See `Store.on_commit`."""
        return self._listeners.add(listener)

    async def close(self) -> None:
        """Finish what was begun, then close the connections."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._pool.close()

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        """Run in a task of its own: a caller who is cancelled cannot stop it half-way."""
        if self._closing:
            work.close()
            raise StoreUnavailable("the store is closed")
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _retried(self, work: Transaction[T], begin: str) -> T:
        pause = FIRST_PAUSE
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._attempt(work, begin)
            except _Replay:
                await asyncio.sleep(pause)
                pause *= 2
        return await self._attempt(work, begin)

    async def _attempt(self, work: Transaction[T], begin: str) -> T:
        teens: set[str] | None = set() if begin is WRITE else None
        try:
            # One clock for all of it, against a server that does not answer: a clock for every
            # statement (asyncpg's command_timeout) costs as much as a statement's own work.
            async with asyncio.timeout(self.patience), self._pool.acquire() as connection:
                value = await _transact(connection, work, begin, teens)
        except TimeoutError as error:
            raise StoreUnavailable("PostgreSQL is too busy") from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _Replay(f"PostgreSQL cannot be reached: {error}") from error
        if teens:
            self._listeners.call(teens)
        return value  # type: ignore[no-any-return]  # the body's return type is the work's


async def _pool(dsn: str, statement_timeout: float, connections: int) -> asyncpg.Pool:
    milliseconds = str(int(statement_timeout * 1000))
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=connections,
        timeout=10,
        statement_cache_size=1000,
        reset=_keep_session,
        server_settings={
            "application_name": "familypair",
            "statement_timeout": milliseconds,
            "idle_in_transaction_session_timeout": "10000",
            "jit": "off",
        },
    )


async def _keep_session(_connection: asyncpg.Connection) -> None:
    """We leave nothing in a session, so the usual reset (one more round trip) is not needed."""


async def _transact(
    connection: asyncpg.Connection, work: Transaction[T], begin: str, teens: set[str] | None
) -> Any:
    try:
        await connection.execute(begin)
        value = await _drive(connection, work, teens)
    except BaseException as error:
        await _roll_back(connection)
        if isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            raise _translate(connection, error) from error
        raise
    await _commit(connection)
    return value


async def _drive(
    connection: asyncpg.Connection, work: Transaction[Any], teens: set[str] | None
) -> Any:
    body = iter(work)
    answer: Any = None
    while True:
        try:
            command = body.send(answer)
        except StopIteration as end:
            return end.value
        try:
            answer = await _answer(connection, command, teens)
        except Exception as error:  # noqa: BLE001 - abort always raises
            abort(body, _translate(connection, error))


async def _answer(connection: asyncpg.Connection, command: Command, teens: set[str] | None) -> Any:
    if command.kind == "notify":
        if teens is None:
            refuse_notify()
        teens.add(str(command.params["teen"]))
        return None
    statement = command.statement
    *first, last = statement.postgres
    for rendered in first:
        await connection.execute(rendered.sql, *rendered.arguments(command.params))
    arguments = last.arguments(command.params)
    if command.kind == "run":
        return _count(await connection.execute(last.sql, *arguments))
    if command.kind == "all":
        return [statement.build(row) for row in await connection.fetch(last.sql, *arguments)]
    row = await connection.fetchrow(last.sql, *arguments)
    if command.kind == "gather":
        return rows_of(statement, row)
    return None if row is None else statement.build(row)


def _count(tag: str) -> int:
    """The number at the end of a command tag such as `INSERT 0 1`; 0 when there is none."""
    last = tag.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


async def _commit(connection: asyncpg.Connection) -> None:
    try:
        tag = await connection.execute("COMMIT")
    except asyncio.CancelledError as error:
        raise OutcomeUnknown("nobody waited for the answer to COMMIT") from error
    except Exception as error:
        if _sqlstate(error)[:2] in ("23", "40"):
            raise _translate(connection, error) from error
        raise OutcomeUnknown(f"the answer to COMMIT was lost: {error!r}") from error
    if tag != "COMMIT":
        raise StatementFailed("PostgreSQL had already given up this transaction")


async def _roll_back(connection: asyncpg.Connection) -> None:
    if connection.is_closed() or not connection.is_in_transaction():
        return
    try:
        await connection.execute("ROLLBACK", timeout=ROLLBACK_PATIENCE)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()


def _sqlstate(error: BaseException) -> str:
    return (error.sqlstate or "") if isinstance(error, asyncpg.PostgresError) else ""


def _translate(connection: asyncpg.Connection, error: Exception) -> Exception:
    """A driver's error as one of ours (SQLSTATE classes: PostgreSQL manual, appendix A)."""
    state = _sqlstate(error)
    translated: Exception = error
    if state[:2] == "23":
        translated = ConstraintViolated(f"{state}: {error}")
    elif state in ("40001", "40P01", "57P01", "57P02", "57P03") or state[:2] == "08":
        translated = _Replay(f"{state}: {error}")
    elif state[:2] in ("53", "55", "57", "58") or isinstance(error, TimeoutError):
        translated = StoreUnavailable(f"{state or 'timeout'}: {error}")
    elif connection.is_closed() or isinstance(error, OSError):
        translated = _Replay(f"the connection was lost: {error}")
    elif state or isinstance(error, asyncpg.InterfaceError):
        translated = StatementFailed(f"{state}: {error}")
    if translated is not error:
        translated.__cause__ = error
    return translated
