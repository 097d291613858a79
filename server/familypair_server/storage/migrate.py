"""Bring a database to this build's schema, and say whether it is sound.

`migrate` and `check` are what `familypair-server migrate` and `familypair-server check` run.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Generator, Sequence
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import asyncpg
import msgspec

from familypair_server.storage.filelock import FileLock
from familypair_server.storage.instants import to_ms
from familypair_server.storage.migrations_plan import (
    RECORDED,
    TABLE,
    Migration,
    Plan,
    known,
    plan,
    statements,
)
from familypair_server.storage.url import PostgresAt, SqliteAt, parse

LOCK_KEY = 5_724_200
"""The PostgreSQL advisory lock that makes concurrent runners take turns."""
WAIT = 30.0
"""Seconds that a runner waits for another one."""


class Report(msgspec.Struct, frozen=True):
    """What `check` found. Sound when `ok`."""

    engine: Literal["sqlite", "pg"]
    version: str
    """The database engine's own version."""
    applied: tuple[str, ...]
    """Numbers of the migrations that ran."""
    pending: tuple[str, ...]
    """Names of the migrations that this build has and the database has not."""
    problems: tuple[str, ...]
    """What an operator must look at, in words."""
    notes: tuple[str, ...] = ()
    """What an operator may like to know."""

    @property
    def ok(self) -> bool:
        """No problem, and the schema is this build's."""
        return not self.problems and not self.pending


async def migrate(
    url: str, *, now: datetime, folder: Traversable | None = None, wait: float = WAIT
) -> list[str]:
    """Run what is pending, each in its own transaction with its record; returns their names.

    Safe to run from many processes at once: one runs, the others wait and find nothing to do.
    `wait` is how long (seconds) for another process to let go of a SQLite file.
    Raises `SchemaError` for a newer database or an edited file, `FileInUse` while a server runs.
    """
    at = to_ms(now)
    match parse(url):
        case SqliteAt(path):
            return await asyncio.to_thread(_migrate_sqlite, path, known("sqlite", folder), at, wait)
        case PostgresAt(dsn):
            async with _connected(dsn) as connection:
                return await _migrate_pg(connection, known("pg", folder), at)


async def check(url: str, *, folder: Traversable | None = None) -> Report:
    """Look, and change nothing. Works beside a running server."""
    match parse(url):
        case SqliteAt(path):
            return await asyncio.to_thread(_check_sqlite, path, known("sqlite", folder))
        case PostgresAt(dsn):
            async with _connected(dsn) as connection:
                return await _check_pg(connection, known("pg", folder))


def plan_sqlite(raw: sqlite3.Connection, migrations: Sequence[Migration]) -> Plan:
    """What this SQLite database still needs."""
    exists = raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_migration'").fetchone()
    return plan(dict(raw.execute(RECORDED)) if exists else {}, migrations)


async def plan_pg(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> Plan:
    """What this PostgreSQL database still needs."""
    exists = await connection.fetchval("SELECT to_regclass('schema_migration') IS NOT NULL")
    rows = await connection.fetch(RECORDED) if exists else []
    return plan({row[0]: row[1] for row in rows}, migrations)


def _migrate_sqlite(path: Path, migrations: Sequence[Migration], at: int, wait: float) -> list[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    lock.acquire(wait=wait)
    try:
        # SQLite gives its log the rights of the database file: only the owner may read either.
        path.touch(mode=0o600)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=WAIT)) as raw:
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("PRAGMA foreign_keys = ON")
            found = plan_sqlite(raw, migrations)
            found.refuse_problems()
            for step in found.pending:
                _apply_sqlite(raw, step, at)
            return [step.name for step in found.pending]
    finally:
        lock.release()


def _apply_sqlite(raw: sqlite3.Connection, step: Migration, at: int) -> None:
    with _transaction(raw):
        raw.execute(TABLE)
        for statement in statements(step.sql):
            raw.execute(statement)
        raw.execute("INSERT INTO schema_migration VALUES (?, ?, ?, ?)", _record(step, at))


@contextlib.contextmanager
def _transaction(raw: sqlite3.Connection) -> Generator[None]:
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        raw.execute("ROLLBACK")
        raise
    raw.execute("COMMIT")


async def _migrate_pg(
    connection: asyncpg.Connection, migrations: Sequence[Migration], at: int
) -> list[str]:
    # The lock belongs to the session, so a runner that dies gives it back.
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
    found = await plan_pg(connection, migrations)
    found.refuse_problems()
    for step in found.pending:
        await _apply_pg(connection, step, at)
    return [step.name for step in found.pending]


async def _apply_pg(connection: asyncpg.Connection, step: Migration, at: int) -> None:
    async with connection.transaction():
        await connection.execute(TABLE)
        await connection.execute(step.sql)
        insert = "INSERT INTO schema_migration VALUES ($1, $2, $3, $4)"
        await connection.execute(insert, *_record(step, at))


def _record(step: Migration, at: int) -> tuple[str, str, str, int]:
    return step.number, step.name, step.sha256, at


@contextlib.asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


def _check_sqlite(path: Path, migrations: Sequence[Migration]) -> Report:
    version = sqlite3.sqlite_version
    if not path.exists():
        pending = tuple(step.name for step in migrations)
        return Report("sqlite", version, (), pending, (f"there is no file {path}",))
    where = f"file:{quote(str(path))}?mode=ro"
    with contextlib.closing(sqlite3.connect(where, uri=True, timeout=WAIT)) as raw:
        try:
            found = plan_sqlite(raw, migrations)
            damage, mode = _damage(raw), raw.execute("PRAGMA journal_mode").fetchone()[0]
        except sqlite3.DatabaseError as error:
            return Report("sqlite", version, (), (), (f"the file is damaged: {error}",))
    notes = (f"journal mode {mode}", f"{path.stat().st_size} bytes")
    return _report("sqlite", version, found, damage, notes)


def _damage(raw: sqlite3.Connection) -> list[str]:
    damage = [row[0] for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
    dangling = raw.execute("PRAGMA foreign_key_check").fetchall()
    return damage + [f"dangling reference in {row[0]}" for row in dangling]


async def _check_pg(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> Report:
    found = await plan_pg(connection, migrations)
    version = await connection.fetchval("SHOW server_version")
    damage: list[str] = []
    if await connection.fetchval("SHOW fsync") != "on":
        damage.append("fsync is off: a crash of the machine may lose or damage what was saved")
    if await connection.fetchval("SHOW server_encoding") != "UTF8":
        damage.append("the database's encoding is not UTF8")
    sums = await connection.fetchval("SHOW data_checksums")
    return _report("pg", version, found, damage, (f"data checksums {sums}",))


def _report(
    engine: Literal["sqlite", "pg"],
    version: str,
    found: Plan,
    damage: Sequence[str],
    notes: tuple[str, ...],
) -> Report:
    pending = tuple(step.name for step in found.pending)
    return Report(engine, version, found.applied, pending, (*found.problems, *damage), notes)
