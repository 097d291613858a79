"""The event stream: what it brings, how it resumes, and when it ends."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from familypair_server.links.desk import Desk
from familypair_server.live import latest
from familypair_server.live.clients import Client
from familypair_server.storage import Txn
from support.homes import Home
from support.streams import Listener


def daily(minutes: int) -> dict[str, Any]:
    """A patch of Monday's limit."""
    return {"screen_time": {"daily_minutes": {"mon": minutes}}}


async def test_a_new_client_is_told_where_its_inboxes_end(home: Home) -> None:
    """The first event is `reset` with the heads, then what is latest, and nothing that is old."""
    guardian, teen = await home.family()
    head = (await home.inbox(guardian, teen))[-1]["seq"]
    async with Listener(home, guardian) as stream:
        await stream.expect("applied")
        latest = ["pending", "use", "request", "applied"]
        assert [one.event for one in stream.events] == ["reset", *latest]
        assert stream.events[0].data == {"heads": {teen: head}}
        assert stream.events[1].data == {"invitations": []}


async def test_a_write_reaches_both_sides_in_their_own_words(home: Home) -> None:
    """An entry has the reader's own number, and a sentence for them."""
    guardian, teen = await home.family()
    async with Listener(home, guardian) as hers, Listener(home, teen) as theirs:
        await hers.expect("pending")
        await theirs.expect("pending")
        await home.write(guardian, teen, daily(45))
        mine = (await hers.expect("entry"))[0].data["entry"]
        seen = (await theirs.expect("entry"))[0].data["entry"]
        assert mine["words"].startswith("You set “Daily time on Monday” to 45 min")
        assert seen["words"].startswith("Dana Smith set “Daily time on Monday” to 45 min")
        assert (mine["actor"], seen["actor"]) == ("me", "Dana Smith")
        assert mine == (await home.inbox(guardian, teen))[-1]


async def test_resuming_has_no_gap_and_no_repeat_over_many_drops(home: Home) -> None:
    """However often the connection drops, each number comes once and in order."""
    guardian, teen = await home.family()
    last, got = "", list[int]()
    async with Listener(home, teen) as stream:
        start = (await stream.expect("reset"))[0].data["heads"][teen]
        last = stream.last_event_id
    for round_ in range(8):
        await home.write(guardian, teen, daily(round_))
        async with Listener(home, teen, last) as stream:
            await home.write(guardian, teen, daily(100 + round_))
            await stream.expect("entry", 2 if round_ % 2 else 1)
            got += stream.seqs()
            last = stream.last_event_id
    async with Listener(home, teen, last) as stream:
        await stream.expect("pending")
        got += stream.seqs()
    assert got == list(range(start + 1, start + 17))


async def test_an_unknown_or_foreign_cursor_gets_one_reset(home: Home) -> None:
    """A made-up id, another account's, and one of a later database all begin anew."""
    guardian, teen = await home.family()
    async with Listener(home, guardian) as stream:
        await stream.expect("reset")
        own = stream.last_event_id
    for bad in ("x", "AAAA", own[:-2], own + "A", "a" * 5000, "💥".encode().decode("latin-1")):
        async with Listener(home, guardian, bad) as stream:
            await stream.expect("pending")
            assert len(stream.of("reset")) == 1, bad
    async with Listener(home, teen, own) as stream:
        await stream.expect("pending")
        assert len(stream.of("reset")) == 1
    async with Listener(home, guardian, own) as stream:
        await stream.expect("pending")
        assert stream.of("reset") == []


async def test_a_revoked_session_ends_its_streams_at_once(home: Home) -> None:
    """Signing out cuts this session's stream and leaves the teen's alone."""
    guardian, teen = await home.family()
    async with Listener(home, guardian) as hers, Listener(home, teen) as theirs:
        await hers.expect("pending")
        await theirs.expect("pending")
        session = home.sessions[guardian]
        answer = await home.web.delete(f"/v1/me/sessions/{session}", headers=home.headers(guardian))
        assert answer.status_code < 300, answer.text
        await hers.gone()
        assert not theirs.ended


async def test_a_token_that_expires_ends_the_stream(home: Home) -> None:
    """Nothing is sent on a token that is over, even when there is news."""
    guardian, teen = await home.family()
    async with Listener(home, guardian) as stream:
        await stream.expect("pending")
        home.clock.tick(timedelta(minutes=11))
        before = stream.raw
        home.app.context.hub.wake([guardian])
        await stream.gone()
        assert stream.raw == before
        assert teen


async def test_after_the_end_of_a_link_only_gone_comes(home: Home) -> None:
    """The guardian is told that the teen is gone, and nothing that was committed later."""
    guardian, teen = await home.guardian(), await home.teen()
    link = await home.link(guardian, teen)
    async with Listener(home, guardian) as hers, Listener(home, teen) as theirs:
        await hers.expect("pending")
        await theirs.expect("pending")
        ended = await home.post(teen, f"/v1/links/{link}/end", {})
        assert ended.status_code < 300, ended.text
        await hers.expect("gone")
        assert hers.of("gone")[0].data == {"teen": teen}
        entries = len(hers.of("entry"))
        await home.write(teen, teen, daily(30))
        await theirs.expect("entry", 2)
        home.app.context.hub.wake([guardian, teen])
        await asyncio.sleep(0)
        assert len(hers.of("entry")) == entries
        assert not hers.ended


async def test_a_sixth_stream_of_an_account_is_refused(home: Home) -> None:
    """Five at a time; closing one makes room again."""
    guardian, _ = await home.family()
    async with (
        Listener(home, guardian) as first,
        Listener(home, guardian),
        Listener(home, guardian),
        Listener(home, guardian),
        Listener(home, guardian),
    ):
        refused = await home.get(guardian, "/v1/events")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
        first.hang_up()
        await first.gone()
        async with Listener(home, guardian) as again:
            assert again.status == 200


async def test_a_slow_client_gets_everything_from_its_cursor(home: Home) -> None:
    """While it does not read nothing is queued; then it gets each number once, in order."""
    guardian, teen = await home.family()
    async with Listener(home, teen) as stream:
        start = (await stream.expect("reset"))[0].data["heads"][teen]
        await stream.expect("pending")
        stream.stop_reading()
        for minutes in range(40):
            await home.write(guardian, teen, daily(minutes))
        stream.go_on_reading()
        await stream.expect("entry", 40)
        assert stream.seqs() == list(range(start + 1, start + 41))


async def test_a_heartbeat_comes_in_silence(home: Home) -> None:
    """A comment keeps proxies and clients sure that the stream lives."""
    guardian, _ = await home.family()
    home.app.context.hub.heartbeat = 0.01
    async with Listener(home, guardian) as stream:
        await stream.until(lambda: stream.raw.count(b": beat\n\n") >= 2)


async def test_a_wake_up_that_says_nothing_does_not_move_the_beat(home: Home) -> None:
    """Beats keep their grid: their time tells nobody that something hidden happened."""
    guardian, _ = await home.family()
    hub = home.app.context.hub
    hub.heartbeat = 0.4
    async with Listener(home, guardian) as stream:
        await stream.expect("pending")
        begun = asyncio.get_running_loop().time()
        while b": beat" not in stream.raw and asyncio.get_running_loop().time() - begun < 2:
            hub.wake(frozenset({guardian}))
            await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=0.05)
        assert b": beat" in stream.raw
        assert asyncio.get_running_loop().time() - begun < 1


async def test_pending_invitations_come_whole_and_on_change(home: Home) -> None:
    """The latest value: nothing, then the open one, then nothing again."""
    guardian = await home.guardian()
    async with Listener(home, guardian) as stream:
        await stream.expect("pending")
        made = await home.post(guardian, "/v1/invitations", {})
        assert made.status_code < 300, made.text
        await stream.expect("pending", 2)
        await home.post(guardian, f"/v1/invitations/{made.json()['id']}/cancel", {})
        await stream.expect("pending", 3)
        counts = [len(one.data["invitations"]) for one in stream.of("pending")]
        assert counts == [0, 1, 0]


async def test_a_new_link_joins_an_open_stream(home: Home) -> None:
    """The guardian's open stream brings the first entry of a teen who has just said yes."""
    guardian, teen = await home.guardian(), await home.teen()
    async with Listener(home, guardian) as stream:
        await stream.expect("pending")
        await home.link(guardian, teen)
        first = (await stream.expect("entry"))[0].data["entry"]
        assert (first["teen"], first["seq"]) == (teen, 1)
        await home.write(guardian, teen, daily(45))
        await stream.expect("entry", 2)
        assert stream.seqs() == [1, 2]


@pytest.mark.engine("sqlite")
async def test_a_wake_up_reads_the_values_of_that_teen_only(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guardian of several teens: what happens to one costs nothing for the others."""
    guardian, teen = await home.family()
    other = await home.teen("Ben Smith")
    await home.link(guardian, other)
    read: list[str] = []

    def counted(_desk: Desk, _client: Client, teen_id: str, _now: datetime) -> Txn[None]:
        read.append(teen_id)
        yield from ()

    monkeypatch.setattr(latest, "LATEST", {"use": counted})
    async with Listener(home, guardian) as stream:
        await stream.expect("pending")
        await home.write(guardian, teen, daily(45))
        await stream.expect("entry", 1)
        assert set(read) == {teen, other}
        read.clear()
        await home.write(guardian, teen, daily(50))
        await stream.expect("entry", 2)
        assert set(read) == {teen}


async def test_a_shutdown_ends_every_stream(home: Home) -> None:
    """All streams end at once, and a new one ends as soon as it begins."""
    guardian, teen = await home.family()
    async with Listener(home, guardian) as hers, Listener(home, teen) as theirs:
        await hers.expect("pending")
        await theirs.expect("pending")
        await home.app.context.hub.close_all()
        await hers.gone()
        await theirs.gone()
        assert home.app.context.hub.count() == 0
        async with Listener(home, guardian) as late:
            await late.gone()


async def test_nobody_listens_without_a_token(home: Home) -> None:
    """401, as everywhere."""
    answer: httpx2.Response = await home.web.get("/v1/events")
    assert answer.status_code == 401


@pytest.mark.parametrize("scope", ["guardian", "teen"])
async def test_a_hang_up_frees_everything(home: Home, scope: str) -> None:
    """After a client has left, the node remembers nothing of its stream."""
    guardian, teen = await home.family()
    async with Listener(home, guardian if scope == "guardian" else teen) as stream:
        await stream.expect("pending")
        assert home.app.context.hub.count() == 1
    assert home.app.context.hub.count() == 0
    assert home.app.context.hub.topics() == frozenset()
