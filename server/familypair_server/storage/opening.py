"""Open the database that a URL names."""

from familypair_server.storage.postgres import PostgresStore
from familypair_server.storage.sqlite import SqliteStore
from familypair_server.storage.sqlite_reader import SqliteReader
from familypair_server.storage.store import Store
from familypair_server.storage.url import PostgresAt, SqliteAt, parse


async def open_store(
    url: str,
    *,
    read_only: bool = False,
    statement_timeout: float = 2.0,
    connections: int = 10,
) -> Store:
    """Open a migrated database; the caller closes it.

    `read_only` works beside a running server and refuses `run`. `statement_timeout` (seconds) and
    `connections` (the pool's size) are for PostgreSQL.
    Raises `SchemaError` unless its schema is this build's, `FileInUse`, `StoreUnavailable`.
    """
    match parse(url):
        case SqliteAt(path):
            return await (SqliteReader if read_only else SqliteStore).open(path)
        case PostgresAt(dsn):
            return await PostgresStore.open(
                dsn,
                read_only=read_only,
                statement_timeout=statement_timeout,
                connections=connections,
            )
