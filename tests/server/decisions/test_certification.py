"""The AuthZEN certification scenario, rule by rule: Basic, Batch and Discovery.

Rules are named as the scenario names them. Its fixture (alice, record-1) is another domain's, so
the same shapes are asked with ours: a bound teen who may use the app and whose private account
strangers may not view; `follows_me` is the property that turns that no into a yes. Search is not
served.
"""

from collections.abc import Callable
from typing import Any

import pytest
from litestar.routes import ASGIRoute

from support.operations import application, operations
from support.questions import FEED, MANY, ONE, STRANGER, Scene

pytestmark = pytest.mark.engine("sqlite")

Json = dict[str, Any]
Body = Callable[[Scene], Any]
USE = {"name": "app.use"}
VIEW = {"name": "profile.view"}
FOLLOWER = {**STRANGER, "properties": {"follows_me": True}}
CONTEXT = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}


def _with(**more: Any) -> Body:
    """The teen, `app.use` and the feed, with other keys; None leaves one out."""

    def body(here: Scene) -> Json:
        asked = {**here.question(), **more}
        return {key: value for key, value in asked.items() if value is not None}

    return body


def _batch(*evaluations: Any, **more: Any) -> Body:
    """A batch whose top level is the teen, with other keys beside it."""
    return lambda here: {"subject": here.who, "evaluations": list(evaluations), **more}


def _full(here: Scene) -> Json:
    other = here.question("profile.view", resource=STRANGER)
    return {"evaluations": [here.question(), other]}


ACCEPTED: dict[str, tuple[Body, bool]] = {
    "c-2-2-1 permit": (_with(), True),
    "c-2-2-2 deny": (_with(action=VIEW, resource=STRANGER), False),
    "c-2-2-3 context": (_with(context=CONTEXT), True),
    "c-2-2-4 deny by a resource's properties": (
        _with(action=VIEW, resource={**STRANGER, "properties": {"follows_me": False}}),
        False,
    ),
    "c-2-2-5 permit by properties": (_with(action=VIEW, resource=FOLLOWER), True),
    "c-2-2-6 action properties": (_with(action={**USE, "properties": {"soft": True}}), True),
    "c-2-2-7 action properties": (
        _with(action={**VIEW, "properties": {"soft": False}}, resource=STRANGER),
        False,
    ),
    "c-2-2-8 more properties": (
        _with(
            action={**USE, "properties": {"method": "GET"}},
            resource={**FEED, "properties": {"status": "active", "owner": [1, {"a": None}]}},
        ),
        True,
    ),
    "c-2-2-9 unknown fields": (_with(foo="bar", futureField={"nested": True}), True),
    "c-2-2-9 unknown fields within": (_with(resource={**FEED, "foo": [1]}), True),
}
BATCHES: dict[str, tuple[Body, list[bool | None]]] = {
    "c-3-2-1 array": (
        _batch({"resource": FEED}, {"resource": STRANGER}, action=USE),
        [None, None],
    ),
    "c-3-2-2 order": (
        _batch({"action": USE}, {"action": VIEW}, resource=STRANGER),
        [True, False],
    ),
    "c-3-2-3 properties": (
        _batch({"resource": FOLLOWER}, {"resource": STRANGER}, action=VIEW),
        [True, False],
    ),
    "c-3-2-4 subjects": (
        lambda here: {
            "action": USE,
            "resource": FEED,
            "evaluations": [{"subject": {"type": "user", "id": "bob"}}, {"subject": here.who}],
        },
        [False, True],
    ),
    "c-3-2-5 no defaults": (_full, [True, False]),
    "c-3-2-6 context inherited": (
        _batch({}, {"context": {"follows_me": 1}}, action=USE, resource=FEED, context=CONTEXT),
        [None, None],
    ),
    "c-3-2-7 whole keys inherited": (
        _batch({}, {"resource": STRANGER}, action=VIEW, resource=FOLLOWER),
        [True, False],
    ),
    "c-3-4-1 a missing field is a no": (
        _batch(
            {"resource": FEED},
            {},
            action=USE,
            options={"evaluations_semantic": "execute_all", "another_option": "value"},
        ),
        [True, False],
    ),
}
REFUSED: dict[str, tuple[Any, str]] = {
    "c-2-4-1 subject": (_with(subject=None), "/subject"),
    "c-2-4-1 action": (_with(action=None), "/action"),
    "c-2-4-1 resource": (_with(resource=None), "/resource"),
    "c-2-4-2 subject.type": (_with(subject={"id": "alice"}), "/subject/type"),
    "c-2-4-2 subject.id": (_with(subject={"type": "teen"}), "/subject/id"),
    "c-2-4-2 action.name": (_with(action={}), "/action/name"),
    "c-2-4-2 resource.type": (_with(resource={"id": "feed"}), "/resource/type"),
    "c-2-4-2 resource.id": (_with(resource={"type": "surface"}), "/resource/id"),
    "c-2-4-4 malformed": (b'{"subject": ', ""),
    "c-2-4-4 two documents": (b"{}{}", ""),
    "c-2-4-5 empty": (b"", ""),
    "c-2-4-6 subject a string": (_with(subject="alice"), "/subject"),
    "c-2-4-6 action.name a number": (_with(action={"name": 123}), "/action/name"),
    "c-2-4-6 context a list": (_with(context=[]), "/context"),
    "c-2-4-6 properties a list": (
        _with(resource={**FEED, "properties": []}),
        "/resource/properties",
    ),
    "c-2-4-6 null is no object": (_with(action={"name": None}), "/action/name"),
    "c-2-4-6 a list": (b"[]", ""),
}


async def test_basic(here: Scene) -> None:
    """What is well-formed is 200 with a boolean; the decisions are the fixture's; both endpoints.

    An access evaluation sent to the batch endpoint is answered as one (c-3-4-2, c-3-4-3).
    """
    wrong: list[str] = []
    for rule, (body, expected) in ACCEPTED.items():
        asked = body(here)
        replies = [await here.post(asked, path) for path in (ONE, ONE, MANY)]  # twice: c-2-6
        replies.append(await here.post({**asked, "evaluations": []}, MANY))
        answers = [reply.json() for reply in replies]
        fine = all(
            (one["decision"], type(one.get("context")), set(one) <= {"decision", "context"})
            == (expected, dict, True)
            for one in answers
        )
        typed = {reply.headers["content-type"] for reply in replies} == {"application/json"}
        if not (fine and typed and {reply.status_code for reply in replies} == {200}):
            wrong.append(f"{rule}: {answers}")
    assert wrong == []


async def test_batch(here: Scene) -> None:
    """As many answers as questions, in their order, each with a boolean (c-3-3)."""
    wrong: list[str] = []
    for rule, (body, expected) in BATCHES.items():
        reply = await here.post(body(here), MANY)
        answer = reply.json()
        decisions = [one["decision"] for one in answer.get("evaluations", ())]
        fits = len(decisions) == len(expected) and all(
            type(said) is bool and wanted in (None, said)
            for said, wanted in zip(decisions, expected, strict=False)
        )
        if not fits or reply.status_code != 200 or set(answer) != {"evaluations"}:
            wrong.append(f"{rule}: {reply.status_code} {answer}")
    assert wrong == []


async def test_errors(here: Scene) -> None:
    """400 with the place of the fault on both endpoints: what is wrong on top is wrong for all."""
    wrong: list[str] = []
    for rule, (body, pointer) in REFUSED.items():
        sent = body if isinstance(body, bytes) else body(here)
        for path in (ONE, MANY):
            reply = await here.post(sent, path)
            places = [one["pointer"] for one in reply.json().get("errors", ())]
            if reply.status_code != 400 or places != [pointer]:
                wrong.append(f"{rule} {path}: {reply.status_code} {places}")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        reply = await here.post(here.question(), ONE, **{"Content-Type": kind})
        if (reply.status_code, reply.json()["code"]) != (400, "json_expected"):
            wrong.append(f"c-2-4-3 {kind}: {reply.status_code}")
    assert wrong == []
    reply = await here.post(
        here.question(), ONE, **{"Content-Type": "Application/JSON; charset=utf-8"}
    )
    assert reply.status_code == 200


async def test_headers(here: Scene) -> None:
    """`X-Request-ID` comes back as it was sent, with an answer or a fault (c-2-5-1, c-2-5-2)."""
    for given in ("bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "a/b:c=~{}", "x" * 200):
        for body in (here.question(), b"{"):
            reply = await here.post(body, **{"X-Request-ID": given})
            assert reply.headers["x-request-id"] == given
    assert (await here.post(here.question())).headers["x-request-id"]
    for bad in ("a\tb", "x" * 300):
        assert (await here.post(here.question(), **{"X-Request-ID": bad})).status_code == 200


async def test_discovery(here: Scene) -> None:
    """Every mandatory field, https, the base URL that was asked, and nothing that is not served."""
    reply = await here.home.web.get("/.well-known/authzen-configuration")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    base = "https://pair.example"
    assert reply.json() == {
        "policy_decision_point": base,
        "access_evaluation_endpoint": base + ONE,
        "access_evaluations_endpoint": base + MANY,
    }
    for name in ("subject", "resource", "action"):
        reply = await here.post(here.question(), f"/access/v1/search/{name}")
        assert reply.status_code == 404


def test_no_other_route_is_without_the_frameworks_checks() -> None:
    """A handler below the framework looks after callers, bodies and documents itself."""
    routes = application().litestar.routes
    assert {route.path for route in routes if isinstance(route, ASGIRoute)} == {ONE, MANY}
    told = {(one.method, one.path) for one in operations()}
    assert {("POST", ONE), ("POST", MANY)} <= told
