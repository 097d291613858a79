"""The one place that reaches behind aiosqlite: a whole function in one hop to its thread.

aiosqlite's public calls make one hop each, and a transaction of eight statements then spends its
time on hand-overs between threads. `Connection._execute` is protected API, stable for years; the
tests fail if it goes.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import aiosqlite

from familypair_server.storage.errors import StoreUnavailable

T = TypeVar("T")

STATEMENTS = 512
"""Prepared statements that a connection keeps: more than there are in the code."""
_RAW: Final = "_conn"
_EXECUTE: Final = "_execute"


async def connect(path: Path, *, read_only: bool = False) -> aiosqlite.Connection:
    """Open an existing file in autocommit mode; the caller closes it: its thread is no daemon.

    Raises `StoreUnavailable` when it cannot be opened.
    """
    address = f"file:{quote(str(path))}?mode={'ro' if read_only else 'rw'}"
    try:
        return await aiosqlite.connect(
            address, uri=True, isolation_level=None, cached_statements=STATEMENTS
        )
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be opened: {error}") from error


async def hop(
    connection: aiosqlite.Connection,
    function: Callable[[sqlite3.Connection], T],
) -> T:
    """Run `function(sqlite3 connection)` on the connection's own thread."""
    raw: sqlite3.Connection = getattr(connection, _RAW)
    execute: Callable[..., Awaitable[T]] = getattr(connection, _EXECUTE)
    return await execute(function, raw)
