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

__all__ = [
    "Command",
    "ConstraintViolated",
    "FileInUse",
    "Listener",
    "OutcomeUnknown",
    "Param",
    "RowMissing",
    "SchemaError",
    "Statement",
    "StatementFailed",
    "StorageError",
    "Store",
    "StoreUnavailable",
    "Transaction",
    "Txn",
    "notify",
    "transaction",
]
