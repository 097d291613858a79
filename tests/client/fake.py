"""A server of a few lines: the token endpoint by the rules of security 2.3, and set answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx2
import msgspec

from familypair.client import Around, FamilyPairing, Saved
from familypair.client.store import MemoryStore, Store
from familypair.reasons import Reason
from familypair.schema.accounts import Kind, Me
from familypair.schema.problem import Problem
from familypair.testing import ManualClock

ISSUER = "http://127.0.0.1:8085"
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DANA = Me(
    id="acc_dana",
    kind=Kind.GUARDIAN,
    name="Dana",
    sign_in_name="dana-4821",
    country="IE",
    zone="Europe/Dublin",
    created_at=START,
)
Answer = httpx2.Response | msgspec.Struct | Exception | Callable[[httpx2.Request], httpx2.Response]


@dataclass
class Waits:
    """A sleep that returns at once, moves the clock, and remembers how long it was asked for."""

    clock: ManualClock
    asked: list[float] = field(default_factory=list[float])

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.clock.tick(timedelta(seconds=seconds))


def surroundings(clock: ManualClock, waits: Waits) -> Around:
    """Manual time, no waiting, the whole back-off, and countable keys."""
    keys = iter(range(1, 10_000))
    return Around(
        clock=clock, sleep=waits, jitter=lambda: 1.0, key=lambda: f"key-{next(keys)}-of-the-test"
    )


def answer(value: msgspec.Struct, status: int = 200) -> httpx2.Response:
    """A JSON answer."""
    headers = {"Content-Type": "application/json"}
    return httpx2.Response(status, content=msgspec.json.encode(value), headers=headers)


def problem(
    status: int, code: Reason, detail: str = "No.", headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """A problem document."""
    body = Problem(
        type="about:blank", title="No", status=status, detail=detail, code=code, request_id="req_1"
    )
    media = {"Content-Type": "application/problem+json"}
    return httpx2.Response(
        status, content=msgspec.json.encode(body), headers=media | dict(headers or {})
    )


def oauth_error(error: str) -> httpx2.Response:
    """An error of RFC 6749 section 5.2."""
    return httpx2.Response(400, json={"error": error})


class FakeServer:
    """Call it with a request; `will` says what a route answers."""

    def __init__(self, clock: ManualClock, *, refresh: str = "fpr_1") -> None:
        self.clock = clock
        self.requests: list[httpx2.Request] = []
        self._answers: dict[tuple[str, str], list[Answer]] = {("GET", "/v1/me"): [DANA]}
        self.refreshes = 0
        self.lost_answers = 0
        """How many answers of the token endpoint still get lost after they took effect."""
        self.revoked: list[str] = []
        self._live = refresh
        self._used: dict[str, tuple[str, datetime]] = {}
        self._dead = False

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        match request.method, request.url.path:
            case "POST", "/oauth/token" if ("POST", "/oauth/token") not in self._answers:
                return self._token(fields_of(request))
            case "POST", "/oauth/revoke":
                self.revoked.append(fields_of(request)["token"])
                return httpx2.Response(200)
            case route:
                return self._set_answer(route, request)

    def will(self, method: str, path: str, *turns: Answer) -> None:
        """Answer a route with these in turn; the last one stays."""
        self._answers[method, path] = list(turns)

    def count(self, method: str, path: str) -> int:
        """How often a route was called."""
        return sum((r.method, r.url.path) == (method, path) for r in self.requests)

    def _set_answer(self, route: tuple[str, str], request: httpx2.Request) -> httpx2.Response:
        turns: list[Answer] | list[None] = self._answers.get(route, [None])
        chosen = turns.pop(0) if len(turns) > 1 else turns[0]
        match chosen:
            case None:
                return problem(404, Reason.NOT_FOUND, "There is no such thing here.")
            case Exception():
                raise chosen
            case httpx2.Response():
                return httpx2.Response(
                    chosen.status_code, content=chosen.content, headers=chosen.headers
                )
            case msgspec.Struct():
                return answer(chosen)
            case _:
                return chosen(request)

    def _token(self, fields: Mapping[str, str]) -> httpx2.Response:
        """Rotation: one live token; the used one gives the same successor for 30 s."""
        given = fields["refresh_token"]
        fresh = given in self._used and self.clock() - self._used[given][1] < timedelta(seconds=30)
        if given == self._live and not self._dead:
            self.refreshes += 1
            self._live = f"fpr_{self.refreshes + 1}"
            self._used[given] = (self._live, self.clock())
        elif self._dead or not fresh or self._used[given][0] != self._live:
            self._dead = True
            return oauth_error("invalid_grant")
        if self.lost_answers:
            self.lost_answers -= 1
            raise httpx2.ReadError("the connection was cut")
        return token_answer(f"fpa_{self._live[4:]}", self._live)


def fields_of(request: httpx2.Request) -> dict[str, str]:
    """The fields of a posted form."""
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def token_answer(access: str, refresh: str) -> httpx2.Response:
    """A token answer of 600 s."""
    body = {"access_token": access, "token_type": "Bearer", "expires_in": 600}
    return httpx2.Response(200, json=body | {"refresh_token": refresh, "scope": "family"})


def saved(*, ends_in: float = 600.0, refresh: str = "fpr_1", access: str = "fpa_1") -> Saved:
    """A session that ends so many seconds after the start of the test."""
    return Saved(
        issuer=ISSUER,
        access_token=access,
        expires_at=START.timestamp() + ends_in,
        refresh_token=refresh,
        account="acc_dana",
        kind="guardian",
        name="Dana",
    )


@dataclass
class World:
    """One test's client, server and time."""

    server: FakeServer
    clock: ManualClock
    waits: Waits
    store: Store
    client: FamilyPairing


def world(*, session: Saved | None = None, store: Store | None = None) -> World:
    """A client of Dana, signed in unless `session` is given as None by the store."""
    clock = ManualClock(START)
    waits = Waits(clock)
    server = FakeServer(clock)
    kept = store or MemoryStore(session or saved())
    client = FamilyPairing(
        ISSUER,
        store=kept,
        transport=httpx2.MockTransport(server),
        around=surroundings(clock, waits),
    )
    return World(server, clock, waits, kept, client)
