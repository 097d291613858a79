"""What only the PostgreSQL engine promises: replays before the commit, none after it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
import pytest

from familypair_server.storage import (
    OutcomeUnknown,
    Statement,
    StatementFailed,
    Store,
    StoreUnavailable,
    Txn,
    transaction,
)
from familypair_server.storage.postgres import ATTEMPTS, PostgresStore
from support import items as table

pytestmark = pytest.mark.engine("pg")

my_backend = Statement("SELECT pg_backend_pid()", int)
next_try = Statement("SELECT nextval('tries')", int)
setup = Statement("CREATE SEQUENCE tries")
function = Statement("""
CREATE FUNCTION fail_until(last BIGINT, code TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE n BIGINT; BEGIN n = nextval('tries');
IF n < last THEN RAISE EXCEPTION 'try %', n USING ERRCODE = code; END IF; RETURN n; END $$""")
fail_until = Statement("SELECT fail_until(:last, :code)", int)


@pytest.fixture
async def pg(database_url: str) -> AsyncGenerator[PostgresStore]:
    """A PostgreSQL store with the tests' table, a sequence and a function that fails at first."""

    @transaction
    def prepare() -> Txn[None]:
        yield from table.create_table.run()
        yield from setup.run()
        yield from function.run()

    store = await PostgresStore.open(database_url, statement_timeout=5.0, connections=4)
    await store.run(prepare())
    yield store
    await store.close()


@pytest.fixture
async def operator(database_url: str) -> AsyncGenerator[asyncpg.Connection]:
    """A connection of somebody else."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def failing(last: int, code: str) -> Any:
    """A transaction that writes, then fails with this SQLSTATE until its try number `last`."""

    @transaction
    def body() -> Txn[int]:
        yield from table.insert.run(id="a", n=1, flag=False)
        return (yield from fail_until.get(last=last, code=code))

    return body()


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_a_serialization_failure_is_replayed(pg: PostgresStore, code: str) -> None:
    """Two failures, then success: the caller sees the third try's answer, the row is there once."""
    assert await pg.run(failing(3, code)) == 3
    assert len(await pg.read(table.look_all())) == 1


async def test_replays_are_bounded(pg: PostgresStore) -> None:
    """A transaction that can never succeed is given up as unavailable, and nothing of it stays."""
    with pytest.raises(StoreUnavailable):
        await pg.run(failing(1000, "40001"))
    assert await pg.run(failing(0, "40001")) == ATTEMPTS + 1
    assert len(await pg.read(table.look_all())) == 1


@pytest.mark.parametrize("code", ["22012", "P0001"])
async def test_other_failures_are_not_replayed(pg: PostgresStore, code: str) -> None:
    """A division by zero does not get better by trying again."""
    with pytest.raises(StatementFailed):
        await pg.run(failing(1000, code))
    assert await pg.run(failing(0, code)) == 2


async def test_two_that_lock_in_opposite_order_both_succeed(pg: PostgresStore) -> None:
    """A real deadlock: PostgreSQL ends one of them, its replay succeeds."""
    for name in "ab":
        await pg.run(table.add(name))

    def crossing(first: str, second: str) -> Any:
        @transaction
        def body() -> Txn[None]:
            yield from table.bump(first)
            yield from Statement("SELECT pg_sleep(0.1)").run()
            yield from table.bump(second)

        return body()

    await asyncio.gather(pg.run(crossing("a", "b")), pg.run(crossing("b", "a")))
    assert [row.n for row in await pg.read(table.look_all())] == [2, 2]


async def test_a_connection_lost_before_the_commit_is_replayed(
    pg: PostgresStore, operator: asyncpg.Connection
) -> None:
    """An operator ends the backend in mid-transaction: the caller does not notice."""
    tries = 0

    @transaction
    def body() -> Txn[int]:
        nonlocal tries
        tries += 1
        yield from table.insert.run(id="a", n=1, flag=False)
        if (yield from next_try.get()) == 1:
            yield from Statement("SELECT pg_terminate_backend(pg_backend_pid())").run()
        return (yield from table.put.run(id="a", n=2))

    assert await pg.run(body()) == 1
    assert tries == 2
    assert await operator.fetchval("SELECT n FROM item") == 2


async def test_a_lost_answer_to_commit_is_unknown_and_not_replayed(
    pg: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit happened but its answer was lost: the caller hears it, the work is not redone."""
    execute = asyncpg.Connection.execute
    commits = 0

    async def losing(self: asyncpg.Connection, query: str, *args: object, **more: Any) -> str:
        nonlocal commits
        answer = await execute(self, query, *args, **more)
        if query == "COMMIT":
            commits += 1
            raise ConnectionResetError("the network went away")
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(asyncpg.Connection, "execute", losing)
        with pytest.raises(OutcomeUnknown):
            await pg.run(table.add("a"))
    assert commits == 1
    assert len(await pg.read(table.look_all())) == 1


async def test_a_slow_statement_is_cut(database_url: str) -> None:
    """The statement timeout ends it, nothing is kept, and the connection serves the next one."""

    @transaction
    def slow() -> Txn[None]:
        yield from table.insert.run(id="a", n=1, flag=False)
        yield from Statement("SELECT pg_sleep(30)").run()

    hasty = await PostgresStore.open(database_url, statement_timeout=0.2, connections=1)
    await hasty.run(table.create())
    with pytest.raises(StoreUnavailable):
        await hasty.run(slow())
    assert await hasty.read(table.look_all()) == []
    await hasty.close()


async def test_a_server_that_does_not_answer_is_given_up(
    pg: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own clock ends the wait, nothing is kept, and the store serves the next one."""

    @transaction
    def hangs() -> Txn[None]:
        yield from table.insert.run(id="a", n=1, flag=False)
        yield from Statement("SELECT pg_sleep(3)").run()

    with monkeypatch.context() as patch:
        patch.setattr(pg, "patience", 0.2)
        with pytest.raises(StoreUnavailable, match="too busy"):
            await pg.run(hangs())
    assert await pg.read(table.look_all()) == []
    assert await pg.run(table.add("b")) == 1


async def test_a_read_is_one_snapshot(pg: PostgresStore, operator: asyncpg.Connection) -> None:
    """Both statements of a read see the same moment, though somebody commits between them."""

    @transaction
    def twice() -> Txn[tuple[int, int]]:
        first = yield from table.count.get()
        yield from Statement("SELECT pg_sleep(0.3)").run()
        return first, (yield from table.count.get())

    reading = asyncio.ensure_future(pg.read(twice()))
    await asyncio.sleep(0.1)
    await operator.execute("INSERT INTO item (id, n) VALUES ('a', 1)")
    assert await reading == (0, 0)
    assert len(await pg.read(table.look_all())) == 1


async def test_more_callers_than_connections_take_turns(pg: PostgresStore) -> None:
    """40 callers on 4 connections lose nothing and see no error."""
    done = await asyncio.gather(*(pg.run(table.add(f"{n}")) for n in range(40)))
    assert done == [1] * 40


async def test_an_unreachable_server_is_unavailable(database_url: str) -> None:
    """A wrong address is `StoreUnavailable` when opening."""
    url = database_url.replace("host=", "host=/nowhere")
    with pytest.raises(StoreUnavailable):
        await PostgresStore.open(url)


async def test_a_session_is_clean_after_a_failure(store: Store) -> None:
    """What fails inside a transaction leaves no open transaction on its connection."""

    @transaction
    def fails() -> Txn[None]:
        yield from my_backend.get()
        raise LookupError

    for _ in range(12):
        with pytest.raises(LookupError):
            await store.run(fails())
    idle = Statement(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        int,
    )

    @transaction
    def count() -> Txn[int]:
        return (yield from idle.get())

    assert await store.read(count()) == 0
