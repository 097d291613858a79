"""What the type checkers know of a statement's result; `make lint` is where these can fail."""

from typing import assert_type

import msgspec
import pytest

from familypair_server.storage import Command, Statement, Store, Transaction, Txn, transaction


class Row(msgspec.Struct, frozen=True):
    """A row for this test."""

    id: str


by_id = Statement("SELECT id FROM t WHERE id = :id", Row)
number = Statement("SELECT count(*) FROM t", int)
delete = Statement("DELETE FROM t")


@transaction
def inner(*, wanted: str) -> Txn[Row | None]:
    """A transaction with a typed result."""
    return (yield from by_id.one(id=wanted))


@transaction
def outer(wanted: str) -> Txn[int]:
    """Every form of a result."""
    assert_type((yield from by_id.one(id=wanted)), Row | None)
    assert_type((yield from by_id.get(id=wanted)), Row)
    assert_type((yield from by_id.all(id=wanted)), list[Row])
    assert_type((yield from number.get()), int)
    assert_type((yield from delete.run()), int)
    assert_type((yield from inner(wanted=wanted)), Row | None)
    return 1


async def types_of_a_store(store: Store) -> None:
    """Only checked, never run."""
    assert_type(await store.run(outer("a")), int)
    assert_type(await store.read(inner(wanted="a")), Row | None)


def test_results_are_typed() -> None:
    """`one` may be None, `get` is not, `all` is a list, `run` a count, a transaction its own."""
    row = Row("a")
    work = outer("a")
    assert_type(work, Transaction[int])
    body = iter(work)
    command = next(body)
    assert_type(command, Command)
    for answer in (row, row, [row], 3, 1):
        body.send(answer)
    with pytest.raises(StopIteration) as end:
        body.send(row)
    assert end.value.value == 1
