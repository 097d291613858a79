"""Use over HTTP: who may report, what a body must be, and the file with the days."""

import csv
import io
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from familypair.reasons import Reason
from familypair.schema.scopes import Scope
from familypair_server.hosts.budget import Budget
from familypair_server.ids import new_id
from familypair_server.storage import Store
from familypair_server.usage.export import safe
from familypair_server.usage.routes import BODY_BYTES
from familypair_server.usage.wire import not_utc
from support.homes import Home, at_home
from support.hosts import HostApp, host_app
from support.uses import DAY, HOUR, MINUTE, as_json, used

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture
async def home(store: Store, tmp_path: Path) -> AsyncGenerator[Home]:
    """Requests against an application over this test's database."""
    async with at_home(store, tmp_path) as found:
        yield found


def interval(start: datetime, end: datetime, seq: int = 0, **more: Any) -> dict[str, Any]:
    """One item as JSON."""
    return dict(as_json([used(start, end, seq=seq)])["intervals"][0]) | more


async def report(host: HostApp, *items: dict[str, Any]) -> dict[str, Any]:
    """A report that must be taken; the answer."""
    answer = await host.call("POST", "/v1/usage", json={"intervals": list(items)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_host_reports_and_hears_item_by_item(home: Home) -> None:
    """Durable, in order, with where the teen stands; forged zones are refused one by one."""
    teen = await home.teen()
    host = await host_app(home)
    subject = await host.device(teen)
    now = home.clock.tick(10 * MINUTE)
    end = now - 5 * MINUTE
    told = await report(
        host,
        interval(end - MINUTE, end, 1),
        interval(end, now, 2) | {"start": end.strftime("%Y-%m-%dT%H:%M:%S+00:00")},
        interval(end, now, 3) | {"end": (now + HOUR).strftime("%Y-%m-%dT%H:%M:%S+01:00")},
        interval(end, now, 4, surface="emergency"),
        interval(now + DAY, now + DAY + HOUR, 5),
        interval(end, now, 6, teen="sub_of_a_brother"),
        interval(BEGINNING, now, 7),
    )
    assert [item["index"] for item in told["items"]] == [0, 1, 2, 3, 4, 5, 6]
    assert [item.get("code") or item["status"] for item in told["items"]] == [
        "counted",
        Reason.NOT_UTC,
        Reason.NOT_UTC,
        "dropped",
        Reason.IN_THE_FUTURE,
        Reason.DEVICE_NOT_BOUND,
        Reason.INTERVAL_TOO_LONG,
    ]
    assert told["items"][0]["counted_seconds"] == 60
    assert told["teens"] == [
        {"teen": subject, "outcome": "allow", "minutes_left": "more_than_15", "warning": None}
    ]
    assert datetime.fromisoformat(told["received_at"]) == now
    assert teen not in str(told)
    quiet = {"intervals": [interval(end, now, 7)], "standing": False}
    answer = await host.call("POST", "/v1/usage", json=quiet)
    assert [item["status"] for item in answer.json()["items"]] == ["clipped"]
    assert answer.json()["teens"] == []


async def test_who_may_report_and_what_a_body_must_be(home: Home) -> None:
    """Hosts with the scope only; unknown fields, no zone, 1,001 items and 1 MiB refuse it whole."""
    teen = await home.teen()
    host = await host_app(home)
    await host.device(teen)
    now = home.clock.tick(9 * MINUTE)
    good = interval(now - MINUTE, now)
    reader = HostApp(home, host.id, host.name)
    await reader.sign_in("policy:read")
    cases: list[tuple[int, Any]] = [
        (400, {"intervals": [good, good | {"minutes": 5}]}),
        (400, {"intervals": [good | {"start": "2026-03-02T12:00:00"}]}),
        (400, {"intervals": []}),
        (400, {"intervals": [good] * 1001}),
    ]
    for status, body in cases:
        answer = await host.call("POST", "/v1/usage", json=body)
        assert answer.status_code == status, answer.text
    large = b" " * BODY_BYTES + b"{}"
    kind = host.headers | {"Content-Type": "application/json"}
    answer = await home.web.post("/v1/usage", headers=kind, content=large)
    assert answer.status_code == 413
    as_teen = await home.post(teen, "/v1/usage", {"intervals": [good]})
    assert (as_teen.status_code, as_teen.json()["code"]) == (403, Reason.WRONG_CALLER)
    wrong = await reader.call("POST", "/v1/usage", json={"intervals": [good]})
    assert (wrong.status_code, wrong.json()["code"]) == (403, Reason.WRONG_SCOPE)
    many = [interval(now - MINUTE, now, n) for n in range(1000)]
    assert len((await report(host, *many))["items"]) == 1000


async def test_a_host_that_sends_too_much_waits(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than its minute's intervals: the batch is refused as a whole and says for how long."""
    host = await host_app(home)
    await host.device(await home.teen())
    now = home.clock.tick(10 * MINUTE)
    body = {"intervals": [interval(now - n * MINUTE, now, n) for n in (1, 2)]}
    asked: list[int] = []

    def take(_self: Budget, _host: str, items: int, *, most: int, now: datetime) -> int:
        asked.append(items)
        assert (most, now) == (300_000, home.clock())
        return 0 if len(asked) == 1 else 7

    monkeypatch.setattr(Budget, "take", take)
    assert (await host.call("POST", "/v1/usage", json=body)).status_code == 200
    over = await host.call("POST", "/v1/usage", json=body)
    assert (over.status_code, over.json()["code"]) == (429, "too_many_requests")
    assert (over.headers["retry-after"], asked) == ("7", [2, 2])


async def test_the_file_has_what_its_reader_may_see(home: Home) -> None:
    """The teen: everything, surfaces and devices too; a guardian: no day before the link."""
    guardian, teen = await home.guardian(), await home.teen()
    host = await host_app(home)
    await host.device(teen)
    await host.put_device("-phone", await host.bind(teen))
    start = home.clock()
    now = home.clock.tick(10 * MINUTE)
    await report(host, interval(start, now, 1) | {"device": "-phone"})
    home.clock.tick(2 * DAY)
    await home.link(guardian, teen)
    await home.settle_in()
    await host.sign_in()
    now = home.clock()
    await report(host, interval(now - 20 * MINUTE, now, 1))
    own = await _rows(home, teen, teen)
    assert len(own) == 28
    known = {row["date"]: row for row in own if row["known"] == "yes"}
    first = known[start.date().isoformat()]
    assert (first["used_seconds"], first["surfaces"]) == ("600", "feed=600")
    assert first["devices"] == "'-phone=600"
    assert own[0]["used_seconds"] == ""
    seen = await _rows(home, guardian, teen)
    assert [row["date"] for row in seen] == [row["date"] for row in own[-len(seen) :]]
    assert 2 <= len(seen) < 4
    assert (seen[-1]["used_seconds"], own[-1]["used_seconds"]) == ("900", "1200")
    assert "devices" not in seen[-1]
    log = (await home.get(teen, f"/v1/teens/{teen}/access-log")).json()["items"]
    assert [(one["viewer"], one["what"]) for one in log] == [(guardian, "time")]


async def test_a_range_of_the_file(home: Home) -> None:
    """`from` and `to` narrow it; the wrong way round and more than 28 days are refused."""
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen, (Scope.SEE_SETTINGS,))
    await home.settle_in()
    today = home.clock().date()
    path = f"/v1/teens/{teen}/time/export"
    two = await home.get(teen, path, params={"from": str(today - DAY), "to": str(today)})
    assert two.text.count("\r\n") == 3
    assert two.headers["content-type"] == "text/csv; charset=utf-8"
    assert two.headers["content-disposition"].startswith("attachment; filename=")
    late = {"from": str(today), "to": str(today - DAY)}
    assert (await home.get(teen, path, params=late)).json()["code"] == Reason.OUT_OF_RANGE
    many = {"from": str(today - 28 * DAY), "to": str(today)}
    assert (await home.get(teen, path, params=many)).json()["code"] == Reason.TOO_MANY_DAYS
    refused = await home.get(guardian, path)
    assert (refused.status_code, refused.json()["code"]) == (403, Reason.SCOPE_NOT_GRANTED)
    stranger = await home.guardian("Eve Stranger")
    absent = path.replace(teen, new_id(home.people.random, "acc"))
    assert (await home.get(stranger, path)).status_code == 404
    assert (await home.get(teen, absent)).status_code == 404


async def _rows(home: Home, who: str, teen: str) -> list[dict[str, str]]:
    answer = await home.get(who, f"/v1/teens/{teen}/time/export")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_a_cell_is_never_a_formula(start: str) -> None:
    """What a spreadsheet would compute gets an apostrophe; a digit or a letter does not."""
    assert safe(f"{start}1+1") == f"'{start}1+1"
    assert safe(f"a{start}") == f"a{start}"
    assert safe("60") == "60"


def test_only_z_is_utc_in_the_text() -> None:
    """`+00:00` means the same instant, and is refused all the same: a host has no zone."""
    item = '{{"start":"2026-03-02T12:00:00{}","end":"2026-03-02T12:01:00Z"}}'
    body = f'{{"intervals":[{item.format("Z")},{item.format("+00:00")},{item.format("-00:00")}]}}'
    assert not_utc(body.encode()) == {1, 2}
    assert not_utc(body.replace("+00:00", "Z").replace("-00:00", "z").encode()) == frozenset()
