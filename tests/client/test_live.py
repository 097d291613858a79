"""The event stream: no gap and no repeat over drops, dead streams noticed, refusals raised."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import httpx2
import msgspec
import pytest

from familypair.client import EventStream, FamilyPairing, LiveEvent, LiveState, ProblemError
from familypair.client.store import MemoryStore
from familypair.reasons import Reason
from familypair.schema.events import (
    AppliedEvent,
    EntryEvent,
    GoneEvent,
    PendingEvent,
    RequestEvent,
    ResetEvent,
    UseEvent,
)
from familypair.schema.ledger import AccountChanged, InboxEntry
from familypair.schema.time import TimeGlance
from familypair.testing import ManualClock

from .fake import START, Waits, answer, problem, saved, surroundings, world
from .sockets import Connection, socket_server


def entry(seq: int, *, teen: str = "acc_mia", words: str = "Mia moved.") -> EntryEvent:
    """One entry event of a teen's inbox."""
    return EntryEvent(
        entry=InboxEntry(
            teen=teen,
            seq=seq,
            at=START,
            actor="teen",
            entry=AccountChanged(what="zone", before="Europe/Dublin", after="Europe/Rome"),
            words=words,
            hash="0" * 64,
        )
    )


def sent(event: LiveEvent, cursor: str = "") -> bytes:
    """An event as it goes over the wire."""
    name = {
        EntryEvent: "entry",
        PendingEvent: "pending",
        UseEvent: "use",
        RequestEvent: "request",
        AppliedEvent: "applied",
        ResetEvent: "reset",
        GoneEvent: "gone",
    }
    head = f"id: {cursor}\n" if cursor else ""
    body = msgspec.json.encode(event).decode()
    return f"{head}event: {name[type(event)]}\ndata: {body}\n\n".encode()


class Script:
    """What each connection in turn sends before it is cut; the last one stays open."""

    def __init__(self, *parts: list[bytes]) -> None:
        self.parts = list(parts)
        self.cursors: list[str] = []
        self.done = asyncio.Event()

    async def __call__(self, connection: Connection) -> None:
        self.cursors.append(connection.header("last-event-id"))
        await connection.start_stream()
        for part in self.parts[len(self.cursors) - 1]:
            await connection.send(part)
        if len(self.cursors) == len(self.parts):
            await self.done.wait()


@contextlib.asynccontextmanager
async def stream_of(
    script: Script, *, silence: float = 45.0
) -> AsyncGenerator[tuple[EventStream, Waits]]:
    """A stream from a scripted server, with manual time."""
    clock = ManualClock(START)
    waits = Waits(clock)
    async with socket_server(script) as issuer:
        store = MemoryStore(msgspec.structs.replace(saved(), issuer=issuer))
        client = FamilyPairing(issuer, store=store, around=surroundings(clock, waits))
        async with client:
            yield client.events(silence=silence), waits
        script.done.set()


async def take(stream: EventStream, count: int) -> list[LiveEvent]:
    """The next events of a stream."""
    found: list[LiveEvent] = []
    async with contextlib.aclosing(stream.__aiter__()) as events:
        while len(found) < count:
            found.append(await anext(events))
    return found


def seqs(events: list[LiveEvent]) -> list[int]:
    """The numbers of the entries among the events."""
    return [event.entry.seq for event in events if isinstance(event, EntryEvent)]


async def test_resume_over_drops_has_no_gap_and_no_repeat() -> None:
    """Cut after 1, then in the middle of 2, then a server that repeats 2: the reader gets 1 2 3."""
    half = sent(entry(2), "c2")[:40]
    script = Script(
        [sent(entry(1), "c1")],
        [half],
        [sent(entry(2), "c2")],
        [sent(entry(2), "c2"), sent(entry(3), "c3")],
    )
    async with stream_of(script) as (stream, _):
        assert seqs(await take(stream, 3)) == [1, 2, 3]
        assert stream.last_event_id == "c3"
    assert script.cursors == ["", "c1", "c1", "c2"]


async def test_a_teen_has_their_own_numbers() -> None:
    """The same number of another teen is no repeat."""
    script = Script([sent(entry(1)), sent(entry(1, teen="acc_leo"))])
    async with stream_of(script) as (stream, _):
        assert seqs(await take(stream, 2)) == [1, 1]


async def test_reset_is_told_and_numbers_start_from_the_heads() -> None:
    """After a reset an older number comes again and is delivered; one up to the head is not."""
    reset = ResetEvent(heads={"acc_mia": 4})
    script = Script(
        [sent(entry(9)), sent(reset, "r"), sent(entry(4)), sent(entry(5), "c5")],
    )
    async with stream_of(script) as (stream, _):
        found = await take(stream, 3)
    assert found[1] == reset
    assert seqs(found) == [9, 5]


async def test_gone_and_pending_are_typed() -> None:
    """The latest-value event and the end of a teen arrive as their types."""
    gone, pending = GoneEvent(teen="acc_mia"), PendingEvent(invitations=())
    script = Script([sent(pending), sent(gone)])
    async with stream_of(script) as (stream, _):
        assert await take(stream, 2) == [pending, gone]


async def test_an_unknown_kind_of_event_is_passed_over() -> None:
    """A newer server's event moves the cursor and does nothing else."""
    script = Script([b'id: u1\nevent: later\ndata: {"x":1}\n\n', sent(entry(1))])
    async with stream_of(script) as (stream, _):
        assert seqs(await take(stream, 1)) == [1]
        assert stream.last_event_id == "u1"


async def test_heartbeats_keep_a_stream_alive_and_silence_ends_it() -> None:
    """Comments are no events; a stream without a byte is given up and opened again."""
    script = Script([b": beat\n\n"], [b": beat\n\n", sent(entry(1))])
    script.parts[0:0] = []

    async def silent(connection: Connection) -> None:
        script.cursors.append("")
        await connection.start_stream()
        await connection.send(script.parts[len(script.cursors) - 1][0])
        if len(script.cursors) > 1:
            await connection.send(sent(entry(1)))
        await script.done.wait()

    clock = ManualClock(START)
    waits = Waits(clock)
    async with socket_server(silent) as issuer:
        store = MemoryStore(msgspec.structs.replace(saved(), issuer=issuer))
        states: list[LiveState] = []
        async with FamilyPairing(issuer, store=store, around=surroundings(clock, waits)) as client:
            stream = client.events(silence=0.05, on_state=states.append)
            assert seqs(await take(stream, 1)) == [1]
        script.done.set()
    assert states == ["connecting", "live", "waiting", "connecting", "live"]


async def test_hostile_words_arrive_clean() -> None:
    """What would act on a terminal is taken out before anybody sees the event."""
    script = Script([sent(entry(1, words="\x1b[2J\u202eaiM\u200b"))])
    async with stream_of(script) as (stream, _):
        found = await take(stream, 1)
    assert isinstance(found[0], EntryEvent)
    assert found[0].entry.words == "[2JaiM"


async def test_a_server_that_hangs_up_at_once_is_asked_less_and_less() -> None:
    """Pauses double up to a bound, so that a broken server is not stormed."""
    script = Script([], [], [], [], [], [], [sent(entry(1))])
    async with stream_of(script) as (stream, waits):
        await take(stream, 1)
    assert waits.asked == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4]


async def test_retry_after_of_a_busy_server_is_honoured() -> None:
    """A 503 with Retry-After is waited for; then the stream goes on."""
    here = world()
    busy = problem(503, Reason.UNAVAILABLE, headers={"Retry-After": "7"})
    here.server.will("GET", "/v1/events", busy, _stream_answer(entry(1)))
    assert seqs(await take(here.client.events(), 1)) == [1]
    assert here.waits.asked == [7.0]


async def test_a_stale_token_is_renewed_and_the_stream_opens() -> None:
    """A 401 on the stream renews the token once and tries again."""
    here = world()
    stale = problem(401, Reason.UNAUTHENTICATED)
    here.server.will("GET", "/v1/events", stale, _stream_answer(entry(1)))
    assert seqs(await take(here.client.events(), 1)) == [1]
    assert here.server.refreshes == 1


async def test_a_refusal_ends_the_iteration() -> None:
    """A 403 will not change by asking again: it is raised."""
    here = world()
    here.server.will("GET", "/v1/events", problem(403, Reason.WRONG_CALLER))
    with pytest.raises(ProblemError):
        await take(here.client.events(), 1)


async def test_a_token_refused_twice_ends_the_iteration() -> None:
    """A server that calls every token stale is not asked for ever."""
    here = world()
    here.server.will("GET", "/v1/events", problem(401, Reason.UNAUTHENTICATED))
    with pytest.raises(ProblemError):
        await take(here.client.events(), 1)


def _stream_answer(event: LiveEvent) -> httpx2.Response:
    reply = answer(event)
    headers = {"Content-Type": "text/event-stream"}
    return httpx2.Response(reply.status_code, content=sent(event, "c1"), headers=headers)


async def test_the_latest_values_come_whole_after_every_connect() -> None:
    """Today's time and the open requests are given again after a drop: a repeat does no harm."""
    glance = TimeGlance(
        day=START.date(),
        day_start=START,
        day_end=START,
        used_seconds=60,
        limit_seconds=None,
        remaining_seconds=None,
        outcome="allow",
        words="no limit",
    )
    use, asked = UseEvent(teen="acc_mia", time=glance), RequestEvent(teen="acc_mia", requests=())
    script = Script([sent(use), sent(asked)], [sent(use), sent(asked)])
    async with stream_of(script) as (stream, _):
        assert await take(stream, 4) == [use, asked, use, asked]
