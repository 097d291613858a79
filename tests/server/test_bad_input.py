"""Bad input on every route: a problem document that names the place, and nothing has changed.

Everything here is generated from the OpenAPI document, so a new route is covered when it exists.
"""

import json
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from familypair.reasons import Reason
from familypair.schema.problem import Problem
from familypair.text import clean_line
from familypair_server.storage import Store
from support.attackers import RID, Families, two_families
from support.faults import digest
from support.hostile import MADE, strings
from support.operations import PAGES, PUBLIC_API, Operation, api, handlers, with_json

WRITES = tuple(o for o in api() if o.method != "GET")
LARGE = frozenset({"/v1/usage", "/v1/teens/{teen_id}/calendar/import"})
"""Paths with a limit of their own."""
STEP = "/zzz~/é"
"""A field that nobody has, with every character that a JSON pointer escapes."""


@pytest.fixture
async def families(store: Store, tmp_path: Path) -> AsyncGenerator[Families]:
    """Two families, everybody signed in."""
    async with two_families(store, tmp_path) as made:
        yield made


def problem_of(answer: httpx2.Response) -> Problem:
    """The problem document of an answer, checked for its shape."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = msgspec.json.decode(answer.content, type=Problem, strict=True)
    assert problem.status == answer.status_code
    assert problem.type == f"/docs/problems#{problem.code}"
    assert problem.request_id == answer.headers["x-request-id"] == RID
    assert problem.title
    assert problem.detail[-1] in ".…"
    return problem


class Faults:
    """Collects what is wrong, so that one run names every route that fails."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.tried = 0

    def look(self, what: str, answer: httpx2.Response, *, code: str, pointer: str = "") -> None:
        """The answer must be a problem with this code at this place."""
        self.tried += 1
        problem = problem_of(answer)
        places = [error.pointer for error in problem.errors]
        said = problem.code == code and (code not in POINTED or pointer in places)
        if not said:
            self.found.append(f"{what}: {answer.status_code} {problem.code} {places}")


POINTED = frozenset(
    {
        Reason.MALFORMED_JSON,
        Reason.UNKNOWN_FIELD,
        Reason.DUPLICATE_FIELD,
        Reason.WRONG_TYPE,
        Reason.TOO_DEEP,
    }
)
"""Codes that always come with a place."""

MALFORMED = {
    "cut off": b'{"a": ',
    "empty": b"",
    "not UTF-8": b'{"a":"\xff"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "two documents": b"{}{}",
    "single quotes": b"{'a':1}",
    "not a number": b'{"a":NaN}',
    "too many digits": b'{"a":' + b"9" * 5000 + b"}",
    "half a surrogate": rb'{"a":"\ud800"}',
}
DEEP = {
    "lists": b"[" * 10_000 + b"]" * 10_000,
    "objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "open lists": b"[" * 10_000,
}
WRONG_TYPES = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "")


async def test_who_may_call_without_a_token_is_a_written_list(families: Families) -> None:
    """Default deny: a new route answers 401 unless it was put on the list of public ones."""
    web = families.home.web
    open_to_all: set[tuple[str, str]] = set()
    for method, path, _ in handlers():
        url = path.replace("{", "").replace(":str}", "").replace("{seq:int}", "1")
        answer = await web.request(method, url.replace("seq:int}", "1"))
        if answer.status_code != 401 and path not in PAGES:
            open_to_all.add((method, path))
    assert open_to_all == {one for one in PUBLIC_API if one[1] not in PAGES}


async def test_a_stranger_learns_nothing_about_a_route(families: Families) -> None:
    """Without a token the answer is the same, whatever the body and whatever the id."""
    found: set[bytes] = set()
    for operation in api():
        for content in (None, b"[[", b"{}"):
            for ids in ({}, families.ids(families.ours)):
                answer = await families.send("", operation, ids, content=content)
                assert answer.status_code == 401, operation.name
                assert answer.headers["www-authenticate"] == "Bearer"
                problem_of(answer)
                found.add(answer.content)
    assert len(found) == 1


@pytest.mark.parametrize(
    "token", ["", "x", "fpa_", "fpa_" + "A" * 43, "fpr_" + "A" * 43, "\xe9" * 9]
)
async def test_a_bad_token_is_no_token(families: Families, token: str) -> None:
    """A token that is unknown, of another kind or no token at all: 401."""
    headers = [("Authorization", f"Bearer {token}".encode("latin-1")), ("X-Request-ID", RID)]
    answer = await families.home.web.get("/v1/me", headers=headers)  # type: ignore[arg-type]  # bytes are fine
    code = Reason.INVALID_TOKEN if token else Reason.UNAUTHENTICATED
    assert problem_of(answer).code == code


async def test_malformed_json_is_refused_everywhere(families: Families) -> None:
    """No parser of ours fails: 400 with the code, on every route that takes JSON."""
    faults, before = Faults(), await digest(families.home.store)
    async for operation, send in _each(families, with_json()):
        for name, content in MALFORMED.items():
            answer = await send(content)
            faults.look(f"{operation.name} {name}", answer, code=Reason.MALFORMED_JSON)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_deep_nesting_is_refused_everywhere(families: Families) -> None:
    """10,000 levels: 400, on routes with and without a body."""
    faults, before = Faults(), await digest(families.home.store)
    async for operation, send in _each(families, WRITES):
        for name, content in DEEP.items():
            answer = await send(content)
            faults.look(f"{operation.name} {name}", answer, code=Reason.TOO_DEEP)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_a_body_of_another_kind_is_refused_everywhere(families: Families) -> None:
    """Null, lists, numbers and text where an object belongs."""
    faults, before = Faults(), await digest(families.home.store)
    async for operation, send in _each(families, with_json()):
        for content in (b"null", b"[]", b"1", b'"a"', b"true"):
            answer = await send(content)
            faults.look(f"{operation.name} {content!r}", answer, code=Reason.WRONG_TYPE)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_an_unknown_field_is_refused_everywhere(families: Families) -> None:
    """Nobody should believe that a field worked; a route without a body takes none at all."""
    faults, before = Faults(), await digest(families.home.store)
    async for operation, send in _each(families, WRITES):
        body: dict[str, Any] = dict(operation.body) if operation.media_type else {}
        body[STEP[1:]] = 1
        answer = await send(json.dumps(body).encode())
        pointer = "/zzz~0~1é"
        faults.look(operation.name, answer, code=Reason.UNKNOWN_FIELD, pointer=pointer)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_a_name_twice_is_refused_everywhere(families: Families) -> None:
    """Two parsers would read two values; the pointer says where, also deep inside."""
    faults, before = Faults(), await digest(families.home.store)
    async for operation, send in _each(families, with_json()):
        answer = await send(b'{"a":1,"b":2,"a":1}')
        faults.look(operation.name, answer, code=Reason.DUPLICATE_FIELD, pointer="/a")
        answer = await send(b'{"a":[0,{"b/c":{"d":1,"d":2}}]}')
        pointer = "/a/1/b~1c/d"
        faults.look(operation.name, answer, code=Reason.DUPLICATE_FIELD, pointer=pointer)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_a_wrong_type_is_refused_for_every_field(families: Families) -> None:
    """Each field of each body in turn gets a value of another kind; the pointer names it."""
    faults, before = Faults(), await digest(families.home.store)
    async for operation, send in _each(families, with_json()):
        for pointer, body in _wrongly_typed(operation):
            answer = await send(json.dumps(body).encode())
            faults.look(operation.name, answer, code=Reason.WRONG_TYPE, pointer=pointer)
    assert faults.found == []
    assert faults.tried > 10
    assert await digest(families.home.store) == before


def _wrongly_typed(operation: Operation) -> Iterator[tuple[str, Any]]:
    for name in operation.schema.get("properties", {}):
        value: Any = "text" if isinstance(operation.body.get(name), dict) else {"x": 1}
        yield f"/{name}", {**operation.body, name: value}


async def test_an_oversize_body_is_refused_everywhere(families: Families) -> None:
    """A KiB over the limit is too many: 413, said in the length or found while reading.

    64 KiB, and 1 MiB for reports of use and calendar files (contract.md).
    """
    faults, before = Faults(), await digest(families.home.store)

    async def chunks(content: bytes) -> AsyncGenerator[bytes]:
        for start in range(0, len(content), 65536):
            yield content[start : start + 65536]

    async for operation, send in _each(families, WRITES):
        most = 1024 if operation.path in LARGE else 64
        content = b'{"a":"' + b"x" * ((most + 1) * 1024) + b'"}'
        answer = await send(content)
        faults.look(operation.name, answer, code=Reason.BODY_TOO_LARGE)
        answer = await send(chunks(content))
        faults.look(f"{operation.name} chunked", answer, code=Reason.BODY_TOO_LARGE)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_another_media_type_is_refused_everywhere(families: Families) -> None:
    """What a plain form of another site can send is never read as JSON: 415."""
    faults, before = Faults(), await digest(families.home.store)
    for operation in with_json():
        for kind in WRONG_TYPES:
            headers = {"Content-Type": kind}
            answer = await _as_fit(families, operation, b"{}", **headers)
            faults.look(f"{operation.name} {kind}", answer, code=Reason.UNSUPPORTED_MEDIA_TYPE)
    assert faults.found == []
    assert await digest(families.home.store) == before


async def test_the_example_of_each_body_is_understood(families: Families) -> None:
    """The good twin: an example of the document is never refused as bad input."""
    bad = {Reason.MALFORMED_JSON, Reason.UNKNOWN_FIELD, Reason.WRONG_TYPE, Reason.BAD_REQUEST}
    for operation in with_json():
        answer = await _as_fit(families, operation, json.dumps(operation.body).encode())
        code = "" if answer.is_success else problem_of(answer).code
        assert code not in bad, (operation.name, answer.text)


@pytest.mark.timeout(120)
async def test_hostile_text_in_a_body_is_refused_or_kept_as_text(families: Families) -> None:
    """Every text of some body in turn: an answer below 500, and never a row of another kind.

    What was made for this goes into every body; of the long public list each body takes a fifth.
    """
    listed = [text for text in strings() if text not in set(MADE)]
    odd: list[str] = []
    turn = 0
    async for operation, send in _each(families, with_json()):
        names = [n for n, v in operation.schema.get("properties", {}).items() if _textual(v)]
        turn += 1
        for text in [*MADE, *(listed[turn % 5 :: 5] if names else ())]:
            body = {**operation.body, **dict.fromkeys(names, text)}
            answer = await send(json.dumps(body if names else {text: text}).encode())
            if answer.status_code >= 500:
                odd.append(f"{operation.name} {text!r}: {answer.text}")
    assert odd == []


async def test_a_hostile_name_is_refused_with_its_place_or_shown_as_it_is(
    families: Families,
) -> None:
    """A name never becomes another one: what was accepted is read back as the same clean line."""
    home, teen = families.home, families.ours.teen
    for text in strings():
        seen = await home.get(teen, "/v1/me")
        headers = home.headers(teen, **{"If-Match": seen.headers["etag"], "X-Request-ID": RID})
        answer = await home.web.patch("/v1/me", headers=headers, json={"name": text})
        if answer.is_success:
            name = answer.json()["name"]
            assert name == clean_line(text, pointer="/name")
            assert (await home.get(teen, "/v1/me")).json()["name"] == name
        else:
            assert [error.pointer for error in problem_of(answer).errors] == ["/name"], text


def _textual(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "string" or any(map(_textual, schema.get("oneOf", ())))


async def test_hostile_text_in_the_address_is_absent_or_refused(families: Families) -> None:
    """Ids and query values that are no ids: 404 or 400, on every route, and nothing changes."""
    before = await digest(families.home.store)
    for operation in (one for one in api() if "{" in one.path):
        for text in MADE:
            if text in {"", ".", " "}:
                continue  # clients and routers normalize these away
            ids = dict.fromkeys((*operation.ids, "seq"), _quoted(text))
            ours = families.ours
            who = ours.host if operation.for_hosts else ours.guardian
            answer = await families.send(who, operation, ids)
            assert answer.status_code in FINE, (operation.name, text, answer.text)
    assert await digest(families.home.store) == before


FINE = frozenset({400, 403, 404, 405})


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1.5", "limit=0", "limit=101"])
async def test_a_query_value_that_is_no_number_is_named(families: Families, query: str) -> None:
    """Paging parameters have bounds, and the pointer is the parameter's name."""
    ours = families.ours
    path = f"/v1/teens/{ours.teen}/ledger?{query}"
    headers = families.home.headers(ours.teen, **{"X-Request-ID": RID})
    problem = problem_of(await families.home.web.get(path, headers=headers))
    assert [error.pointer for error in problem.errors] == [f"/{query.partition('=')[0]}"]


@pytest.mark.parametrize("header", ["If-Match", "Idempotency-Key", "Cookie", "Accept", "Origin"])
async def test_hostile_headers_are_ignored_or_refused(families: Families, header: str) -> None:
    """Headers are input too: an answer below 500."""
    keyed = header == "Idempotency-Key"
    method, path = ("POST", "/v1/invitations") if keyed else ("PATCH", "/v1/me")
    own = families.home.headers(families.ours.teen).items()
    for text in MADE:
        value = text.encode("utf-8", "surrogatepass").translate(None, b"\r\n\x00")
        headers = [(name.encode(), word.encode()) for name, word in own]
        headers += [(header.encode(), value)]
        answer = await families.home.web.request(method, path, headers=headers, json={})
        assert answer.status_code < 500, (text, answer.text)


async def _each(
    families: Families, chosen: tuple[Operation, ...]
) -> AsyncGenerator[tuple[Operation, Any]]:
    for operation in chosen:

        async def send(content: Any, operation: Operation = operation) -> httpx2.Response:
            return await _as_fit(families, operation, content)

        yield operation, send


async def _as_fit(
    families: Families, operation: Operation, content: Any, **headers: str
) -> httpx2.Response:
    """As whoever may call it: a host, the guardian, or the teen where a guardian may not."""
    ids = families.ids(families.ours, families.ours.guardian)
    if operation.for_hosts:
        host = families.ours.host
        return await families.send(host, operation, ids, content=content, **headers)
    answer = await families.send(families.ours.guardian, operation, ids, content=content, **headers)
    if answer.status_code != 403:
        return answer
    return await families.send(families.ours.teen, operation, ids, content=content, **headers)
