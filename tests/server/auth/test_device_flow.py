"""RFC 8628 from both ends: an app that asks, a person who decides."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from support.server import CLIENT_ID, ISSUER, Person, Running, device_code, poll


def error(reply: httpx2.Response) -> str:
    """The OAuth error code of a 400."""
    assert reply.status_code == 400, reply.text
    return str(reply.json()["error"])


async def browser_of(server: Running) -> Person:
    """A guardian who is signed in on the pages only."""
    person = Person(server, await server.browser())
    await person.sign_up(name="Dana", birth_date="1984-02-29", login="dana")
    return person


async def test_device_flow_signs_an_app_in(server: Running) -> None:
    """Codes, the person's yes, tokens, and the API knows the person."""
    mia = await server.teen()
    me = await mia.me()
    assert me.status_code == 200
    assert me.json()["sign_in_name"] == mia.login
    assert mia.tokens["expires_in"] == 600
    assert mia.tokens["token_type"] == "Bearer"
    assert mia.tokens["access_token"].startswith("fpa_")
    assert mia.tokens["refresh_token"].startswith("fpr_")


async def test_the_codes_live_ten_minutes(server: Running) -> None:
    """A decision after 599 s counts; after 600 s the code is gone at both ends (ASVS 6.5.5)."""
    dana = await browser_of(server)
    code = await device_code(dana.web)
    assert (code["expires_in"], code["interval"]) == (600, 5)
    server.clock.tick(timedelta(seconds=599))
    assert "Let this app sign in" in (await dana.decide(code["user_code"], "look")).text
    server.clock.tick(timedelta(seconds=1))
    assert (await dana.decide(code["user_code"], "approve")).status_code == 404
    assert error(await poll(dana.web, code)) == "expired_token"


async def test_slow_down_adds_up(server: Running) -> None:
    """Each poll that comes too early makes the interval 5 s longer for good (RFC 8628 3.5)."""
    web = await server.browser()
    code = await device_code(web)
    assert error(await poll(web, code)) == "authorization_pending"
    assert error(await poll(web, code)) == "slow_down"  # now 10 s
    server.clock.tick(timedelta(seconds=9))
    assert error(await poll(web, code)) == "slow_down"  # now 15 s
    server.clock.tick(timedelta(seconds=15))
    assert error(await poll(web, code)) == "authorization_pending"


async def test_denied(server: Running) -> None:
    """A no is final: the app hears access_denied, also when it asks again."""
    dana = await browser_of(server)
    code = await device_code(dana.web)
    assert "not signed in" in (await dana.decide(code["user_code"], "deny")).text
    assert error(await poll(dana.web, code)) == "access_denied"
    assert error(await poll(dana.web, code)) == "access_denied"


async def test_twenty_polls_of_an_approved_code_make_one_sign_in(server: Running) -> None:
    """All of many parallel polls get the same refresh token of one sign-in, which works."""
    dana = await browser_of(server)
    code = await device_code(dana.web)
    await dana.decide(code["user_code"], "approve")
    replies = await asyncio.gather(*[poll(dana.web, code) for _ in range(20)])
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["refresh_token"] for reply in replies}) == 1
    assert (await dana.me(replies[0].json()["access_token"])).status_code == 200
    assert (await dana.refresh(replies[0].json()["refresh_token"])).status_code == 200


async def paid(server: Running) -> tuple[Person, dict[str, Any], dict[str, Any]]:
    """A person, a device code that they approved, and the tokens that it gave."""
    dana = await browser_of(server)
    code = await device_code(dana.web)
    await dana.decide(code["user_code"], "approve")
    first = await poll(dana.web, code)
    assert first.status_code == 200
    return dana, dict(code), first.json()


async def test_a_lost_answer_to_a_poll_is_repeated(server: Running) -> None:
    """At 30 s, while nobody used it, the same refresh token comes again; the sign-in lives."""
    dana, code, first = await paid(server)
    server.clock.tick(timedelta(seconds=30))
    again = await poll(dana.web, code)
    assert again.json()["refresh_token"] == first["refresh_token"]
    assert again.json()["access_token"] != first["access_token"]
    for tokens in (first, again.json()):
        assert (await dana.me(tokens["access_token"])).status_code == 200
    sessions = await dana.web.get("/v1/me/sessions", headers=bearer(again.json()))
    assert len([s for s in sessions.json()["items"] if s["client"] != "A browser"]) == 1


async def test_a_poll_after_the_window_ends_the_sign_in(server: Running) -> None:
    """At 31 s it is a replay."""
    dana, code, first = await paid(server)
    server.clock.tick(timedelta(seconds=31))
    assert error(await poll(dana.web, code)) == "invalid_grant"
    assert (await dana.me(first["access_token"])).status_code == 401


async def test_a_poll_after_the_tokens_were_used_ends_the_sign_in(server: Running) -> None:
    """Within 30 s too: the refresh proves that the answer arrived."""
    dana, code, first = await paid(server)
    moved = await dana.refresh(first["refresh_token"])
    assert error(await poll(dana.web, code)) == "invalid_grant"
    assert (await dana.me(moved.json()["access_token"])).status_code == 401


async def test_a_poll_does_not_bring_a_revoked_sign_in_back(server: Running) -> None:
    """Signed out is signed out, also within the window."""
    dana, code, first = await paid(server)
    data = {"client_id": CLIENT_ID, "token": first["refresh_token"]}
    await dana.web.post("/oauth/revoke", data=data)
    assert error(await poll(dana.web, code)) == "invalid_grant"
    assert (await dana.me(first["access_token"])).status_code == 401


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The header of an access token."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def test_one_decision_wins(server: Running) -> None:
    """Of ten people who decide about one code at once, one does; the others see a dead code."""
    people = [await browser_of(server) for _ in range(4)]
    code = await device_code(people[0].web)
    pages = [await person.submit("/device", {"user_code": code["user_code"]}) for person in people]
    decisions = ["approve", "deny", "approve", "deny"]
    sent = [
        person.send(page, {"decision": decision})
        for person, page, decision in zip(people, pages, decisions, strict=True)
    ]
    replies = await asyncio.gather(*sent)
    assert sorted(reply.status_code for reply in replies) == [200, 404, 404, 404]


async def test_the_user_code_is_read_kindly(server: Running) -> None:
    """Case, blanks and dashes do not matter (RFC 8628 6.1)."""
    dana = await browser_of(server)
    code = await device_code(dana.web)
    typed = " " + code["user_code"].lower().replace("-", " ")
    assert "Let this app sign in" in (await dana.decide(typed, "look")).text


async def test_the_page_says_who_and_warns(server: Running) -> None:
    """The person sees which app, when and where it started, and that "no" comes first."""
    dana = await browser_of(server)
    far = await server.browser("203.0.113.7")
    code = await device_code(far)
    text = (await dana.submit("/device", {"user_code": code["user_code"]})).text
    assert "Family Pairing on a terminal" in text
    assert "another network than yours (203.0.113.0/24)" in text
    assert "2026-11-22 12:00 UTC" in text
    assert "Only say yes if you started this yourself" in text
    assert text.index('value="deny"') < text.index('value="approve"')
    assert 'value="deny" autofocus' in text


async def test_wrong_codes_are_limited_per_person(server: Running) -> None:
    """Five wrong codes an hour; then even the right one waits, for this person only."""
    dana, other = await browser_of(server), await browser_of(server)
    code = await device_code(dana.web)
    for _ in range(5):
        assert (await dana.decide("BBBB-BBBB", "look")).status_code == 404
    stopped = await dana.decide(code["user_code"], "approve")
    assert stopped.status_code == 429
    assert "Too many" in stopped.text
    assert stopped.headers["retry-after"] == "3600"
    assert "Done" in (await other.decide(code["user_code"], "approve")).text
    server.clock.tick(timedelta(hours=1))
    await dana.sign_in()
    assert (await dana.decide("BBBB-BBBB", "look")).status_code == 404


async def test_wrong_codes_are_limited_per_network(server: Running) -> None:
    """Twenty wrong codes an hour from one network, however many people type them."""
    for _ in range(4):
        guesser = await browser_of(server)
        for _ in range(5):
            assert (await guesser.decide("BBBB-BBBB", "look")).status_code == 404
    fresh = await browser_of(server)
    assert (await fresh.decide("BBBB-BBBB", "look")).status_code == 429
    elsewhere = Person(server, await server.browser("198.51.100.1"))
    await elsewhere.sign_up(birth_date="1984-02-29")
    assert (await elsewhere.decide("BBBB-BBBB", "look")).status_code == 404


BAD = [
    ({"client_id": "nobody"}, "invalid_client"),
    ({"client_id": ""}, "invalid_client"),
    ({"scope": "admin"}, "invalid_scope"),
    ({"scope": "family admin"}, "invalid_scope"),
    ({"scope": ""}, "invalid_scope"),
]


async def test_bad_requests(server: Running) -> None:
    """Unknown clients and scopes get their own error code and no user code."""
    web = await server.browser()
    for changes, expected in BAD:
        data = {"client_id": CLIENT_ID, "scope": "family", **changes}
        reply = await web.post("/oauth/device_authorization", data=data)
        assert error(reply) == expected, changes
        assert "user_code" not in reply.json()


async def test_the_verification_address_is_ours(server: Running) -> None:
    """The address is the issuer's page and carries no code."""
    code = await device_code(await server.browser())
    assert code["verification_uri"] == f"{ISSUER}/device"
    assert "verification_uri_complete" not in code
