"""What can go wrong in the database, named for callers instead of for a driver."""


class StorageError(Exception):
    """Base of every error that the storage layer raises on its own account."""


class RowMissing(StorageError):  # noqa: N818 - says what happened
    """`Statement.get` found no row."""


class ConstraintViolated(StorageError):  # noqa: N818 - says what happened
    """A unique, check or foreign key constraint refused the change; nothing of it was kept.

    Where two callers may race for one key, use `ON CONFLICT DO NOTHING` and look at the count:
    a database error ends its transaction on both engines, also when the body catches it.
    """


class StatementFailed(StorageError):  # noqa: N818 - says what happened
    """The database did not understand or could not run a statement: a fault in our code."""


class StoreUnavailable(StorageError):  # noqa: N818 - says what happened
    """The database cannot do the work now; nothing of it was kept. The caller may try again."""


class OutcomeUnknown(StoreUnavailable):
    """The commit was sent and its answer was lost: the work is kept whole or not at all.

    Never retried by the store. A caller repeats it with the same idempotency key, or looks.
    """


class FileInUse(StoreUnavailable):
    """Another process holds this SQLite file: one process and one writer, always."""


class SchemaError(StorageError):
    """The database's schema and this build do not fit together."""
