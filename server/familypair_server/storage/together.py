"""Several statements in one round trip on PostgreSQL; on SQLite one after the other, as ever.

A round trip costs more there than the work of a small statement. Writes become the parts of one
writable CTE, so they must not read what another part writes, nor touch one row twice. Reads become
columns of one row of JSON. Both see one snapshot: a row lock must be a statement of its own before
them, because what is read in the statement that waits for a lock is from before the wait.
"""

import functools
from collections.abc import Mapping
from typing import Any, TypeVar, cast, overload

import msgspec

from familypair_server.storage.statements import Command, Param, Statement, Txn, renamed

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")


class Write(msgspec.Struct, frozen=True, gc=False):
    """A statement that changes something, with its parameters."""

    statement: Statement[Any]
    params: Mapping[str, Param]


def together(*writes: Write) -> Txn[None]:
    """Run all of them, in this order where the engine has one."""
    statement = _one_write(tuple(write.statement for write in writes))
    params = {
        f"w{place}_{name}": value
        for place, write in enumerate(writes)
        for name, value in write.params.items()
    }
    yield from statement.run(**params)


@overload
def gather(
    reads: tuple[Statement[A], Statement[B]], **params: Param
) -> Txn[tuple[list[A], list[B]]]: ...
@overload
def gather(
    reads: tuple[Statement[A], Statement[B], Statement[C]], **params: Param
) -> Txn[tuple[list[A], list[B], list[C]]]: ...
@overload
def gather(
    reads: tuple[Statement[A], Statement[B], Statement[C], Statement[D]], **params: Param
) -> Txn[tuple[list[A], list[B], list[C], list[D]]]: ...
@overload
def gather(
    reads: tuple[Statement[A], Statement[B], Statement[C], Statement[D], Statement[E]],
    **params: Param,
) -> Txn[tuple[list[A], list[B], list[C], list[D], list[E]]]: ...
def gather(reads: tuple[Statement[Any], ...], **params: Param) -> Txn[tuple[Any, ...]]:
    """Every row of each of these reads, which all have the same parameters.

    Columns must be text, whole numbers or NULL.
    """
    found = yield Command("gather", _one_read(reads), params)
    return cast("tuple[Any, ...]", found)


def rows_of(statement: Statement[Any], row: Any) -> tuple[list[Any], ...]:
    """What PostgreSQL answered to a `gather`."""
    return tuple(
        [part.build(one) for one in _decode(text)] if text else []
        for part, text in zip(statement.parts, row, strict=True)
    )


_decode = msgspec.json.Decoder(list[list[Any]]).decode


@functools.lru_cache(maxsize=256)
def _one_write(statements: tuple[Statement[Any], ...]) -> Statement[None]:
    parts = tuple(
        renamed(sql, f"w{place}_")
        for place, statement in enumerate(statements)
        for sql in statement.source
    )
    *first, last = parts
    ctes = ", ".join(f"p{place} AS ({sql})" for place, sql in enumerate(first))
    return Statement(parts, pg=f"WITH {ctes} {last}" if first else last)


@functools.lru_cache(maxsize=64)
def _one_read(statements: tuple[Statement[Any], ...]) -> Statement[None]:
    columns = map(_as_json, statements)
    merged = Statement(
        tuple(one.source[-1] for one in statements), pg=f"SELECT {', '.join(columns)}"
    )
    merged.parts = statements
    return merged


def _as_json(statement: Statement[Any]) -> str:
    names = ", ".join(f"c{place}" for place in range(statement.width))
    source = statement.pg_source[-1]
    return f"(SELECT json_agg(json_build_array({names})) FROM ({source}) q({names}))::text"  # noqa: S608 - our own SQL
