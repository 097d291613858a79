"""The servers of the HTTP part of B5 and B6, each in a process of its own: ours, and a raw one.

Raw: a bare Litestar handler without request ids, problem documents, body checks or a cache, which
looks up the token and runs the very same statements one by one on the driver, in one transaction.
"""

import argparse
import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import msgspec
import uvicorn
from litestar import Litestar, Request, Response, patch

from familypair.schema.settings import LayerSaved
from familypair.settings import Patch, parse_patch
from familypair_server.app import create_app
from familypair_server.auth.statements import access_by_hash
from familypair_server.auth.tokens import digest
from familypair_server.ids import SystemRandom
from familypair_server.keys import Keys
from familypair_server.serve import quiet_collector
from familypair_server.settings import Settings
from familypair_server.settings_api.edits import Parts, Write, by_patch, write
from familypair_server.storage import Command, Statement, Transaction, Txn, transaction
from familypair_server.storage.statements import Rendered
from familypair_server.times import millis

WRITES = 10**9
ROOT = bytes(range(32))


class Lag:
    """An ASGI wrapper: `GET /lag` tells the loop's largest pause (ms) and the CPU used (s)."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._worst = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything on but `/lag`."""
        if self._task is None:
            self._task = asyncio.create_task(self._measure())
        if scope["type"] == "http" and scope["path"] == "/lag":
            body = msgspec.json.encode([self._worst * 1000, time.process_time()])
            self._worst = 0.0
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)

    async def _measure(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            self._worst = max(self._worst, time.perf_counter() - before - 0.005)


def ours(database: str, secret: Path) -> Any:
    """The product, as `familypair-server serve` runs it, without its limit of writes per hour."""
    settings = Settings(database=database, secret_file=str(secret), layer_writes_per_hour=WRITES)
    return create_app(settings)


@transaction
def signed_write(
    parts: Parts, token: str, teen: str, tags: tuple[str, ...], change: Patch
) -> Txn[LayerSaved]:
    """The whole operation: who asks, then the write."""
    now = datetime.now(UTC)
    row = yield from access_by_hash.get(hash=digest(token))
    assert row.revoked_at is None
    assert row.expires_at > millis(now)
    ask = Write(teen_id=teen, caller_id=row.account_id, if_match=tags)
    return (yield from write(parts, ask, by_patch(change), now))


Execute = Callable[[Transaction[Any]], Awaitable[Any]]


def raw(database: str) -> Litestar:
    """One handler over one driver, statement by statement."""
    parts = Parts(keys=Keys(ROOT), random=SystemRandom(), writes_per_hour=WRITES)
    holder: dict[str, Execute] = {}

    @patch("/v1/teens/{teen_id:str}/layers/mine")
    async def handler(request: Request[Any, Any, Any]) -> Response[Any]:
        change = parse_patch(msgspec.json.decode(await request.body()))
        assert isinstance(change, Patch)
        token = request.headers["authorization"].removeprefix("Bearer ")
        tags = (request.headers["if-match"],)
        work = signed_write(parts, token, request.path_params["teen_id"], tags, change)
        saved = await holder["run"](work)
        return Response(saved, headers={"ETag": saved.layer.etag})

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        opener = _sqlite if database.startswith("sqlite") else _postgres
        async with opener(database) as run:
            holder["run"] = run
            yield

    return Litestar([handler], lifespan=[lifespan], openapi_config=None, logging_config=None)


@contextlib.asynccontextmanager
async def _sqlite(database: str) -> AsyncGenerator[Execute]:
    lock = asyncio.Lock()
    async with aiosqlite.connect(
        database.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512
    ) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            await connection.execute(f"PRAGMA {pragma}")

        async def execute(command: Command) -> Any:
            if command.kind == "gather":
                return await _one_by_one(command, execute)
            answer: Any = None
            for one in command.statement.sqlite:
                cursor = await connection.execute(one.sql, one.arguments(command.params))
                answer = cursor
            if command.kind == "run":
                return answer.rowcount
            rows = [command.statement.build(row) for row in await answer.fetchall()]
            return rows if command.kind == "all" else next(iter(rows), None)

        async def run(work: Transaction[Any]) -> Any:
            async with lock:
                await connection.execute("BEGIN IMMEDIATE")
                try:
                    value = await _drive(work, execute)
                except BaseException:
                    await connection.execute("ROLLBACK")
                    raise
                await connection.execute("COMMIT")
                return value

        yield run


@contextlib.asynccontextmanager
async def _postgres(database: str) -> AsyncGenerator[Execute]:
    pool = await asyncpg.create_pool(database, min_size=10, max_size=10)

    async def run(work: Transaction[Any]) -> Any:
        async with pool.acquire() as connection, connection.transaction():

            async def execute(command: Command) -> Any:
                if command.kind == "gather":
                    return await _one_by_one(command, execute)
                *first, last = _plain(command.statement)
                for one in first:
                    await connection.execute(one.sql, *one.arguments(command.params))
                arguments = last.arguments(command.params)
                if command.kind == "run":
                    status = await connection.execute(last.sql, *arguments)
                    return int(status.rpartition(" ")[2])
                rows = await connection.fetch(last.sql, *arguments)
                built = [command.statement.build(tuple(row)) for row in rows]
                return built if command.kind == "all" else next(iter(built), None)

            return await _drive(work, execute)

    try:
        yield run
    finally:
        await pool.close()


async def _one_by_one(command: Command, execute: Callable[[Command], Awaitable[Any]]) -> Any:
    """Reads that ours sends together, as somebody without that would send them."""
    return tuple(
        [await execute(Command("all", part, command.params)) for part in command.statement.parts]
    )


def _plain(statement: Statement[Any]) -> tuple[Rendered, ...]:
    """The statements as somebody without writable CTEs would send them, one by one."""
    if len(statement.sqlite) == len(statement.postgres):
        return statement.postgres
    return tuple(Rendered(one.sql.replace("?", "$"), one.names) for one in statement.sqlite)


async def _drive(work: Transaction[Any], execute: Callable[[Command], Awaitable[Any]]) -> Any:
    body = iter(work)
    answer: Any = None
    while True:
        try:
            command = body.send(answer)
        except StopIteration as end:
            return end.value
        answer = None if command.kind == "notify" else await execute(command)


def main() -> None:
    """Serve until a signal; prints `listening` with the address."""
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=("ours", "raw"))
    parser.add_argument("database")
    parser.add_argument("secret", type=Path)
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    if given.which == "ours":
        app = Lag(ours(given.database, given.secret))
    else:
        app = Lag(raw(given.database))
    if given.which == "ours":
        quiet_collector()  # as `serve` does
    # A connection idles while the other server is measured.
    uvicorn.run(app, port=given.port, log_level="warning", access_log=False, timeout_keep_alive=60)


if __name__ == "__main__":
    main()
