"""Two nodes: what another node commits or revokes arrives by the head poll."""

import asyncio
from pathlib import Path
from typing import Any

from familypair_server.live import poll
from familypair_server.storage import open_store
from support.homes import Home, at_home
from support.streams import Listener
from support.uses import MINUTE, Reporter, used


def daily(minutes: int) -> dict[str, Any]:
    """A patch of Monday's limit."""
    return {"screen_time": {"daily_minutes": {"mon": minutes}}}


async def test_a_snapshot_moves_with_a_write_an_invitation_and_a_revocation(home: Home) -> None:
    """Each thing that a stream shows moves exactly its own teen or account."""
    guardian, teen = await home.family()
    topics, sessions = {guardian, teen}, {home.sessions[guardian], home.sessions[teen]}

    async def take() -> poll.Snapshot:
        return await home.store.read(poll.take(topics, sessions))

    first = await take()
    assert poll.moved(first, await take()) == set()
    await home.write(guardian, teen, daily(45))
    second = await take()
    assert poll.moved(first, second) == {teen}
    phone = await Reporter.of(home.people, "phone", teen=teen)
    start = home.clock()
    home.clock.tick(MINUTE)
    await phone.send(used(start, home.clock()))
    reported = await take()
    assert poll.moved(second, reported) == {teen}
    ask = {"wish": {"type": "minutes", "minutes": 5}}
    request = (await home.post(teen, f"/v1/teens/{teen}/requests", ask)).json()["id"]
    second = await take()
    assert (await home.post(guardian, f"/v1/requests/{request}/notes", {"text": "why?"})).is_success
    assert poll.moved(second, await take()) == {teen}
    second = await take()
    made = await home.post(guardian, "/v1/invitations", {})
    third = await take()
    assert poll.moved(second, third) == {guardian}
    await home.post(guardian, f"/v1/invitations/{made.json()['id']}/cancel", {})
    assert poll.moved(third, await take()) == {guardian}
    path = f"/v1/me/sessions/{home.sessions[guardian]}"
    await home.web.delete(path, headers=home.headers(guardian))
    assert (await take()).sessions == {home.sessions[teen]}


async def test_a_stream_on_another_node_hears_of_a_commit_and_of_a_revocation(
    home: Home, database_url: str, tmp_path: Path, db_engine: str
) -> None:
    """On PostgreSQL a second node's stream has the entry soon, and ends with its session.

    On SQLite there is one process, whose own commits wake every stream: no poll runs.
    """
    guardian, teen = await home.family()
    if db_engine == "sqlite":
        async with Listener(home, teen) as stream:
            await stream.expect("pending")
            assert home.app.context.hub.poller is None
        return
    store = await open_store(database_url)
    async with at_home(store, tmp_path, clock=home.clock) as other:
        other.tokens, other.sessions = home.tokens, home.sessions
        other.app.context.hub.poll = 0.02
        async with Listener(other, teen) as stream:
            await stream.expect("pending")
            for minutes in (45, 50):
                await home.write(guardian, teen, daily(minutes))
            await stream.expect("entry", 2)
            path = f"/v1/me/sessions/{home.sessions[teen]}"
            await home.web.delete(path, headers=home.headers(teen))
            await stream.gone()
    await asyncio.wait({other.app.context.hub.poller or asyncio.create_task(asyncio.sleep(0))})
    await store.close()
