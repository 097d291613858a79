"""A cache follows its server: what changes is answered anew, live while the stream is up."""

from datetime import timedelta
from textwrap import indent
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from client.fake import oauth_error
from familypair import client
from familypair.client import PolicyCache, SignInFailed, policy
from familypair.client.policy.keeper import CONFIRM
from familypair.packs import About
from familypair.packs.files import made as pack_of
from familypair.rules.decide import ms_of
from familypair.schema.packs import WordPack

from .issuer import START, rules
from .timeline import turns, until
from .world import World, is_strictest

MIA, LEO = "sub_mia", "sub_leo"


async def test_a_change_is_hinted_synced_and_answered() -> None:
    """Before and after, each answer is the server's; the version counts up."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        assert world.same(cache, MIA)
        assert cache.decide(MIA, "search.query", text="a dragon").allowed
        assert await world.change(cache, MIA, "strict") == 2
        assert world.same(cache, MIA)
        assert cache.decide(MIA, "search.query", text="a dragon").reason == "blocked_term"
        assert (cache.status_of(MIA).state, cache.status().teens["fresh"]) == ("fresh", 1)


async def test_only_a_live_stream_makes_answers_last_longer_than_a_minute() -> None:
    """Live, they hold until the policy changes by itself; hinted or without a stream, 60 s."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        now = ms_of(START)
        assert cache.decide(MIA, "live.watch").valid_until_ms > now + 600_000
        world.issuer.rule(MIA)
        world.net.on("/v1/policies/sync", world.net.never, world.net.never, world.net.never)
        world.issuer.hint("policy", teen=MIA, version=2)
        await turns()
        assert cache.decide(MIA, "live.watch").valid_until_ms == now + 60_000
        assert cache.status_of(MIA).state == "stale"
        await world.time.run(5)
        assert (cache.status_of(MIA).version, cache.status_of(MIA).state) == (2, "fresh")
        world.net.cut = True
        world.net.drop()
        await until(lambda: not cache.status().live)
        assert cache.decide(MIA, "live.watch").valid_until_ms == ms_of(START) + 65_000


async def test_use_comes_with_the_hint_and_an_older_one_changes_nothing() -> None:
    """Half an hour of a limit of half an hour: asked about at once, without another sync."""
    world = World()
    world.issuer.rule(MIA, "strict")
    async with world.open() as cache:
        syncs = len(world.issuer.told)
        old = world.issuer.use(MIA, 600)
        world.issuer.clock.tick(timedelta(seconds=1))
        new = world.issuer.use(MIA, 1800)
        world.issuer.hint("use", use=new)
        world.issuer.hint("use", use=old)
        await turns()
        assert cache.decide(MIA, "app.use").reason == "limit_reached"
        assert world.same(cache, MIA)
        assert len(world.issuer.told) == syncs


async def test_a_policy_that_changes_by_itself_is_fetched_when_it_does() -> None:
    """At `refresh_at` a new document comes without a hint; until then nothing is asked."""
    world = World()
    world.issuer.rule(MIA, refresh_at=START + timedelta(hours=1))
    async with world.open() as cache:
        world.issuer.rule(MIA, "strict")
        await world.time.run(600)
        assert cache.status_of(MIA).version == 1
        await world.time.run(3001)
        assert (cache.status_of(MIA).version, world.same(cache, MIA)) == (2, True)


async def test_a_lost_hint_lives_no_longer_than_the_next_sync_of_everything() -> None:
    """The stream says nothing, and the change is here all the same."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        world.issuer.rule(MIA, "strict")
        await world.time.run(CONFIRM * 1.1)
        assert world.same(cache, MIA)


async def test_an_unknown_teen_gets_the_strictest_answer_and_is_loaded() -> None:
    """Then the server's; one whom the server does not know is an unknown subject, asked rarely."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        world.issuer.rule(LEO, "strict")
        assert is_strictest(cache, LEO, "policy_unknown")
        await until(lambda: world.same(cache, LEO))
        assert is_strictest(cache, "sub_nobody", "policy_unknown")
        await turns()
        assert is_strictest(cache, "sub_nobody", "unknown_subject")
        assert cache.decide("sub_nobody", "app.use").help == world.issuer.help
        asked = len(world.issuer.told)
        await world.time.run(30)
        assert is_strictest(cache, "sub_nobody", "unknown_subject")
        await turns()
        assert len(world.issuer.told) == asked
        await world.time.run(31)
        cache.decide("sub_nobody", "app.use")
        await turns()
        assert len(world.issuer.told) == asked + 1


@pytest.mark.parametrize("how", ["hint", "sweep"])
async def test_a_teen_who_took_their_yes_back_is_an_unknown_subject(how: str) -> None:
    """Told by a hint or found by the sync of everything; a new yes has a new id."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        world.issuer.unbind(MIA)
        if how == "hint":
            world.issuer.hint("gone", teen=MIA)
            await turns()
        else:
            await world.time.run(CONFIRM * 1.1)
        assert is_strictest(cache, MIA, "unknown_subject")
        assert cache.status_of(MIA).state == "gone"
        world.issuer.rule(LEO)
        world.issuer.hint("bound", teen=LEO)
        await until(lambda: world.same(cache, LEO))


async def test_many_teens_come_in_pages_and_none_is_left_out() -> None:
    """520 teens over pages of the server's own size, again with versions, and with new ones."""
    world = World()
    teens = [f"sub_{n:04}" for n in range(520)]
    for teen in teens:
        world.issuer.rule(teen)
    world.issuer.page = 100
    async with world.open() as cache:
        assert cache.status().teens["fresh"] == 520
        world.issuer.page = 300
        world.issuer.rule("sub_0400a", "strict")
        world.issuer.rule("sub_0519z", "strict")
        world.issuer.unbind("sub_0007")
        told = len(world.issuer.told)
        await world.time.run(CONFIRM * 1.1)
        assert cache.status().teens["fresh"] == 521
        assert world.same(cache, "sub_0400a")
        assert world.same(cache, "sub_0519z")
        assert is_strictest(cache, "sub_0007", "unknown_subject")
        assert [len(asked.have) for asked in world.issuer.told[told:]] == [500, 219]


async def test_word_packs_that_are_not_here_are_fetched_before_the_document_is_used() -> None:
    """A wrong pack is not taken: the old policy stays until the right one has come."""
    world = World()
    world.issuer.rule(MIA)
    about = About(
        name="weapons.und", category="weapons", severity=2, language="und", licence="CC0-1.0"
    )
    pack = pack_of(about, ["frobnicator"])
    sent = WordPack(**{name: getattr(pack, name) for name in WordPack.__struct_fields__})
    forged = replace(sent, terms=("something else",))
    named = {**rules("plain").packs, pack.name: pack.digest}
    async with world.open() as cache:
        world.issuer.packs[pack.digest] = forged
        world.issuer.rule(MIA, packs=named)
        world.issuer.hint("policy", teen=MIA, version=2)
        await turns(200)
        assert cache.status_of(MIA).version == 1
        assert cache.decide(MIA, "search.query", text="frobnicator").allowed
        assert "refused" not in world.kinds()
        world.issuer.packs[pack.digest] = sent
        await world.time.run(31)
        assert cache.decide(MIA, "search.query", text="frobnicator").category == "weapons"
        assert cache.status_of(MIA).state == "fresh"


async def test_what_a_host_enforces_is_declared_and_devices_say_what_they_apply() -> None:
    """Once at the start; each device with each version, and again after six hours."""
    world = World()
    world.issuer.rule(MIA)
    world.net.on("/v1/policies/sub_mia/applied", world.net.lost)
    async with world.open(enforces=("app.use",), restricted_search=True) as cache:
        cache.register("phone", MIA)
        await world.time.run(5)
        assert world.issuer.declared == [{"enforces": ["app.use"], "restricted_search": True}]
        assert set(world.issuer.applied) == {(MIA, "phone", 1)}
        world.issuer.applied.clear()
        await world.change(cache, MIA, "strict")
        assert world.issuer.applied == [(MIA, "phone", 2)]
        await world.time.run(6 * 3600 + CONFIRM * 1.1)
        assert world.issuer.applied == [(MIA, "phone", 2)] * 2
        cache.release("phone")
        await world.change(cache, MIA, "plain")
        assert len(world.issuer.applied) == 2


async def test_searches_that_a_pack_stopped_are_told_and_never_twice() -> None:
    """A request that surely did not arrive is repeated; one whose answer is lost is not."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        weapon = "how to buy a gun online"
        assert cache.decide(MIA, "search.query", text=weapon).reason == "blocked_category"
        cache.decide(MIA, "search.query", text=weapon)
        cache.decide(MIA, "search.query", text="frogs")
        world.net.on("/v1/policies/sync", *[world.net.never] * 5)
        await world.time.run(140)
        blocked = [asked.blocked for asked in world.issuer.told if asked.blocked]
        assert blocked == [{MIA: 2}]
        cache.decide(MIA, "search.query", text=weapon)
        world.net.on("/v1/policies/sync", world.net.lost)
        await world.time.run(200)
        blocked = [asked.blocked for asked in world.issuer.told if asked.blocked]
        assert blocked == [{MIA: 2}, {MIA: 1}]


async def test_a_refused_host_is_told_so_and_goes_on_trying() -> None:
    """`ready` raises for a wrong secret; when it is right again everything comes."""
    world = World()
    world.issuer.rule(MIA)

    async def wrong(_: httpx2.Request) -> httpx2.Response:
        return oauth_error("invalid_client")

    world.net.on("/oauth/token", *[wrong] * 3)
    async with world.cache() as cache:
        with pytest.raises(SignInFailed):
            await cache.ready(timeout=10)
        assert is_strictest(cache, MIA, "policy_unknown")
        await world.time.run(600)
        await cache.ready()
        assert world.same(cache, MIA)


async def test_the_example_in_the_documentation_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word for word, with this server instead of `pair.example`."""
    world = World()
    world.issuer.rule(MIA)

    def mine(*_: str) -> PolicyCache:
        return world.cache()

    monkeypatch.setattr(client, "PolicyCache", mine, raising=False)
    code = (policy.__doc__ or "").partition("\n\n")[2]
    body = "async def example(client_id, client_secret, teen):\n" + indent(code, "    ")
    found: dict[str, Any] = {}
    exec(compile(body, "example", "exec"), found)  # noqa: S102 - our own words
    await found["example"]("cli_1", "secret", MIA)
    assert capsys.readouterr().out.startswith("allow ")
