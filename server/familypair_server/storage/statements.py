"""Statements are typed values; a transaction is a generator that yields them.

A body never touches a driver: it yields `Command`s and receives rows, so one body runs on SQLite
and on PostgreSQL, can be replayed after a serialization failure, and can be tested without a
database. Portable SQL only; `pg=` holds the variant where the engines differ.
"""

import functools
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any, Generic, Literal, ParamSpec, TypeVar, overload

import msgspec

from familypair_server.storage.errors import RowMissing

R = TypeVar("R")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
P = ParamSpec("P")

Param = str | int | float | bytes | None
"""What a database accepts as a value. Times are BIGINT milliseconds, booleans SMALLINT 0 or 1."""

Sql = str | tuple[str, ...]
Kind = Literal["one", "all", "run", "gather", "notify"]

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::\w+|:([a-zA-Z_]\w*)")
_PARAM_TYPES = (int, float, bytes, type(None))


class Rendered(msgspec.Struct, frozen=True):
    """SQL with numbered placeholders, and which named parameter each number stands for."""

    sql: str
    names: tuple[str, ...]

    def arguments(self, params: Mapping[str, Param]) -> list[Param]:
        """Put the parameters into the order of the placeholders."""
        return [params[name] for name in self.names]


def render(sql: str, sign: Literal["?", "$"]) -> Rendered:
    """Turn `:name` into `?1` or `$1`; quoted text, casts (`::`) and comments stay as they are."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0]
        if name not in names:
            names.append(name)
        return f"{sign}{names.index(name) + 1}"

    return Rendered(_TOKEN.sub(number, sql), tuple(names))


def renamed(sql: str, prefix: str) -> str:
    """The same SQL with `prefix` before the name of every parameter."""
    return _TOKEN.sub(lambda match: f":{prefix}{match[1]}" if match[1] else match[0], sql)


def _render_all(sql: Sql, sign: Literal["?", "$"]) -> tuple[Rendered, ...]:
    return tuple(render(one, sign) for one in ((sql,) if isinstance(sql, str) else sql))


class Command(msgspec.Struct, frozen=True, gc=False):
    """One thing that a transaction asks of the engine: a statement with its parameters."""

    kind: Kind
    statement: "Statement[Any]"
    params: Mapping[str, Param]


Txn = Generator[Command, Any, T]
"""A running transaction body: yields commands, receives their results, returns `T`."""


class Statement(Generic[R]):
    """SQL with named parameters and the type of its rows.

    A tuple of statements runs in order with the same parameters and answers with the last one's
    result, so that PostgreSQL may have them as one writable CTE (`pg=`) in one round trip.

    `row` is a `msgspec.Struct` whose field order is the column order, or `int`, `str`, `bytes` for
    a single column that is never NULL. Fields annotated `bool` turn 0 and 1 into booleans.
    """

    __slots__ = (
        "_booleans",
        "_names",
        "_row",
        "parts",
        "pg_source",
        "postgres",
        "source",
        "sqlite",
    )

    @overload
    def __init__(self: "Statement[None]", sql: Sql, *, pg: Sql | None = None) -> None: ...
    @overload
    def __init__(self, sql: Sql, row: type[R], *, pg: Sql | None = None) -> None: ...

    def __init__(self, sql: Sql, row: type[Any] | None = None, *, pg: Sql | None = None) -> None:
        self.source = (sql,) if isinstance(sql, str) else sql
        """The portable text."""
        self.pg_source = self.source if pg is None else (pg,) if isinstance(pg, str) else pg
        """What PostgreSQL runs, before its parameters are numbered."""
        self.parts: tuple[Statement[Any], ...] = ()
        """The reads that a `gather` is made of."""
        self.sqlite = _render_all(sql, "?")
        self.postgres = _render_all(sql if pg is None else pg, "$")
        self._names = frozenset(n for one in (*self.sqlite, *self.postgres) for n in one.names)
        self._row = row
        self._booleans = _boolean_columns(row)

    def __repr__(self) -> str:
        return f"Statement({'; '.join(one.sql for one in self.sqlite)!r})"

    def one(self, **params: Param) -> Txn[R | None]:
        """Run it; the first row, or None when there is none."""
        return _ask(self._command("one", params))

    def get(self, **params: Param) -> Txn[R]:
        """Run it; the first row. Raises `RowMissing` when there is none."""
        return _must(self._command("one", params))

    def all(self, **params: Param) -> Txn[list[R]]:
        """Run it; every row, in the statement's order."""
        return _ask(self._command("all", params))

    def run(self, **params: Param) -> Txn[int]:
        """Run it; the number of rows it inserted, updated or deleted."""
        return _ask(self._command("run", params))

    @property
    def width(self) -> int:
        """How many columns a row has."""
        row = self._row
        if row is None or not issubclass(row, msgspec.Struct):
            return 1
        return len(row.__struct_fields__)

    def build(self, columns: Iterable[Any]) -> R:
        """Make the row object from column values."""
        if self._row is None:
            raise TypeError(f"{self!r} has no row type: give one, or use .run()")
        if self._booleans:
            columns = [
                bool(value) if index in self._booleans and value is not None else value
                for index, value in enumerate(columns)
            ]
        return self._row(*columns)  # type: ignore[no-any-return]  # overloads tie _row to R

    def _command(self, kind: Kind, params: dict[str, Param]) -> Command:
        if params.keys() != self._names:
            raise TypeError(_mismatch(self, self._names, params))
        for name, value in params.items():
            if isinstance(value, str):
                if "\x00" in value:
                    raise ValueError(f"{name} holds a NUL character, which PostgreSQL cannot store")
            elif not isinstance(value, _PARAM_TYPES):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"{name}={value!r} is no database value in {self!r}")
        return Command(kind, self, params)


def _boolean_columns(row: type[Any] | None) -> frozenset[int]:
    if row is None or not issubclass(row, msgspec.Struct):
        return frozenset()
    fields = msgspec.structs.fields(row)
    return frozenset(i for i, field in enumerate(fields) if field.type in (bool, bool | None))


def _mismatch(statement: Statement[Any], wanted: frozenset[str], given: Iterable[str]) -> str:
    missing = ", ".join(sorted(wanted.difference(given))) or "none"
    unknown = ", ".join(sorted(set(given) - wanted)) or "none"
    return f"parameters missing: {missing}; unknown: {unknown}; in {statement!r}"


def _ask(command: Command) -> Txn[Any]:
    return (yield command)


def _must(command: Command) -> Txn[Any]:
    row = yield command
    if row is None:
        raise RowMissing(f"no row for {dict(command.params)!r} in {command.statement!r}")
    return row


class Transaction(Generic[T_co]):
    """A transaction that has not run yet. It can run again: each run starts a fresh body.

    Iterable, so that a bigger one may say `x = yield from other(...)` and be one transaction.
    """

    __slots__ = ("_first", "_start")

    def __init__(self, start: Callable[[], Txn[T_co]]) -> None:
        self._start = start
        # Made now, so that wrong arguments fail at the call and not at the commit.
        self._first: Txn[T_co] | None = start()

    def __repr__(self) -> str:
        start = self._start
        body = start.func if isinstance(start, functools.partial) else start
        return f"Transaction({getattr(body, '__qualname__', '?')})"

    def __iter__(self) -> Txn[T_co]:
        body, self._first = self._first, None
        return self._start() if body is None else body


def transaction(body: Callable[P, Txn[T]]) -> Callable[P, Transaction[T]]:
    """Make a generator function into one that returns a replayable `Transaction`.

    The body must have no side effects but its statements: an engine may run it more than once.
    """

    @functools.wraps(body)
    def prepare(*args: P.args, **kwargs: P.kwargs) -> Transaction[T]:
        return Transaction(functools.partial(body, *args, **kwargs))

    return prepare


_NOTIFY = Statement("")


def notify(teen_id: str) -> Txn[None]:
    """After the commit, tell the store's listeners that something of this teen changed."""
    yield Command("notify", _NOTIFY, {"teen": teen_id})
