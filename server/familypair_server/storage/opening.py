"""Open the database that a URL names."""

from familypair_server.storage.postgres import PostgresStore
from familypair_server.storage.sqlite import SqliteStore
from familypair_server.storage.store import Store
from familypair_server.storage.url import PostgresAt, SqliteAt, parse


async def open_store(url: str, *, statement_timeout: float = 2.0, connections: int = 10) -> Store:
    """Open a migrated database; the caller closes it.

    `statement_timeout` (seconds) and `connections` (the pool's size) are for PostgreSQL.
    Raises `SchemaError` unless its schema is this build's, `FileInUse`, `StoreUnavailable`.
    """
    match parse(url):
        case SqliteAt(path):
            return await SqliteStore.open(path)
        case PostgresAt(dsn):
            return await PostgresStore.open(
                dsn, statement_timeout=statement_timeout, connections=connections
            )
