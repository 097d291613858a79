"""What happens on the writer's and the reader's thread: many transactions, one commit."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from familypair_server.storage.drive import abort, refuse_notify
from familypair_server.storage.errors import (
    ConstraintViolated,
    OutcomeUnknown,
    StatementFailed,
    StorageError,
    StoreUnavailable,
)
from familypair_server.storage.statements import Command, Transaction

_CONSTRAINT, _BUSY, _LOCKED, _NOMEM, _READONLY = 19, 5, 6, 7, 8
_IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 10, 11, 13, 14, 26
_PASSING = frozenset({_BUSY, _LOCKED, _NOMEM, _FULL})
_BROKEN = frozenset({_IOERR, _CORRUPT, _CANTOPEN, _NOTADB, _READONLY})


class Outcome(msgspec.Struct, gc=False):
    """How one transaction of a batch went."""

    value: Any = None
    error: Exception | None = None
    teens: frozenset[str] = frozenset()


class _BatchLost(Exception):  # noqa: N818 - says what happened
    """The whole transaction is gone or cannot be trusted, not just one savepoint."""


def translate(error: Exception) -> Exception:
    """A driver's error as one of ours; other exceptions (a body's own) stay as they are."""
    if not isinstance(error, sqlite3.Error):
        return error
    code = _primary(error)
    kind: type[StorageError] = StatementFailed
    if code == _CONSTRAINT:
        kind = ConstraintViolated
    elif code in _PASSING or code in _BROKEN:
        kind = StoreUnavailable
    translated = kind(f"{getattr(error, 'sqlite_errorname', 'SQLITE')}: {error}")
    translated.__cause__ = error
    return translated


def run_batch(works: Sequence[Transaction[Any]], connection: sqlite3.Connection) -> list[Outcome]:
    """Run each transaction in a savepoint of its own, and commit them together.

    Raises a `StorageError` that is everybody's answer: `OutcomeUnknown` when the commit's fate is
    open, another one when nothing of the batch was kept.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            outcomes = [_attempt(connection, work) for work in works]
        except BaseException:
            _roll_back(connection)
            raise
        _commit(connection)
    except (sqlite3.Error, _BatchLost) as error:
        raise _for_everybody(error) from error
    return outcomes


def read_batch(works: Sequence[Transaction[Any]], connection: sqlite3.Connection) -> list[Outcome]:
    """Run reads on one snapshot. A read that fails hinders no other."""
    connection.execute("BEGIN")
    try:
        return [_read(connection, work) for work in works]
    finally:
        _roll_back(connection)


def is_broken(error: BaseException | None) -> bool:
    """Whether the cause of this error is that the file or the disk cannot be trusted any more."""
    while error is not None:
        if isinstance(error, sqlite3.Error) and _primary(error) in _BROKEN:
            return True
        error = error.__cause__
    return False


def _for_everybody(error: Exception) -> StorageError:
    if isinstance(error, sqlite3.Error):
        translated = translate(error)
        if isinstance(translated, StorageError):
            return translated
    return StoreUnavailable(f"the whole batch was rolled back: {error.__cause__}")


def _attempt(connection: sqlite3.Connection, work: Transaction[Any]) -> Outcome:
    teens: set[str] = set()
    connection.execute("SAVEPOINT job")
    try:
        value = _drive(connection, work, teens)
    except Exception as error:
        if is_broken(error) or not connection.in_transaction:
            raise _BatchLost from error
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return Outcome(error=error)
    connection.execute("RELEASE job")
    return Outcome(value, None, frozenset(teens))


def _read(connection: sqlite3.Connection, work: Transaction[Any]) -> Outcome:
    try:
        return Outcome(_drive(connection, work, None))
    except Exception as error:  # noqa: BLE001 - handed to the caller who submitted this body
        return Outcome(error=error)


def _drive(connection: sqlite3.Connection, work: Transaction[Any], teens: set[str] | None) -> Any:
    body = iter(work)
    answer: Any = None
    while True:
        try:
            command = body.send(answer)
        except StopIteration as end:
            return end.value
        try:
            answer = _answer(connection, command, teens)
        except Exception as error:  # noqa: BLE001 - abort always raises
            abort(body, translate(error))


def _answer(connection: sqlite3.Connection, command: Command, teens: set[str] | None) -> Any:
    if command.kind == "notify":
        if teens is None:
            refuse_notify()
        teens.add(str(command.params["teen"]))
        return None
    statement = command.statement
    if command.kind == "gather":
        return _gather(connection, command)
    *first, last = statement.sqlite
    for rendered in first:
        connection.execute(rendered.sql, rendered.arguments(command.params))
    cursor = connection.execute(last.sql, last.arguments(command.params))
    if command.kind == "run":
        return len(cursor.fetchall()) if cursor.description else max(cursor.rowcount, 0)
    if command.kind == "all":
        return [statement.build(row) for row in cursor.fetchall()]
    row = cursor.fetchone()
    cursor.close()
    return None if row is None else statement.build(row)


def _gather(connection: sqlite3.Connection, command: Command) -> tuple[list[Any], ...]:
    statement = command.statement
    return tuple(
        [part.build(row) for row in connection.execute(one.sql, one.arguments(command.params))]
        for part, one in zip(statement.parts, statement.sqlite, strict=True)
    )


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        if is_broken(error):
            # The frames may be on the disk or not; only a restart's recovery will tell.
            raise OutcomeUnknown(f"the commit failed: {error}") from error
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
