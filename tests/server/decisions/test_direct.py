"""The short way past the framework: nobody can tell it from the routes, but by a clock."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from familypair_server.decisions.routes import BODY_BYTES
from familypair_server.edge import Edge
from familypair_server.storage import StoreUnavailable
from support.questions import MANY, ONE, STRANGER, Scene

pytestmark = pytest.mark.engine("sqlite")

Json = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
JSON = (b"content-type", b"application/json")
ID = (b"x-request-id", b"same/for:both")
SHORT = (
    '{"subject":{"type":"teen","id":"%s"},"action":{"name":"app.use"},'
    '"resource":{"type":"surface","id":"feed"}%s}'
)


class Sent:
    """One request: sent to an application as a server would, in any number of pieces."""

    def __init__(self, here: Scene, path: str = ONE, **changes: Any) -> None:
        self.here, self.path, self.changes = here, path, changes
        self.parts: list[bytes] = changes.pop("parts", [b""])
        self.headers: Headers = changes.pop("headers", [])

    async def to(self, app: Any) -> list[Json]:
        """Everything that is answered."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "https",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [*self.headers, ID],
            "client": ("192.0.2.1", 1),
            "server": ("pair.example", 443),
            "state": {},
            **self.changes,
        }
        parts, answered = list(self.parts), list[Json]()

        async def receive() -> Json:
            if not parts:
                return {"type": "http.disconnect"}
            await asyncio.sleep(0)
            body = parts.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(parts)}

        async def send(message: Any) -> None:
            answered.append(dict(message))

        await app(scope, receive, send)
        return answered


class Ways:
    """The application as it is, and without its short way."""

    def __init__(self, here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        app = here.home.app
        self.app: Callable[..., Awaitable[None]] = app
        self.ordinary = Edge(app.litestar, app.context.random)
        self.routed = 0
        inner: Any = app.app

        async def counted(*asgi: Any) -> None:
            self.routed += 1
            await inner(*asgi)

        monkeypatch.setattr(app, "app", counted)

    async def alike(self, sent: Sent) -> tuple[int, bool]:
        """The status, and whether the router was passed by; both ways must say the same."""
        before = self.routed
        short = await sent.to(self.app)
        by = self.routed == before
        assert short == await sent.to(self.ordinary), sent.changes
        assert dict(short[0]["headers"])[ID[0]] == ID[1]
        return short[0]["status"], by


def bearer(headers: dict[str, str]) -> tuple[bytes, bytes]:
    """The header that signs in."""
    return b"authorization", headers["Authorization"].encode()


async def test_what_is_not_special_goes_the_short_way(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question or many, with faults of its own, known or not; and what is refused does not."""
    await here.ask()  # the token is known from now on
    ways = Ways(here, monkeypatch)
    usual = [(b"host", b"pair.example:443"), bearer(here.host.headers), JSON]
    one = SHORT % (here.subject, "")
    item = f'{{"resource":{{"type":"account","id":"{STRANGER["id"]}"}}}}'
    many = SHORT % (here.subject, f',"evaluations":[{item},{item},{{"action":1}}]')
    fine = {
        "one": (ONE, one),
        "many": (MANY, many),
        "one at the address for many": (MANY, one),
        "nobody": (ONE, SHORT % ("sub_x", "")),
        "a context": (ONE, SHORT % (here.subject, ',"context":{}')),
        "blanks": (ONE, SHORT.replace(",", " , ") % (here.subject, "")),
    }
    for name, (path, body) in fine.items():
        for clear in (True, False):
            if clear:
                here.home.app.context.decisions.shelf.clear()
            sent = Sent(here, path, parts=[body.encode()], headers=usual)
            assert await ways.alike(sent) == (200, True), name
    refused = {
        "": 400,
        "{": 400,
        "[" * 20_000: 400,
        one[:-1] + ',"x":1,"x":2}': 400,
        one.replace('"teen"', "1"): 400,
        " " * BODY_BYTES + one: 413,
    }
    for body, status in refused.items():
        for path in (ONE, MANY):
            sent = Sent(here, path, parts=[body.encode()], headers=usual)
            assert await ways.alike(sent) == (status, False), body[:30]


async def test_what_is_special_is_answered_by_the_routes(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces, other types, callers, methods and addresses: as if there were no short way."""
    await here.ask()
    ways = Ways(here, monkeypatch)
    body = (SHORT % (here.subject, "")).encode()
    host = (b"host", b"pair.example")
    token = bearer(here.host.headers)
    person = bearer(here.home.headers(here.guardian))
    await here.host.sign_in("usage:write")
    scopeless = bearer(here.host.headers)
    usual = [host, token, JSON]
    rows: list[tuple[int, Json]] = [
        (200, {"parts": [body[:9], body[9:]]}),
        (413, {"parts": [body, b" " * BODY_BYTES]}),
        (400, {"parts": []}),
        (200, {"headers": [token, (b"content-type", b"Application/JSON; charset=utf-8")]}),
        (400, {"headers": [host, token]}),
        (400, {"headers": [host, token, (b"content-type", b"text/plain"), JSON]}),
        (200, {"headers": [host, token, JSON, (b"content-type", b"text/plain")]}),
        (200, {"headers": [(b"host", b"[::1]:8000"), token, JSON]}),
        (400, {"headers": [(b"host", b"a/b"), token, JSON]}),
        (401, {"headers": [host, JSON]}),
        (401, {"headers": [host, (b"authorization", b"Bearer \xff"), JSON]}),
        (401, {"headers": [host, (b"authorization", b"Basic eDp5"), JSON]}),
        (401, {"headers": [host, token, token, JSON]}),
        (200, {"headers": [host, (token[0], token[1].replace(b"Bearer", b"bearer")), JSON]}),
        (403, {"headers": [host, person, JSON]}),
        (403, {"headers": [host, scopeless, JSON]}),
        (405, {"method": "GET"}),
        (405, {"method": "PUT"}),
        (404, {"path": ONE + "x"}),
        (200, {"path": ONE + "/"}),
        (404, {"root_path": "/access"}),
    ]
    for status, changes in rows:
        whole: Json = {"parts": [body], "headers": usual, **changes}
        sent = Sent(here, **whole)
        assert await ways.alike(sent) == (status, False), changes
    assert await ways.alike(Sent(here, parts=[body], headers=usual)) == (200, True)


async def test_what_goes_wrong_on_the_short_way_is_told_by_the_routes_and_charged_once(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A used up minute, a database that is away, a fault of ours: 429, 503, 500."""
    await here.ask()
    ways = Ways(here, monkeypatch)
    ctx = here.home.app.context
    decisions, now = ctx.decisions, here.home.clock()
    body = (SHORT % (here.subject, "")).encode()
    usual = [(b"host", b"pair.example"), bearer(here.host.headers), JSON]
    sent = Sent(here, parts=[body], headers=usual)
    taken: list[int] = []
    take: Any = decisions.budget.take

    def counted(*args: Any, **more: Any) -> int:
        wait: int = take(*args, **more)
        taken.append(wait)
        return wait

    def faulty(*_: Any) -> None:
        raise ZeroDivisionError

    async def away(*_: Any) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(decisions.budget, "take", counted)
    with monkeypatch.context() as broken:
        decisions.shelf.clear()
        broken.setattr(decisions.source, "read", away)
        assert await ways.alike(sent) == (503, False)
    with monkeypatch.context() as broken:
        broken.setattr(decisions.shelf, "hot", faulty)
        assert await ways.alike(sent) == (500, False)
    assert taken == [0] * 4
    most = ctx.settings.questions_per_minute
    assert take(here.host.id, most - 10, most=most, now=now) == 0
    assert await ways.alike(Sent(here, parts=[body], headers=usual)) == (200, True)
    while take(here.host.id, 1, most=most, now=now) == 0:
        pass
    assert await ways.alike(sent) == (429, False)
    assert len(taken) == 8
