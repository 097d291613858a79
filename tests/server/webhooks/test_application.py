"""Webhooks inside a running application: told by themselves; a stop or a kill loses nothing."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from familypair.schema.webhooks import DeliveryState
from familypair_server.jobs import queue as jobs
from familypair_server.jobs.runner import Runner
from familypair_server.storage import Store
from familypair_server.webhooks import courier
from familypair_server.webhooks.courier import Courier
from familypair_server.webhooks.jobs import EVERY, KEPT, RARELY
from support.homes import Home, at_home
from support.hooks import Desk
from support.hosts import host_app
from support.receivers import Receiver, receiving

pytestmark = pytest.mark.engine("sqlite")
RUNS: dict[str, Any] = {"webhook_loopback": True, "jobs_seconds": 3600}
"""Jobs run in the background, and by themselves only once an hour."""


async def desk_of(home: Home, receiver: Receiver) -> Desk:
    """A host with what a test needs; the courier is one of its own."""
    return Desk(home, await host_app(home), receiver, Courier(home.app.context))


async def came(receiver: Receiver) -> None:
    """Wait for a message."""
    async with asyncio.timeout(20):
        await receiver.first.wait()
    receiver.first.clear()


async def test_a_commit_is_told_by_itself_and_a_stop_leaves_nothing_behind(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent as soon as it is committed; what a stop cuts off is sent again under the same id."""
    monkeypatch.setattr(courier, "_STOP_SECONDS", 0.05)
    async with receiving() as receiver:
        async with at_home(store, tmp_path, **RUNS) as home:
            desk = await desk_of(home, receiver)
            hook = await desk.hook()
            subject = await desk.host.bind(await home.teen())
            await came(receiver)
            assert receiver.got[0].json["data"] == {"teen": subject}
            receiver.hold = asyncio.Event()
            message = await desk.ping(hook)
            await came(receiver)
        receiver.hold.set()
        async with at_home(store, tmp_path, clock=home.clock, **RUNS):
            await came(receiver)
        assert [one.id for one in receiver.got[1:]] == [message] * 2


async def test_a_sweep_finds_what_a_dead_process_left(store: Store, tmp_path: Path) -> None:
    """A commit that nobody was woken for; the job sleeps five seconds, and ends with the last."""
    async with receiving() as receiver:
        async with at_home(store, tmp_path, webhook_loopback=True) as home:
            desk = await desk_of(home, receiver)
            hook = await desk.hook()
            await desk.host.bind(await home.teen())
            # here the process is killed: the binding is committed, nobody has looked
        async with at_home(store, tmp_path, clock=home.clock, **RUNS):
            await came(receiver)
        assert receiver.types == ["app.bound"]
        assert await store.read(jobs.next_due()) == home.clock() + EVERY
        async with at_home(store, tmp_path, clock=home.clock) as home:
            await home.web.delete(f"/v1/webhooks/{hook['id']}", headers=desk.host.headers)
            home.clock.tick(timedelta(minutes=1))
            await Runner(home.app.context).run_due(home.clock())
        found = await store.read(jobs.status(home.clock()))
        assert (found.due, found.failing) == (0, 0)


async def test_the_sweep_goes_on_while_there_is_a_webhook(store: Store, tmp_path: Path) -> None:
    """After a 410 it is rare, forgets in time, and is back with whatever enables the webhook."""
    async with receiving() as receiver, at_home(store, tmp_path, webhook_loopback=True) as home:
        desk = await desk_of(home, receiver)
        hook = await desk.hook()
        runner = Runner(home.app.context)
        path = f"/v1/webhooks/{hook['id']}/deliveries"
        for again in (f"/v1/webhooks/{hook['id']}/test", f"{path}/replay", ""):
            receiver.answer = lambda _: "410 Gone"
            message = await desk.ping(hook)
            await desk.courier.send_due()
            home.clock.tick(EVERY)
            await runner.run_due(home.clock())
            assert await store.read(jobs.next_due()) == home.clock() + RARELY
            await desk.call("POST", again or f"{path}/{message}/replay")
            assert await store.read(jobs.next_due()) == home.clock()
            await runner.run_due(home.clock())
            assert await store.read(jobs.next_due()) == home.clock() + EVERY
        receiver.answer = lambda _: "410 Gone"
        await desk.courier.send_due()
        home.clock.tick(KEPT[DeliveryState.FAILED] + RARELY)
        assert await desk.listed(hook)
        await runner.run_due(home.clock())
        assert await desk.listed(hook) == []
        await desk.call("DELETE", f"/v1/webhooks/{hook['id']}")
        home.clock.tick(RARELY)
        await runner.run_due(home.clock())
        assert await store.read(jobs.next_due()) is None
