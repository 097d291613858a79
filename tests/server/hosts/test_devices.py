"""Devices of bound teens at a host, and what a teen sees of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.accounts import Band
from familypair_server.hosts import reads, service
from familypair_server.hosts import statements as sql
from familypair_server.hosts.binding import NewBinding, Standing, bind, standing, unbind
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis
from support.faults import no_half_state
from support.homes import Home
from support.hosts import HostApp, host_app
from support.operations import ID


@transaction
def bound(host: HostApp, *devices: str) -> Txn[dict[str, reads.BoundDevice]]:
    """What a usage report would be judged by."""
    return (yield from reads.bound(host.id, devices))


async def test_a_device_is_one_teens_until_it_is_let_go(home: Home) -> None:
    """Saying it again changes nothing; a sibling's is taken; after a release it can be theirs."""
    host, mia, ben = await host_app(home), await home.teen(), await home.teen("Ben")
    subject, other = await host.bind(mia), await host.bind(ben)
    first = await host.put_device("tablet-1", subject)
    home.clock.tick(timedelta(minutes=5))
    assert (await host.put_device("tablet-1", subject)).json() == first.json()
    taken = await host.put_device("tablet-1", other)
    assert (taken.status_code, taken.json()["code"]) == (409, "device_taken")
    assert (await host.call("DELETE", "/v1/host/devices/tablet-1")).status_code == 204
    assert (await host.call("DELETE", "/v1/host/devices/tablet-1")).status_code == 404
    assert (await host.put_device("tablet-1", other)).json()["teen"] == other


async def test_an_unknown_teen_and_one_who_is_not_bound_answer_the_same(home: Home) -> None:
    """A made-up id, an account's id, another host's id, an ended one: one 404, same bytes."""
    host, other = await host_app(home), await host_app(home, "Mail")
    guardian, mia = await home.guardian(), await home.teen()
    foreign, ended = await other.bind(mia), await host.bind(mia)
    await home.web.delete(f"/v1/me/apps/{host.id}", headers=home.headers(mia))
    host.headers["X-Request-ID"] = "the-same"
    answers = {
        (reply.status_code, reply.content)
        for teen in (f"sub_{ID}", mia, guardian, foreign, ended, "", "x\x00", "é" * 99)
        for reply in [await host.put_device("phone", teen)]
    }
    ((status, body),) = answers
    assert (status, b'"not_bound"' in body) == (404, True)


@pytest.mark.engine("sqlite")
async def test_names_of_devices_are_plain(home: Home) -> None:
    """Letters, digits and four signs, 64 at most; anything else is refused before a look-up."""
    host = await host_app(home)
    subject = await host.bind(await home.teen())
    assert (await host.put_device("a%00", subject)).status_code == 404
    for odd in ("a b", "a%0A", "%C3%A9", "a" * 65):
        reply = await host.put_device(odd, subject)
        assert (reply.status_code, reply.json()["code"]) == (400, "bad_text"), odd
    assert (await host.put_device("A1._~-", subject)).status_code == 200
    assert (await host.put_device("a" * 64, subject)).status_code == 200


async def test_a_host_sees_its_own_devices_in_pages(home: Home) -> None:
    """By name, with the id at this host only; another host's are not in it (T6)."""
    host, other, mia = await host_app(home), await host_app(home, "Mail"), await home.teen()
    subject, elsewhere = await host.device(mia, "b"), await other.device(mia, "c")
    await host.put_device("a", subject)
    assert subject != elsewhere
    whole = await host.call("GET", "/v1/host/devices")
    assert [one["device"] for one in whole.json()["items"]] == ["a", "b"]
    assert not [raw for raw in (mia, elsewhere, "Mia") if raw in whole.text]
    page = await host.call("GET", "/v1/host/devices", params={"limit": 1})
    rest = await host.call("GET", "/v1/host/devices", params={"after": page.json()["next"]})
    assert [one["device"] for one in rest.json()["items"]] == ["b"]
    assert rest.json()["next"] is None


@pytest.mark.engine("sqlite")
async def test_a_teen_has_so_many_devices_at_most(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names are the host's, so a bound (50) keeps a broken one from filling the table."""
    most = 3
    monkeypatch.setattr(service, "MOST_DEVICES", most)
    host = await host_app(home)
    subject = await host.bind(await home.teen())
    for n in range(most):
        reply = await host.put_device(f"d{n}", subject)
        assert reply.status_code == 200, reply.text
    reply = await host.put_device("one-more", subject)
    assert (reply.status_code, reply.json()["code"]) == (409, "too_many_devices")
    assert (await host.put_device("d0", subject)).status_code == 200


async def test_two_teens_at_once_get_one_device_between_them(home: Home) -> None:
    """The database decides; the other hears that it is taken."""
    host = await host_app(home)
    subjects = [await host.bind(await home.teen(name)) for name in ("Mia", "Ben", "Ada", "Tom")]
    replies = await asyncio.gather(*[host.put_device("tv", one) for one in subjects])
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]


async def test_reads_for_reports(home: Home) -> None:
    """Devices by name with their teen and last report, which never moves back."""
    host, mia = await host_app(home), await home.teen()
    subject = await host.device(mia, "phone")
    found = (await home.store.read(bound(host, "phone", "watch", "nope")))["phone"]
    assert (found.teen_id, found.subject, found.known_from) == (mia, subject, home.clock())

    @transaction
    def report(minutes: int) -> Txn[int]:
        at = millis(found.bound_at + timedelta(minutes=minutes))
        return (yield from sql.reported.run(teen=mia, host=found.host_id, device="phone", now=at))

    assert [await home.store.run(report(minutes)) for minutes in (5, 3)] == [1, 0]
    after = (await home.store.read(bound(host, "phone")))["phone"]
    assert after.known_from == found.bound_at + timedelta(minutes=5)
    assert await home.store.read(bound(host)) == {}


async def test_disconnecting_ends_it_and_everybody_is_told(home: Home) -> None:
    """Devices go, the id is never used again; teen and guardian read it; nobody else can do it."""
    host, other = await host_app(home), await host_app(home, "Mail")
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen)
    subject = await host.device(teen)
    home.clock.tick(timedelta(seconds=1))
    await other.device(teen)
    shown = (await home.get(teen, "/v1/me/apps")).json()["items"]
    assert [(app["id"], app["name"], app["devices"]) for app in shown] == [
        (host.id, "Loop", 1),
        (other.id, "Mail", 1),
    ]
    assert any("which rules hold" in line.lower() for line in shown[0]["learns"])
    path = f"/v1/me/apps/{host.id}"
    for wrong, status in ((guardian, 403), (await home.teen("Ben"), 404)):
        reply = await home.web.delete(path, headers=home.headers(wrong))
        assert reply.status_code == status
    assert (await home.web.delete(path, headers=home.headers(teen))).status_code == 204
    assert (await home.web.delete(path, headers=home.headers(teen))).status_code == 404
    assert await home.store.read(bound(host, "phone")) == {}
    assert (await host.put_device("phone", subject)).json()["code"] == "not_bound"
    assert await host.bind(teen) != subject
    for reader in (teen, guardian):
        told = [item for item in await home.inbox(reader, teen) if "app." in item["entry"]["type"]]
        assert [(item["entry"]["type"], item["entry"]["app_name"]) for item in told] == [
            ("app.bound", "Loop"),
            ("app.bound", "Mail"),
            ("app.unbound", "Loop"),
            ("app.bound", "Loop"),
        ]
        assert told[0]["actor"] == ("me" if reader == teen else "teen")


@pytest.mark.engine("sqlite")
async def test_nothing_of_a_change_stays_when_it_fails(home: Home) -> None:
    """A fault between any two steps of binding, of a device and of the end leaves all as it was."""
    host, teen = await host_app(home), await home.teen()
    parts: dict[str, Any] = {
        "now": home.clock(),
        "keys": home.people.keys,
        "random": home.people.random,
    }
    new = NewBinding(teen_id=teen, host_id=host.id, host_name="Loop", subject=f"sub_{ID}")

    @transaction
    def binding() -> Txn[int]:
        return (yield from bind(new, **parts))

    at = service.named(host.id, "phone")
    tried = [
        await no_half_state(home.store, binding),
        await no_half_state(home.store, lambda: service.bind_device(at, new.subject, home.clock())),
        await no_half_state(home.store, lambda: unbind(teen, host.id, **parts)),
    ]
    assert min(tried) > 3


async def test_only_who_is_a_teen_now_can_be_bound(home: Home) -> None:
    """Asked under the lock when the code is exchanged: at 18, a guardian, nobody: no binding."""
    host, tomorrow = await host_app(home), home.clock().date() + timedelta(days=1)
    almost = await home.people.teen("Ben", band=Band.OLDER, changes_on=tomorrow)

    @transaction
    def stands(account_id: str) -> Txn[Standing | None]:
        return (yield from standing(account_id, host.id, now=home.clock(), keys=home.people.keys))

    assert await home.store.run(stands(almost)) == Standing("")
    home.clock.tick(timedelta(days=1))
    others = [almost, await home.guardian(), await home.people.adult(), "acc_nobody"]
    assert [await home.store.run(stands(one)) for one in others] == [None] * len(others)
