"""Hints: at once, only for what is new to this host, and over with the token."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from familypair.rules.search import Pack
from familypair_server.live.hub import MOST_WOKEN
from familypair_server.packs.service import add
from support.hosts import basic, host_app
from support.policies import Bound, limit, synced
from support.streams import Listener
from support.uses import MINUTE, Reporter, used


def told(stream: Listener, *names: str) -> list[tuple[str, Any]]:
    """The events of a stream, without the greeting."""
    wanted = names or ("policy", "use", "bound", "gone", "sync")
    return [(one.event, one.data) for one in stream.events if one.event in wanted]


async def test_a_change_is_hinted_then_synced_then_unbound(bound: Bound) -> None:
    """Rule, use near the limit, binding, unbinding; each once, on every stream of the host."""
    home, app = bound.home, bound.app
    await bound.sync()
    phone = await Reporter.of(home.people, "phone", teen=bound.teen)
    await bound.tick(MINUTE)
    async with bound.listener() as stream, bound.listener() as second:
        (hello,) = await stream.expect("hello")
        assert hello.data["now"].startswith("2026-")
        (packs,) = await stream.expect("packs")
        assert packs.data["packs"] == dict((await bound.policy()).packs)
        await second.expect("hello")
        await home.write(bound.guardian, bound.teen, limit(20))
        for one in (stream, second):
            (hint,) = await one.expect("policy")
            assert hint.data == {"teen": bound.subject, "version": 2}
        assert (await bound.only()).document is not None
        start = home.clock()
        home.clock.tick(10 * MINUTE)
        await home.sign_in_again()
        await phone.send(used(start, home.clock(), seq=1))
        (use,) = await stream.expect("use")
        assert (use.data["use"]["seconds"], use.data["use"]["teen"]) == (600, bound.subject)
        new = await app.bind(await home.teen("Ben Smith"))
        assert [one.data for one in await stream.expect("bound")] == [{"teen": new}]
        path = f"/v1/me/apps/{app.id}"
        await home.web.delete(path, headers=home.headers(bound.teen))
        assert [one.data for one in await stream.expect("gone")] == [{"teen": bound.subject}]
        await second.expect("gone")
    assert [name for name, _ in told(stream)] == ["policy", "use", "bound", "gone"]
    assert told(second) == told(stream)


async def test_what_changes_nothing_here_is_no_hint(bound: Bound) -> None:
    """A wish, a warning, far use, another host's teen, a new day: silence, as if nothing was."""
    home = bound.home
    await home.write(bound.guardian, bound.teen, limit(120))
    await bound.sync()
    phone = await Reporter.of(home.people, "phone", teen=bound.teen)
    other = await host_app(home, "Mail")
    await other.bind(bound.teen)
    await bound.tick(MINUTE)
    await other.sign_in()
    async with bound.listener() as stream, bound.listener(other) as theirs:
        await stream.expect("hello")
        await theirs.expect("hello")
        raw = stream.raw
        wish = {"wish": {"type": "minutes", "minutes": 30}}
        assert (await home.post(bound.teen, f"/v1/teens/{bound.teen}/requests", wish)).is_success
        warnings = {"screen_time": {"warnings": [0, 5, 10, 15]}}
        await home.write(bound.guardian, bound.teen, warnings)
        start = home.clock()
        home.clock.tick(10 * MINUTE)
        await phone.send(used(start, start + 5 * MINUTE, seq=1))
        await other.sign_in()
        await synced(other, {})
        # the last one is a change, so everything before it has been looked at
        await home.sign_in_again()
        await home.write(bound.guardian, bound.teen, limit(135))
        await stream.expect("policy")
    assert [name for name, _ in told(stream)] == ["policy"]
    assert stream.raw.startswith(raw)


@pytest.mark.engine("sqlite")
async def test_more_than_can_be_told_is_one_word_and_new_packs_are_told(bound: Bound) -> None:
    """A flood of commits is `sync`; a pack that the operator adds is `packs`, at once."""
    await bound.sync()
    await bound.tick(MINUTE)
    ctx = bound.home.app.context
    async with bound.listener() as stream:
        await stream.expect("packs")
        ctx.hub.wake(f"acc_{n}" for n in range(MOST_WOKEN + 1))
        await stream.expect("sync")
        words = Pack(
            name="local.en",
            category="drugs",
            severity=2,
            language="en",
            licence="CC0-1.0",
            source="us",
            version="1",
            terms=("zzyzx",),
            digest="0" * 64,
        )
        await bound.home.store.run(add(words, bound.home.clock()))
        await ctx.packs.look(bound.home.store)
        (*_, packs) = await stream.expect("packs", 2)
        assert "local.en" in packs.data["packs"]
    assert told(stream) == [("sync", {})]
    assert (await bound.policy()).version == 2, "a document names the packs"


async def test_use_is_told_in_steps_until_it_matters(bound: Bound) -> None:
    """With 120 minutes a day: steps of 15, then exact from 15 left on, with the last report.

    Before that a host knows its own reports only: in other apps the teen is used as they like.
    """
    home = bound.home
    await home.write(bound.guardian, bound.teen, limit(120))
    phone = await Reporter.of(home.people, "phone", teen=bound.teen)
    seen: list[tuple[int, int | None]] = []
    for seq, minutes in enumerate((14, 2, 70, 21, 1, 30)):
        start = home.clock()
        await bound.tick(minutes * MINUTE)
        await phone.send(used(start, home.clock(), seq=seq + 1))
        use = (await bound.only()).use
        lag = None if use.as_of is None else int((home.clock() - use.as_of) / MINUTE)
        seen.append((use.seconds // 60, lag))
    assert seen == [(0, None), (15, None), (75, None), (107, 0), (108, 0), (120, None)]
    own = await Reporter.of(home.people, "own", teen=bound.teen, host=bound.app.id)
    start = home.clock()
    await bound.tick(2 * MINUTE)
    await own.send(used(start, home.clock(), seq=1, device="own"))
    reported = (await bound.only()).use
    assert reported.as_of == home.clock()
    await bound.tick(9 * MINUTE)
    await phone.send(used(home.clock() - MINUTE, home.clock(), seq=9))
    assert (await bound.only()).use == reported
    asked = {
        "subject": {"type": "teen", "id": bound.subject},
        "action": {"name": "app.use"},
        "resource": {"type": "surface", "id": "feed"},
    }
    told = await bound.app.call("POST", "/access/v1/evaluation", json=asked)
    assert told.json()["context"]["use_as_of"] == f"{reported.as_of:%Y-%m-%dT%H:%M:%SZ}"
    for who in (bound.guardian, bound.teen):
        await home.write(who, bound.teen, limit("none"))
    assert (await bound.only()).use.as_of is None


@pytest.mark.engine("sqlite")
async def test_five_streams_and_an_end_with_the_token(bound: Bound) -> None:
    """The sixth is refused; a revoked token ends its streams at once, an expired one too."""
    streams = [bound.listener() for _ in range(6)]
    for one in streams:
        await one.__aenter__()
    assert [one.status for one in streams] == [200] * 5 + [429]
    token = bound.app.headers["Authorization"].partition(" ")[2]
    old = bound.app.headers
    await bound.app.sign_in()
    revoked = await bound.home.web.post(
        "/oauth/revoke", data={"token": token}, headers=basic(bound.app.id)
    )
    assert revoked.status_code == 200
    await asyncio.gather(*[one.gone() for one in streams[:5]])
    for one in streams:
        await one.__aexit__()
    late = Listener(bound.home, path="/v1/policies/stream", headers=old)
    async with late:
        assert late.status == 401
    async with bound.listener() as stream:
        await stream.expect("hello")
        bound.home.clock.tick(timedelta(minutes=16))
        bound.home.app.context.hub.wake([bound.teen])
        await stream.gone()
    assert told(stream) == []


@pytest.mark.engine("pg")
async def test_what_another_node_writes_is_hinted_within_a_second(
    bound: Bound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No commit of this process: the rows themselves say who moved."""
    await bound.sync()
    await bound.tick(MINUTE)
    async with bound.listener() as stream:
        await stream.expect("hello")
        monkeypatch.setattr(bound.home.app.context.hub, "wake", frozenset[str])
        await bound.home.write(bound.guardian, bound.teen, limit(33))
        (hint,) = await stream.expect("policy")
    assert hint.data["version"] == 2
