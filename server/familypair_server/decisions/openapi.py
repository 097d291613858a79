"""The decision routes in the OpenAPI document, by hand: the framework does not look into them."""

from typing import Any, Final

import msgspec

from familypair.schema.decisions import Evaluated, EvaluatedAll
from familypair_server.decisions.metadata import EVALUATION, EVALUATIONS
from familypair_server.decisions.wire import Evaluation, Evaluations

Json = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_TEEN: Final = {"type": "teen", "id": "sub_0123456789abcdefghjkmnpqrs"}
_STRANGER: Final = {"type": "account", "id": "acct-4711", "properties": {"follows_me": False}}
_DENIED: Final = {
    "decision": False,
    "context": {
        "outcome": "deny",
        "reason": "not_in_audience",
        "explanation": "Your rules do not allow this with this account.",
        "decided_by": "teen",
        "policy_version": 7,
        "valid_until": "2026-11-22T15:01:00Z",
        "ask": {"wish": "settings", "field": "messages.audience"},
    },
}
_BLOCKED: Final = {
    "decision": False,
    "context": {
        "outcome": "deny",
        "reason": "blocked_time",
        "explanation": "The app is closed for you now (a guardian's rule).",
        "decided_by": "guardian",
        "policy_version": 7,
        "valid_until": "2026-11-23T08:31:00Z",
        "until": "2026-11-23T13:00:00Z",
        "kind": "school",
        "ask": {"wish": "lift_block"},
    },
}
_ONE: Final = {
    "subject": _TEEN,
    "action": {"name": "message.receive"},
    "resource": _STRANGER,
}
_MANY: Final = {
    "subject": _TEEN,
    "options": {"evaluations_semantic": "execute_all"},
    "evaluations": [
        {"action": {"name": "app.use"}, "resource": {"type": "surface", "id": "feed"}},
        {"action": {"name": "message.receive"}, "resource": _STRANGER},
    ],
}
_ONE_SAYS: Final = """May this teen do this now? (OpenID AuthZEN Authorization API 1.0, section 6)

The subject is `{type: "teen", id}` with the teen's id at this host, the action one of the names in
the documentation, the resource `{type: surface|account|post|query, id}`. What was searched for is
`context.query`, never an id; of `profile.view` the list is `context.part`. What the host knows of
the other account are booleans in the resource's `properties`: `suggested`, `follows_me`,
`i_follow`, `has_messaged`; what is absent is false. `decision` is true only for the outcome
`allow`. The answer may be used again until `valid_until`. A subject that is not bound to this host,
whatever the reason, is 200 with false and `unknown_subject`. Scope `policy:read`."""
_MANY_SAYS: Final = """Many questions at once (OpenID AuthZEN Authorization API 1.0, section 7)

Whole keys that a question leaves out are taken from the top level. `options.evaluations_semantic`
is `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`. A question with a fault is a no
with `context.error`; a fault of the whole is 400. Without `evaluations` it is one question. At most
50 questions, unless the operator says otherwise."""


def add_paths(paths: Json, known: Json) -> None:
    """Add both operations and their schemas."""
    types = (Evaluation, Evaluations, Evaluated, EvaluatedAll)
    _, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    for name, schema in schemas.items():
        known.setdefault(name, schema)
    several = {"evaluations": [_BLOCKED, _DENIED]}
    paths[EVALUATION] = {"post": _operation(_ONE_SAYS, "Evaluation", "Evaluated", (_ONE, _DENIED))}
    paths[EVALUATIONS] = {
        "post": _operation(_MANY_SAYS, "Evaluations", "EvaluatedAll", (_MANY, several))
    }


def _operation(says: str, asked: str, answered: str, shown: tuple[Json, Json]) -> Json:
    def content(name: str, example: Json) -> Json:
        return {
            "application/json": {"schema": {"$ref": _REF.format(name=name)}, "example": example}
        }

    return {
        "description": says,
        "tags": ["decisions"],
        "operationId": f"{asked}Post",
        "requestBody": {"required": True, "content": content(asked, shown[0])},
        "responses": {
            "200": {"description": "The answer.", "content": content(answered, shown[1])},
        },
    }
