"""The outermost layer: request ids, headers, methods, slow bodies."""

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from familypair.reasons import Reason
from familypair.schema.problem import Problem
from familypair_server import edge
from familypair_server.auth.scripts import FILL_CODE, KEEP_CODE, hash_of
from familypair_server.edge import Edge
from familypair_server.ids import SystemRandom
from familypair_server.storage import Store
from support.homes import Home, at_home
from support.operations import ID, PAGES, handlers

OWN_ID = re.compile(r"rid_[0-9a-hjkmnp-tv-z]{26}")
ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
"""What every answer says, whatever it is."""


@pytest.fixture
async def home(store: Store, tmp_path: Path) -> AsyncGenerator[Home]:
    """The application with nobody in it."""
    async with at_home(store, tmp_path) as made:
        yield made


async def test_a_request_id_is_echoed(home: Home) -> None:
    """Whoever sends an id finds it in the answer and in the problem document."""
    for given in ("a", "A.b-c_9", "x" * 64):
        answer = await home.web.get("/v1/me", headers={"X-Request-ID": given})
        assert answer.headers["x-request-id"] == given
        assert answer.json()["request_id"] == given


async def test_a_request_id_of_other_characters_is_replaced(home: Home) -> None:
    """It ends up in logs and in HTML: only letters, digits, dot, dash and underscore."""
    for given in ("", "x" * 65, "a b", "a\tb", "a;b", "<script>", "a\xe9", "%0d%0a"):
        headers = {b"X-Request-ID": given.encode("latin-1")}
        answer = await home.web.get("/v1/me", headers=headers)
        assert OWN_ID.fullmatch(answer.headers["x-request-id"]), given
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


SAME_FOR_ALL = {"/style.css", "/schema/policy.json", "/.well-known/authzen-configuration"}
"""Those that may be kept: nothing in them is anybody's."""


async def test_every_answer_of_every_route_has_the_headers(home: Home) -> None:
    """No sniffing, no leak by referrer, no store: on pages, API, documents and errors alike."""
    for method, path, _ in handlers():
        url = re.sub(r"{\w+:\w+}", "1", path)
        answer = await home.web.request(method, url)
        said = {name: answer.headers.get(name) for name in ALWAYS}
        assert said == ALWAYS, (method, path)
        assert answer.headers["referrer-policy"] in {"no-referrer", "same-origin"}
        assert "no-store" in answer.headers["cache-control"] or path in SAME_FOR_ALL
        assert "server" not in answer.headers


async def test_every_page_forbids_scripts_and_frames(home: Home) -> None:
    """The pages work without JavaScript; none may run but our own, by its hash (security 2.2)."""
    ours = {f"'{hash_of(script)}'" for script in (KEEP_CODE, FILL_CODE)}
    for path in PAGES & {path for _, path, _ in handlers()}:
        answer = await home.web.get(path, follow_redirects=True)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert set(re.findall("script-src ([^;]*)", policy)) <= ours, path
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY"


async def test_an_address_that_is_not_there_is_a_problem_document(home: Home) -> None:
    """404 has the same shape as every other error and says nothing about what is there."""
    for path in ("/docs", "/v1", "/v1/nothing", "/V1/me", "/.env"):
        answer = await home.web.get(f"https://pair.example{path}")
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == Reason.NOT_FOUND


async def test_a_method_that_is_not_there_names_those_that_are(home: Home) -> None:
    """405 with `Allow`, as RFC 9110 section 15.5.6 wants, in the shape of every error."""
    for method in ("PUT", "DELETE", "POST", "TRACE", "PROPFIND"):
        answer = await home.web.request(method, "/v1/teens")
        assert answer.status_code == 405, method
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == Reason.METHOD_NOT_ALLOWED
        assert "GET" in answer.headers["allow"]


async def test_options_opens_nothing_to_other_origins(home: Home) -> None:
    """A question about methods needs no token, and a browser of another site may not go on."""
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    answer = await home.web.options("/v1/me", headers=headers)
    assert answer.status_code == 204
    assert "OPTIONS" in answer.headers["allow"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_head_is_no_way_around_a_token(home: Home) -> None:
    """HEAD answers as GET would or not at all, and never without a token."""
    answer = await home.web.head("/v1/me")
    assert answer.status_code in {401, 405}
    assert answer.status_code != 200


async def test_the_schema_address_of_a_stranger_is_not_found_as_a_problem(home: Home) -> None:
    """The framework's own HTML error page is not ours."""
    answer = await home.web.get(f"/schema/{ID}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await home.web.get("/schema/openapi.json")).status_code == 200


class Slow:
    """An ASGI server's side: parts of a body, then silence."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = list(parts)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> Any:
        if self.parts:
            return {"type": "http.request", "body": self.parts.pop(0), "more_body": True}
        return await asyncio.Future()

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))


async def test_a_body_that_stops_arriving_is_answered_and_the_connection_closed(
    monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """408 in the shape of every error, within the limit; the clock does not restart with a byte."""
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.05)
    teen = await home.teen()
    peer = Slow(b"{", b'"name"')
    await asyncio.wait_for(home.app(_scope(home, teen), peer.receive, peer.send), 1.0)
    start, body = peer.sent
    headers = dict(start["headers"])
    assert start["status"] == 408
    assert headers[b"connection"] == b"close"
    assert headers[b"content-type"] == b"application/problem+json"
    problem = httpx2.Response(408, content=body["body"]).json()
    assert problem["code"] == Reason.BODY_TOO_SLOW
    assert problem["request_id"].encode() == headers[b"x-request-id"]


async def test_a_body_that_arrives_in_time_is_read_whole(home: Home) -> None:
    """The good twin: parts that come are put together."""
    teen = await home.teen()
    parts = [b"{", b'"nam', b'e":1}']
    peer = Slow(*parts)

    async def receive() -> Any:
        message = await peer.receive()
        return message | {"more_body": bool(peer.parts)}

    await home.app(_scope(home, teen), receive, peer.send)
    assert peer.sent[0]["status"] == 400
    assert b"wrong_type" in peer.sent[1]["body"]


async def test_silence_after_the_body_is_no_slow_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream waits for its client to leave for as long as it likes: only the body has a limit."""
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.01)
    heard: list[str] = []

    async def app(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(0.03)
        heard.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    messages = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    peer = Slow()
    await Edge(app, SystemRandom())({"type": "http", "headers": []}, receive, peer.send)  # type: ignore[arg-type]  # the least scope
    assert heard == ["http.disconnect"]
    assert peer.sent[0]["status"] == 200


class Waits:
    """A server's side whose body does not come; it notices when it is told to stop waiting."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def receive(self) -> Any:
        await asyncio.sleep(0)
        try:
            await asyncio.Future()
        except asyncio.CancelledError:
            self.told.append("cancelled")
            await asyncio.sleep(0)
            self.told.append("put away")
            raise


async def test_a_cancelled_request_is_cancelled_where_it_waits_for_its_body() -> None:
    """The server's `receive` hears of it and may put things away, however it began to wait."""
    peer = Waits()
    heard: list[BaseException] = []

    async def app(_: Any, receive: Any, __: Any) -> None:
        try:
            await receive()
        except BaseException as error:
            heard.append(error)
            raise

    scope: Any = {"type": "http", "headers": []}
    outer: Any = Edge(app, SystemRandom())(scope, peer.receive, Slow().send)
    request = asyncio.create_task(outer)
    for _ in range(3):
        await asyncio.sleep(0)
    assert (request.done(), peer.told) == (False, [])
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert peer.told == ["cancelled", "put away"]
    assert [type(error) for error in heard] == [asyncio.CancelledError]


async def test_a_slow_body_is_given_up_where_it_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit ends the waiting in the same way, and tells the application why."""
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.01)
    peer = Waits()

    async def app(_: Any, receive: Any, __: Any) -> None:
        with pytest.raises(edge.BodyTooSlow):
            await receive()

    scope: Any = {"type": "http", "headers": []}
    await Edge(app, SystemRandom())(scope, peer.receive, Slow().send)
    assert peer.told == ["cancelled", "put away"]


async def test_what_receiving_raises_is_raised_where_it_was_called() -> None:
    """At once or later: nothing of it is swallowed, and what comes late is handed on whole."""
    heard: list[Any] = []

    async def app(_: Any, receive: Any, __: Any) -> None:
        try:
            heard.append(await receive())
        except OSError as error:
            heard.append(str(error))

    async def given(late: int, ends: Any) -> Any:
        for _ in range(late):
            await asyncio.sleep(0)
        if isinstance(ends, OSError):
            raise ends
        return ends

    whole = {"type": "http.request", "body": b"x"}
    for late in (0, 1, 3):
        for ends in (OSError("reset"), whole):

            async def receive(late: int = late, ends: Any = ends) -> Any:
                return await given(late, ends)

            scope: Any = {"type": "http", "headers": []}
            await Edge(app, SystemRandom())(scope, receive, Slow().send)
    assert heard == ["reset", whole] * 3


def test_the_problem_of_a_slow_body_is_the_shape_of_every_problem() -> None:
    """What the edge writes itself has every field of a problem document."""
    assert set(Problem.__struct_fields__) >= {"type", "title", "status", "code", "request_id"}


def _scope(home: Home, who: str) -> Any:
    token = home.tokens[who].encode()
    headers = [(b"authorization", b"Bearer " + token), (b"if-match", b'"x"')]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "https",
        "path": "/v1/me",
        "raw_path": b"/v1/me",
        "root_path": "",
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json")],
        "client": ("192.0.2.1", 1),
        "server": ("pair.example", 443),
    }
