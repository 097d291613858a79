"""Webhooks of a host: registering, what is told, and that it is told once and to nobody else."""

import asyncio
from datetime import timedelta
from typing import Any

from familypair_server.ids import SystemRandom
from familypair_server.storage import Transaction, Txn, transaction
from familypair_server.webhooks import scan
from familypair_server.webhooks import statements as sql
from support.faults import no_half_state
from support.homes import Home
from support.hooks import EVERYTHING, Desk
from support.hosts import host_app


async def write(home: Home, who: str, teen: str, day: str) -> None:
    """Another limit on a day of the week."""
    await home.write(who, teen, {"screen_time": {"daily_minutes": {day: 30}}})


async def test_a_host_has_its_own_webhooks_and_sees_no_secret_again(desk: Desk) -> None:
    """Made, listed, given another secret, dropped; ten at most; another host finds nothing."""
    other = await host_app(desk.home, "Mail")
    made = await desk.hook()
    assert made["secret"].startswith("whsec_")
    assert made["events"] == EVERYTHING
    assert made["id"].startswith("whk_")
    shown = await desk.host.call("GET", "/v1/webhooks")
    assert [one["id"] for one in shown.json()["items"]] == [made["id"]]
    assert made["secret"].removeprefix("whsec_") not in shown.text
    path = f"/v1/webhooks/{made['id']}"
    ping = await desk.ping(made)
    for method, rest in (
        ("DELETE", ""),
        ("POST", "/secret"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
        ("POST", "/deliveries/replay"),
        ("POST", f"/deliveries/{ping}/replay"),
    ):
        assert (await other.call(method, path + rest)).status_code == 404, rest
    theirs = await desk.hook(other)
    crossed = f"/v1/webhooks/{theirs['id']}/deliveries/{ping}/replay"
    assert (await other.call("POST", crossed)).status_code == 404
    for _ in range(9):
        await desk.hook(url="https://hooks.example/x", events=["app.bound"])
    body = {"url": "https://hooks.example/", "events": ["app.bound"]}
    reply = await desk.host.call("POST", "/v1/webhooks", json=body)
    assert (reply.status_code, reply.json()["code"]) == (429, "too_many_webhooks")
    assert (await desk.host.call("DELETE", path)).status_code == 204
    assert (await desk.host.call("DELETE", path)).status_code == 404
    assert (await desk.host.call("POST", "/v1/webhooks", json=body)).status_code == 201


async def test_only_a_host_that_reads_policies_may_and_bad_asks_are_named(desk: Desk) -> None:
    """People, hosts for use only, unknown events, bad addresses: refused with their place."""
    reports = await host_app(desk.home, "Meter", scope="usage:write")
    teen = await desk.home.teen()
    body = {"url": "https://hooks.example/", "events": ["app.bound"]}
    assert (await reports.call("POST", "/v1/webhooks", json=body)).status_code == 403
    assert (await desk.home.post(teen, "/v1/webhooks", body)).status_code == 403
    changes: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"events": ["app.bound", "teen.name"]}, "unknown_event", "/events/1"),
        ({"events": []}, "out_of_range", "/events"),
        ({"url": "http://hooks.example/"}, "webhook_not_https", "/url"),
        ({"url": "https://10.0.0.1/"}, "webhook_private_address", "/url"),
        ({"url": "https://hooks.example/#x"}, "bad_text", "/url"),
        ({"url": "https://hooks.example/" + "x" * 2000}, "too_long", "/url"),
    )
    for change, code, pointer in changes:
        reply = await desk.host.call("POST", "/v1/webhooks", json=body | change)
        problem = reply.json()
        assert (problem["code"], problem["errors"][0]["pointer"]) == (code, pointer), change
        assert reply.status_code in {400, 422}


async def test_the_same_key_makes_one_webhook_and_shows_its_secret_again(desk: Desk) -> None:
    """An answer that was lost is asked for again; another body is refused; so for a new secret."""
    body = {"url": desk.receiver.url, "events": ["app.bound"]}
    desk.host.headers["Idempotency-Key"] = "once"
    first, second = [await desk.host.call("POST", "/v1/webhooks", json=body) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, second.json())
    other = await desk.host.call("POST", "/v1/webhooks", json=body | {"events": EVERYTHING})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    path = f"/v1/webhooks/{first.json()['webhook']['id']}/secret"
    desk.host.headers["Idempotency-Key"] = "rotate"
    replies = [(await desk.host.call("POST", path)).json() for _ in range(2)]
    assert replies[0] == replies[1]
    assert replies[0]["secret"] != first.json()["secret"]
    del desk.host.headers["Idempotency-Key"]
    assert len((await desk.host.call("GET", "/v1/webhooks")).json()["items"]) == 1


async def test_what_happens_from_now_on_is_told_once_and_with_this_hosts_ids(desk: Desk) -> None:
    """Bound, changed, unbound: in order, without a name; nothing of before, nothing twice."""
    home = desk.home
    guardian, mia = await home.family()
    await desk.host.sign_in()
    ben = await home.teen("Ben Jones")
    other = await host_app(home, "Mail")
    old = await desk.host.bind(ben)
    hook, theirs = await desk.hook(), await desk.hook(other, events=["app.unbound"])
    assert await desk.told() == 0
    subject = await desk.host.bind(mia)
    elsewhere = await other.bind(mia)
    assert await desk.told() == 1
    (bound,) = desk.receiver.got
    at = home.clock().isoformat().replace("+00:00", "Z")
    assert bound.json == {"type": "app.bound", "timestamp": at, "data": {"teen": subject}}
    home.clock.tick(timedelta(minutes=1))
    await write(home, guardian, mia, "sat")
    assert await desk.courier.tell([mia]) == 0  # no document of now speaks of that day
    await write(home, guardian, mia, "mon")
    assert await desk.courier.tell([mia]) == 1
    assert await desk.courier.tell([mia, ben]) == 0
    assert await desk.told() == 1
    changed = desk.receiver.got[1].json
    assert (changed["type"], changed["data"]["teen"]) == ("policy.changed", subject)
    assert changed["data"]["version"] > 0
    home.clock.tick(timedelta(minutes=1))
    for app in (desk.host, other):
        path = f"/v1/me/apps/{app.id}"
        assert (await home.web.delete(path, headers=home.headers(mia))).status_code == 204
    assert await desk.told() == 2
    last = {one.json["data"]["teen"]: one for one in desk.receiver.got[2:]}
    assert {one.json["type"] for one in last.values()} == {"app.unbound"}
    assert set(last) == {subject, elsewhere}
    assert await desk.told() == 0
    said = b" ".join(one.body for one in desk.receiver.got)
    for secret in (mia, guardian, ben, old, b"Mia", b"Dana", b"Smith", b"Loop"):
        assert (secret if isinstance(secret, bytes) else secret.encode()) not in said
    home.clock.tick(timedelta(minutes=1))
    again = await desk.host.bind(mia)
    await desk.told()
    assert desk.receiver.got[-1].json["data"] == {"teen": again}
    assert [one["event"] for one in await desk.listed(hook)][:2] == ["app.bound", "app.unbound"]
    await desk.host.call("DELETE", f"/v1/webhooks/{hook['id']}")
    assert theirs["events"] == ["app.unbound"]


async def test_bound_and_gone_between_two_looks_is_still_told(desk: Desk) -> None:
    """Both messages come, in order; a webhook that wants only the end gets only that."""
    hook = await desk.hook()
    ends = await desk.hook(events=["app.unbound"])
    mia = await desk.home.teen()
    await desk.host.bind(mia)
    await desk.home.web.delete(f"/v1/me/apps/{desk.host.id}", headers=desk.home.headers(mia))
    assert await desk.told() == 3
    whole = [one["event"] for one in reversed(await desk.listed(hook))]
    assert sorted(whole) == ["app.bound", "app.unbound"]
    assert [one["event"] for one in await desk.listed(ends)] == ["app.unbound"]
    first = [one.json for one in desk.receiver.got]
    ours = [one["type"] for one in first]
    assert ours.index("app.bound") < len(ours) - 1 - ours[::-1].index("app.unbound")


@transaction
def keys_of(host_id: str) -> Txn[list[sql.BehindKey]]:
    return (yield from sql.behind_within.all(host=host_id, after="", through="~"))


async def test_a_fault_or_a_race_loses_nothing_and_doubles_nothing(desk: Desk) -> None:
    """Message and cursor are one transaction; many that look at once write it once."""
    home, hook = desk.home, await desk.hook()
    await desk.host.bind(await home.teen())
    (key,) = await home.store.read(keys_of(desk.host.id))
    row = await home.store.read(scan.behind(key))
    assert row is not None

    def telling(row: sql.BehindRow) -> Transaction[int]:
        return scan.tell(row, 1, SystemRandom(), home.clock())

    assert await no_half_state(home.store, lambda: telling(row)) >= 3
    assert await home.store.run(telling(row)) == 0
    assert await home.store.read(scan.behind(key)) is None
    await desk.host.bind(await home.teen("Ben Jones"))
    (key,) = await home.store.read(keys_of(desk.host.id))
    seen = await home.store.read(scan.behind(key))
    assert seen is not None
    assert sum(await asyncio.gather(*[home.store.run(telling(seen)) for _ in range(6)])) == 1
    assert [one["event"] for one in await desk.listed(hook)] == ["app.bound"] * 2
