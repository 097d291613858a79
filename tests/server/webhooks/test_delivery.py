"""Sending: signed for any library, retried for 24 hours, in order, address by address."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from familypair_server.storage import Txn, transaction
from familypair_server.webhooks import queue
from familypair_server.webhooks import statements as sql
from familypair_server.webhooks.courier import Courier
from familypair_server.webhooks.deliveries import MOST_PINGS
from support.hooks import Desk
from support.hosts import host_app
from support.receivers import Received, receiving

HOUR = timedelta(hours=1)


def verified(one: Received, secret: str) -> Any:
    """What an independent library makes of it; raises when it is not authentic."""
    return Webhook(secret).verify(one.body, one.headers)


def _always(said: str, _: Received) -> str:
    return said


async def test_messages_are_authentic_for_an_independent_library(desk: Desk) -> None:
    """With the secret only, whole only, fresh only; for 24 h after a change with both secrets."""
    first = await desk.hook()
    assert first["secret"] != (await desk.hook())["secret"]
    path = f"/v1/webhooks/{first['id']}/secret"
    await desk.ping(first)
    await desk.told()
    (one,) = desk.receiver.got
    assert verified(one, first["secret"])["type"] == "ping"
    assert one.headers["content-type"] == "application/json"
    assert one.headers["host"] == f"127.0.0.1:{desk.receiver.port}"
    second = (await desk.call("POST", path)).json()
    assert second["webhook"]["old_secret_until"]
    for changed in (
        Received("", one.headers, one.body + b" "),
        Received("", one.headers | {"webhook-id": "whd_other"}, one.body),
        Received("", one.headers | {"webhook-timestamp": "1"}, one.body),
    ):
        with pytest.raises(WebhookVerificationError):
            verified(changed, first["secret"])
    with pytest.raises(WebhookVerificationError):
        verified(one, second["secret"])
    await desk.ping(first)
    await desk.told()
    for secret in (first["secret"], second["secret"]):
        assert verified(desk.receiver.got[-1], secret)
    desk.home.clock.tick(timedelta(hours=24))
    await desk.ping(first)
    await desk.told()
    assert verified(desk.receiver.got[-1], second["secret"])
    with pytest.raises(WebhookVerificationError):
        verified(desk.receiver.got[-1], first["secret"])
    # The third secret ends the first at once.
    await desk.call("POST", path)
    third = (await desk.call("POST", path)).json()
    await desk.ping(first)
    await desk.told()
    assert verified(desk.receiver.got[-1], third["secret"])
    with pytest.raises(WebhookVerificationError):
        verified(desk.receiver.got[-1], second["secret"])
    old = Courier(desk.home.app.context, wall=lambda: datetime.now(UTC) - timedelta(minutes=6))
    await desk.ping(first)
    await old.send_due()
    await old.stop()
    with pytest.raises(WebhookVerificationError, match="too old"):
        verified(desk.receiver.got[-1], third["secret"])


async def test_what_fails_is_tried_for_24_hours_and_can_be_sent_again(desk: Desk) -> None:
    """Ever longer pauses under one id, a last try at the end, then failed; a replay starts anew."""
    hook = await desk.hook()
    desk.receiver.answer = lambda _: "500 Oh no"
    message = await desk.ping(hook)
    began, pauses, one = desk.home.clock(), list[timedelta](), dict[str, Any]()
    for _ in range(40):
        assert await desk.courier.send_due() <= 1
        (one,) = await desk.listed(hook)
        if one["state"] != "waiting":
            break
        due = datetime.fromisoformat(one["next_attempt_at"])
        pauses.append(due - desk.home.clock())
        desk.home.clock.set(due)
    assert (one["state"], one["last_status"], one["last_error"]) == ("failed", 500, "status")
    assert desk.home.clock() == began + 24 * HOUR
    assert one["attempts"] == len(desk.receiver.got) == len(pauses) + 1
    assert 10 <= one["attempts"] <= 14
    assert timedelta(seconds=4) <= pauses[0] <= timedelta(seconds=6)
    assert all(a < b for a, b in pairwise(pauses[:8]))
    assert {got.id for got in desk.receiver.got} == {message}
    assert len({got.body for got in desk.receiver.got}) == 1
    desk.receiver.answer = lambda _: "204 No Content"
    assert await desk.courier.send_due() == 0
    path = f"/v1/webhooks/{hook['id']}/deliveries"
    assert (await desk.call("POST", f"{path}/replay")).json() == {"replayed": 1}
    assert await desk.courier.send_due() == 1
    (one,) = await desk.listed(hook)
    assert (one["state"], one["last_status"], one["last_error"]) == ("delivered", 204, "")
    assert one["attempts"] == 1
    assert desk.receiver.got[-1].id == message
    again = await desk.call("POST", f"{path}/{message}/replay")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert await desk.courier.send_due() == 1
    assert (await desk.call("POST", f"{path}/whd_none/replay")).status_code == 404


async def test_pages_of_messages_by_state(desk: Desk) -> None:
    """The newest first, each once, and only those in the wanted state."""
    hook = await desk.hook()
    made = list[str]()
    for n in range(5):
        said = "200 OK" if n % 2 else "400 No"
        desk.receiver.answer = partial(_always, said)
        made.append(await desk.ping(hook))
        await desk.courier.send_due()
        desk.home.clock.tick(timedelta(seconds=2 if n else 0))
    path, seen, after = f"/v1/webhooks/{hook['id']}/deliveries", list[str](), ""
    while True:
        reply = (await desk.call("GET", path, params={"limit": 2, "after": after})).json()
        seen += [one["id"] for one in reply["items"]]
        after = reply["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(made)
    assert seen[0] == made[-1]
    assert {one["id"] for one in await desk.listed(hook, state="delivered")} <= set(made)
    assert await desk.listed(hook, state="failed") == []
    assert (await desk.call("GET", path, params={"state": "lost"})).status_code == 400


async def test_a_kill_between_sending_and_writing_sends_it_again_under_its_id(desk: Desk) -> None:
    """The claim of the dead process runs out, nobody sends meanwhile, and the next one does."""
    hook = await desk.hook()
    message = await desk.ping(hook)
    store, clock = desk.home.store, desk.home.clock
    (claim,) = await store.run(queue.claim(8, clock()))
    sending = await store.run(queue.step(claim, None, clock()))
    assert sending is not None
    await desk.courier.attempt(sending)
    # here the process is killed
    assert await desk.courier.send_due() == 0
    clock.tick(queue.CLAIM)
    assert await desk.courier.send_due() == 1
    assert [one.id for one in desk.receiver.got] == [message] * 2
    outcome = queue.Outcome(status=500, error="status")
    late = queue.Done(sending, outcome, 0.5)
    assert await store.run(queue.step(claim, late, clock())) is None
    (one,) = await desk.listed(hook)
    assert (one["state"], one["attempts"]) == ("delivered", 1)


async def test_what_receivers_answer_and_what_follows(desk: Desk) -> None:
    """No redirect is followed; Retry-After is kept; a hang-up is retried; 410 ends it all."""
    hook = await desk.hook()
    said = f"302 Found\r\nlocation: {desk.receiver.url}/elsewhere"
    desk.receiver.answer = lambda _: said
    await desk.ping(hook)
    await desk.courier.send_due()
    (one,) = await desk.listed(hook)
    assert (one["last_status"], one["last_error"], len(desk.receiver.got)) == (302, "status", 1)

    desk.receiver.answer = lambda _: "503 Busy\r\nretry-after: 7200"
    desk.home.clock.tick(timedelta(minutes=1))
    await desk.courier.send_due()
    (one,) = await desk.listed(hook)
    assert datetime.fromisoformat(one["next_attempt_at"]) == desk.home.clock() + 2 * HOUR
    await desk.host.bind(await desk.home.teen())
    assert await desk.told() == 0  # the whole address rests
    desk.home.clock.tick(2 * HOUR)
    desk.receiver.answer = lambda _: None
    assert await desk.courier.send_due() == 1
    assert {one["last_error"] for one in await desk.listed(hook)} == {"connection", "status"}

    desk.receiver.answer = lambda _: "410 Gone"
    desk.home.clock.tick(HOUR)
    assert await desk.courier.send_due() == 1
    found = await desk.listed(hook)
    assert [(one["state"], one["last_error"]) for one in found] == [("failed", "gone")] * 2
    (shown,) = (await desk.call("GET", "/v1/webhooks")).json()["items"]
    assert shown["disabled_at"]
    await desk.host.bind(await desk.home.teen())
    assert await desk.told() == 0
    desk.receiver.answer = lambda _: "200 OK"
    await desk.ping(hook)
    assert await desk.told() == 2
    # What happened while it was disabled comes when it is enabled again.
    assert sorted(desk.receiver.types[-2:]) == ["app.bound", "ping"]


async def test_order_is_kept_per_teen_and_others_are_not_held_up(desk: Desk) -> None:
    """A message that is not taken holds up its own teen's later ones, and no other teen's."""
    await desk.hook()
    home, mia, ben = desk.home, await desk.home.teen(), await desk.home.teen("Ben Jones")
    first = await desk.host.bind(mia)
    refused = "teen", first
    desk.receiver.answer = lambda one: "500 No" if refused[1] in str(one.json["data"]) else "200 OK"
    await desk.told()
    home.clock.tick(timedelta(seconds=2))
    await home.web.delete(f"/v1/me/apps/{desk.host.id}", headers=home.headers(mia))
    other = await desk.host.bind(ben)
    await desk.told()
    told = [(one.json["type"], one.json["data"]["teen"]) for one in desk.receiver.got]
    assert told == [("app.bound", first), ("app.bound", other)]
    desk.receiver.answer = lambda _: "200 OK"
    home.clock.tick(timedelta(seconds=10))
    assert await desk.told() == 2
    assert desk.receiver.types == ["app.bound", "app.bound", "app.bound", "app.unbound"]


async def test_trying_an_address_again_and_again_has_an_end(desk: Desk) -> None:
    """Ten that wait; when they are sent there is room again."""
    hook = await desk.hook()
    for _ in range(MOST_PINGS):
        await desk.ping(hook)
    reply = await desk.call("POST", f"/v1/webhooks/{hook['id']}/test")
    assert (reply.status_code, reply.json()["code"]) == (429, "too_many_requests")
    while await desk.courier.send_due():
        pass
    await desk.ping(hook)


async def test_a_dead_address_delays_no_other_and_drains_when_its_time_is_over(desk: Desk) -> None:
    """It rests after each failure whatever waits; one attempt at a time reaches each address."""
    async with receiving() as slow:
        slow.hold = asyncio.Event()
        stuck = await desk.hook(url=slow.url)
        for _ in range(5):
            await desk.ping(stuck)
        mail = await host_app(desk.home, "Mail")
        await desk.hook(mail)
        other = Courier(desk.home.app.context)
        sending = asyncio.create_task(desk.courier.send_due())
        await slow.first.wait()
        await mail.bind(await desk.home.teen())
        await other.sweep()
        assert await other.send_due() == 1
        assert (desk.receiver.types, len(slow.got)) == (["app.bound"], 1)
        slow.answer = lambda _: "500 No"
        slow.hold.set()
        assert await sending == 1  # after one no it rests, whatever waits
        await other.stop()
        attempts = 0
        while any(one["state"] == "waiting" for one in await desk.listed(stuck)):
            desk.home.clock.tick(timedelta(minutes=20))
            attempts += await desk.courier.send_due()
        assert attempts < 80
        errors = {one["last_error"] for one in await desk.listed(stuck)}
        assert errors <= {"status", "expired"}


async def test_a_fault_of_ours_is_an_attempt_and_stops_nobody(desk: Desk) -> None:
    """A secret that cannot be opened (a damaged row): told in the list, and it ends some day."""
    broken, good = await desk.hook(), await desk.hook()
    await desk.home.store.run(damage(broken["id"]))
    await desk.ping(broken)
    await desk.ping(good)
    assert await desk.courier.send_due() == 2
    (one,) = await desk.listed(broken)
    assert (one["state"], one["last_error"], one["attempts"]) == ("waiting", "internal", 1)
    assert len(desk.receiver.got) == 1


@transaction
def damage(webhook_id: str) -> Txn[None]:
    until = 2**42
    yield from sql.rotate.run(id=webhook_id, old="00" * 64, until=until, secret="00" * 64)
