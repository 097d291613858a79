"""Rotation, lost answers, theft, and how long a sign-in lives (security 2.3, T5)."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from support.server import CLIENT_ID, Person, Running


async def alive(person: Person, reply: httpx2.Response) -> bool:
    """Whether what a refresh answered still works: access and refresh token."""
    if reply.status_code != 200:
        return False
    tokens = reply.json()
    access = await person.me(tokens["access_token"])
    return access.status_code == 200


async def test_a_refresh_replaces_both_tokens(server: Running) -> None:
    """New tokens work; the old access token lives on until its own end."""
    mia = await server.teen()
    reply = await mia.refresh()
    fresh = reply.json()
    assert fresh["refresh_token"] != mia.tokens["refresh_token"]
    assert fresh["access_token"] != mia.tokens["access_token"]
    assert await alive(mia, reply)
    assert reply.headers["cache-control"] == "no-store"


async def test_a_lost_answer_is_repeated(server: Running) -> None:
    """Within 30 s, while nobody used the successor, the old token gives the same one again."""
    mia = await server.teen()
    lost = (await mia.refresh()).json()
    server.clock.tick(timedelta(seconds=30))
    again = await mia.refresh()
    assert again.json()["refresh_token"] == lost["refresh_token"]
    assert await alive(mia, await mia.refresh(lost["refresh_token"]))


async def test_after_the_window_an_old_token_ends_the_family(server: Running) -> None:
    """At 31 s it is reuse: everything of this sign-in dies."""
    mia = await server.teen()
    lost = (await mia.refresh()).json()
    server.clock.tick(timedelta(seconds=31))
    assert (await mia.refresh()).json()["error"] == "invalid_grant"
    assert (await mia.refresh(lost["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await mia.me(lost["access_token"])).status_code == 401


async def test_an_old_token_whose_successor_was_used_ends_the_family(server: Running) -> None:
    """Even within 30 s: the successor's use proves that the answer was not lost."""
    mia = await server.teen()
    first = (await mia.refresh()).json()
    second = await mia.refresh(first["refresh_token"])
    assert (await mia.refresh()).status_code == 400
    assert not await alive(mia, second)


async def test_twenty_uses_at_once_make_one_successor(server: Running) -> None:
    """All get the same refresh token, and it works (t5b)."""
    mia = await server.teen()
    replies = await asyncio.gather(*[mia.refresh() for _ in range(20)])
    assert {reply.status_code for reply in replies} == {200}
    following = {reply.json()["refresh_token"] for reply in replies}
    assert len(following) == 1
    assert await alive(mia, await mia.refresh(following.pop()))


THEFTS = {
    "thief first, victim late": ["thief", "wait", "victim"],
    "victim first, thief late": ["victim", "wait", "thief"],
    "thief uses and moves on, victim at once": ["thief", "thief-next", "victim"],
    "victim uses and moves on, thief at once": ["victim", "victim-next", "thief"],
    "both at once, then the thief moves on": ["victim", "thief", "thief-next", "victim-next"],
    "both at once, then the victim moves on": ["thief", "victim", "victim-next", "thief-next"],
}


@pytest.mark.parametrize("steps", THEFTS.values(), ids=THEFTS.keys())
async def test_a_stolen_token_kills_itself(server: Running, steps: list[str]) -> None:
    """In every order, the first refresh that comes 30 s after the other's kills both (t5a)."""
    mia = await server.teen()
    last: dict[str, httpx2.Response] = {}
    for step in steps:
        who, _, moved = step.partition("-")
        if who == "wait":
            server.clock.tick(timedelta(seconds=31))
        elif moved and last[who].status_code == 200:
            last[who] = await mia.refresh(last[who].json()["refresh_token"])
        elif not moved:
            last[who] = await mia.refresh()
    server.clock.tick(timedelta(seconds=31))
    victim = last["victim"].json().get("refresh_token", mia.tokens["refresh_token"])
    last["victim"] = await mia.refresh(victim)
    server.clock.tick(timedelta(seconds=31))
    thief = last["thief"].json().get("refresh_token", mia.tokens["refresh_token"])
    assert (await mia.refresh(thief)).status_code == 400
    for who in ("thief", "victim"):
        assert not await alive(mia, last[who])


async def test_the_owner_is_told_of_a_reuse(server: Running) -> None:
    """The account page names the sign-in that was ended (ASVS 6.3.5)."""
    mia = await server.teen()
    await mia.refresh()
    server.clock.tick(timedelta(seconds=31))
    assert "Ended for your safety" not in (await mia.web.get("/account")).text
    await mia.refresh()
    assert "Ended for your safety" in (await mia.web.get("/account")).text


async def test_access_lives_ten_minutes(server: Running) -> None:
    """599 s is in time, 600 s is not."""
    mia = await server.teen()
    server.clock.tick(timedelta(seconds=599))
    assert (await mia.me()).status_code == 200
    server.clock.tick(timedelta(seconds=1))
    assert (await mia.me()).status_code == 401
    assert (await mia.refresh()).status_code == 200


async def test_an_unused_sign_in_ends_after_thirty_days(server: Running) -> None:
    """The idle limit counts from the last refresh."""
    mia = await server.teen()
    server.clock.tick(timedelta(days=30) - timedelta(seconds=1))
    reply = await mia.refresh()
    assert reply.status_code == 200
    server.clock.tick(timedelta(days=30))
    assert (await mia.refresh(reply.json()["refresh_token"])).status_code == 400


async def test_a_sign_in_ends_after_ninety_days(server: Running) -> None:
    """However much it is used; the access token ends with it (ASVS 10.4.8)."""
    mia = await server.teen()
    for _ in range(4):
        server.clock.tick(timedelta(days=22))
        mia.tokens = (await mia.refresh()).json()
    server.clock.tick(timedelta(days=2) - timedelta(seconds=60))
    mia.tokens = (await mia.refresh()).json()
    assert (await mia.me()).status_code == 200
    server.clock.tick(timedelta(seconds=60))
    assert (await mia.me()).status_code == 401
    assert (await mia.refresh()).status_code == 400


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_revoking_either_token_ends_the_family(server: Running, which: str) -> None:
    """Dead on the next request, both tokens (RFC 7009, t5c); other sign-ins live on."""
    mia = await server.teen()
    first = mia.tokens
    other = await mia.sign_in_app()
    assert (await mia.me(first["access_token"])).status_code == 200
    data = {"client_id": CLIENT_ID, "token": first[which]}
    assert (await mia.web.post("/oauth/revoke", data=data)).status_code == 200
    assert (await mia.me(first["access_token"])).status_code == 401
    assert (await mia.refresh(first["refresh_token"])).status_code == 400
    assert (await mia.me(other["access_token"])).status_code == 200


async def test_revoking_nonsense_is_fine(server: Running) -> None:
    """An unknown token is answered with 200 (RFC 7009 section 2.2); no token with an error."""
    web = await server.browser()
    data = {"client_id": CLIENT_ID, "token": "fpr_unknown"}
    assert (await web.post("/oauth/revoke", data=data)).status_code == 200
    reply = await web.post("/oauth/revoke", data={"client_id": CLIENT_ID})
    assert reply.json()["error"] == "invalid_request"


async def test_a_narrower_scope_only(server: Running) -> None:
    """A refresh cannot ask for more than was granted."""
    mia = await server.teen()
    data = {"client_id": CLIENT_ID, "grant_type": "refresh_token", "scope": "family admin"}
    form = {**data, "refresh_token": mia.tokens["refresh_token"]}
    assert (await mia.web.post("/oauth/token", data=form)).json()["error"] == "invalid_scope"
    assert (await mia.refresh()).status_code == 200
