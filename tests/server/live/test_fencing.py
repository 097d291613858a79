"""At the instant a link ends, nothing of the teen comes out any more (security T2, test t2b)."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from familypair_server.live import service
from familypair_server.live.clients import Client
from familypair_server.live.cursor import Cursor
from familypair_server.storage import Store
from support.homes import Home
from support.streams import Listener

READERS = 200


def daily(minutes: int) -> dict[str, Any]:
    """A patch of Monday's limit."""
    return {"screen_time": {"daily_minutes": {"mon": minutes}}}


async def test_200_parallel_reads_and_a_stream_bring_nothing_committed_after_the_end(
    home: Home,
) -> None:
    """Whatever was committed after the end is in no byte that the guardian gets."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    await home.settle_in()
    path = f"/v1/teens/{teen}/settings"
    async with Listener(home, guardian) as stream:
        await stream.expect("pending")
        reads = [asyncio.create_task(home.get(guardian, path)) for _ in range(READERS // 2)]
        end = asyncio.create_task(home.post(teen, f"/v1/links/{link}/end", {}))
        reads += [asyncio.create_task(home.get(guardian, path)) for _ in range(READERS // 2)]
        assert (await end).status_code < 300
        # From here on everything about the teen is later than the end. 17 is used nowhere else.
        await home.write(teen, teen, daily(17))
        late = [asyncio.create_task(home.get(guardian, path)) for _ in range(READERS // 2)]
        answers = await asyncio.gather(*reads, *late)
        await stream.expect("gone")
        home.app.context.hub.wake([guardian, teen])
        await home.write(teen, teen, daily(18))
    for answer in answers:
        assert answer.status_code in {200, 404}
        assert "17 min" not in answer.text
    assert {answer.status_code for answer in answers[-READERS // 2 :]} == {404}
    assert b"17" not in b"".join(_bodies(stream))


async def test_a_write_in_flight_at_the_end_is_whole_or_refused(home: Home) -> None:
    """Writes race the end: each took before it, or is a 404, and no entry is later than the end."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    await home.settle_in()
    tag = (await home.layer(guardian, teen))["etag"]
    writes = [
        asyncio.create_task(home.patch(guardian, teen, daily(n), etag=tag)) for n in range(10)
    ]
    end = asyncio.create_task(home.post(teen, f"/v1/links/{link}/end", {}))
    writes += [
        asyncio.create_task(home.patch(guardian, teen, daily(n), etag=tag)) for n in range(10)
    ]
    answers = [answer.status_code for answer in await asyncio.gather(*writes)]
    assert (await end).status_code < 300
    assert set(answers) <= {200, 412, 404}
    assert answers.count(200) <= 1
    kinds = [entry["entry"]["type"] for entry in await home.inbox(teen, teen)]
    assert "layer.changed" not in kinds[kinds.index("link.ending") :]


async def test_a_look_after_a_revocation_brings_nothing(home: Home) -> None:
    """The session is read in the same snapshot as the entries, also when nobody cut the stream."""
    guardian, teen = await home.family()
    client = Client(
        account_id=guardian,
        is_guardian=True,
        session_id=home.sessions[guardian],
        token_expires=home.clock() + timedelta(minutes=5),
    )
    desk, nothing_read = home.people.desk, Cursor({teen: 0})

    async def look(store: Store) -> service.Look:
        return await store.read(service.look(desk, client, nothing_read, home.clock()))

    assert len((await look(home.store)).entries) > 0
    await home.web.delete(
        f"/v1/me/sessions/{home.sessions[guardian]}", headers=home.headers(guardian)
    )
    after = await look(home.store)
    assert (after.alive, after.entries) == (False, ())


async def test_a_silent_exit_shows_in_no_byte_of_the_guardians_stream(home: Home) -> None:
    """No `gone`, no entry: until the notice the stream is that of a pause."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    await home.settle_in()
    async with Listener(home, guardian) as hers, Listener(home, teen) as theirs:
        await hers.expect("pending")
        await theirs.expect("pending")
        before = hers.raw
        left = await home.post(teen, f"/v1/links/{link}/safety-exit", {"confirm": True})
        assert left.status_code < 300, left.text
        await theirs.expect("entry")
        await home.write(teen, teen, daily(17))
        await theirs.expect("entry", 2)
        home.app.context.hub.wake([guardian, teen])
        async with Listener(home, guardian) as again:
            await again.expect("pending")
            assert again.of("gone") == again.of("entry") == []
        assert hers.raw == before


def _bodies(stream: Listener) -> list[bytes]:
    return [
        json.dumps(one.data.get("entry", {}).get("words", "")).encode() for one in stream.events
    ]
