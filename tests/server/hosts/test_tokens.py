"""A host app's own token (RFC 6749 section 4.4): who gets one, what it opens, how it ends."""

from datetime import timedelta

import pytest

from familypair_server.auth.callers import Callers
from familypair_server.auth.clients import add_resource_client
from familypair_server.ids import SystemRandom
from support.homes import Home
from support.hosts import ALL, SECRET, basic, host_app, register, token_reply

DEVICES = "/v1/host/devices"
ONCE = pytest.mark.engine("sqlite")
"""What is about the protocol and not about SQL runs on one engine."""


@ONCE
async def test_a_token_opens_the_hosts_routes_for_fifteen_minutes(home: Home) -> None:
    """With HTTP Basic and registered scopes; no refresh token; 899 s is in time, 900 s is not."""
    client_id = await register(home.store)
    reply = await token_reply(home.web, client_id, scope=ALL)
    token = reply.json()
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 900, ALL)
    assert "refresh_token" not in token
    assert reply.headers["cache-control"] == "no-store"
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    home.clock.tick(timedelta(seconds=899))
    assert (await home.web.get(DEVICES, headers=headers)).json() == {"items": [], "next": None}
    home.clock.tick(timedelta(seconds=1))
    late = await home.web.get(DEVICES, headers=headers)
    assert (late.status_code, late.json()["code"]) == (401, "invalid_token")


@ONCE
async def test_only_a_host_with_its_secret_and_scopes_gets_one(home: Home) -> None:
    """Another secret, no secret, a scope that is not its own, or a server that introspects: no."""
    client_id = await register(home.store)
    service = await home.store.run(
        add_resource_client(name="Mail", secret=SECRET, random=SystemRandom(), now=0)
    )
    asks = [
        (token_reply(home.web, client_id, "wrong", scope=ALL), "invalid_client"),
        (token_reply(home.web, "cli_unknown", scope=ALL), "invalid_client"),
        (token_reply(home.web, client_id), "invalid_scope"),
        (token_reply(home.web, client_id, scope="family"), "invalid_scope"),
        (token_reply(home.web, client_id, scope="teen.bind"), "invalid_scope"),
        (token_reply(home.web, client_id, scope="usage:write teen.bind"), "invalid_scope"),
        (token_reply(home.web, service, scope="usage:write"), "unauthorized_client"),
        (token_reply(home.web, client_id, grant_type="refresh_token"), "invalid_client"),
    ]
    for ask, error in asks:
        reply = await ask
        assert reply.status_code in {400, 401}
        assert reply.json()["error"] == error
    form = {"grant_type": "client_credentials", "scope": ALL, "client_id": client_id}
    for more in ({}, {"client_secret": SECRET}):
        assert (await home.web.post("/oauth/token", data={**form, **more})).status_code == 401


@ONCE
async def test_people_and_hosts_are_kept_apart(home: Home) -> None:
    """A host on people's routes and people on a host's: 403; a token without the scope: 403."""
    guardian, teen = await home.family()
    host = await host_app(home)
    for path in ("/v1/me", "/v1/teens", f"/v1/teens/{teen}", "/v1/me/apps", "/v1/events"):
        reply = await host.call("GET", path)
        assert (reply.status_code, reply.json()["code"]) == (403, "wrong_caller"), path
    for person in (guardian, teen):
        reply = await home.get(person, DEVICES)
        assert (reply.status_code, reply.json()["code"]) == (403, "wrong_caller")
    assert (await home.web.get(DEVICES)).json()["code"] == "unauthenticated"
    await host.sign_in("policy:read")
    narrow = await host.call("GET", DEVICES)
    assert (narrow.status_code, narrow.json()["code"]) == (403, "wrong_scope")
    assert narrow.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    assert "usage:write" in narrow.json()["detail"]


async def test_a_revoked_token_is_dead_at_once(home: Home) -> None:
    """RFC 7009 by its own client with its secret; nobody else ends it; the cache is emptied."""
    host, other = await host_app(home), await host_app(home, "Mail")
    token = host.headers["Authorization"].removeprefix("Bearer ")
    assert (await host.call("GET", DEVICES)).status_code == 200
    foreign = await home.web.post("/oauth/revoke", data={"token": token}, headers=basic(other.id))
    assert foreign.json()["error"] == "invalid_grant"
    unsigned = await home.web.post("/oauth/revoke", data={"token": token, "client_id": host.id})
    assert unsigned.json()["error"] == "invalid_client"
    assert (await host.call("GET", DEVICES)).status_code == 200
    await home.web.post("/oauth/revoke", data={"token": token}, headers=basic(host.id))
    assert (await host.call("GET", DEVICES)).json()["code"] == "invalid_token"


@ONCE
async def test_who_may_introspect_a_hosts_token(home: Home) -> None:
    """A registered server learns the client and no subject; a host may not ask at all (T6)."""
    host = await host_app(home)
    token = host.headers["Authorization"].removeprefix("Bearer ")
    server = await home.store.run(
        add_resource_client(name="Mail", secret=SECRET, random=SystemRandom(), now=0)
    )
    told = await home.web.post("/oauth/introspect", data={"token": token}, headers=basic(server))
    assert (told.json()["active"], told.json()["client_id"]) == (True, host.id)
    assert "sub" not in told.json()
    teen = await home.teen()
    form = {"token": home.tokens[teen]}
    refused = await home.web.post("/oauth/introspect", data=form, headers=basic(host.id))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@ONCE
async def test_a_hosts_token_is_cached_like_a_persons(home: Home) -> None:
    """One entry per token, forgotten by its own hash, of no use where people are looked for."""
    host = await host_app(home)
    token = host.headers["Authorization"].removeprefix("Bearer ")
    callers, now = Callers(home.store), home.clock()
    found = await callers.find_host(token, now)
    assert found is not None
    assert (found.name, sorted(found.scopes)) == ("Loop", ["policy:read", "usage:write"])
    assert await callers.find(token, now) is None
    assert await callers.anyone(token, now) == found
    assert callers.cached == 1
