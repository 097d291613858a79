"""B7: batches of 100 intervals taken in, the union of each day kept, durable.

Beside it `executemany` of the same 100 rows into a table of intervals with the same durability
(SQLite FULL; PostgreSQL with fsync), one transaction a batch, which is all that a server without a
union would do: no judging, no days, no repeats found. Two shapes: `apart`, each interval a stretch
of its own, the most work; `sessions`, surface after surface as people use an app. Without a limit:
the same with the teen's balance told to the host, and the whole application over ASGI.
"""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import msgspec
from litestar.status_codes import HTTP_200_OK

from bench.runner import Measured, Row, Work, interleaved
from familypair.schema.usage import Interval, UsageReport
from familypair.testing import ManualClock
from familypair_server.app import create_app
from familypair_server.auth import statements as auth
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint
from familypair_server.hosts import statements as hosts
from familypair_server.settings import Settings
from familypair_server.storage import Statement, Store, Txn, migrate, open_store, transaction
from familypair_server.storage.sqlite import WRITER_PRAGMAS
from familypair_server.times import millis
from familypair_server.usage.service import Batch, take
from support.pairs import People
from support.postgres import HOW, Cluster, database_url, find_binaries

FIRST = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIZE = 100
PLAN = (("apart", 1), ("apart", 16), ("sessions", 16))
MOST_CALLERS = 16
HOST = "cli_" + "h" * 26
SURFACES = ("feed", "messages", "search", "profile")
MINUTE = timedelta(minutes=1)
MUST = 0.5

create = Statement(
    "CREATE TABLE bench_interval (teen_id TEXT NOT NULL, host_id TEXT NOT NULL,"
    " device TEXT NOT NULL, seq BIGINT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL,"
    " surface TEXT NOT NULL, received_at BIGINT NOT NULL,"
    " PRIMARY KEY (teen_id, host_id, device, seq))"
)
insert = Statement(
    "INSERT INTO bench_interval (teen_id, host_id, device, seq, start_at, end_at, surface,"
    " received_at) VALUES (:a, :b, :c, :d, :e, :f, :g, :h)"
)


def apart(device: str, turn: int) -> tuple[list[Interval], datetime]:
    """40 seconds of every minute, and when they are reported."""
    start = FIRST + turn * SIZE * MINUTE
    return [
        _interval(
            device,
            turn,
            place,
            start + place * MINUTE,
            length=timedelta(seconds=40),
            surface="feed",
        )
        for place in range(SIZE)
    ], start + SIZE * MINUTE


def sessions(device: str, turn: int) -> tuple[list[Interval], datetime]:
    """Ten sessions of ten surfaces for 20 seconds each, an hour from one to the next."""
    start = FIRST + turn * 10 * 60 * MINUTE
    step = timedelta(seconds=20)
    return [
        _interval(
            device,
            turn,
            place,
            start + place // 10 * 60 * MINUTE + place % 10 * step,
            length=step,
            surface=SURFACES[place % len(SURFACES)],
        )
        for place in range(SIZE)
    ], start + 600 * MINUTE


SHAPES = {"apart": apart, "sessions": sessions}


def _interval(
    device: str, turn: int, place: int, start: datetime, *, length: timedelta, surface: str
) -> Interval:
    return Interval(
        device=device, seq=turn * SIZE + place, start=start, end=start + length, surface=surface
    )


class Teens:
    """A teen with one device for each caller, and how many batches each has sent."""

    def __init__(self, people: People, ids: Sequence[str]) -> None:
        self.people, self.ids = people, ids
        self.turns = [itertools.count() for _ in ids]

    @classmethod
    async def make(cls, store: Store) -> "Teens":
        """New teens, their devices bound."""
        people = People(store, ManualClock(FIRST))
        await store.run(_table())
        ids = [await people.teen() for _ in range(MOST_CALLERS)]
        for number, teen in enumerate(ids):
            await store.run(_bind(teen, f"phone-{number}"))
        return cls(people, ids)

    def ours(self, shape: str, *, standing: bool = False) -> Work:
        """The service: judged, united, stored, committed; `standing`: and the balance told."""
        store, desk = self.people.store, self.people.desk

        async def work(caller: int, _turn: int) -> None:
            intervals, now = SHAPES[shape](f"phone-{caller}", next(self.turns[caller]))
            taken = await take(store, desk, Batch(HOST, intervals, standing=standing), now)
            assert taken.items[0].status == "late", taken.items[0]
            assert len(taken.items) == SIZE

        return work


@transaction
def _table() -> Txn[None]:
    yield from create.run()


@transaction
def _bind(teen: str, device: str) -> Txn[None]:
    at = millis(FIRST)
    yield from hosts.take_device.run(teen=teen, host=HOST, device=device, subject=teen, now=at)


def _peer(teens: Teens, shape: str, write: Any) -> Work:
    """One statement for all rows."""

    async def work(caller: int, _turn: int) -> None:
        intervals, now = SHAPES[shape](f"phone-{caller}", next(teens.turns[caller]))
        teen, at = teens.ids[caller], millis(now)
        rows = [
            (teen, HOST, one.device, one.seq, millis(one.start), millis(one.end), one.surface, at)
            for one in intervals
        ]
        await write(insert.sqlite[0].sql, rows)

    return work


def _aiosqlite(connection: aiosqlite.Connection) -> Any:
    lock = asyncio.Lock()

    async def write(sql: str, rows: Sequence[Sequence[Any]]) -> None:
        async with lock:
            await connection.execute("BEGIN IMMEDIATE")
            await connection.executemany(sql, rows)
            await connection.execute("COMMIT")

    return write


def _asyncpg(pool: asyncpg.Pool) -> Any:
    async def write(sql: str, rows: Sequence[Sequence[Any]]) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.executemany(sql.replace("?", "$"), rows)

    return write


@asynccontextmanager
async def _opened(url: str) -> AsyncGenerator[tuple[Store, Teens]]:
    await migrate(url, now=FIRST)
    store = await open_store(url)
    try:
        yield store, await Teens.make(store)
    finally:
        await store.close()


async def bench_sqlite() -> list[Row]:
    """One file each, both with the server's pragmas."""
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = (Path(folder) / name for name in ("ours.db", "peer.db"))
        async with _opened(f"sqlite:///{peer}") as (_, theirs):
            pass
        async with _opened(f"sqlite:///{ours}") as (_, teens):
            raw = await aiosqlite.connect(peer, isolation_level=None)
            try:
                for pragma in WRITER_PRAGMAS:
                    await raw.execute(pragma)
                return await _beside("SQLite", teens, theirs, _aiosqlite(raw))
            finally:
                await raw.close()


async def bench_pg() -> list[Row]:
    """One database each on one server."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError(HOW)
    cluster = Cluster(binaries, durable=True)
    try:
        async with _opened(database_url(cluster.url, "template1")) as (_, theirs):
            pass
        pool = await asyncpg.create_pool(database_url(cluster.url, "template1"), min_size=10)
        async with _opened(database_url(cluster.url, "postgres")) as (_, teens):
            try:
                return await _beside("PostgreSQL", teens, theirs, _asyncpg(pool))
            finally:
                await pool.close()
    finally:
        cluster.stop()


async def _beside(engine: str, teens: Teens, theirs: Teens, write: Any) -> list[Row]:
    rows: list[Row] = []
    for shape, callers in PLAN:
        ways = {"ours": teens.ours(shape), "executemany": _peer(theirs, shape, write)}
        seen = await interleaved(ways, callers=callers)
        what = f"{SIZE} {shape}, {engine}, {callers} callers"
        rows.append(_row(what, seen["ours"], seen["executemany"], MUST))
    ways = {
        "ours": teens.ours("sessions", standing=True),
        "executemany": _peer(theirs, "sessions", write),
    }
    seen = await interleaved(ways, callers=MOST_CALLERS, rounds=5)
    what = f"{SIZE} sessions, {engine}, {MOST_CALLERS} callers, balance told"
    rows.append(_row(what, seen["ours"], seen["executemany"], None))
    async with _over_http(teens) as ask:
        ways = {"ours": ask, "executemany": _peer(theirs, "sessions", write)}
        seen = await interleaved(ways, callers=1, rounds=5)
    what = f"{SIZE} sessions, {engine}, over HTTP, balance told"
    return [*rows, _row(what, seen["ours"], seen["executemany"], None)]


@asynccontextmanager
async def _over_http(teens: Teens) -> AsyncGenerator[Work]:
    """The whole application as ASGI, without a socket: sign-in, body checks, answer."""
    now = [FIRST]
    people = teens.people
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "root.secret"
        secret.write_text(bytes(range(32)).hex())
        secret.chmod(0o600)
        settings = Settings(secret_file=str(secret))
        app = create_app(settings, clock=lambda: now[0], store=people.store)
        token = mint("fph_", people.random.bytes(SECRET_BYTES))
        await people.store.run(_host(token))
        async with app.lifespan():

            async def work(caller: int, _turn: int) -> None:
                intervals, now[0] = sessions(f"phone-{caller}", next(teens.turns[caller]))
                status = await _post(app, token, _encode(UsageReport(intervals=tuple(intervals))))
                assert status == HTTP_200_OK

            yield work


_encode = msgspec.json.Encoder().encode


async def _post(app: Any, token: str, body: bytes) -> int:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/usage",
        "raw_path": b"/v1/usage",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("pair.example", 80),
    }
    said: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    await app(scope, receive, send)
    return said[0]


@transaction
def _host(token: str) -> Txn[None]:
    yield from auth.add_client.run(
        id=HOST,
        name="Loop",
        secret_hash="!",
        kind="host",
        redirects="",
        scopes="usage:write",
        now=millis(FIRST),
    )
    yield from auth.insert_host_token.run(
        hash=digest(token), client=HOST, scope="usage:write", expires=millis(FIRST) * 2
    )


def _row(what: str, ours: Measured, peer: Measured, must: float | None) -> Row:
    return Row(
        bench="B7",
        what=what,
        ours=ours.rate * SIZE,
        unit="rows/s",
        peer="executemany",
        theirs=peer.rate * SIZE,
        ratios=ours.beside(peer),
        must=must if not ours.errors else float("inf"),
        note=f"p50 {ours.p50_ms:.2f} (peer {peer.p50_ms:.2f}) p99 {ours.p99_ms:.1f} ms,"
        f" {ours.errors} errors, lag {ours.lag_ms:.0f} ms",
    )


async def bench_b7() -> list[Row]:
    """Both engines."""
    return [*await bench_sqlite(), *await bench_pg()]


BENCHES = {"B7": bench_b7}
