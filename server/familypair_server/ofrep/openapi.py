"""The flag routes in the OpenAPI document, by hand: the protocol fixes their bodies and errors."""

from typing import Any, Final

import msgspec

from familypair_server.ofrep.flags import Flag, Flags
from familypair_server.ofrep.routes import ALL, ONE, Failure

Json = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_CONTEXT: Final = {"context": {"targetingKey": "sub_0123456789abcdefghjkmnpqrs"}}
_FLAG: Final = {
    "key": "messages.audience",
    "value": "friends",
    "variant": "friends",
    "reason": "TARGETING_MATCH",
    "metadata": {"decided_by": "guardian", "policy_version": 7},
}
_ALL: Final = {"flags": [_FLAG], "metadata": {"policy_version": 7}}
_ASKED: Final = {
    "title": "EvaluationContext",
    "type": "object",
    "properties": {
        "context": {
            "type": "object",
            "properties": {"targetingKey": {"type": "string"}},
            "required": ["targetingKey"],
        }
    },
    "required": ["context"],
}
_NO_FLAG: Final = {
    "key": "messages.colour",
    "errorCode": "FLAG_NOT_FOUND",
    "errorDetails": "There is no setting with this path.",
}
_NO_KEY: Final = {
    "errorCode": "TARGETING_KEY_MISSING",
    "errorDetails": "The context has no targetingKey.",
}
_ONE_SAYS: Final = """One effective setting as a feature flag (OFREP 0.3)

The key is the setting's path, `context.targetingKey` the teen's id at this host. A switch is a
boolean, minutes are an integer (-1: no rule), choices and times are strings, a set of numbers is
`{"values": [...]}`. Lists of words, accounts and stretches of time are no flags. An id that is not
bound to this host is 400 `INVALID_CONTEXT`. Scope `policy:read`."""
_ALL_SAYS: Final = """Every effective setting as feature flags (OFREP 0.3)

As for one flag. With `If-None-Match` the answer is 304 while no flag has changed."""


def add_paths(paths: Json, known: Json) -> None:
    """Add both operations and their schemas."""
    _, schemas = msgspec.json.schema_components((Flag, Flags, Failure), ref_template=_REF)
    for name, schema in schemas.items():
        known.setdefault(name, schema)
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
    none = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    paths[ONE] = {"post": _operation(_ONE_SAYS, "Flag", _FLAG, {**key, "example": _FLAG["key"]})}
    paths[ALL] = {"post": _operation(_ALL_SAYS, "Flags", _ALL, {**none, "example": '"6b1f0c"'})}


def add_errors(paths: Json) -> None:
    """Say the protocol's own errors in the place of problem documents; after the rest is done."""
    for path, shown in ((ONE, {"400": _NO_KEY, "404": _NO_FLAG}), (ALL, {"400": _NO_KEY})):
        for status, example in shown.items():
            paths[path]["post"]["responses"][status]["content"] = _content("Failure", example)


def _operation(says: str, answered: str, shown: Json, parameter: Json) -> Json:
    body = {"application/json": {"schema": _ASKED, "example": _CONTEXT}}
    return {
        "description": says,
        "tags": ["decisions"],
        "operationId": f"Ofrep{answered}Post",
        "parameters": [parameter],
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": {"description": "The answer.", "content": _content(answered, shown)},
        },
    }


def _content(name: str, example: Json) -> Json:
    return {"application/json": {"schema": {"$ref": _REF.format(name=name)}, "example": example}}
