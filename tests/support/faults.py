"""Break a transaction between any two of its steps, and see that nothing of it stays.

A step is a statement, also one that an engine would run together with others; the last "step" is
the moment after the body and before the commit.
"""

from collections.abc import Callable
from itertools import count
from typing import Any, Self, TypeVar

from familypair_server.storage import (
    Command,
    Statement,
    StorageError,
    Store,
    Transaction,
    Txn,
    transaction,
)

T = TypeVar("T")
Digest = dict[str, list[str]]
"""Every table's rows as sorted texts: two equal digests are two equal databases."""


class InjectedFault(StorageError):  # noqa: N818 - says what happened
    """The fault that a test asked for."""


@transaction
def failing_at(work: Transaction[T], step: int) -> Txn[T]:
    """`work`, but its step number `step` (from 1) fails as a database error would."""
    body = iter(work)
    answer: Any = None
    done = 0
    while True:
        try:
            command = body.send(answer)
        except StopIteration as end:
            if done + 1 == step:
                raise InjectedFault(f"before the commit, after {done} steps") from None
            return end.value  # type: ignore[no-any-return]  # the body's return type is T
        parts = command.statement.source if command.kind == "run" else ("",)
        if step <= done + len(parts):
            body.close()
            yield from _first(command, parts[: step - done - 1])
            raise InjectedFault(f"step {step}: {command.statement!r}")
        done += len(parts)
        answer = yield command


def _first(command: Command, parts: tuple[str, ...]) -> Txn[None]:
    """Only the first statements of a command that has several."""
    if parts:
        yield Command("run", Statement(parts), command.params)


async def no_half_state(store: Store, work: Callable[[], Transaction[Any]]) -> int:
    """Run `work` with a fault at each of its steps in turn; returns how many faults were tried.

    Each faulty run must leave every table as it was. In the end the work is run without a fault.
    """
    before = await digest(store)
    for step in count(1):
        if await _succeeds(store, failing_at(work(), step)):
            return step - 1
        after = await digest(store)
        changed = [table for table in before if before[table] != after.get(table)]
        assert before == after, f"a fault at step {step} left something in {changed}"
    raise AssertionError("unreachable: counting never ends")


async def _succeeds(store: Store, work: Transaction[Any]) -> bool:
    try:
        await store.run(work)
    except InjectedFault:
        return False
    return True


class AnyRow(tuple[Any, ...]):
    """A row of unknown columns."""

    __slots__ = ()

    def __new__(cls, *columns: Any) -> Self:
        """Take the columns one by one, as `Statement` gives them."""
        return super().__new__(cls, columns)


_TABLES = Statement(
    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    str,
    pg="SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
)


async def digest(store: Store) -> Digest:
    """The whole database, table by table."""
    return await store.read(_digest())


@transaction
def _digest() -> Txn[Digest]:
    found: Digest = {}
    for table in (yield from _TABLES.all()):
        rows = yield from Statement(f"SELECT * FROM {table}", AnyRow).all()  # noqa: S608 - a table's own name
        found[table] = sorted(map(repr, rows))
    return found
