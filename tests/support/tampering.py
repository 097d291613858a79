"""Random single edits of a ledger's tables, as somebody with the database's password makes them."""

import random
from collections.abc import Callable

import msgspec

from familypair_server.storage import Param, Statement, Txn, transaction
from support.faults import AnyRow

TEXTS = {
    "ledger_entry": ("type", "commitment", "hash"),
    "ledger_body": ("salt", "body"),
    "inbox_entry": ("type", "commitment", "hash", "salt", "body", "viewer_id"),
    "inbox_head": ("head", "viewer_id"),
    "teen": ("head",),
}
NUMBERS = {
    "ledger_entry": ("seq", "at"),
    "ledger_body": ("seq",),
    "inbox_entry": ("seq", "ledger_seq", "at"),
    "inbox_head": ("seq",),
    "teen": ("seq",),
}
REMOVABLE = ("ledger_entry", "inbox_entry", "inbox_head")
SWAPPABLE = ("ledger_entry", "ledger_body", "inbox_entry")
PARKING = 9_999
KEYS = {
    "ledger_entry": ("teen_id", "seq"),
    "ledger_body": ("teen_id", "seq"),
    "inbox_entry": ("teen_id", "viewer_id", "seq"),
    "inbox_head": ("teen_id", "viewer_id"),
    "teen": ("id",),
}
_GUARDS = {
    "sqlite": (
        "DROP TRIGGER ledger_entry_no_update",
        "DROP TRIGGER ledger_entry_no_delete",
        "DROP TRIGGER ledger_body_no_update",
        "DROP TRIGGER inbox_entry_no_delete",
        "DROP TRIGGER inbox_entry_no_update",
    ),
    "pg": ("DROP FUNCTION ledger_is_append_only CASCADE",),
}


class Edit(msgspec.Struct, frozen=True):
    """SQL statements that make one edit, and what they are called in a failure's message."""

    name: str
    sql: tuple[tuple[str, dict[str, Param]], ...]


@transaction
def drop_guards(engine: str) -> Txn[None]:
    """What an intruder does first: the triggers go."""
    for sql in _GUARDS[engine]:
        yield from Statement(sql).run()


@transaction
def rows_of(table: str) -> Txn[list[AnyRow]]:
    """The keys of a table's rows."""
    columns = ", ".join(KEYS[table])
    statement = Statement(f"SELECT {columns} FROM {table} ORDER BY {columns}", AnyRow)  # noqa: S608 - own names
    return (yield from statement.all())


@transaction
def make(edit: Edit) -> Txn[int]:
    """Do the edit; how many rows it touched."""
    touched = 0
    for sql, params in edit.sql:
        touched += yield from Statement(sql).run(**params)
    return touched


def random_edit(dice: random.Random, keys: dict[str, list[AnyRow]]) -> Edit:
    """One edit: a character changed, a number changed, a row removed, or two rows swapped."""
    kinds: list[Callable[[random.Random, dict[str, list[AnyRow]]], Edit]] = [
        _character,
        _number,
        _removal,
        _swap,
    ]
    return dice.choices(kinds, weights=(5, 3, 1, 1))[0](dice, keys)


def _where(table: str, key: AnyRow) -> tuple[str, dict[str, Param]]:
    text = " AND ".join(f"{name} = :key{i}" for i, name in enumerate(KEYS[table]))
    return text, {f"key{i}": value for i, value in enumerate(key)}


def _character(dice: random.Random, keys: dict[str, list[AnyRow]]) -> Edit:
    table = dice.choice([*TEXTS])
    column, key = dice.choice(TEXTS[table]), dice.choice(keys[table])
    where, params = _where(table, key)
    place, new = dice.randrange(1, 12), dice.choice("~^")
    sql = (
        f"UPDATE {table} SET {column} = substr({column}, 1, {place - 1}) || '{new}'"  # noqa: S608 - own names
        f" || substr({column}, {place + 1}) WHERE {where}"
    )
    return Edit(f"{table}.{column}[{place}] of {key}", ((sql, params),))


def _number(dice: random.Random, keys: dict[str, list[AnyRow]]) -> Edit:
    table = dice.choice([*NUMBERS])
    column, key = dice.choice(NUMBERS[table]), dice.choice(keys[table])
    where, params = _where(table, key)
    step = 1000 if column in KEYS[table] else dice.choice((-1, 1, 1000))
    sql = f"UPDATE {table} SET {column} = {column} + ({step}) WHERE {where}"  # noqa: S608 - own names
    return Edit(f"{table}.{column} {step:+} of {key}", ((sql, params),))


def _removal(dice: random.Random, keys: dict[str, list[AnyRow]]) -> Edit:
    table = dice.choice(REMOVABLE)
    key = dice.choice(keys[table])
    where, params = _where(table, key)
    return Edit(f"{table} row {key} removed", ((f"DELETE FROM {table} WHERE {where}", params),))  # noqa: S608 - own names


def _swap(dice: random.Random, keys: dict[str, list[AnyRow]]) -> Edit:
    table = dice.choice(SWAPPABLE)
    chain = dice.choice(keys[table])[:-1]
    first, second = dice.sample([key[-1] for key in keys[table] if key[:-1] == chain], 2)
    numbers = ((first, PARKING), (second, first), (PARKING, second))
    moves = tuple(_renumber(table, AnyRow(*chain, old), new) for old, new in numbers)
    return Edit(f"{table} {chain}: {first} and {second} swapped", moves)


def _renumber(table: str, key: AnyRow, number: int) -> tuple[str, dict[str, Param]]:
    where, params = _where(table, key)
    return f"UPDATE {table} SET seq = :seq WHERE {where}", params | {"seq": number}  # noqa: S608 - own names
