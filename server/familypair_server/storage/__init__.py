"""Storage: transactions are values, and two engines run them (SQLite, PostgreSQL)."""

from familypair_server.storage.errors import (
    ConstraintViolated,
    FileInUse,
    OutcomeUnknown,
    RowMissing,
    SchemaError,
    StatementFailed,
    StorageError,
    StoreUnavailable,
)
from familypair_server.storage.instants import from_ms, to_ms
from familypair_server.storage.migrate import Report, check, migrate
from familypair_server.storage.opening import open_store
from familypair_server.storage.statements import (
    Command,
    Param,
    Statement,
    Transaction,
    Txn,
    notify,
    transaction,
)
from familypair_server.storage.store import Listener, Store
from familypair_server.storage.together import Write, gather, together

__all__ = [
    "Command",
    "ConstraintViolated",
    "FileInUse",
    "Listener",
    "OutcomeUnknown",
    "Param",
    "Report",
    "RowMissing",
    "SchemaError",
    "Statement",
    "StatementFailed",
    "StorageError",
    "Store",
    "StoreUnavailable",
    "Transaction",
    "Txn",
    "Write",
    "check",
    "from_ms",
    "gather",
    "migrate",
    "notify",
    "open_store",
    "to_ms",
    "together",
    "transaction",
]
