"""A table of the tests' own, with the statements and transactions that storage tests run."""

import msgspec

from familypair_server.storage import Statement, Txn, notify, transaction


class Item(msgspec.Struct, frozen=True):
    """A row of the tests' table."""

    id: str
    n: int
    flag: bool


create_table = Statement(
    "CREATE TABLE item (id TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0),"
    " flag SMALLINT NOT NULL DEFAULT 0)"
)
insert = Statement("INSERT INTO item (id, n, flag) VALUES (:id, :n, :flag)")
by_id = Statement("SELECT id, n, flag FROM item WHERE id = :id", Item)
lock = Statement(
    "SELECT id, n, flag FROM item WHERE id = :id",
    Item,
    pg="SELECT id, n, flag FROM item WHERE id = :id FOR UPDATE",
)
every = Statement("SELECT id, n, flag FROM item ORDER BY id", Item)
put = Statement("UPDATE item SET n = :n WHERE id = :id")
count = Statement("SELECT count(*) FROM item", int)


@transaction
def create() -> Txn[int]:
    """Make the table."""
    return (yield from create_table.run())


@transaction
def add(item: str, n: int = 0, *, flag: bool = False, teen: str = "") -> Txn[int]:
    """Insert a row; with `teen`, notify."""
    done = yield from insert.run(id=item, n=n, flag=flag)
    if teen:
        yield from notify(teen)
    return done


@transaction
def bump(item: str) -> Txn[int]:
    """Read, add one, write: what goes wrong without a lock."""
    row = yield from lock.get(id=item)
    yield from put.run(id=item, n=row.n + 1)
    return row.n + 1


@transaction
def look(item: str) -> Txn[Item | None]:
    """One row."""
    return (yield from by_id.one(id=item))


@transaction
def look_all() -> Txn[list[Item]]:
    """Every row."""
    return (yield from every.all())
