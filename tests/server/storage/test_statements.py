"""Statements and transactions as values, without a database."""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from familypair_server.storage import (
    Command,
    Param,
    RowMissing,
    Statement,
    Txn,
    notify,
    transaction,
)
from familypair_server.storage.statements import render


class Row(msgspec.Struct, frozen=True):
    """A row for these tests."""

    id: str
    on: bool


BY_ID = Statement("SELECT id, on_ FROM t WHERE id = :id AND teen = :teen", Row)


def feed(body: Generator[Command, Any, Any], *answers: Any) -> Any:
    """Drive a body by hand; returns its result."""
    command = next(body)
    assert isinstance(command, Command)
    for answer in answers:
        try:
            body.send(answer)
        except StopIteration as end:
            return end.value
    raise AssertionError("the body wanted more answers")


@pytest.mark.parametrize(
    ("sql", "lite", "pg", "names"),
    [
        ("SELECT :a", "SELECT ?1", "SELECT $1", ("a",)),
        ("VALUES (:x,:y)", "VALUES (?1,?2)", "VALUES ($1,$2)", ("x", "y")),
        ("a = :a OR b = :a AND c = :b", "a = ?1 OR b = ?1 AND c = ?2", None, ("a", "b")),
        ("x = ':a' AND y = :b", "x = ':a' AND y = ?1", "x = ':a' AND y = $1", ("b",)),
        ("x = 'it''s :a' AND :b", "x = 'it''s :a' AND ?1", None, ("b",)),
        ('":a" = :b', '":a" = ?1', '":a" = $1', ("b",)),
        ("x::text = :b", "x::text = ?1", "x::text = $1", ("b",)),
        ("x -- :a\n = :b", "x -- :a\n = ?1", None, ("b",)),
        ("SELECT 1", "SELECT 1", "SELECT 1", ()),
    ],
)
def test_named_parameters_become_numbers(
    sql: str, lite: str, pg: str | None, names: tuple[str, ...]
) -> None:
    """Each name has one number; quoted text, comments and casts are not parameters."""
    assert render(sql, "?").sql == lite
    assert render(sql, "$").sql == (pg or lite.replace("?", "$"))
    assert render(sql, "$").names == names


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"id": "a"}, "missing: teen; unknown: none"),
        ({"id": "a", "teen": "t", "tene": "t"}, "missing: none; unknown: tene"),
        ({"id": "a", "tene": "t"}, "missing: teen; unknown: tene"),
    ],
)
def test_wrong_parameter_names_fail_at_the_call(params: dict[str, Param], message: str) -> None:
    """A misspelt name is found where it is written, before any database is asked."""
    with pytest.raises(TypeError, match=message):
        BY_ID.one(**params)


def test_a_value_that_no_database_stores_fails_at_the_call() -> None:
    """A datetime would become text on one engine and an error on the other: refused on both."""
    instant = cast("str", datetime(2026, 11, 22, tzinfo=UTC))
    with pytest.raises(TypeError, match="teen=datetime"):
        BY_ID.one(id="a", teen=instant)


def test_a_nul_character_fails_at_the_call() -> None:
    """PostgreSQL cannot store NUL in text, so SQLite does not get to either."""
    with pytest.raises(ValueError, match="NUL"):
        BY_ID.one(id="a\x00b", teen="t")


def test_a_row_is_built_by_position_and_booleans_are_booleans() -> None:
    """SMALLINT 0 and 1 become False and True where the field says bool."""
    assert BY_ID.build(("x", 1)) == Row("x", on=True)
    assert BY_ID.build(("x", 0)).on is False


def test_a_row_with_too_few_or_too_many_columns_is_an_error() -> None:
    """A SELECT that lost a column never gives a row with shifted fields."""
    for columns in (("x",), ("x", 1, 2)):
        with pytest.raises(TypeError):
            BY_ID.build(columns)


def test_rows_of_a_statement_without_a_row_type_are_an_error() -> None:
    """Asking an INSERT for a row is a mistake that names the statement."""
    with pytest.raises(TypeError, match="no row type"):
        Statement("INSERT INTO t DEFAULT VALUES").build((1,))


def test_one_gives_the_row_or_none_and_get_insists() -> None:
    """`one` may be None; `get` raises with the parameters in the message."""
    row = Row("a", on=True)
    assert feed(BY_ID.one(id="a", teen="t"), row) is row
    assert feed(BY_ID.one(id="a", teen="t"), None) is None
    assert feed(BY_ID.get(id="a", teen="t"), row) is row
    with pytest.raises(RowMissing, match="'id': 'a'"):
        feed(BY_ID.get(id="a", teen="t"), None)


@transaction
def inner(number: int) -> Txn[int]:
    """Ask for one row and add."""
    row = yield from BY_ID.get(id="a", teen="t")
    return number + len(row.id)


@transaction
def outer(number: int) -> Txn[int]:
    """One transaction inside another."""
    got = yield from inner(number)
    yield from notify("t")
    return got * 2


def test_a_transaction_can_run_again() -> None:
    """Each iteration is a fresh body: this is what a retry after a deadlock needs."""
    work = inner(1)
    assert [feed(iter(work), Row("abc", on=True)) for _ in range(3)] == [4, 4, 4]


def test_transactions_compose() -> None:
    """The commands of an inner transaction are commands of the outer one."""
    body = iter(outer(1))
    first = next(body)
    second = body.send(Row("abc", on=True))
    assert (first.kind, second.kind, dict(second.params)) == ("one", "notify", {"teen": "t"})
    with pytest.raises(StopIteration) as end:
        body.send(None)
    assert end.value.value == 8


def test_wrong_arguments_of_a_transaction_fail_at_the_call() -> None:
    """Not at the commit, where nobody sees who called."""
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        cast("Any", inner)(numbre=1)


def test_calling_a_transaction_does_nothing_yet() -> None:
    """The body starts when an engine runs it."""
    ran: list[int] = []

    @transaction
    def body() -> Txn[None]:
        ran.append(1)
        yield from notify("t")

    work = body()
    assert ran == []
    next(iter(work))
    assert ran == [1]
