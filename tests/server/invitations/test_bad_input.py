"""Bodies that are not in order: a problem document that names the place, and nothing changes."""

import json
from typing import Any

import msgspec
import pytest

from familypair.rules.actors import Actor
from familypair.schema.scopes import ALL_SCOPES
from support.faults import digest
from support.pairs import House
from support.server import Running

DEEP = "[" * 400 + "]" * 400
APPROVE = {"phrase": "otter lantern 42", "scopes": list(ALL_SCOPES)}


class Case(msgspec.Struct, frozen=True):
    """A body with one fault, and where the problem document must point."""

    route: str
    fault: str
    body: Any
    code: str
    pointer: str

    @property
    def name(self) -> str:
        """For the test's id."""
        return f"{self.route} {self.fault}"


CASES = [
    Case("invitations", "unknown field", {"teen": "acc_1"}, "unknown_field", "/teen"),
    Case("invitations", "wrong type", {"form": 7}, "wrong_type", "/form"),
    Case("invitations", "no such form", {"form": "sms"}, "out_of_range", "/form"),
    Case("invitations", "no such scope", {"scopes": ["see_all"]}, "out_of_range", "/scopes/0"),
    Case("invitations/claim", "missing", {}, "missing_field", "/code"),
    Case("invitations/claim", "wrong type", {"code": ["a"]}, "wrong_type", "/code"),
    Case("invitations/claim", "unknown", {"code": "x", "as": "y"}, "unknown_field", "/as"),
    Case("{it}/confirm", "unknown field", {"phrase": "x"}, "unknown_field", "/phrase"),
    Case("{it}/approve", "wrong type", {**APPROVE, "phrase": 1}, "wrong_type", "/phrase"),
    Case("{it}/approve", "missing", {"phrase": "x"}, "missing_field", "/scopes"),
    Case(
        "{it}/approve",
        "no boolean",
        {**APPROVE, "share_history": "maybe"},
        "wrong_type",
        "/share_history",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_fault_is_named_by_its_place(server: Running, case: Case) -> None:
    """400 with the code and a JSON pointer; the database is as it was."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    invitation = await house.disclosed(guardian, teen)
    api = await house.api(teen)
    before = await digest(server.store)
    reply = await api.post(case.route.format(it=f"invitations/{invitation}"), case.body)
    assert (reply.status_code, reply.json()["code"]) == (400, case.code), reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["errors"][0]["pointer"] == case.pointer
    assert await digest(server.store) == before


BODIES = [
    (b"", 400),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[]", 400),
    (b"null", 400),
    (DEEP.encode(), 400),
    (json.dumps({"code": "x" * 70_000}).encode(), 413),
    (b'{"code": "\\ud800"}', 400),
    (b'{"code": "a\\u0000b"}', 404),
]
IDS = ["..%2f..", "%00", "inv_", "x" * 300, "'%3B--", "%F0%9F%92%A9"]


async def test_a_value_that_does_not_exist_names_those_that_do(server: Running) -> None:
    """The words list what an enum can be, and say nothing of what was sent."""
    guardian = await server.guardian()
    for body, allowed in (({"form": "sms"}, "code, link"), ({"scopes": ["x"]}, "see_settings")):
        answer = await guardian.web.post("/v1/invitations", json=body, headers=guardian.auth)
        detail = answer.json()["errors"][0]["detail"]
        assert answer.json()["code"] == "out_of_range"
        assert allowed in detail
        assert "sms" not in detail


async def test_no_body_breaks_the_server(server: Running) -> None:
    """Malformed, deep, oversize and hostile bodies are refused, never a 500."""
    house = House(server)
    api = await house.api(await house.teen())
    headers = {**api.headers, "Content-Type": "application/json"}
    for raw, status in BODIES:
        reply = await api.web.post("/v1/invitations/claim", content=raw, headers=headers)
        assert reply.status_code == status, (raw[:40], reply.text)
        assert reply.headers["content-type"] == "application/problem+json"


async def test_an_id_that_cannot_be_is_absent(server: Running) -> None:
    """A made-up id in the path is not found, on every route."""
    house = House(server)
    api = await house.api(await house.teen())
    for bad in IDS:
        for path in (f"invitations/{bad}", f"links/{bad}", f"links/{bad}/receipt"):
            reply = await api.get(path)
            assert reply.status_code == 404, (path, reply.text)


async def test_without_a_token_there_is_no_answer(server: Running) -> None:
    """Every route of the handshake and of links asks who is there."""
    web = await server.browser()
    for path in ("invitations", "invitations/inv_1", "links", "links/lnk_1"):
        assert (await web.get(f"/v1/{path}")).status_code == 401
    for path in ("invitations", "invitations/claim", "links/lnk_1/end"):
        assert (await web.post(f"/v1/{path}", json={})).status_code == 401


async def test_an_actor_is_never_taken_from_the_body(server: Running) -> None:
    """A teen cannot start as a guardian by saying so."""
    house = House(server)
    api = await house.api(await house.teen())
    reply = await api.post("invitations", {"started_by": Actor.GUARDIAN})
    assert reply.json()["code"] == "unknown_field"
