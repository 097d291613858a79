"""The one place that reaches behind aiosqlite: a whole function in one hop to its thread.

aiosqlite's public calls make one hop each, and a transaction of eight statements then spends its
time on hand-overs between threads. `Connection._execute` is protected API, stable for years; the
tests fail if it goes.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import aiosqlite

T = TypeVar("T")

_RAW: Final = "_conn"
_EXECUTE: Final = "_execute"


async def connect(path: Path, *, statements: int = 512) -> aiosqlite.Connection:
    """Open `path` in autocommit mode; the caller closes it, its thread is not a daemon."""
    connection = aiosqlite.connect(path, isolation_level=None, cached_statements=statements)
    return await connection


async def hop(
    connection: aiosqlite.Connection,
    function: Callable[[sqlite3.Connection], T],
) -> T:
    """Run `function(sqlite3 connection)` on the connection's own thread."""
    raw: sqlite3.Connection = getattr(connection, _RAW)
    execute: Callable[..., Awaitable[T]] = getattr(connection, _EXECUTE)
    return await execute(function, raw)
