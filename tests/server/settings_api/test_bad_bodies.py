"""Bad input: every fault is named by its pointer, nothing is a 500, and nothing changes."""

import json
import time
from typing import Any

from familypair_server.settings_api.bodies import refuse_deep
from support.faults import digest
from support.homes import Home

DEEP = b'{"schedule":' * 5000
CASES: list[tuple[bytes, int, str, str]] = [
    (b"", 400, "malformed_json", ""),
    (b"{", 400, "malformed_json", ""),
    (b"\xff\xfe", 400, "malformed_json", ""),
    (b'{"screen_time":{"daily_minutes":{"mon":NaN}}}', 400, "malformed_json", ""),
    (b'"text"', 400, "wrong_type", ""),
    (b"[]", 400, "wrong_type", ""),
    (b"null", 400, "wrong_type", ""),
    (b'{"nope":1}', 400, "unknown_field", "/nope"),
    (b'{"a/b~c":1}', 400, "unknown_field", "/a~1b~0c"),
    (b'{"screen_time":{"nope":1}}', 400, "unknown_field", "/screen_time/nope"),
    (b'{"screen_time":5}', 400, "wrong_type", "/screen_time"),
    (
        b'{"screen_time":{"daily_minutes":{"mon":"x"}}}',
        400,
        "",
        "/screen_time/daily_minutes/mon",
    ),
    (
        b'{"screen_time":{"daily_minutes":{"mon":1441}}}',
        400,
        "out_of_range",
        "/screen_time/daily_minutes/mon",
    ),
    (
        b'{"screen_time":{"daily_minutes":{"mon":-1}}}',
        400,
        "out_of_range",
        "/screen_time/daily_minutes/mon",
    ),
    (
        b'{"screen_time":{"daily_minutes":{"mon":1e999}}}',
        400,
        "",
        "",
    ),
    (
        b'{"screen_time":{"daily_minutes":{"mon":true}}}',
        400,
        "wrong_type",
        "/screen_time/daily_minutes/mon",
    ),
    (b'{"schedule":{"wind_down":"25:99"}}', 400, "", "/schedule/wind_down"),
    (b'{"search":{"blocked_terms":["a",7]}}', 400, "", "/search/blocked_terms/1"),
    (b'{"search":{"blocked_terms":["\\u0000"]}}', 400, "", "/search/blocked_terms/0"),
    (b'{"search":{"blocked_terms":["\\u202eevil"]}}', 400, "", "/search/blocked_terms/0"),
    (b'{"search":{"blocked_terms":["\\ud800"]}}', 400, "", ""),
    (b'{"messages":{"audience":"aliens"}}', 400, "", "/messages/audience"),
    (DEEP, 400, "too_deep", ""),
    (b"[" * 60_000, 400, "too_deep", ""),
    (b'{"x":"' + b"a" * 70_000 + b'"}', 413, "body_too_large", ""),
]


async def test_a_bad_body_is_named_and_changes_nothing(home: Home) -> None:
    """Each gives a problem document with the pointer of its fault, and the database as it was."""
    guardian, teen = await home.family()
    tag = (await home.layer(guardian, teen))["etag"]
    before = await digest(home.store)
    headers = home.headers(guardian, **{"If-Match": tag, "Content-Type": "application/json"})
    path = f"/v1/teens/{teen}/layers/mine"
    for body, status, code, pointer in CASES:
        answer = await home.web.patch(path, headers=headers, content=body)
        what = (body[:80], answer.text)
        assert answer.status_code == status, what
        assert answer.headers["content-type"].startswith("application/problem+json"), what
        problem = answer.json()
        assert problem["code"] == (code or problem["code"]), what
        if pointer:
            assert problem["errors"][0]["pointer"] == pointer, what
    assert await digest(home.store) == before


async def test_a_setting_out_of_range_names_its_range(home: Home) -> None:
    """The fault says what would do, in the problem and in the field's own line."""
    guardian, teen = await home.family()
    answer = await home.patch(guardian, teen, {"screen_time": {"daily_minutes": {"mon": 1441}}})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "out_of_range")
    assert problem["errors"][0]["detail"] == ("This value is outside what is allowed: 0 to 1440.")


async def test_hostile_texts_are_stored_as_they_are_or_refused_by_pointer(home: Home) -> None:
    """Quotes, markup and SQL in a word are only a word; what cannot be shown is refused."""
    guardian, teen = await home.family()
    texts = ["'; DROP TABLE layer;--", "<script>alert(1)</script>", "{{7*7}}", "[bold]x[/]", "%s"]
    body = {"search": {"blocked_terms": texts}}
    saved = await home.write(guardian, teen, body)
    assert sorted(saved["layer"]["values"]["search"]["blocked_terms"]) == sorted(texts)


async def test_a_preview_refuses_what_the_write_would_refuse(home: Home) -> None:
    """The twin of each refusal: the same code and pointer, inside the draft."""
    guardian, teen = await home.family()
    drafts: list[Any] = [{"nope": 1}, {"live": {"host": "on"}}, {"schedule": {"wind_down": 7}}]
    for draft in drafts:
        written = (await home.patch(guardian, teen, draft)).json()
        shown = (await home.post(guardian, f"/v1/teens/{teen}/preview", {"patch": draft})).json()
        written.pop("request_id")
        shown.pop("request_id")
        assert shown == written, json.dumps(draft)


def test_a_string_that_never_ends_costs_no_time() -> None:
    """62 KB of open quotes are measured in one pass, not once for every quote (ReDoS)."""
    started = time.process_time()
    refuse_deep(b"[" * 17 + b'"' + b'\\"' * 31_000)
    assert time.process_time() - started < 0.5
