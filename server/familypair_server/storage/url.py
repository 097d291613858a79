"""Where a database is: `sqlite:///path/to/file.db` or `postgresql://user@host/name`."""

from pathlib import Path
from urllib.parse import unquote

import msgspec


class SqliteAt(msgspec.Struct, frozen=True):
    """A SQLite file."""

    path: Path


class PostgresAt(msgspec.Struct, frozen=True):
    """A PostgreSQL database; `dsn` may hold a password, so it is never printed."""

    dsn: str


def parse(url: str) -> SqliteAt | PostgresAt:
    """Read a database URL. Raises `ValueError`, without the URL's text, for anything else."""
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresAt(url)
    path = unquote(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path or path.startswith(":memory:"):
        raise ValueError("a database is sqlite:///path/to/file.db or postgresql://user@host/name")
    return SqliteAt(Path(path))
