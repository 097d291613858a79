"""The OpenAPI document says everything that a caller needs, for every operation."""

import re

import msgspec
import pytest

from familypair.reasons import Reason
from familypair.schema.invitations import NewInvitation
from familypair.schema.problem import Problem
from familypair_server.openapi import IF_MATCH, KEYED
from support.operations import PAGES, Operation, application, document, handlers, operations

EVERY = pytest.mark.parametrize("operation", operations(), ids=lambda o: o.name)


@EVERY
def test_an_operation_says_what_it_does_and_who_may_call(operation: Operation) -> None:
    """Summary, description, a tag and who may call: nobody has to read the code."""
    told = operation.document
    assert told["summary"]
    assert len(told["summary"]) <= 100
    assert told["description"]
    assert told["tags"]
    bearer = told["security"] == [{"bearer": []}]
    assert bearer == operation.path.startswith(("/v1/", "/access/", "/ofrep/"))


@EVERY
def test_an_operation_shows_an_example_of_all_that_goes_in_and_out(operation: Operation) -> None:
    """Bodies, answers and parameters have an example."""
    told = operation.document
    for media in told.get("requestBody", {}).get("content", {}).values():
        assert "example" in media
    for status, answer in told["responses"].items():
        assert answer.get("content") or status == "204"
        for media in answer.get("content", {}).values():
            assert "example" in media
    for parameter in told.get("parameters", ()):
        assert parameter["example"] != ""
        assert parameter["description"]


def test_no_example_of_a_body_is_empty() -> None:
    """A body in which everything may be left out still shows what can be said."""
    bodies = {o.name: o.body for o in operations() if o.media_type}
    assert [name for name, body in bodies.items() if not body] == []
    asked = bodies["POST /v1/invitations"]
    assert msgspec.convert(asked, NewInvitation).needed


@EVERY
def test_every_refusal_is_described_as_a_problem_document(operation: Operation) -> None:
    """RFC 9457 for our routes, RFC 6749 section 5.2 for the OAuth forms; nothing of a framework."""
    told = operation.document["responses"]
    oauth = operation.path.startswith("/oauth/")
    assert "default" in told
    for status, answer in told.items():
        if status.startswith("2") or (operation.path.startswith("/ofrep/") and status != "401"):
            continue  # that protocol has errors of its own
        (kind, media), *more = answer["content"].items()
        assert not more
        assert kind == ("application/json" if oauth else "application/problem+json")
        if not oauth:
            problem = msgspec.convert(media["example"], Problem)
            assert status in {str(problem.status), "default"}
    assert ("401" in told) == (bool(operation.document["security"]) or False)


@EVERY
def test_an_operation_with_an_id_says_that_absent_and_not_yours_are_one(
    operation: Operation,
) -> None:
    """404 is in the document of every route that names a thing."""
    named = bool(operation.ids) or "{digest}" in operation.path
    assert ("404" in operation.document["responses"]) == named


def test_references_lead_somewhere() -> None:
    """No `$ref` of the document points at a schema that is not there."""
    found = re.findall(r'"\$ref":"([^"]+)"', msgspec.json.encode(document()).decode())
    known = document()["components"]["schemas"]
    assert found
    assert [ref for ref in found if ref.rpartition("/")[2] not in known] == []
    assert set(known["Reason"]["enum"]) == set(Reason)


def test_headers_that_handlers_read_are_in_the_document() -> None:
    """Handlers read `If-Match` and `Idempotency-Key` themselves; the tables must be right."""
    keyed = {path for _, path, handler in handlers() if "key" in handler.resolve_dependencies()}
    assert {_plain(path) for path in keyed} == KEYED
    assert {o.path for o in operations() if o.method == "PATCH"} == IF_MATCH


def test_what_is_not_in_the_document_is_a_page() -> None:
    """An undocumented route would be one that nobody looks after."""
    told = {(o.method, o.path) for o in operations()}
    other = {path for method, path, _ in handlers() if (method, _plain(path)) not in told}
    allowed = PAGES | {"/oauth/authorize", "/style.css"}
    assert {p for p in other if not p.startswith("/schema")} <= allowed


def test_the_document_is_rendered_once_and_the_same_each_time() -> None:
    """Completing it twice must not add anything twice."""
    again = application().litestar.openapi_schema.to_schema()
    assert msgspec.json.encode(again) == msgspec.json.encode(document())


def _plain(path: str) -> str:
    return path.replace(":str}", "}").replace(":int}", "}")
