"""The OpenAPI document as published: what Litestar derives, plus what every operation must say.

Litestar knows paths, bodies and answers. Added here: who may call, the problem document for every
refusal, headers that handlers read themselves, the OAuth forms, and an example of everything.
"""

from typing import Any, cast

import msgspec
from litestar import Response, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import OpenAPI
from litestar.status_codes import HTTP_404_NOT_FOUND

from familypair.reasons import Reason, Refusal
from familypair.schema.oauth import DeviceCode, OAuthError, Token
from familypair.schema.problem import Problem
from familypair_server.decisions import openapi as decisions
from familypair_server.ofrep import openapi as flags
from familypair_server.openapi_examples import BY_NAME, example
from familypair_server.openapi_examples_policies import STREAM
from familypair_server.problems import problem_of, refuse

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_PUBLIC = ("/healthz", "/readyz", "/.well-known/", "/oauth/", "/demo/", "/schema/")
_PATCH = {"type": "object", "description": "A merge patch (RFC 7396): `null` removes a field."}
_FORMS: dict[str, tuple[dict[str, str], str]] = {
    "/oauth/device_authorization": ({"client_id": "", "scope": ""}, "DeviceCode"),
    "/oauth/token": (
        {"grant_type": "refresh_token", "client_id": "", "refresh_token": ""},
        "Token",
    ),
    "/oauth/revoke": ({"client_id": "", "token": ""}, ""),
    "/oauth/introspect": ({"token": ""}, ""),
}
"""Fields of the OAuth forms with an example where the name alone does not give one; the answer."""

IF_MATCH = frozenset({"/v1/me", "/v1/links/{link_id}/scopes", "/v1/teens/{teen_id}/layers/mine"})
"""Documents that are edited with `If-Match`."""
KEYED = frozenset(
    {
        "/v1/codes/redeem",
        "/v1/invitations",
        "/v1/invitations/claim",
        "/v1/invitations/{invitation_id}/approve",
        "/v1/requests/{request_id}/accept",
        "/v1/requests/{request_id}/approve",
        "/v1/requests/{request_id}/counter",
        "/v1/requests/{request_id}/decline",
        "/v1/requests/{request_id}/notes",
        "/v1/requests/{request_id}/withdraw",
        "/v1/teens/{teen_id}/agreements",
        "/v1/teens/{teen_id}/auto-rules",
        "/v1/teens/{teen_id}/codes",
        "/v1/teens/{teen_id}/grants",
        "/v1/teens/{teen_id}/layers/mine/keep",
        "/v1/teens/{teen_id}/ledger/{seq}/revert",
        "/v1/teens/{teen_id}/requests",
        "/v1/webhooks",
        "/v1/webhooks/{webhook_id}/secret",
        "/v1/webhooks/{webhook_id}/test",
    }
)
"""POSTs that take an `Idempotency-Key`."""

_SHOWN = {
    "400": Refusal(
        Reason.UNKNOWN_FIELD, "/nmae", {"fault": "Object contains unknown field `nmae`"}
    ),
    "401": Refusal(Reason.UNAUTHENTICATED),
    "404": Refusal(Reason.NOT_FOUND),
}
_ANSWERS: dict[str, object] = {
    "/healthz": {"status": "ok"},
    "/readyz": {"status": "ready"},
    "/oauth/revoke": {},
    "/oauth/introspect": {"active": True, "scope": "family", "client_id": "familypair-cli"},
    "/.well-known/oauth-authorization-server": {"issuer": "https://pair.example"},
    "/.well-known/jwks.json": {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "2026-11"}]},
    "/v1/teens/{teen_id}/time/export": "date,weekday,zone,start,end,known,used_seconds\r\n",
    "/v1/policies/stream": STREAM,
    "/v1/events": "id: 7.c2lnbmVk\nevent: entry\ndata: {}\n\n",
}
"""Examples of answers that have no schema of their own."""


class Document(OpenAPI):
    """The document; completed when it is rendered, which happens once per process."""

    def to_schema(self) -> Json:
        """The finished document as JSON values."""
        document = super().to_schema()
        known = document["components"].setdefault("schemas", {})
        _, shared = msgspec.json.schema_components(
            (Problem, OAuthError, Token, DeviceCode), ref_template=_REF
        )
        known.update(shared)
        decisions.add_paths(document["paths"], known)
        flags.add_paths(document["paths"], known)
        bearer = {"type": "http", "scheme": "bearer", "description": "An access token."}
        document["components"]["securitySchemes"] = {"bearer": bearer}
        for path, item in document["paths"].items():
            for method, operation in item.items():
                _complete(path, method, operation, known)
        flags.add_errors(document["paths"])
        return cast("Json", _plainly(document))


def _plainly(value: object) -> Any:
    """The document without "exactly one of anything or X", which nothing fits.

    Litestar writes that for the members of a tuple of any length.
    """
    if isinstance(value, list):
        return [_plainly(one) for one in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("Json", value)
    if {} in members.get("oneOf", ()):
        rest = [one for one in members["oneOf"] if one]
        members = {**members, **rest[0]} if len(rest) == 1 else {**members, "oneOf": rest}
        if len(rest) == 1:
            del members["oneOf"]
    return {key: _plainly(one) for key, one in members.items()}


class Config(OpenAPIConfig):
    """Litestar's configuration, but for our document."""

    def to_openapi_schema(self) -> OpenAPI:
        """The empty document that Litestar fills."""
        plain = super().to_openapi_schema()
        return Document(
            info=plain.info, servers=plain.servers, components=plain.components, paths={}
        )


def config() -> OpenAPIConfig:
    """For `Litestar(openapi_config=...)`."""
    return Config(
        title="Family Pairing",
        version="1",
        openapi_router=Router(
            "/schema", route_handlers=[], include_in_schema=False, after_request=_plain_absence
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
    )


async def _plain_absence(answer: Response[Any]) -> Response[Any]:
    """The framework's own page for what is not there becomes ours."""
    if answer.status_code == HTTP_404_NOT_FOUND:
        raise refuse(Reason.NOT_FOUND)
    return answer


def _complete(path: str, method: str, operation: Json, known: Json) -> None:
    public = path.startswith(_PUBLIC)
    operation["summary"] = operation["description"].split("\n\n")[0].partition(". ")[0].rstrip(".")
    operation["tags"] = operation.get("tags") or ["sign-in"]
    operation["security"] = [] if public else [{"bearer": []}]
    _headers(path, method, operation)
    if path in _FORMS:
        _form(path, operation, known)
    if method == "patch" and "requestBody" not in operation:
        kinds = ("application/merge-patch+json", "application/json")
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": {"title": "patch", **_PATCH}} for kind in kinds},
        }
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media["schema"]
        media.setdefault("example", example(schema, known, schema.get("title", "")))
    _answers(path, operation, known, public=public)


def _headers(path: str, method: str, operation: Json) -> None:
    parameters = operation.setdefault("parameters", [])
    if method == "patch" and path in IF_MATCH:
        text = "The `ETag` of what was read; 428 when missing, 412 when stale."
        parameters.append(_header("If-Match", text, required=True))
    if method == "post" and path in KEYED:
        parameters.append(_header("Idempotency-Key", "The same key: the same answer for 24 hours."))
    if path == "/v1/events":
        parameters.append(_header("Last-Event-ID", "The last id received, to resume after it."))
    for one in parameters:
        one.setdefault("example", example(one["schema"], {}, one["name"]))
        one.setdefault("description", f"The {one['name'].replace('_', ' ')}.")
    if not parameters:
        del operation["parameters"]


def _header(name: str, text: str, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": {"type": "string"},
    }


def _form(path: str, operation: Json, known: Json) -> None:
    fields, answer = _FORMS[path]
    properties = {name: {"type": "string"} for name in fields}
    schema: Json = {"type": "object", "properties": properties, "required": list(properties)}
    given = {name: value for name, value in fields.items() if value}
    media = {"schema": schema, "example": example(schema, known) | given}
    content = {"application/x-www-form-urlencoded": media}
    operation["requestBody"] = {"required": True, "content": content}
    if answer:
        reply = operation["responses"]["200"]["content"]["application/json"]
        reply["schema"] = {"$ref": _REF.format(name=answer)}


def _answers(path: str, operation: Json, known: Json, *, public: bool) -> None:
    responses = operation["responses"]
    responses.pop("400", None)
    for media in responses[min(responses)].get("content", {}).values():
        shown = _ANSWERS.get(path) or media.get("example")
        media["example"] = shown or example(media["schema"], known)
    oauth = path in _FORMS
    body_or_place = "requestBody" in operation or "parameters" in operation
    ids = any(
        one["in"] == "path" and one["name"] != "seq" for one in operation.get("parameters", ())
    )
    wanted = {
        "400": body_or_place and "The input has a fault; `errors[]` says where.",
        "401": not public and "Nobody is signed in, or the password must be typed again.",
        "404": ids and "Absent, or not yours: one and the same answer.",
        "default": "Any other refusal.",
    }
    schema = {"$ref": _REF.format(name="OAuthError" if oauth else "Problem")}
    kind = "application/json" if oauth else "application/problem+json"
    for status, text in wanted.items():
        if text:
            content = {kind: {"schema": schema, "example": _problem(status, oauth=oauth)}}
            responses[status] = {"description": text, "content": content}


def _problem(status: str, *, oauth: bool) -> Json:
    if oauth:
        return {"error": "invalid_client" if status == "401" else "invalid_grant"}
    refusal = _SHOWN.get(status, Refusal(Reason.TOO_MANY_REQUESTS))
    shown = problem_of([refusal], request_id=str(BY_NAME["request_id"]))
    document: Json = msgspec.to_builtins(shown)
    return document
