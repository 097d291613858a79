"""Server killed, network cut, clocks jumped, stream dropped: correct or strictest, and no gap."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from familypair.rules.decide import ms_of

from .issuer import START
from .net import HELLO
from .timeline import turns, until
from .world import QUESTIONS, World, is_strictest, plain

MIA = "sub_mia"
HOUR = 3600.0
SYNC = "/v1/policies/sync"


@pytest.mark.parametrize(
    ("hours", "state"), [(1.0, "stale"), (23 + 59 / 60, "stale"), (24 + 1 / 60, "offline")]
)
async def test_without_a_network_the_last_policy_holds_for_24_hours(
    hours: float, state: str
) -> None:
    """Then the strictest, but for safety; when the network is back, the server's answers."""
    world = World()
    world.issuer.rule(MIA, "strict")
    async with world.open() as cache:
        world.net.cut = True
        world.net.drop()
        await turns()
        world.time.jump(hours * HOUR)
        await turns()
        assert cache.status_of(MIA).state == state
        assert world.same(cache, MIA) is (state == "stale")
        assert is_strictest(cache, MIA, "policy_too_old") is (state == "offline")
        world.issuer.rule(MIA, "off")
        world.net.cut = False
        await world.time.run(400)
        assert cache.status_of(MIA).state == "fresh"
        assert world.same(cache, MIA)


@pytest.mark.parametrize("step", [-HOUR, HOUR, -24 * HOUR, 24 * HOUR])
async def test_the_wall_clock_of_this_machine_changes_nothing(step: float) -> None:
    """Live and cut off: the same answers, valid as long, and 24 hours last 24 hours."""
    world = World()
    world.issuer.rule(MIA, "strict")
    async with world.open() as cache:
        before = [cache.answer(MIA, question) for question in QUESTIONS]
        world.time.wall.tick(timedelta(seconds=step))
        assert [cache.answer(MIA, question) for question in QUESTIONS] == before
        await world.change(cache, MIA, "off")
        assert world.same(cache, MIA)
        world.net.cut = True
        world.net.drop()
        await turns()
        world.time.jump(23.9 * HOUR)
        assert world.same(cache, MIA)
        world.time.jump(0.2 * HOUR)
        assert is_strictest(cache, MIA, "policy_too_old")


@pytest.mark.parametrize("step", [-HOUR, HOUR, -24 * HOUR, 24 * HOUR])
async def test_a_jump_of_the_servers_clock_is_followed(step: float) -> None:
    """The server decides by its clock, so the cache does, once it says so twice."""
    world = World()
    world.issuer.rule(MIA, "strict", refresh_at=START + timedelta(days=2))
    async with world.open() as cache:
        world.issuer.clock.tick(timedelta(seconds=step))
        await world.time.run(1200)
        assert abs(cache.now_ms() - ms_of(world.issuer.clock())) < 1000
        assert cache.status_of(MIA).state == "fresh"
        assert world.same(cache, MIA) or is_strictest(cache, MIA, "policy_too_old")


async def test_an_answer_from_before_that_comes_again_confirms_nothing() -> None:
    """The network is cut, and somebody plays back an old sync: after 24 hours still too old."""
    world = World()
    world.issuer.rule(MIA, "strict")
    kept: list[httpx2.Response] = []

    async def keep(request: httpx2.Request) -> httpx2.Response:
        kept.append(world.net.through(request))
        return kept[0]

    async def replay(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=kept[0].content, headers=kept[0].headers)

    async with world.open() as cache:
        world.net.on(SYNC, keep)
        world.net.drop()
        await world.time.run(70)
        await until(lambda: bool(kept))
        await turns()
        world.net.on(SYNC, *[replay] * 400)
        world.net.drop()
        for _ in range(25):
            world.time.jump(HOUR)
            await turns()
        assert is_strictest(cache, MIA, "policy_too_old")
        world.net.faults.clear()
        await world.time.run(400)
        assert world.same(cache, MIA)


PLACES = {
    "before the hint": b"",
    "within the hint's frame": b'event: policy\ndata: {"teen":"sub_',
    "behind the hint": b'event: policy\ndata: {"teen":"sub_mia","version":2}\n\n',
    "within a greeting": b"event: hel",
    "behind nonsense": b"event: policy\ndata: {nonsense\n\n",
    "behind an unknown event": b'event: later\ndata: {"x":1}\n\n',
}


@pytest.mark.parametrize("place", sorted(PLACES))
@pytest.mark.parametrize("during", ["stream", "sync"])
async def test_a_stream_that_drops_anywhere_loses_no_change(place: str, during: str) -> None:
    """Everything is synced after the next greeting; where the sync is lost too, after that."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        if during == "sync":
            world.net.on(SYNC, world.net.lost, world.net.never)
        world.issuer.rule(MIA, "strict")
        if PLACES[place]:
            world.issuer.raw(PLACES[place])
        world.net.drop()
        await until(lambda: not cache.status().live)
        await world.time.run(30)
        assert cache.status_of(MIA).state == "fresh"
        assert world.same(cache, MIA)


async def test_it_is_not_live_before_everything_was_synced_after_the_greeting() -> None:
    """A change between the sync and the greeting would else be missed: the sync comes again."""
    world = World()
    world.issuer.rule(MIA)
    world.net.hello = False
    async with world.cache() as cache:
        await world.time.run(3)  # the stream is open but not registered: it syncs all the same
        await cache.ready()
        assert world.same(cache, MIA)
        assert not cache.status().live
        world.issuer.rule(MIA, "strict")
        world.issuer.raw(HELLO)
        await world.live(cache)
        assert world.same(cache, MIA)


async def test_without_a_stream_it_polls_every_minute() -> None:
    """A server that has no stream to give (429): answers are a minute old, and hold for one."""
    world = World()
    world.issuer.rule(MIA)

    async def full(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(429, headers={"Retry-After": "1"})

    world.net.on("/v1/policies/stream", *[full] * 500)
    async with world.cache() as cache:
        await world.time.run(5)
        await cache.ready()
        world.issuer.rule(MIA, "strict")
        await world.time.run(67)
        assert world.same(cache, MIA)
        valid = cache.decide(MIA, "live.watch").valid_until_ms
        assert valid <= cache.now_ms() + 60_000


async def test_answers_lost_doubled_and_late_change_nothing() -> None:
    """Each sync meets a fault; in the end the cache has what the server has, version by version."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        for round_, kind in enumerate(["strict", "off", "plain", "strict", "off", "plain"]):
            faults = (world.net.lost, world.net.doubled, world.net.never)
            world.net.on(SYNC, faults[round_ % 3])
            version = world.issuer.rule(MIA, kind)
            world.issuer.hint("policy", teen=MIA, version=version)
            await world.time.run(2)
            assert world.same(cache, MIA)
            assert cache.status_of(MIA).version == version


async def test_an_older_document_that_arrives_after_a_newer_one_is_refused() -> None:
    """It was on its way for a while; the newer one stays, and is confirmed again."""
    world = World()
    world.issuer.rule(MIA)
    old: list[httpx2.Response] = []

    async def hold(request: httpx2.Request) -> httpx2.Response:
        old.append(world.net.through(request))
        raise httpx2.ReadError("it took another way")

    async def late(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=old[0].content, headers=old[0].headers)

    async with world.open() as cache:
        world.issuer.rule(MIA, "off")
        world.net.on(SYNC, hold)
        world.issuer.hint("policy", teen=MIA, version=2)
        await world.time.run(1)
        await world.change(cache, MIA, "strict")
        world.net.on(SYNC, late)
        world.issuer.hint("policy", teen=MIA, version=3)
        await turns(100)
        assert (cache.status_of(MIA).version, cache.status_of(MIA).state) == (3, "stale")
        assert world.same(cache, MIA)
        assert [e.kind for e in world.events if e.teen == MIA][-1] == "refused"
        await world.time.run(31)
        assert cache.status_of(MIA).state == "fresh"


async def test_garbage_and_a_crash_of_on_change_do_not_end_the_work() -> None:
    """A portal's page instead of an answer, and a callback that raises: it goes on."""
    world = World()
    world.issuer.rule(MIA)

    async def portal(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, html="<h1>Sign in to the Wi-Fi</h1>")

    def crash(_: Any) -> None:
        raise ZeroDivisionError

    world.net.on("/v1/policies/stream", portal)
    world.net.on(SYNC, portal)
    world.net.on("/.well-known/jwks.json", portal)
    async with world.cache(on_change=crash) as cache:
        await world.time.run(120)
        assert cache.status().live
        assert world.same(cache, MIA)
        assert plain(cache.decide(MIA, "no.such.action"))[:2] == ("deny", "unknown_action")


async def test_a_hint_while_its_answer_is_on_the_way_is_asked_about_again() -> None:
    """The answer was made before the change: it is taken, and the teen is asked about once more."""
    world = World()
    world.issuer.rule(MIA)
    gate = asyncio.Event()

    async def slow(request: httpx2.Request) -> httpx2.Response:
        made = world.net.through(request)
        await gate.wait()
        return made

    async with world.open() as cache:
        world.net.on(SYNC, slow)
        world.issuer.rule(MIA, "off")
        world.issuer.hint("policy", teen=MIA, version=2)
        await turns()
        world.issuer.rule(MIA, "strict")
        world.issuer.hint("policy", teen=MIA, version=3)
        await turns()
        gate.set()
        await turns(100)
        assert cache.status_of(MIA).version == 3
        assert world.same(cache, MIA)
