"""Effective settings as feature flags: what a stock provider gets, and what nobody gets."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from openfeature.contrib.provider.ofrep import OFREPProvider  # pyright: ignore[reportMissingTypeStubs]
from openfeature.evaluation_context import (  # pyright: ignore[reportMissingTypeStubs]
    EvaluationContext,
)
from openfeature.exception import (
    FlagNotFoundError,
    InvalidContextError,
    OpenFeatureError,
    TargetingKeyMissingError,
    TypeMismatchError,
)
from openfeature.flag_evaluation import Reason

from familypair.settings import FIELDS
from familypair_server.ofrep.flags import KEYS, NO_RULE
from support.homes import Home
from support.hosts import host_app
from support.operations import ID

ALL = "/ofrep/v1/evaluate/flags"


BAD_CONTEXTS = (
    (EvaluationContext(), TargetingKeyMissingError),
    (None, TargetingKeyMissingError),
    (EvaluationContext(f"sub_{ID}"), InvalidContextError),
)


def asked(subject: Any) -> dict[str, Any]:
    """A request's body."""
    return {"context": {"targetingKey": subject, "plan": "free"}}


@asynccontextmanager
async def on_a_socket(home: Home) -> AsyncGenerator[str]:
    """The application of this loop on a real port."""
    config = uvicorn.Config(home.app, port=0, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    main = asyncio.create_task(server.main_loop())
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await main
        await server.shutdown()


@pytest.mark.engine("sqlite")
async def test_a_stock_provider_reads_settings_with_their_types(home: Home) -> None:
    """Switches, minutes, words, times and sets; its own errors for what is wrong."""
    guardian, mia = await home.family()
    host = await host_app(home)
    teen = EvaluationContext(await host.bind(mia))
    time = {"daily_minutes": {"mon": 45}, "at_limit": "stop"}
    await home.write(guardian, mia, {"screen_time": time})
    await home.write(mia, mia, {"schedule": {"wind_down": "20:30"}})
    async with on_a_socket(home) as url:
        provider = OFREPProvider(url, headers_factory=lambda: host.headers)

        async def get(kind: str, key: str, default: Any, context: Any = teen) -> Any:
            resolve = getattr(provider, f"resolve_{kind}_details")
            return await asyncio.to_thread(resolve, key, default, context)

        found = await get("string", "screen_time.at_limit", "remind")
        assert (found.value, found.variant) == ("stop", "stop")
        assert found.reason == Reason.TARGETING_MATCH
        assert found.flag_metadata["decided_by"] == "guardian"
        assert found.flag_metadata["policy_version"] >= 1
        assert (await get("boolean", "messages.media", default=True)).value is False
        minutes = await get("integer", "screen_time.daily_minutes.mon", 0)
        assert (minutes.value, minutes.variant) == (45, "45")
        own = await get("string", "schedule.wind_down", "off")
        assert (own.value, own.flag_metadata["decided_by"]) == ("20:30", "teen")
        start = await get("boolean", "search.enabled", default=False)
        assert (start.value, start.reason, start.flag_metadata["decided_by"]) == (
            True,
            Reason.STATIC,
            "platform",
        )
        numbers = await get("object", "screen_time.warnings", {})
        assert 0 in numbers.value["values"]
        breaks = await get("integer", "screen_time.break_every", 30)
        assert (breaks.value == NO_RULE) == (breaks.variant == "none")
        for context, error in BAD_CONTEXTS:
            with pytest.raises(error):
                await get("boolean", "search.enabled", default=True, context=context)
        with pytest.raises(FlagNotFoundError):
            await get("boolean", "search.blocked_terms", default=True)
        with pytest.raises(TypeMismatchError):
            await get("boolean", "messages.audience", default=True)
        host.headers = {}
        with pytest.raises(OpenFeatureError, match="unauthorized"):
            await get("boolean", "search.enabled", default=True)


async def test_flags_say_what_holds_and_nothing_that_anybody_wrote(home: Home) -> None:
    """Every plain setting once; no word, account, title, name or id; 304 while nothing changes."""
    guardian, mia = await home.family()
    host, other = await host_app(home), await host_app(home, "Mail")
    subject, elsewhere = await host.bind(mia), await other.bind(mia)
    secrets = {
        "search": {"blocked_terms": ["zebra word"], "blocked_terms_shown": "off"},
        "contacts": {"blocked": [{"host": "Loop", "account": "acct-4711"}]},
    }
    await home.write(guardian, mia, secrets)
    whole = await host.call("POST", ALL, json=asked(subject))
    assert whole.status_code == 200, whole.text
    flags = {one["key"]: one for one in whole.json()["flags"]}
    assert tuple(flags) == KEYS
    assert set(KEYS) < set(FIELDS)
    for one in flags.values():
        assert one["reason"] in {"STATIC", "TARGETING_MATCH"}
        assert set(one) == {"key", "value", "variant", "reason", "metadata"}
        assert one["metadata"]["decided_by"] in {"platform", "guardian", "teen"}
    for part in ("zebra", "acct", "Dana", "Mia", mia, guardian, subject):
        assert part not in whole.text
    path = f"{ALL}/messages.audience"
    single = await host.call("POST", path, json=asked(subject))
    assert single.json() == flags["messages.audience"]

    tag = whole.headers["etag"]
    mine = await host.call("POST", ALL, json=asked(subject))
    assert mine.headers["etag"] == tag
    # The tag is this viewer's: the same flags at another host have another one.
    theirs = await other.call("POST", ALL, json=asked(elsewhere))
    assert (theirs.content == whole.content, theirs.headers["etag"] == tag) == (True, False)
    for known, status in ((tag, 304), (f'"x", W/{tag}', 304), ('"x"', 200), ("", 200)):
        host.headers["If-None-Match"] = known
        again = await host.call("POST", ALL, json=asked(subject))
        assert (again.status_code, again.headers["etag"]) == (status, tag), known
        assert (again.content == b"") == (status == 304)
    await home.write(guardian, mia, {"search": {"enabled": "off"}})
    host.headers["If-None-Match"] = tag
    changed = await host.call("POST", ALL, json=asked(subject))
    assert (changed.status_code, changed.headers["etag"] == tag) == (200, False)
    was = whole.json()["metadata"]["policy_version"]
    assert changed.json()["metadata"]["policy_version"] == was + 1


async def test_errors_are_the_protocols_and_unknown_is_like_not_bound(home: Home) -> None:
    """Each fault has its code and status; nobody can tell an ended binding from a made-up id."""
    mia = await home.teen()
    host, other = await host_app(home), await host_app(home, "Mail")
    ended, foreign = await host.bind(mia), await other.bind(mia)
    await home.web.delete(f"/v1/me/apps/{host.id}", headers=home.headers(mia))
    host.headers |= {"X-Request-ID": "the-same"}
    for path in (ALL, f"{ALL}/search.enabled"):
        answers = set[tuple[int, bytes, str]]()
        for subject in (ended, foreign, mia, f"sub_{ID}", "x\x00", "é", "x" * 5000):
            reply = await host.call("POST", path, json=asked(subject))
            answers.add((reply.status_code, reply.content, str(dict(reply.headers))))
        ((status, body, _),) = answers
        assert (status, b"INVALID_CONTEXT" in body) == (400, True)
        for content, code in (
            (b"", "PARSE_ERROR"),
            (b"{", "PARSE_ERROR"),
            (b'{"context":1,"context":2}', "PARSE_ERROR"),
            (b"[" * 10_000, "PARSE_ERROR"),
            (b"[]", "INVALID_CONTEXT"),
            (b'{"context":[]}', "INVALID_CONTEXT"),
            (b'{"context":{"targetingKey":7}}', "INVALID_CONTEXT"),
            (b"{}", "TARGETING_KEY_MISSING"),
            (b'{"context":{}}', "TARGETING_KEY_MISSING"),
            (b'{"context":{"targetingKey":""}}', "TARGETING_KEY_MISSING"),
        ):
            kind = {"content-type": "application/json; charset=utf-8"} | host.headers
            reply = await home.web.post(path, headers=kind, content=content)
            assert (reply.status_code, reply.json()["errorCode"]) == (400, code), content
            assert reply.headers["content-type"] == "application/json"
            assert re.match(r"^[A-Z].*\.$", reply.json()["errorDetails"])
    for key in ("search.blocked_terms", "contacts.blocked", "schedule.blocks", "nope", "%00"):
        reply = await host.call("POST", f"{ALL}/{key}", json=asked(foreign))
        assert (reply.status_code, reply.json()["errorCode"]) == (404, "FLAG_NOT_FOUND")


@pytest.mark.engine("sqlite")
async def test_who_may_ask_is_told_as_everywhere(home: Home) -> None:
    """Nobody, a person, a host for use only: problem documents; a form is no JSON."""
    meter, teen = await host_app(home, "Meter", scope="usage:write"), await home.teen()
    for headers, status in (({}, 401), (home.headers(teen), 403), (meter.headers, 403)):
        reply = await home.web.post(ALL, headers=headers, json=asked("x"))
        assert reply.status_code == status
        assert reply.headers["content-type"] == "application/problem+json"
    host = await host_app(home)
    assert (await host.call("POST", ALL, data={"context": "x"})).status_code == 415
    assert (await host.call("GET", ALL)).status_code == 405
