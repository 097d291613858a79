"""B5 and B6, the storage part: a durable settings write beside the raw drivers.

Two operations, each durable (SQLite FULL, PostgreSQL with fsync), callers in different families:
- storage alone: read a layer, compare and swap its version, insert an entry and an inbox row;
- whole write: the same with the real ledger entry, its hashes, the projections and the inboxes of
  the teen and a guardian (12 statements and about 85 us of Python).

The peers run the same body with the same SQL and the same Python between the statements, driven
one statement after the other as a hand-written service would: one aiosqlite connection behind a
lock; an asyncpg pool.
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import msgspec

from bench.runner import Measured, Row, Work, interleaved
from familypair.rules.projection import Viewer
from familypair.schema.accounts import Kind
from familypair.schema.scopes import Scope
from familypair_server.ids import SystemRandom
from familypair_server.records import ledger
from familypair_server.storage import Statement, Store, Txn, migrate, open_store, transaction
from familypair_server.storage.sqlite import WRITER_PRAGMAS
from familypair_server.storage.statements import Command, Rendered, Transaction
from support.ledgers import ANNE, BY_ANNE, layer_changed
from support.postgres import HOW, Cluster, database_url, find_binaries

Operation = Callable[[str], Transaction[Any]]
"""A settings write for this teen."""

TEENS = 256
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_random = SystemRandom()


class Layer(msgspec.Struct, frozen=True):
    """A layer's document, as the settings table has it."""

    version: int
    doc: str


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Document(msgspec.Struct):
    """About 330 bytes of JSON."""

    minutes: int = 60
    lists: list[str] = msgspec.field(default_factory=lambda: ["a blocked term"] * 8)
    windows: dict[str, list[int]] = msgspec.field(
        default_factory=lambda: {day: [480, 1260] for day in _DAYS}
    )


_decode = msgspec.json.Decoder(Document).decode
_encode = msgspec.json.Encoder().encode

create = Statement(
    "CREATE TABLE bench_layer"
    " (teen_id TEXT PRIMARY KEY, version BIGINT NOT NULL, doc TEXT NOT NULL)"
)
insert = Statement("INSERT INTO bench_layer (teen_id, version, doc) VALUES (:teen, 0, :doc)")
layer = Statement(
    "SELECT version, doc FROM bench_layer WHERE teen_id = :teen",
    Layer,
    pg="SELECT version, doc FROM bench_layer WHERE teen_id = :teen FOR UPDATE",
)
update = Statement(
    "UPDATE bench_layer SET version = version + 1, doc = :doc"
    " WHERE teen_id = :teen AND version = :version"
)
create_entries = Statement(
    "CREATE TABLE bench_entry (teen_id TEXT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY (teen_id, version))"
)
create_inbox = Statement(
    "CREATE TABLE bench_inbox (teen_id TEXT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY (teen_id, version))"
)
insert_entry = Statement(
    "INSERT INTO bench_entry (teen_id, version, at, body) VALUES (:teen, :version, :at, :body)"
)
insert_inbox = Statement(
    "INSERT INTO bench_inbox (teen_id, version, at, body) VALUES (:teen, :version, :at, :body)"
)


@transaction
def prepare() -> Txn[None]:
    """The tables, and every family."""
    yield from create.run()
    yield from create_entries.run()
    yield from create_inbox.run()
    for number in range(TEENS):
        yield from ledger.open_teen(f"acc_{number}")
        yield from insert.run(teen=f"acc_{number}", doc=_encode(Document()).decode())


@transaction
def storage_alone(teen: str) -> Txn[int]:
    """Read, compare and swap, entry, inbox row."""
    version, doc = yield from _swap(teen)
    yield from insert_entry.run(teen=teen, version=version, at=1_700_000_000_000, body=doc)
    yield from insert_inbox.run(teen=teen, version=version, at=1_700_000_000_000, body=doc)
    return version


def _swap(teen: str) -> Txn[tuple[int, str]]:
    row = yield from layer.get(teen=teen)
    document = _decode(row.doc)
    document.minutes = (document.minutes + 1) % 600
    doc = _encode(document).decode()
    assert (yield from update.run(teen=teen, version=row.version, doc=doc)) == 1
    return row.version + 1, doc


@transaction
def whole_write(teen: str) -> Txn[int]:
    """The same with the real ledger and inboxes."""
    version, _ = yield from _swap(teen)
    yield from ledger.append(
        teen_id=teen,
        entry=layer_changed(),
        actor=BY_ANNE,
        now=NOW,
        viewers=(
            Viewer(id=teen, kind=Kind.TEEN),
            Viewer(id=ANNE, kind=Kind.GUARDIAN, link="l", scopes=frozenset({Scope.SEE_SETTINGS})),
        ),
        random=_random,
    )
    return version


def _teen(caller: int, turn: int) -> str:
    return f"acc_{(caller + 64 * turn) % TEENS}"


def _ours(store: Store, operation: Operation) -> Work:
    async def work(caller: int, turn: int) -> object:
        return await store.run(operation(_teen(caller, turn)))

    return work


async def _by_hand(work: Transaction[Any], ask: Callable[[Command], Awaitable[Any]]) -> None:
    """Drive a body with one awaited call for each statement."""
    body = iter(work)
    answer: Any = None
    while True:
        try:
            command = body.send(answer)
        except StopIteration:
            return
        answer = None if command.kind == "notify" else await ask(command)


def _raw_sqlite(connection: aiosqlite.Connection, operation: Operation) -> Work:
    lock = asyncio.Lock()

    async def ask(command: Command) -> Any:
        *first, last = command.statement.sqlite
        for one in first:
            await connection.execute(one.sql, one.arguments(command.params))
        cursor = await connection.execute(last.sql, last.arguments(command.params))
        if command.kind == "run":
            return cursor.rowcount
        if command.kind == "all":
            return [command.statement.build(row) for row in await cursor.fetchall()]
        row = await cursor.fetchone()
        return None if row is None else command.statement.build(row)

    async def work(caller: int, turn: int) -> None:
        async with lock:
            await connection.execute("BEGIN IMMEDIATE")
            await _by_hand(operation(_teen(caller, turn)), ask)
            await connection.execute("COMMIT")

    return work


def _raw_asyncpg(pool: asyncpg.Pool, operation: Operation, *, cte: bool) -> Work:
    """`cte` False: the plain statements, as somebody without writable CTEs would write them."""

    def plain(rendered: Rendered) -> str:
        sql = rendered.sql.replace("?", "$")
        return sql + " FOR UPDATE" if sql.startswith("SELECT") else sql

    async def work(caller: int, turn: int) -> None:
        async with pool.acquire() as connection, connection.transaction():

            async def ask(command: Command) -> Any:
                statement = command.statement
                texts = statement.postgres if cte else statement.sqlite
                *first, last = texts
                for one in first:
                    await connection.execute(
                        one.sql if cte else plain(one), *one.arguments(command.params)
                    )
                sql, arguments = last.sql if cte else plain(last), last.arguments(command.params)
                if command.kind == "run":
                    return int((await connection.execute(sql, *arguments)).rpartition(" ")[2])
                if command.kind == "all":
                    return [statement.build(r) for r in await connection.fetch(sql, *arguments)]
                row = await connection.fetchrow(sql, *arguments)
                return None if row is None else statement.build(row)

            await _by_hand(operation(_teen(caller, turn)), ask)

    return work


@asynccontextmanager
async def _opened(url: str) -> AsyncGenerator[Store]:
    await migrate(url, now=NOW)
    store = await open_store(url)
    try:
        await store.run(prepare())
        yield store
    finally:
        await store.close()


async def bench_b5_storage() -> list[Row]:
    """SQLite: ours beside aiosqlite statement by statement, 1 to 64 callers."""
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = (Path(folder) / name for name in ("ours.db", "peer.db"))
        async with _opened(f"sqlite:///{peer}"):
            pass
        async with _opened(f"sqlite:///{ours}") as store:
            raw = await aiosqlite.connect(peer, isolation_level=None)
            try:
                for pragma in WRITER_PRAGMAS:
                    await raw.execute(pragma)
                return [
                    await _b5(store, raw, operation, callers)
                    for operation, counts in B5_PLAN
                    for callers in counts
                ]
            finally:
                await raw.close()


B5_PLAN: tuple[tuple[Operation, tuple[int, ...]], ...] = (
    (storage_alone, (1, 4, 16, 32, 64)),
    (whole_write, (1, 32)),
)
MUST = {("storage_alone", 1): 1.0, ("storage_alone", 32): 8.0}


async def _b5(store: Store, raw: aiosqlite.Connection, operation: Operation, callers: int) -> Row:
    ways = {"ours": _ours(store, operation), "raw": _raw_sqlite(raw, operation)}
    seen = await interleaved(ways, callers=callers)
    name = operation.__name__
    return Row(
        bench="B5",
        what=f"{name.replace('_', ' ')}, SQLite, {callers} callers",
        ours=seen["ours"].rate,
        unit="/s",
        peer="aiosqlite by statement",
        theirs=seen["raw"].rate,
        ratios=seen["ours"].beside(seen["raw"]),
        must=MUST.get((name, callers)),
        note=_note(seen),
    )


async def bench_b6_storage() -> list[Row]:
    """PostgreSQL: ours beside asyncpg, 16 callers in different families, then in one."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError(HOW)
    cluster = Cluster(binaries, durable=True)
    try:
        url = database_url(cluster.url, "postgres")
        async with _opened(url) as store:
            pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
            try:
                return await _b6(store, pool)
            finally:
                await pool.close()
    finally:
        cluster.stop()


async def _b6(store: Store, pool: asyncpg.Pool) -> list[Row]:
    rows: list[Row] = []
    for operation, must in ((storage_alone, 0.9), (whole_write, 0.9)):
        ways = {
            "ours": _ours(store, operation),
            "raw": _raw_asyncpg(pool, operation, cte=True),
            "plain": _raw_asyncpg(pool, operation, cte=False),
        }
        seen = await interleaved(ways, callers=16)
        what = f"{operation.__name__.replace('_', ' ')}, PostgreSQL, 16 callers"
        rows.append(_b6_row(what, seen, ("asyncpg, same SQL", "raw"), must))
        rows.append(_no_errors(f"{what}: errors", seen["ours"]))
        if operation is whole_write:
            rows.append(_b6_row(what, seen, ("asyncpg, without CTE", "plain"), None))
    crowd = (await interleaved({"ours": _one_family(store)}, callers=16))["ours"]
    return [*rows, _no_errors("whole write, 16 callers in one family: errors", crowd)]


def _b6_row(
    what: str, seen: dict[str, Measured], beside: tuple[str, str], must: float | None
) -> Row:
    peer, name = beside
    return Row(
        bench="B6",
        what=what,
        ours=seen["ours"].rate,
        unit="/s",
        peer=peer,
        theirs=seen[name].rate,
        ratios=seen["ours"].beside(seen[name]),
        must=must,
        note=_note({"ours": seen["ours"], name: seen[name]}),
    )


def _no_errors(what: str, measured: Measured) -> Row:
    note = f"{measured.rate:,.0f}/s, p99 {measured.p99_ms:.1f} ms"
    errors = float(measured.errors)
    return Row(bench="B6", what=what, ours=errors, unit="", must=0, better="lower", note=note)


def _one_family(store: Store) -> Work:
    async def work(_caller: int, _turn: int) -> object:
        return await store.run(whole_write("acc_0"))

    return work


def _note(seen: dict[str, Measured]) -> str:
    return "; ".join(
        f"{name} p50 {one.p50_ms:.2f} p99 {one.p99_ms:.1f} ms, {one.errors} errors,"
        f" lag {one.lag_ms:.0f} ms"
        for name, one in seen.items()
    )


BENCHES = {"B5": bench_b5_storage, "B6": bench_b6_storage}
