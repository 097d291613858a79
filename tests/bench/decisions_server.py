"""The server of B2, B3 and B4 over HTTP: the product, and beside it in the same process a bare one.

Bare: a Litestar route that decodes the same question and encodes the same answer, without request
ids, sign-in, body checks, budgets or a decision. `GET /lag` tells the loop's largest pause and the
CPU used; `POST /fill` puts teens on the shelf, as if they had been asked about before.
"""

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, post
from litestar.params import JSONBody

from bench.settings_server import Lag
from familypair.packs import standard
from familypair.reasons import Reason
from familypair.rules.decide.snapshot import PolicySnapshot
from familypair.schema.decisions import DecisionContext, Evaluated
from familypair.schema.policies import By, SearchVoice, TimeStretch
from familypair.testing.decisions import rules_of
from familypair_server.app import Application, create_app
from familypair_server.decisions.shelf import Entry
from familypair_server.decisions.wire import Evaluation
from familypair_server.serve import BoundedHeaders, quiet_collector
from familypair_server.settings import Settings

FAMILY = {
    "band": "13-15",
    "guardians": [
        {"id": "A", "values": {"screen_time": {"daily_minutes": {"mon": 90, "sun": 120}}}},
    ],
}


ALIKE = 100
"""So many teens have the same rules but for the version: compiling 100,000 takes minutes."""


class Fill(msgspec.Struct):
    """So many teens, each with so many blocked terms and stretches of blocked time."""

    host: str
    prefix: str
    teens: int
    first: int = 0
    terms: int = 0
    blocks: int = 1


class Filling:
    """An ASGI wrapper for `POST /fill`."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything on but `/fill`."""
        if scope["type"] != "http" or scope["path"] != "/fill":
            await self._app(scope, receive, send)
            return
        wanted = msgspec.json.decode((await receive())["body"], type=Fill)
        shelf = self._app.context.decisions.shelf
        model = made(wanted, wanted.first)
        for number in range(wanted.first, wanted.teens):
            if number % ALIKE == 0:
                model = made(wanted, number)
            assert model.snapshot is not None
            own = msgspec.structs.replace(model.snapshot, version=number + 1)
            entry = msgspec.structs.replace(model, snapshot=own)
            key = (wanted.host, f"{wanted.prefix}{number}")
            shelf.keep(key, entry)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def made(wanted: Fill, number: int) -> Entry:
    """One teen as a reading would have left them."""
    now = datetime.now(UTC)
    rules = BASE.setdefault("rules", rules_of(FAMILY, now=now))
    hour = timedelta(hours=20 / wanted.blocks)
    first = rules.document.days[0].end
    changes: dict[str, Any] = {
        "teen": f"{wanted.prefix}{number}",
        "version": number + 1,
        "blocked": tuple(
            TimeStretch(start=first + n * hour, end=first + n * hour + hour / 2, by=By.GUARDIAN)
            for n in range(wanted.blocks)
        ),
    }
    if wanted.terms:
        terms = tuple(f"word{number} of {n}" for n in range(wanted.terms))
        changes["search"] = (*rules.document.search, SearchVoice(by=By.GUARDIAN, terms=terms))
    made = PolicySnapshot.of(msgspec.structs.replace(rules.document, **changes), standard())
    far = 2**53
    return Entry(f"acc_{number}", made, stale_ms=far, size=1000, read_ms=0, look_ms=far)


BASE: dict[str, Any] = {}
ANSWER = Evaluated(
    decision=True,
    context=DecisionContext(
        outcome="allow",
        reason=Reason.ALLOWED,
        explanation="Nothing stands in the way.",
        decided_by=By.PLATFORM,
        policy_version=1,
        valid_until=datetime(2026, 11, 22, 15, 1, tzinfo=UTC),
        minutes_left="more_than_15",
    ),
)


@post("/bare/evaluation", status_code=200)
async def bare(data: JSONBody[Evaluation]) -> Evaluated:  # noqa: ARG001 - decoded, not looked at
    """Decode and encode."""
    return ANSWER


class Both:
    """Ours, and under `/bare/` the other one."""

    def __init__(self, ours: Any, other: Any) -> None:
        self._ours, self._other = ours, other

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """By the path."""
        own = scope["type"] != "http" or not scope["path"].startswith("/bare/")
        await (self._ours if own else self._other)(scope, receive, send)


def limitless(database: str, secret: Path) -> Settings:
    """As shipped, but for what one host may ask and what is kept."""
    return Settings(
        database=database,
        secret_file=str(secret),
        questions_per_minute=10**9,
        decision_cache_mb=2048,
    )


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("secret", type=Path)
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    settings = limitless(given.database, given.secret)
    app = Filling(create_app(settings))
    other = Litestar([bare], openapi_config=None, logging_config=None)
    quiet_collector()  # as `serve` does
    uvicorn.run(
        Lag(Both(app, other)),
        port=given.port,
        http=BoundedHeaders,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
    )


if __name__ == "__main__":
    main()
