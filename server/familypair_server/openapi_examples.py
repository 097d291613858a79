"""One example for every schema of the OpenAPI document, made from the schema itself.

Values come from the family of the documentation, by the name of the property; what has no entry
there gets a value of its type, so that a new field never leaves a hole.
"""

from typing import Any

from familypair_server import openapi_examples_policies as policies
from familypair_server import openapi_examples_requests as requests
from familypair_server import openapi_examples_webhooks as webhooks

_ID = "0123456789abcdefghjkmnpqrs"
_INSTANT = "2026-11-22T15:00:00Z"

BY_NAME: dict[str, Any] = {
    "access_token": "fpa_an-opaque-secret",
    "account_since": "2026-10",
    "actor": "me",
    "after": 60,
    "band": "13-15",
    "band_changes_on": "2028-05-04",
    "before": "none",
    "checked_on": "2026-11-22",
    "client": "Family Pairing in a terminal",
    "client_id": "familypair-cli",
    "code": "BCDF-GHJK",
    "contact": "1800 66 66 66",
    "country": "IE",
    "decided_by": [f"acc_{_ID}"],
    "device": "tablet-1",
    "device_code": "fpd_an-opaque-secret",
    "effective_after": 90,
    "effective_before": "none",
    "etag": '"6b1f0c"',
    "expires_in": 600,
    "fields": ["screen_time.daily_minutes.mon"],
    "from_teen": f"acc_{_ID}",
    "granted": ["see_time", "set_time"],
    "asked": ["set_search"],
    "guardian_name": "Dana",
    "hash": "5f0c9a",
    "hours": "day and night",
    "If-Match": '"6b1f0c"',
    "jws": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
    "keys": {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "2026-11", "x": "11qYAYKxCrfVS"}]},
    "local_time": "2026-11-22T15:00",
    "name": "Dana",
    "never": ["Your messages"],
    "patch": {"screen_time": {"daily_minutes": {"mon": 90}}},
    "path": "screen_time.daily_minutes.mon",
    "phrase": "amber-violin-42",
    "reason": "90 min: set by Dana",
    "refresh_token": "fpr_an-opaque-secret",
    "request_id": f"rid_{_ID}",
    "scope": "family",
    "sees": [],
    "sign_in_name": "dana-4821",
    "summary": "A calm start",
    "title": "Daily limit, Monday",
    "token": "fpa_an-opaque-secret",
    "token_type": "Bearer",
    "url": "https://pair.example/pair#Jb7",
    "user_code": "BCDF-GHJK",
    "value": 90,
    "values": {"screen_time": {"daily_minutes": {"mon": 90}}},
    "verification_uri": "https://pair.example/device",
    "version": "2026-11",
    "weekday": "sun",
    "what": "settings",
    "words": "90 minutes",
    "you_can": ["End the link at any time"],
    "zone": "Europe/Dublin",
}
"""Example values by property; a value that does not fit the property's schema is not used."""

PREFIXES = {
    **requests.PREFIXES,
    **webhooks.PREFIXES,
    "app_id": "cli",
    "code_id": "cod",
    "grant_id": "pst",
    "guardian": "acc",
    "invitation": "inv",
    "invitation_id": "inv",
    "link": "lnk",
    "link_id": "lnk",
    "owner": "acc",
    "session_id": "ses",
    "teen": "acc",
    "teen_id": "acc",
    "viewer": "acc",
}
"""Properties and parameters that are ids."""

_IDS = {
    **requests.IDS,
    "App": "cli",
    "Code": "cod",
    "Grant": "pst",
    "Invitation": "inv",
    "Link": "lnk",
    "Me": "acc",
    "Person": "acc",
    "PostingView": "pst",
    "Session": "ses",
    "TeenCard": "acc",
}
"""The prefix of the property `id`, by schema."""

_AT_A_HOST = frozenset({"Device", "DeviceBinding", "Interval", "UsageLeft"})
"""Schemas in which `teen` is the id at one host."""

_WHOLE: dict[str, dict[str, Any]] = {
    **policies.WHOLE,
    **requests.WHOLE,
    **webhooks.WHOLE,
    "NewInvitation": {"form": "code", "scopes": ["see_time", "set_time"], "needed": ["see_time"]},
    "Confirm": {"scopes": ["see_time", "set_time"], "needed": ["see_time"]},
    "EndLink": {"not_my_guardian": False},
    "GrantAsk": {"minutes": 30},
    "CodeRedeem": {"code": "012345"},
    "KeepRules": {"fields": ["screen_time.daily_minutes.mon"]},
}
"""Bodies in which everything may be left out, by schema: an empty example would show nothing."""

_FITS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def example(schema: dict[str, Any], known: dict[str, Any], name: str = "") -> Any:
    """An example of a schema; `known` are the document's components, `name` is the property's."""
    if "$ref" in schema:
        return example(known[schema["$ref"].rpartition("/")[2]], known, name)
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return example(schema[key][0], known, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    return _plain(schema, known, name)


def _plain(schema: dict[str, Any], known: dict[str, Any], name: str) -> Any:
    kind: str | list[str] = schema.get("type", "")
    kinds = [kind] if isinstance(kind, str) else kind
    if "properties" in schema:
        return dict(_WHOLE.get(schema.get("title", ""), {})) or _object(schema, known)
    fits = tuple(t for k in kinds for t in _FITS.get(k, (object,)))
    of_objects = "$ref" in schema.get("items", {}) and name not in {"asked", "granted"}
    if name in BY_NAME and isinstance(BY_NAME[name], fits) and not of_objects:
        return BY_NAME[name]
    if "array" in kinds:
        return [example(schema["items"], known, name)] if schema.get("items") else []
    return _scalar(schema, kinds, name)


def _object(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    made = {
        key: example(value, known, key)
        for key, value in schema["properties"].items()
        if key in schema.get("required", ()) or (key in BY_NAME and "default" not in value)
    }
    if schema.get("title", "") in _AT_A_HOST and "teen" in made:
        made["teen"] = f"sub_{_ID}"
    if "id" in made:
        made["id"] = f"{_IDS.get(schema.get('title', ''), 'lnk')}_{_ID}"
    return made


def _scalar(schema: dict[str, Any], kinds: list[str], name: str) -> Any:
    if "object" in kinds:
        return {}
    if "boolean" in kinds:
        return True
    if "integer" in kinds:
        return int(max(1, schema.get("minimum", 1)))
    if "number" in kinds:
        return max(1, schema.get("minimum", 1))
    if schema.get("format") in {"date-time", "date"}:
        return _INSTANT if schema["format"] == "date-time" else _INSTANT[:10]
    return f"{PREFIXES[name]}_{_ID}" if name in PREFIXES else name.replace("_", " ") or "text"
