"""The stream over real sockets: it arrives, and a stop of the server ends it in good order."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from familypair.testing import ManualClock
from familypair_server.auth.tokens import SECRET_BYTES, mint
from familypair_server.ids import new_id
from familypair_server.storage import migrate, open_store
from support.homes import ROOT, sign_in
from support.pairs import People

STREAMS = 5
Process = asyncio.subprocess.Process


async def seed(database: str) -> tuple[str, str]:
    """A database with one teen who is signed in; the account id and the token."""
    now = datetime.now(UTC)
    await migrate(database, now=now)
    store = await open_store(database)
    people = People(store, ManualClock(now))
    teen, token = await people.teen(), mint("fpa_", os.urandom(SECRET_BYTES))
    await store.run(sign_in(teen, new_id(people.random, "fam"), token, now))
    await store.close()
    return teen, token


@asynccontextmanager
async def serving(folder: Path, database: str) -> AsyncGenerator[tuple[Process, int]]:
    """`familypair-server serve` on a free port."""
    secret = folder / "root.secret"
    secret.write_text(ROOT.hex())
    secret.chmod(0o600)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "familypair_server", "serve", "--port", "0"),
        env={
            **os.environ,
            "FAMILYPAIR_DATABASE": database,
            "FAMILYPAIR_SECRET_FILE": str(secret),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    try:
        yield process, int(line.rsplit(":", 1)[1])
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ask(
    stack: AsyncExitStack, port: int, head: str, token: str, body: str = ""
) -> asyncio.StreamReader:
    """Send one request on a connection of its own, which `stack` closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    stack.callback(writer.close)
    length = f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n" if body else ""
    lines = f"Host: x\r\nAuthorization: Bearer {token}\r\nIf-Match: *\r\n{length}"
    writer.write(f"{head} HTTP/1.1\r\n{lines}\r\n{body}".encode())
    return reader


async def test_a_stop_ends_every_stream_and_the_process(tmp_path: Path) -> None:
    """A write arrives on each stream; after SIGTERM each ends cleanly and the server is gone."""
    database = f"sqlite:///{tmp_path / 'live.db'}"
    teen, token = await seed(database)
    async with (
        serving(tmp_path, database) as (process, port),
        AsyncExitStack() as stack,
        asyncio.timeout(30),
    ):
        streams = [await ask(stack, port, "GET /v1/events", token) for _ in range(STREAMS)]
        for stream in streams:
            await stream.readuntil(b"event: pending")
        path = f"/v1/teens/{teen}/layers/mine"
        patch = '{"screen_time":{"daily_minutes":{"mon":45}}}'
        written = await ask(stack, port, f"PATCH {path}", token, patch)
        assert b" 200 " in await written.readline()
        for stream in streams:
            await stream.readuntil(b"to 45 min")
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        ends = await asyncio.gather(*(stream.read() for stream in streams))
        assert all(end.endswith(b"0\r\n\r\n") for end in ends)
        assert await process.wait() == 0
        assert time.monotonic() - before < 5
