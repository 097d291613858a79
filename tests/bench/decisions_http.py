"""B2, B3 and B4 over HTTP: decisions for host apps through the whole server.

Kept HTTP/1.1 connections, signed in, SQLite, real families; the server has a process of its own and
is the only thing that is measured: the client is one protocol object a connection. Beside it in the
same process a bare Litestar route that decodes and encodes the same bodies.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.runner import Measured, Row, Work, interleaved
from bench.settings_http import free_port, ready
from bench.settings_server import ROOT
from familypair.testing import ManualClock
from familypair_server.auth import statements as auth
from familypair_server.auth.registration import NewHost, add_host
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint
from familypair_server.hosts.binding import NewBinding, bind
from familypair_server.ids import SystemRandom, new_id
from familypair_server.keys import Keys
from familypair_server.links.service import settled
from familypair_server.storage import Store, Txn, migrate, open_store, transaction
from familypair_server.times import millis
from support.pairs import People

FAMILIES = 20
CALLERS = 16
ROUNDS, SECONDS = 7, 0.7
BATCH = 50
SERVER = Path(__file__).with_name("decisions_server.py")
FOLLOWER = {"type": "account", "id": "acct-9", "properties": {"follows_me": True}}
FRIEND = {
    "type": "account",
    "id": "acct-4711",
    "properties": {"follows_me": True, "i_follow": True},
}
MIXED: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("app.use", {"type": "surface", "id": "feed"}, {}),
    ("message.receive", FRIEND, {}),
    ("comment.receive", FOLLOWER, {}),
)
"""What is asked in turn: an action, its resource, its context."""


class Wire(asyncio.Protocol):
    """One kept connection, as small as it can be: one request, one answer."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._buffer = b""
        self._waiter: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        """Keep it."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """An answer is whole when its body is as long as it says."""
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        place = self._buffer.find(b"content-length: ")
        if head < 0 or self._waiter is None:
            return
        length = int(self._buffer[place + 16 : self._buffer.index(b"\r", place)])
        if len(self._buffer) >= head + 4 + length:
            waiter, self._waiter = self._waiter, None
            answer, self._buffer = self._buffer, b""
            waiter.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits fails."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> bytes:
        """Send a request; the whole answer. Anything but 200 raises."""
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._waiter
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer[:400])
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Target:
    """The running server, and the requests that it is sent."""

    def __init__(self, port: int, host: str, token: str, subjects: list[str]) -> None:
        self.host, self.subjects = host, subjects
        self._port, self._token = port, token
        self._wires: dict[int, Wire] = {}
        self.singles = [self._single(s, n) for s in subjects for n in range(len(MIXED))]
        self.bare = [self._single(s, n, "/bare/evaluation") for s in subjects for n in range(3)]
        self.batches = [self._batch(subject) for subject in subjects]

    def work(self, requests: list[bytes]) -> Work:
        """One of these requests in turn."""

        async def one(caller: int, turn: int) -> None:
            await (await self.wire(caller)).ask(requests[(caller * 7 + turn) % len(requests)])

        return one

    async def wire(self, caller: int) -> Wire:
        """This caller's connection."""
        if caller not in self._wires:
            loop = asyncio.get_running_loop()
            _, made = await loop.create_connection(Wire, "127.0.0.1", self._port)
            self._wires[caller] = made
        return self._wires[caller]

    async def cost(self) -> tuple[float, float]:
        """Since the last call the worst event loop lag in ms; the CPU used so far in s."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(_Ended, "127.0.0.1", self._port)
        body = await made.read(b"GET /lag HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return msgspec.json.decode(body, type=tuple[float, float])

    async def fill(
        self, prefix: str, teens: int, *, first: int = 0, terms: int = 0, blocks: int = 1
    ) -> list[str]:
        """Teens on the shelf, from number `first` on; the subjects of all of them.

        The server hangs up on who is silent for as long as it takes, so everybody connects anew.
        """
        self.close()
        wanted: dict[str, Any] = {"host": self.host, "prefix": prefix, "teens": teens}
        wanted |= {"first": first, "terms": terms, "blocks": blocks}
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(_Ended, "127.0.0.1", self._port)
        body = msgspec.json.encode(wanted)
        head = f"POST /fill HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}"
        await made.read(f"{head}\r\n\r\n".encode() + body)
        return [f"{prefix}{number}" for number in range(teens)]

    def _single(self, subject: str, number: int, path: str = "/access/v1/evaluation") -> bytes:
        return self.request(path, {"subject": {"type": "teen", "id": subject}, **question(number)})

    def _batch(self, subject: str) -> bytes:
        asked = [question(number) for number in range(BATCH)]
        body = {"subject": {"type": "teen", "id": subject}, "evaluations": asked}
        return self.request("/access/v1/evaluations", body)

    def request(self, path: str, asked: Any) -> bytes:
        """A signed-in request with this body."""
        body = msgspec.json.encode(asked)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: pair.example\r\n"
            f"Authorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def close(self) -> None:
        """Hang up everywhere."""
        for one in self._wires.values():
            one.close()
        self._wires.clear()


class _Ended(asyncio.Protocol):
    """A connection for one answer that ends with it."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._data = b""
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Keep it."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect."""
        self._data += data

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """That is all."""
        self._end.set_result(None)

    async def read(self, request: bytes) -> bytes:
        """The body of the answer."""
        self._transport.write(request)
        await self._end
        body = self._data.partition(b"\r\n\r\n")[2]
        return body if not body[:1].isalnum() else body.split(b"\r\n")[1]


def question(number: int) -> dict[str, Any]:
    """One of `MIXED`, without the subject."""
    action, resource, context = MIXED[number % len(MIXED)]
    return {"action": {"name": action}, "resource": resource, "context": context}


@transaction
def signed_in(host: str, token: str, now: datetime) -> Txn[None]:
    """A host's access token for an hour."""
    yield from auth.insert_host_token.run(
        hash=digest(token), client=host, scope="policy:read", expires=millis(now) + 3_600_000
    )


@transaction
def bound(keys: Keys, teen: str, host: str, subject: str, now: datetime) -> Txn[int]:
    """The teen's yes."""
    new = NewBinding(teen_id=teen, host_id=host, host_name="Loop", subject=subject)
    return (yield from bind(new, now=now, keys=keys, random=SystemRandom()))


async def prepare(url: str) -> tuple[str, str, list[str]]:
    """A migrated database with families; the host, its token, its subjects."""
    now = datetime.now(UTC)
    await migrate(url, now=now)
    store = await open_store(url)
    people = People(store, ManualClock(now - timedelta(hours=30)))
    asked = NewHost(name="Loop", redirects=("https://loop.example/cb",))
    host = await store.run(add_host(asked, secret="s" * 43, random=SystemRandom(), now=0))
    subjects = [await _family(store, people, host, now) for _ in range(FAMILIES)]
    token = mint("fph_", os.urandom(SECRET_BYTES))
    await store.run(signed_in(host, token, now))
    await store.close()
    return host, token, subjects


async def _family(store: Store, people: People, host: str, now: datetime) -> str:
    guardian, teen = await people.guardian(), await people.teen()
    await people.linked(guardian, teen)
    await settled(store, [teen], now, people.random, Keys(ROOT))
    subject = new_id(people.random, "sub")
    await store.run(bound(Keys(ROOT), teen, host, subject, now))
    return subject


@asynccontextmanager
async def serving() -> AsyncGenerator[Target]:
    """The server process over a database of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        secret = folder / "root.secret"
        secret.write_text(ROOT.hex())
        secret.chmod(0o600)
        url = f"sqlite:///{folder}/decisions.db"
        host, token, subjects = await prepare(url)
        port = free_port()
        paths = f"{Path(__file__).parents[1]}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, str(SERVER), url, str(secret), str(port)],
            env={**os.environ, "PYTHONPATH": paths},
        )
        target = Target(port, host, token, subjects)
        try:
            await ready(port, process)
            yield target
        finally:
            target.close()
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def b2() -> list[Row]:
    """One question a request, beside a bare route."""
    async with serving() as target:
        ways = {"ours": target.work(target.singles), "bare": target.work(target.bare)}
        mine, theirs, note = await _compare(target, ways, "bare")
        return [
            Row(
                bench="B2",
                what=f"one decision a request, {CALLERS} connections",
                ours=mine.rate,
                unit="/s",
                peer="bare Litestar route",
                theirs=theirs.rate,
                ratios=mine.beside(theirs),
                must=1.0,
                note=note,
            )
        ]


async def b3() -> list[Row]:
    """Fifty questions a request, beside one."""
    async with serving() as target:
        ways = {"ours": target.work(target.batches), "one": target.work(target.singles)}
        mine, theirs, note = await _compare(target, ways, "one")
        ratios = tuple(ratio * BATCH for ratio in mine.beside(theirs))
        return [
            Row(
                bench="B3",
                what=f"decisions in batches of {BATCH}, {CALLERS} connections",
                ours=mine.rate * BATCH,
                unit="/s",
                peer="one a request (B2)",
                theirs=theirs.rate,
                ratios=ratios,
                must=15.0,
                note=note,
            )
        ]


async def b4() -> list[Row]:
    """The p50 of one caller, whatever is known and whatever is ruled."""
    async with serving() as target:
        shapes: dict[str, list[str]] = {"ours": await target.fill("base", 100)}
        shapes["50 stretches of blocked time"] = await target.fill("blocks", 100, blocks=50)
        shapes["10 blocked terms"] = await target.fill("terms", 100, terms=10)
        shapes["10,000 blocked terms"] = await target.fill("many", 5, terms=10_000)
        rows = await _flat(target, shapes)
        known = 0
        for teens in (1_000, 10_000, 100_000):
            await target.fill("known", teens, first=known)
            known = teens
            named = [f"known{n * 37 % known}" for n in range(200)]
            rows += await _flat(target, {"ours": shapes["ours"], f"{known:,} known teens": named})
        return rows


async def _flat(target: Target, shapes: dict[str, list[str]]) -> list[Row]:
    """Each shape beside the plain one, round for round."""
    works = {name: target.work(_asked(target, subjects)) for name, subjects in shapes.items()}
    seen = await interleaved(works, callers=1, rounds=ROUNDS, seconds=0.3)
    plain = seen["ours"]
    return [
        Row(
            bench="B4",
            what=f"p50 over HTTP, {name}",
            ours=one.p50_ms * 1e3,
            unit="us",
            peer="1 stretch, no own terms, 100 teens",
            theirs=plain.p50_ms * 1e3,
            must=1.3,
            better="lower",
            note=f"p99 {one.p99_ms:.2f} ms, errors {one.errors}",
        )
        for name, one in seen.items()
        if name != "ours"
    ]


def _asked(target: Target, subjects: list[str]) -> list[bytes]:
    """The mixed questions about these teens."""
    path = "/access/v1/evaluation"
    return [
        target.request(path, {"subject": {"type": "teen", "id": subject}, **question(number)})
        for number, subject in enumerate(subjects * 3)
    ]


async def _compare(
    target: Target, ways: dict[str, Work], peer: str
) -> tuple[Measured, Measured, str]:
    """Both ways in turn; what to say beside the figures."""
    await target.cost()
    seen = await interleaved(ways, callers=CALLERS, rounds=ROUNDS, seconds=SECONDS)
    lag, _ = await target.cost()
    mine, theirs = seen["ours"], seen[peer]
    note = (
        f"p50 {mine.p50_ms:.2f} ({theirs.p50_ms:.2f}) ms, p99 {mine.p99_ms:.2f}"
        f" ({theirs.p99_ms:.2f}) ms; errors {mine.errors} ({theirs.errors});"
        f" server's largest loop lag {lag:.1f} ms"
    )
    return mine, theirs, note


BENCHES = {"B2": b2, "B3": b3, "B4": b4}
