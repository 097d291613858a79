"""B2, B3 and B4 over HTTP: decisions for host apps through the whole server.

Kept HTTP/1.1 connections, signed in, SQLite, real families. The server has a process and, with two
idle cores, a core of its own: 16 connections keep it busy without a pause, and the client (one
protocol object a connection) takes less than half of the other. Beside it in the same process a
bare Litestar route that decodes and encodes the same bodies. The CPU that both sides take for a
request is told with the figures; if the client took more, the ratio of the rates would say less.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.decisions_wire import Ended, Wire
from bench.runner import Measured, Row, Work, interleaved, measure
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
Mix = tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]
MIXED: Mix = (
    ("app.use", {"type": "surface", "id": "feed"}, {}),
    ("message.receive", FRIEND, {}),
    ("comment.receive", FOLLOWER, {}),
)
"""What is asked in turn: an action, its resource, its context."""
WORDS = ("dinosaur facts", "how do volcanoes work", "football results", "easy guitar songs")
SEARCHED: Mix = tuple(
    one
    for words in WORDS
    for one in (*MIXED[:2], ("search.query", {"type": "query", "id": "q"}, {"query": words}))
)
"""The same with a third of searches, against all word packs."""


class Target:
    """The running server, and the requests that it is sent."""

    def __init__(self, port: int, host: str, token: str, subjects: list[str]) -> None:
        self.host, self.subjects = host, subjects
        self._port, self._token = port, token
        self._wires: dict[int, Wire] = {}
        self.singles = self._mixed(MIXED)
        self.bare = self._mixed(MIXED, "/bare/evaluation")
        self.searches = self._mixed(SEARCHED)
        self.bare_searches = self._mixed(SEARCHED, "/bare/evaluation")
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
        _, made = await loop.create_connection(Ended, "127.0.0.1", self._port)
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
        _, made = await loop.create_connection(Ended, "127.0.0.1", self._port)
        body = msgspec.json.encode(wanted)
        head = f"POST /fill HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}"
        await made.read(f"{head}\r\n\r\n".encode() + body)
        return [f"{prefix}{number}" for number in range(teens)]

    def _mixed(self, mix: Mix, path: str = "/access/v1/evaluation") -> list[bytes]:
        """Every question of the mix about everybody."""
        return [
            self.request(path, {"subject": {"type": "teen", "id": s}, **question(n, mix)})
            for s in self.subjects
            for n in range(len(mix))
        ]

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


def question(number: int, mix: Mix = MIXED) -> dict[str, Any]:
    """One of a mix, without the subject."""
    action, resource, context = mix[number % len(mix)]
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
    """One question a request, beside a bare route; without searches, then a third of them."""
    async with serving() as target:
        plain = {"ours": target.work(target.singles), "bare": target.work(target.bare)}
        third = {"ours": target.work(target.searches), "bare": target.work(target.bare_searches)}
        one = await _beside_bare(target, plain, "one decision a request", must=1.0)
        searched = await _beside_bare(target, third, "a third of searches", must=None)
        return [one, searched]


async def _beside_bare(
    target: Target, ways: dict[str, Work], what: str, *, must: float | None
) -> Row:
    mine, theirs, note = await _compare(target, ways, "bare")
    return Row(
        bench="B2",
        what=f"{what}, {CALLERS} connections",
        ours=mine.rate,
        unit="/s",
        peer="bare Litestar route",
        theirs=theirs.rate,
        ratios=mine.beside(theirs),
        must=must,
        note=note,
    )


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
    own, client = await _cpu(target, ways["ours"])
    other, _ = await _cpu(target, ways[peer])
    note = (
        f"p50 {mine.p50_ms:.2f} ({theirs.p50_ms:.2f}) ms, p99 {mine.p99_ms:.2f}"
        f" ({theirs.p99_ms:.2f}) ms; errors {mine.errors} ({theirs.errors});"
        f" server's largest loop lag {lag:.1f} ms; CPU a request:"
        f" server {own:.0f} ({other:.0f}) us, client {client:.0f} us"
    )
    return mine, theirs, note


async def _cpu(target: Target, work: Work) -> tuple[float, float]:
    """Microseconds a request, of the server and of this client: whose core is the limit."""
    _, before = await target.cost()
    own = time.process_time()
    seen = await measure(work, callers=CALLERS, seconds=SECONDS)
    client = time.process_time() - own
    _, after = await target.cost()
    requests = seen.rate * SECONDS
    return (after - before) / requests * 1e6, client / requests * 1e6


BENCHES = {"B2": b2, "B3": b3, "B4": b4}
