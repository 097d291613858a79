"""The serving process: headers that never end, bodies that never end, streams at a stop."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from uvicorn.server import ServerState

from familypair.client import FamilyPairing
from familypair.client.store import MemoryStore
from familypair_server import edge, serve
from familypair_server.storage import Store
from familypair_tui.demo.people import Clock, Person
from support.homes import at_home
from support.live_server import LiveServer

HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """The least application: says hello."""
    assert scope["type"] == "http"
    await receive()
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


@asynccontextmanager
async def listening(app: Any) -> AsyncGenerator[int]:
    """Our protocol on a loopback port, without the rest of the process; yields the port."""
    config = uvicorn.Config(app, http=serve.BoundedHeaders, lifespan="off", log_config=None)
    config.load()
    state = ServerState()

    def protocol() -> Any:
        return serve.BoundedHeaders(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()


async def ask(port: int, *parts: bytes, then: Callable[[], Any] | None = None) -> bytes:
    """Send and read until the other side hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if then is not None:
            then()
        return await reader.read()
    finally:
        writer.close()


async def test_half_sent_headers_are_cut_while_a_good_client_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """200 connections that never finish their headers all end; another one is not held up."""
    monkeypatch.setattr(serve, "HEADER_SECONDS", 0.2)
    async with listening(hello) as port, asyncio.timeout(5):
        slow = [asyncio.create_task(ask(port, HALF)) for _ in range(100)]
        slow += [asyncio.create_task(ask(port)) for _ in range(100)]
        async with httpx2.AsyncClient(trust_env=False) as good:
            answer = await good.get(f"http://127.0.0.1:{port}/")
        assert answer.text == "hello"
        assert await asyncio.gather(*slow) == [b""] * 200


@pytest.mark.parametrize(
    "head",
    [b"X-Big: " + b"a" * 100_000, b"".join(b"X-%d: y\r\n" % n for n in range(20_000))],
    ids=["one long header", "many headers"],
)
async def test_headers_without_end_are_refused(head: bytes) -> None:
    """Beyond 32 KiB of headers the answer is 431, or a cut while the client still sends."""
    async with listening(hello) as port, asyncio.timeout(5):
        try:
            answer = await ask(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + head)
        except ConnectionResetError:
            answer = b"HTTP/1.1 431 "
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_long_headers_within_the_limit_are_served() -> None:
    """20 KiB of headers are unusual and fine, also for a second request of the connection."""
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 20_000 + b"\r\n"
    async with listening(hello) as port, asyncio.timeout(5):
        answer = await ask(port, head + b"\r\n", head + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 2


async def test_a_trickle_does_not_restart_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte now and then is no progress: the limit is for all headers together."""
    monkeypatch.setattr(serve, "HEADER_SECONDS", 0.1)
    async with listening(hello) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HALF)
        started = time.monotonic()
        while not reader.at_eof() and time.monotonic() - started < 2:
            writer.write(b"x")
            try:
                async with asyncio.timeout(0.02):
                    await reader.read()
            except TimeoutError:
                continue
        assert 0.05 < time.monotonic() - started < 1
        writer.close()


async def test_a_kept_connection_may_wait_and_each_request_has_its_own_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The good twin: idle between requests is fine, a half-sent second request is not."""
    monkeypatch.setattr(serve, "HEADER_SECONDS", 0.1)
    async with listening(hello) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(WHOLE)
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.2)
        writer.write(HALF)
        assert await reader.read() == b""
        writer.close()


async def test_a_half_sent_body_is_answered_and_cut(
    monkeypatch: pytest.MonkeyPatch, store: Store, tmp_path: Path
) -> None:
    """408 with a problem document, then the connection ends; the next request is answered."""
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.1)
    async with at_home(store, tmp_path) as home, listening(home.app) as port, asyncio.timeout(5):
        token = home.tokens[await home.teen()]
        lines = [
            "PATCH /v1/me HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
            'If-Match: "x"',
            "Content-Length: 50",
        ]
        request = "\r\n".join([*lines, "", '{"name":']).encode()
        answers = await asyncio.gather(*(ask(port, request) for _ in range(20)))
        for answer in answers:
            assert answer.startswith(b"HTTP/1.1 408")
            assert b'"code":"body_too_slow"' in answer
        assert (await ask(port, b"GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_a_stop_with_open_streams_takes_no_time(live_server: LiveServer) -> None:
    """SIGTERM with live streams: they end first, the process is gone within 5 s, exit code 0."""
    clock = Clock(live_server.url)
    people = [Person("Dana", "1984-02-29"), Person("Mia", "2012-05-04")]
    for person in people:
        await person.join(live_server.url, clock)
    opened = [asyncio.create_task(_listen(p.api)) for p in people for _ in range(3)]
    done, _ = await asyncio.wait(opened, timeout=0.5)
    assert not done
    started = time.monotonic()
    code = await asyncio.to_thread(live_server.stop)
    assert time.monotonic() - started < 5
    assert code == 0
    for task in opened:
        task.cancel()
    await asyncio.gather(*opened, return_exceptions=True)
    for person in people:
        await person.leave()
    await clock.close()


async def _listen(api: FamilyPairing) -> None:
    async for _ in api.events():
        pass


def test_a_client_without_a_store_keeps_its_tokens_in_memory() -> None:
    """The people of this file leave nothing on the disk."""
    assert MemoryStore().load() is None
