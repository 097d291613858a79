"""B5 and B6, the whole way: PATCH of one's own layer over HTTP, beside a raw handler.

Writers in different families, each with its own kept connection, each write with the version that
the one before answered. Ours is the product: sign-in, version check, rules, ledger, inboxes, commit
(FULL). Beside it a bare Litestar handler, which looks up the token and runs the very same
statements and rules one by one on aiosqlite or asyncpg. Both serve from a process of their own.
"""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from bench.runner import Row, interleaved
from bench.settings_server import ROOT
from familypair.testing import ManualClock
from familypair_server.auth.tokens import SECRET_BYTES, mint
from familypair_server.ids import new_id
from familypair_server.keys import Keys
from familypair_server.links.service import settled
from familypair_server.storage import migrate, open_store
from support.homes import sign_in
from support.pairs import People
from support.postgres import HOW, Cluster, database_url, find_binaries

FAMILIES = 64
WRITERS = (1, 4, 16, 64)
ROUNDS, SECONDS = 5, 0.8
SERVER = Path(__file__).with_name("settings_server.py")


class Family(msgspec.Struct):
    """One writer: who, whose layer, and the version read last."""

    guardian: str
    teen: str
    token: str
    etag: str = ""
    turn: int = 0


class Connection:
    """One kept HTTP/1.1 connection, as small as it can be: the figure is the server's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send a request; status, headers, body."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
        headers = {name.lower(): value for name, value in pairs}
        if "content-length" in headers:
            body = await self._reader.readexactly(int(headers["content-length"]))
        else:
            body = await self._chunked()
        return int(head[0].split(" ")[1]), headers, body

    async def _chunked(self) -> bytes:
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return body

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class Target:
    """One running server with its families."""

    def __init__(self, port: int, families: list[Family]) -> None:
        self._port = port
        self._families = families
        self._connections: dict[int, Connection] = {}
        self._cpu = 0.0
        self._done = 0

    async def write(self, caller: int, _: int) -> None:
        """One PATCH of this writer; anything but 200 is an error."""
        family = self._families[caller]
        if not family.etag:
            family.etag = await self._first_tag(caller)
        family.turn += 1
        minutes = 30 + family.turn % 500
        body = b'{"screen_time":{"daily_minutes":{"mon":%d}}}' % minutes
        status, headers, _body = await (await self._connection(caller)).ask(
            self._request(family, "PATCH", f"If-Match: {family.etag}\r\n", body)
        )
        family.etag = headers.get("etag", "")
        self._done += 1
        if status != 200:
            raise RuntimeError(f"{status}: {_body[:300]!r}")

    async def cost(self) -> tuple[float, float]:
        """Since the last call: the worst event loop lag in ms, and CPU in us for each write."""
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self._port))
        _, _, body = await connection.ask(b"GET /lag HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.close()
        lag, cpu = msgspec.json.decode(body, type=tuple[float, float])
        each = (cpu - self._cpu) * 1e6 / max(self._done, 1)
        self._cpu, self._done = cpu, 0
        return lag, each

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in self._connections.values():
            connection.close()

    async def _first_tag(self, caller: int) -> str:
        family = self._families[caller]
        ask = self._request(family, "PATCH", "If-Match: *\r\n", b"{}")
        _, headers, _ = await (await self._connection(caller)).ask(ask)
        return headers["etag"]

    async def _connection(self, caller: int) -> Connection:
        if caller not in self._connections:
            streams = await asyncio.open_connection("127.0.0.1", self._port)
            self._connections[caller] = Connection(*streams)
        return self._connections[caller]

    @staticmethod
    def _request(family: Family, method: str, extra: str, body: bytes) -> bytes:
        head = (
            f"{method} /v1/teens/{family.teen}/layers/mine HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {family.token}\r\n{extra}"
            f"Content-Type: application/merge-patch+json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def prepare(url: str) -> list[Family]:
    """A migrated database with families that are out of probation."""
    now = datetime.now(UTC)
    await migrate(url, now=now)
    store = await open_store(url)
    clock = ManualClock(now - timedelta(hours=30))
    people = People(store, clock)
    families: list[Family] = []
    for _ in range(FAMILIES):
        guardian, teen = await people.guardian(), await people.teen()
        await people.linked(guardian, teen)
        token = mint("fpa_", os.urandom(SECRET_BYTES))
        await store.run(sign_in(guardian, new_id(people.random, "fam"), token, now))
        families.append(Family(guardian, teen, token))
    teens = [family.teen for family in families]
    await settled(store, teens, now, people.random, Keys(ROOT))
    await store.close()
    return families


@asynccontextmanager
async def serving(which: str, url: str, folder: Path) -> AsyncGenerator[Target]:
    """A server process over a database of its own."""
    secret = folder / "root.secret"
    secret.write_text(ROOT.hex())
    secret.chmod(0o600)
    families = await prepare(url)
    port = free_port()
    command = [sys.executable, str(SERVER), which, url, str(secret), str(port)]
    paths = f"{Path(__file__).parents[1]}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "PYTHONPATH": paths}
    )
    target = Target(port, families)
    try:
        await ready(port, process)
        yield target
    finally:
        target.close()
        process.send_signal(signal.SIGTERM)
        await process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ready(port: int, process: asyncio.subprocess.Process) -> None:
    """Wait until somebody listens; raises `RuntimeError` when nobody does."""
    end = time.monotonic() + 20
    while process.returncode is None and time.monotonic() < end:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("the server did not start")


async def b5() -> list[Row]:
    """SQLite, 1 to 64 writers."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            ways = {
                name: await stack.enter_async_context(
                    serving(name, f"sqlite:///{folder}/{name}.db", Path(folder))
                )
                for name in ("ours", "raw")
            }
            return await compare("B5", ways, "raw aiosqlite", musts={64: 3.5})


async def b6() -> list[Row]:
    """PostgreSQL, 16 writers."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError(HOW)
    cluster = Cluster(binaries, durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with AsyncExitStack() as stack:
                ways: dict[str, Target] = {}
                for name in ("ours", "raw"):
                    await create_database(cluster.url, f"bench_{name}")
                    url = database_url(cluster.url, f"bench_{name}")
                    ways[name] = await stack.enter_async_context(serving(name, url, Path(folder)))
                return await compare("B6", ways, "raw asyncpg", musts={16: 0.9}, writers=(16,))
    finally:
        cluster.stop()


async def create_database(server: str, name: str) -> None:
    """An empty database on this server."""
    import asyncpg

    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()


async def compare(
    bench: str,
    ways: dict[str, Target],
    peer: str,
    *,
    musts: dict[int, float],
    writers: tuple[int, ...] = WRITERS,
) -> list[Row]:
    """One row per number of writers; then that more writers are never slower."""
    rows: list[Row] = []
    for target in ways.values():
        await target.cost()
    for callers in writers:
        works = {name: target.write for name, target in ways.items()}
        seen = await interleaved(works, callers=callers, rounds=ROUNDS, seconds=SECONDS)
        costs = {name: await target.cost() for name, target in ways.items()}
        mine, theirs = seen["ours"], seen["raw"]
        rows.append(
            Row(
                bench=bench,
                what=f"PATCH over HTTP, {callers} writers",
                ours=mine.rate,
                unit="/s",
                peer=peer,
                theirs=theirs.rate,
                must=musts.get(callers),
                note=f"p50 {mine.p50_ms:.1f} (raw {theirs.p50_ms:.1f}) ms, p99 {mine.p99_ms:.1f}"
                f" (raw {theirs.p99_ms:.1f}) ms; errors {mine.errors} (raw {theirs.errors});"
                f" server's loop lag {costs['ours'][0]:.1f} (raw {costs['raw'][0]:.1f}) ms,"
                f" CPU a write {costs['ours'][1]:.0f} (raw {costs['raw'][1]:.0f}) us",
            )
        )
    return rows


BENCHES = {"B5": b5, "B6": b6}
