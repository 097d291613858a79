"""Every example of the OpenAPI document is one: it fits the schema beside it."""

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from support.operations import document

DOCUMENT: dict[str, Any] = json.loads(json.dumps(document()))


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where it stands, the schema and the example, of every body, answer and parameter."""
    for path, item in DOCUMENT["paths"].items():
        for method, told in item.items():
            name = f"{method.upper()} {path}"
            for media in told.get("requestBody", {}).get("content", {}).values():
                yield f"{name} body", media["schema"], media["example"]
            for status, answer in told["responses"].items():
                for media in answer.get("content", {}).values():
                    yield f"{name} {status}", media.get("schema", {}), media["example"]
            for one in told.get("parameters", ()):
                yield f"{name} {one['name']}", one["schema"], one["example"]


def test_every_example_fits_its_schema() -> None:
    """A reader who copies an example sends what the document allows."""
    shared = {"components": DOCUMENT["components"]}
    found = list(examples())
    wrong = [
        (where, error.message)
        for where, schema, example in found
        for error in Draft202012Validator({**schema, **shared}).iter_errors(example)
    ]
    assert wrong == []
    assert len(found) > 500


def test_the_operations_of_host_apps_have_examples_with_content() -> None:
    """What a developer meets first shows a question, an answer and a reason."""
    asked = DOCUMENT["paths"]["/access/v1/evaluation"]["post"]
    body = asked["requestBody"]["content"]["application/json"]["example"]
    assert {"subject", "action", "resource"} <= set(body)
    answer = asked["responses"]["200"]["content"]["application/json"]["example"]
    assert {"outcome", "reason", "explanation", "decided_by"} <= set(answer["context"])
