"""B13: a token refresh and a device poll, beside the least Authlib server that does the same.

Both are called as ASGI applications in this process, so the figure is the work and the commit
(SQLite, FULL), without sockets. Ours is the whole product: edge, sign-in, limits, storage. A minute
passes with each refresh, so a sign-in has ten access tokens that live, as in real use at most.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiosqlite
import msgspec

from bench import sign_in_peer as peer
from bench.runner import Row, interleaved
from familypair.testing import ManualClock
from familypair_server.auth.clients import FIRST_PARTY
from familypair_server.storage import migrate, open_store
from support.server import DEVICE_GRANT, running

CALLERS = (1, 16)
MUST = 1.2
MINUTE = timedelta(minutes=1)


@dataclass
class Side:
    """One of the two servers with a refresh token and a device code per caller."""

    app: Any
    clock: ManualClock
    refresh: list[str] = field(default_factory=list[str])
    device: list[str] = field(default_factory=list[str])
    turn: asyncio.Lock | None = None
    """The peer has one connection, so its requests take turns."""

    async def ask(self, **form: str) -> tuple[int, dict[str, Any]]:
        """POST /oauth/token; the status and the answer."""
        if self.turn is None:
            return await post(self.app, form)
        async with self.turn:
            return await post(self.app, form)

    async def refreshed(self, caller: int, _: int) -> None:
        """Use a refresh token and keep its successor."""
        status, body = await self.ask(
            grant_type="refresh_token", client_id=peer.CLIENT_ID, refresh_token=self.refresh[caller]
        )
        if status != 200:
            raise RuntimeError(str(body))
        self.refresh[caller] = body["refresh_token"]
        self.clock.tick(MINUTE)

    async def polled(self, caller: int, _: int) -> None:
        """Ask for a code that nobody has decided on."""
        status, body = await self.ask(
            grant_type=DEVICE_GRANT, client_id=peer.CLIENT_ID, device_code=self.device[caller]
        )
        if (status, body["error"]) not in {(400, "slow_down"), (400, "authorization_pending")}:
            raise RuntimeError(str(body))


async def post(app: Any, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """One form to /oauth/token of an ASGI application."""
    body = urlencode(form).encode()
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(_scope(len(body)), receive, send)
    text = b"".join(message.get("body", b"") for message in sent)
    return int(sent[0]["status"]), msgspec.json.decode(text)


def _scope(length: int) -> dict[str, Any]:
    kind = b"application/x-www-form-urlencoded"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/oauth/token",
        "raw_path": b"/oauth/token",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", kind), (b"content-length", str(length).encode())],
        "client": ("192.0.2.1", 1),
        "server": ("pair.example", 443),
    }


@asynccontextmanager
async def ours(folder: Path) -> AsyncGenerator[Side]:
    """The product on a SQLite file, with people signed in by the device flow."""
    url = f"sqlite:///{folder / 'ours.db'}"
    await migrate(url, now=datetime.now(UTC))
    store = await open_store(url)
    try:
        async with running(store, folder) as started:
            side = Side(started.app, started.clock)
            person = await started.guardian()
            for _ in range(max(CALLERS)):
                side.refresh.append((await person.sign_in_app())["refresh_token"])
                answer = await person.web.post(
                    "/oauth/device_authorization",
                    data={"client_id": next(iter(FIRST_PARTY)), "scope": "family"},
                )
                side.device.append(answer.json()["device_code"])
            yield side
    finally:
        await store.close()


@asynccontextmanager
async def theirs(folder: Path) -> AsyncGenerator[Side]:
    """The peer on a SQLite file of its own, with the same durability."""
    async with aiosqlite.connect(folder / "peer.db", isolation_level=None) as database:
        database.row_factory = aiosqlite.Row
        await database.execute("PRAGMA journal_mode=WAL")
        await database.execute("PRAGMA synchronous=FULL")
        await database.executescript(peer.SCHEMA)
        clock = ManualClock()
        side = Side(peer.build(database, lambda: clock().timestamp()), clock, turn=asyncio.Lock())
        for number in range(max(CALLERS)):
            refresh, device = os.urandom(16).hex(), os.urandom(16).hex()
            later = clock().timestamp() + 90 * 86_400
            family = f"family-{number}"
            await database.execute("INSERT INTO family VALUES (?,?,NULL)", (family, "account"))
            await database.execute(
                "INSERT INTO refresh VALUES (?,?,?,0)", (peer.digest(refresh), family, later)
            )
            await database.execute(
                "INSERT INTO device VALUES (?,'pending',0,5,?)", (peer.digest(device), later)
            )
            side.refresh.append(refresh)
            side.device.append(device)
        yield side


async def sign_in() -> list[Row]:
    """Both acts, alone and with 16 at once."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="familypair-bench-") as name:
        async with ours(Path(name)) as own, theirs(Path(name)) as other:
            # Polls first: the minutes that refreshes let pass end the codes.
            for act, what in (("polled", "device poll"), ("refreshed", "refresh")):
                for callers in CALLERS:
                    ways = {"ours": getattr(own, act), "peer": getattr(other, act)}
                    seen = await interleaved(ways, callers=callers, rounds=9, seconds=0.3)
                    rows.append(_row(f"{what}, {callers} at once", seen["ours"], seen["peer"]))
    return rows


def _row(what: str, own: Any, other: Any) -> Row:
    return Row(
        bench="B13",
        what=what,
        ours=1e3 / own.rate,
        unit="ms each",
        peer="Authlib on aiosqlite",
        theirs=1e3 / other.rate,
        ratios=other.beside(own),
        must=MUST,
        better="lower",
        note=f"p99 {own.p99_ms:.1f} ms, {own.errors} errors, loop lag {own.lag_ms:.1f} ms",
    )


BENCHES = {"B13": sign_in}
