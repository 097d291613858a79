"""Every route has a typed call, and every published example answer is what the call decodes."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache
from typing import Any

import httpx2
import msgspec
import pytest

from familypair.client import FamilyPairing, HostClient, Saved
from familypair.client.store import MemoryStore
from familypair.schema.accounts import MeChange
from familypair.schema.policies import PolicySync
from familypair.schema.requests import LiftBlock, MoreTime, Plan
from familypair.schema.time import CalendarImport
from familypair.schema.usage import Interval
from familypair.testing import ManualClock
from support.operations import Operation, api, for_hosts

from .fake import ISSUER, START, Waits, saved, surroundings

Call = Callable[[FamilyPairing], Awaitable[object]]
HostCall = Callable[[HostClient], Awaitable[object]]

STREAMS = {("GET", "/v1/events"), ("GET", "/v1/policies/stream")}
"""Have tests of their own."""
PLAN = Plan(patch={"screen_time": {"daily_minutes": {"sat": 90}}}, title="Weekend")
DAY = date(2026, 11, 22)
INTERVAL = Interval(device="tab-1", seq=1, start=START, end=START)

CALLS: dict[str, Call] = {
    "GET /v1/me": lambda c: c.me(),
    "PATCH /v1/me": lambda c: c.change_me(MeChange(name="Dana"), etag='"1"'),
    "GET /v1/me/sessions": lambda c: c.sessions(),
    "DELETE /v1/me/sessions/{}": lambda c: c.end_session("x"),
    "GET /v1/me/apps": lambda c: c.apps(),
    "DELETE /v1/me/apps/{}": lambda c: c.remove_app("x"),
    "GET /v1/invitations": lambda c: c.invitations(),
    "POST /v1/invitations": lambda c: c.create_invitation(),
    "GET /v1/invitations/{}": lambda c: c.invitation("x"),
    "POST /v1/invitations/claim": lambda c: c.claim("BCDF-GHJK"),
    "POST /v1/invitations/{}/confirm": lambda c: c.confirm("x"),
    "POST /v1/invitations/{}/disclosure": lambda c: c.disclosure("x"),
    "POST /v1/invitations/{}/approve": lambda c: c.approve("x", phrase="a b 12", scopes=()),
    "POST /v1/invitations/{}/decline": lambda c: c.decline("x"),
    "POST /v1/invitations/{}/cancel": lambda c: c.cancel("x"),
    "GET /v1/links": lambda c: c.links(),
    "GET /v1/links/{}": lambda c: c.link("x"),
    "GET /v1/links/{}/receipt": lambda c: c.receipt("x"),
    "PATCH /v1/links/{}/scopes": lambda c: c.change_scopes("x", granted=()),
    "POST /v1/links/{}/disclosure": lambda c: c.link_disclosure("x"),
    "POST /v1/links/{}/end": lambda c: c.end("x"),
    "POST /v1/links/{}/resume": lambda c: c.resume("x"),
    "POST /v1/links/{}/resume/confirm": lambda c: c.resume_confirm("x"),
    "POST /v1/links/{}/keep-rules": lambda c: c.keep_rules("x"),
    "POST /v1/links/{}/safety-exit": lambda c: c.safety_exit("x"),
    "POST /v1/links/{}/safety-exit/undo": lambda c: c.safety_exit_undo("x"),
    "GET /v1/teens": lambda c: c.teens(),
    "GET /v1/teens/{}": lambda c: c.teen("x"),
    "GET /v1/teens/{}/sharing": lambda c: c.sharing("x"),
    "GET /v1/teens/{}/access-log": lambda c: c.access_log("x"),
    "GET /v1/teens/{}/ledger": lambda c: c.ledger("x"),
    "POST /v1/teens/{}/ledger/{}/revert": lambda c: c.revert("x", 1),
    "GET /v1/teens/{}/settings": lambda c: c.settings("x"),
    "GET /v1/teens/{}/layers/mine": lambda c: c.layer("x"),
    "PATCH /v1/teens/{}/layers/mine": lambda c: c.patch_layer("x", {}, etag='"1"'),
    "POST /v1/teens/{}/layers/mine/keep": lambda c: c.keep_today("x"),
    "POST /v1/teens/{}/preview": lambda c: c.preview("x", {}),
    "POST /v1/teens/{}/drafts/template": lambda c: c.template_draft("x", "calm"),
    "POST /v1/teens/{}/drafts/copy": lambda c: c.copy_draft("x", "acc_max"),
    "GET /v1/templates": lambda c: c.templates(),
    "GET /v1/teens/{}/time": lambda c: c.time("x", first=DAY, last=DAY),
    "GET /v1/teens/{}/time/export": lambda c: c.time_csv("x", first=DAY, last=DAY),
    "GET /v1/teens/{}/applied": lambda c: c.applied("x"),
    "GET /v1/teens/{}/calendar": lambda c: c.calendar("x"),
    "POST /v1/teens/{}/calendar/import": lambda c: c.import_calendar("x", CalendarImport(ics="")),
    "POST /v1/teens/{}/grants": lambda c: c.give("x", minutes=30),
    "POST /v1/teens/{}/grants/preview": lambda c: c.preview_grant("x", rest_of_day=True),
    "POST /v1/grants/{}/accept": lambda c: c.accept_grant("x"),
    "DELETE /v1/grants/{}": lambda c: c.undo_grant("x"),
    "POST /v1/teens/{}/codes": lambda c: c.make_code("x", 30),
    "DELETE /v1/codes/{}": lambda c: c.withdraw_code("x"),
    "POST /v1/codes/redeem": lambda c: c.redeem_code("482 913"),
    "GET /v1/teens/{}/requests": lambda c: c.requests("x", after="req_1"),
    "POST /v1/teens/{}/requests": lambda c: c.ask("x", MoreTime(minutes=30), reason="film"),
    "GET /v1/requests/{}": lambda c: c.request("x"),
    "POST /v1/requests/{}/approve": lambda c: c.approve_request("x", minutes=15),
    "POST /v1/requests/{}/decline": lambda c: c.decline_request("x", reason="late"),
    "POST /v1/requests/{}/counter": lambda c: c.counter_request("x", LiftBlock(end=START)),
    "POST /v1/requests/{}/accept": lambda c: c.accept_request("x"),
    "POST /v1/requests/{}/withdraw": lambda c: c.withdraw_request("x"),
    "POST /v1/requests/{}/notes": lambda c: c.note_request("x", "please"),
    "GET /v1/teens/{}/agreements": lambda c: c.agreements("x"),
    "POST /v1/teens/{}/agreements": lambda c: c.propose("x", PLAN),
    "POST /v1/agreements/{}/review": lambda c: c.review_agreement("x", end=True),
    "GET /v1/teens/{}/auto-rules": lambda c: c.auto_rules("x"),
    "POST /v1/teens/{}/auto-rules": lambda c: c.add_auto_rule("x", 15, days=("sat",)),
    "DELETE /v1/auto-rules/{}": lambda c: c.remove_auto_rule("x"),
}
HOST_CALLS: dict[str, HostCall] = {
    "PUT /v1/host/devices/{}": lambda c: c.bind_device("x", "mia"),
    "GET /v1/host/devices": lambda c: c.devices(),
    "DELETE /v1/host/devices/{}": lambda c: c.release_device("x"),
    "POST /v1/usage": lambda c: c.report_usage((INTERVAL,)),
    "GET /v1/policies/{}": lambda c: c.policy("x"),
    "POST /v1/policies/sync": lambda c: c.sync(PolicySync(have={"x": 1})),
    "POST /v1/policies/{}/applied": lambda c: c.applied("x", "phone", 1),
    "PUT /v1/host/capabilities": lambda c: c.capabilities(("app.use",)),
    "GET /v1/host/capabilities": lambda c: c.declared(),
    "GET /v1/packs": lambda c: c.packs(),
    "GET /v1/packs/{}": lambda c: c.pack("x"),
    "GET /v1/webhooks": lambda c: c.webhooks(),
    "POST /v1/webhooks": lambda c: c.add_webhook("https://loop.example/hook", ["app.bound"]),
    "DELETE /v1/webhooks/{}": lambda c: c.drop_webhook("x"),
    "POST /v1/webhooks/{}/secret": lambda c: c.rotate_secret("x"),
    "POST /v1/webhooks/{}/test": lambda c: c.try_webhook("x"),
    "GET /v1/webhooks/{}/deliveries": lambda c: c.deliveries("x", state="failed"),
    "POST /v1/webhooks/{}/deliveries/{}/replay": lambda c: c.replay("x", "1"),
    "POST /v1/webhooks/{}/deliveries/replay": lambda c: c.replay_failed("x"),
}
TOKEN = httpx2.Response(
    200, json={"access_token": "fph_1", "token_type": "Bearer", "expires_in": 600}
)


def key(operation: Operation) -> str:
    """Method and path without the names of its ids."""
    parts = ["{}" if part.startswith("{") else part for part in operation.path.split("/")]
    return f"{operation.method} {'/'.join(parts)}"


@cache
def documented() -> dict[str, Operation]:
    """The operations that have a call."""
    return {key(one): one for one in api() if (one.method, one.path) not in STREAMS}


def test_every_route_has_a_call_and_no_call_is_left_over() -> None:
    """A route that nobody can call from here, or a call of no route, is found at once."""
    found = documented()
    hosts = {name for name, one in found.items() if (one.method, one.path) in for_hosts()}
    assert (hosts, set(found) - hosts) == (set(HOST_CALLS), set(CALLS))


class Recorder:
    """Answers one operation with its published example, and keeps what was asked."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oauth/token":
            return TOKEN
        self.asked.append(request)
        status, reply = next(
            (int(code), reply)
            for code, reply in self.operation.document["responses"].items()
            if code.startswith("2")
        )
        media = reply.get("content", {})
        body = next(iter(media.values()))["example"] if media else None
        return httpx2.Response(status, content=b"" if body is None else _encoded(body))


def _encoded(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else msgspec.json.encode(body)


@pytest.mark.parametrize("name", sorted({**CALLS, **HOST_CALLS}))
async def test_a_call_asks_its_route_and_decodes_its_example(name: str) -> None:
    """Method, path and the names of the body's fields are those of the OpenAPI document."""
    operation = documented()[name]
    recorder = Recorder(operation)
    clock = ManualClock(START)
    around = surroundings(clock, Waits(clock))
    transport = httpx2.MockTransport(recorder)
    if name in HOST_CALLS:
        await HOST_CALLS[name](
            HostClient(ISSUER, "cli_1", "secret", transport=transport, around=around)
        )
    else:
        session: Saved = saved()
        store = MemoryStore(session)
        await CALLS[name](FamilyPairing(ISSUER, store=store, transport=transport, around=around))
    request = recorder.asked[0]
    assert f"{request.method} {request.url.path}" == name.replace("{}", "x", 1).replace("{}", "1")
    named = {one["name"] for one in operation.document.get("parameters", ())}
    assert set(request.url.params) <= named
    if operation.media_type and operation.schema.get("properties"):
        assert set(msgspec.json.decode(request.content)) <= set(operation.schema["properties"])
