"""What both engines do alike when a transaction's body is driven."""

from collections.abc import Generator
from typing import Any, NoReturn

from familypair_server.storage.errors import StorageError
from familypair_server.storage.statements import Command


def abort(body: Generator[Command, Any, Any], failure: Exception) -> NoReturn:
    """Tell the body that its statement failed, and fail the transaction whatever it does.

    The failure is thrown into the body so that the traceback names the statement's line and the
    body may say it in its own words (`except ConstraintViolated: raise Refused(...)`). A body that
    swallows it fails all the same: PostgreSQL could not go on, so SQLite does not either.
    """
    try:
        body.throw(failure)
    except StopIteration:
        raise failure from None
    body.close()
    raise failure


def refuse_notify() -> NoReturn:
    """A read has no commit that anybody could hear of."""
    raise StorageError("notify belongs to store.run; a read changes nothing")
