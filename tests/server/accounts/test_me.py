"""`/v1/me` and `/v1/me/sessions`."""

from datetime import timedelta
from typing import Any

from familypair_server.auth.principals import Caller, signed_in_recently
from support.server import CLIENT_ID, Person, Running


async def test_my_account(server: Running) -> None:
    """Everything that I see of myself, with an ETag; no password, no sealed column."""
    mia = await server.teen()
    reply = await mia.me()
    me = reply.json()
    assert set(me) == {
        "id",
        "kind",
        "name",
        "sign_in_name",
        "country",
        "zone",
        "zone_pending",
        "zone_from",
        "created_at",
        "band",
        "band_changes_on",
        "assurance",
        "etag",
    }
    assert me["id"].startswith("acc_")
    assert me["created_at"] == "2026-11-22T12:00:00Z"
    assert reply.headers["etag"] == me["etag"]


async def test_nobody_is_nobody(server: Running) -> None:
    """No token, another scheme or two headers: 401, please sign in (RFC 6750 section 3.1)."""
    mia = await server.teen()
    access, refresh = mia.tokens["access_token"], mia.tokens["refresh_token"]
    for value in ("", "Bearer", f"Basic {access}", access):
        reply = await mia.web.get("/v1/me", headers={"authorization": value})
        assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")
        assert reply.headers["www-authenticate"] == "Bearer"
    twice = [("authorization", f"Bearer {access}"), ("authorization", f"Bearer {refresh}")]
    assert (await mia.web.get("/v1/me", headers=twice)).status_code == 401


async def test_a_token_that_stands_for_nobody_is_told_apart(server: Running) -> None:
    """Garbage, a refresh token, a revoked one: `invalid_token`, and words that say it ended."""
    mia = await server.teen()
    access, refresh = mia.tokens["access_token"], mia.tokens["refresh_token"]
    garbage = access[:-1] + ("0" if access[-1] != "0" else "1")
    await mia.web.post("/oauth/revoke", data={"client_id": CLIENT_ID, "token": refresh})
    for token in (garbage, refresh, access):
        reply = await mia.me(token)
        assert (reply.status_code, reply.json()["code"]) == (401, "invalid_token")
        assert reply.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert reply.json()["detail"] == "Your sign-in has ended; please sign in again."


async def change(person: Person, body: Any, **headers: str) -> Any:
    """PATCH /v1/me."""
    return await person.web.patch("/v1/me", json=body, headers={**person.auth, **headers})


async def test_changing_my_name(server: Running) -> None:
    """With the ETag of what I read; what is absent stays; the ETag changes."""
    mia = await server.teen()
    me = (await mia.me()).json()
    reply = await change(mia, {"name": " Mia  Maria "}, **{"if-match": me["etag"]})
    assert reply.status_code == 200
    changed = reply.json()
    assert (changed["name"], changed["zone"]) == ("Mia Maria", me["zone"])
    assert changed["etag"] != me["etag"]
    assert (await mia.me()).json() == changed


async def test_one_of_two_writers_wins(server: Running) -> None:
    """The same ETag twice: one 200, one 412; without one: 428."""
    mia = await server.teen()
    etag = (await mia.me()).json()["etag"]
    replies = [await change(mia, {"name": name}, **{"if-match": etag}) for name in ("A", "B")]
    assert [reply.status_code for reply in replies] == [200, 412]
    assert (await change(mia, {"name": "C"})).status_code == 428
    assert (await mia.me()).json()["name"] == "A"


BAD: list[tuple[Any, str, str]] = [
    ({"name": ""}, "/name", "bad_text"),
    ({"name": "\u202eaiM"}, "/name", "bad_text"),
    ({"name": "x" * 41}, "/name", "too_long"),
    ({"name": 7}, "/name", "wrong_type"),
    ({"name": None}, "/name", "wrong_type"),
    ({"zone": ""}, "/zone", "out_of_range"),
    ({"country": "XX"}, "/country", "out_of_range"),
    ({"zone": "Mars/Olympus"}, "/zone", "out_of_range"),
    ({"kind": "guardian"}, "/kind", "unknown_field"),
    ({"band": "18+"}, "/band", "unknown_field"),
]


async def test_bad_changes_name_the_field(server: Running) -> None:
    """A problem document with the pointer; nothing changes."""
    mia = await server.teen()
    before = (await mia.me()).json()
    for body, pointer, code in BAD:
        reply = await change(mia, body, **{"if-match": before["etag"]})
        assert reply.status_code == 400, body
        assert [(e["pointer"], e["code"]) for e in reply.json()["errors"]] == [(pointer, code)]
    assert (await mia.me()).json() == before


async def test_a_teen_without_a_guardian_moves_freely(server: Running) -> None:
    """Country and zone are mine to change while nobody is linked, with the password typed now."""
    mia = await server.teen()
    etag = (await mia.me()).json()["etag"]
    move = {"country": "DE", "zone": "Europe/Berlin"}
    refused = await change(mia, move, **{"if-match": etag})
    assert refused.json()["code"] == "insufficient_user_authentication"
    await mia.step_up()
    reply = await change(mia, move, **{"if-match": etag})
    moved = reply.json()
    assert (moved["country"], moved["zone"]) == ("DE", "Europe/Dublin")
    assert (moved["zone_pending"], moved["zone_from"]) == ("Europe/Berlin", "2026-11-23T23:00:00Z")
    page = await mia.web.get("/account")
    assert "Europe/Dublin, and Europe/Berlin from 2026-11-23 23:00 UTC" in page.text


async def test_my_sessions(server: Running) -> None:
    """Apps and browsers, newest first; exactly one is the caller's own."""
    mia = await server.teen()
    first = mia.tokens
    server.clock.tick(timedelta(seconds=1))
    await mia.sign_in_app()
    reply = await mia.web.get("/v1/me/sessions", headers=mia.auth)
    items = reply.json()["items"]
    assert [item["id"][:4] for item in items] == ["ses_", "ses_", "web_"]
    assert [item["current"] for item in items] == [True, False, False]
    assert items[0]["client"] == "Family Pairing on a terminal"
    assert first["access_token"] not in reply.text


async def test_ending_my_own_session(server: Running) -> None:
    """Needs nothing more, and the token is dead on the next request."""
    mia = await server.teen()
    items = (await mia.web.get("/v1/me/sessions", headers=mia.auth)).json()["items"]
    own = next(item["id"] for item in items if item["current"])
    reply = await mia.web.delete(f"/v1/me/sessions/{own}", headers=mia.auth)
    assert reply.status_code == 204
    assert (await mia.me()).status_code == 401


async def test_ending_another_session_needs_a_recent_password(server: Running) -> None:
    """A device-flow token is never enough (T10); after a step-up it works and bites at once."""
    mia = await server.teen()
    old = dict(mia.tokens)
    items = (await mia.web.get("/v1/me/sessions", headers=mia.auth)).json()["items"]
    own = next(item["id"] for item in items if item["current"])
    await mia.sign_in_app()
    refused = await mia.web.delete(f"/v1/me/sessions/{own}", headers=mia.auth)
    assert refused.status_code == 401
    assert refused.json()["code"] == "insufficient_user_authentication"
    assert "max_age=300" in refused.headers["www-authenticate"]
    await mia.step_up()
    assert (await mia.web.delete(f"/v1/me/sessions/{own}", headers=mia.auth)).status_code == 204
    assert (await mia.me(old["access_token"])).status_code == 401
    assert (await mia.refresh(old["refresh_token"])).status_code == 400


async def test_a_foreign_session_looks_absent(server: Running) -> None:
    """The same 404, but for the request's id, and it lives on."""
    mia, dana = await server.teen(), await server.guardian()
    await mia.step_up()
    items = (await dana.web.get("/v1/me/sessions", headers=dana.auth)).json()["items"]
    bodies: list[dict[str, Any]] = []
    for name in (items[0]["id"], items[1]["id"], "ses_unknown"):
        reply = await mia.web.delete(f"/v1/me/sessions/{name}", headers=mia.auth)
        assert reply.status_code == 404
        bodies.append({**reply.json(), "request_id": ""})
    assert bodies[0] == bodies[1] == bodies[2]
    assert (await dana.me()).status_code == 200


async def test_a_step_up_lasts_five_minutes(server: Running) -> None:
    """300 s after the password was typed it is asked again."""
    mia = await server.teen()
    await mia.step_up()
    now = server.clock()
    caller = Caller("acc_x", "teen", "ses_x", "family", now, now)
    assert signed_in_recently(caller, now + timedelta(seconds=300))
    assert not signed_in_recently(caller, now + timedelta(seconds=301))
    server.clock.tick(timedelta(seconds=301))
    reply = await mia.web.delete("/v1/me/sessions/ses_unknown", headers=mia.auth)
    assert reply.json()["code"] == "insufficient_user_authentication"
