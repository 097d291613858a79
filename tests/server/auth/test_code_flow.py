"""Authorization code with PKCE and a loopback address (RFC 6749, 7636, 8252, 9207)."""

import asyncio
from datetime import timedelta

import pytest

from support.server import (
    ISSUER,
    LOOPBACK,
    PASSWORD,
    VERIFIER,
    Running,
    answer_of,
    authorize_url,
    redeem,
)


async def test_code_flow_signs_an_app_in(server: Running) -> None:
    """Consent sends the browser to the app with code, state and issuer; the code pays once."""
    dana = await server.guardian()
    sent = await dana.consent()
    assert sent.headers["location"].startswith(LOOPBACK + "?")
    answer = answer_of(sent)
    assert (answer["state"], answer["iss"]) == ("xyz", ISSUER)
    reply = await redeem(dana.web, answer["code"])
    assert reply.status_code == 200
    assert (await dana.me(reply.json()["access_token"])).status_code == 200


async def test_any_loopback_port(server: Running) -> None:
    """RFC 8252 section 7.3: the port is the app's business."""
    dana = await server.guardian()
    for port in (1, 65535):
        uri = f"http://127.0.0.1:{port}/cb"
        assert "code" in answer_of(await dana.consent(redirect_uri=uri))


FOREIGN = [
    "http://evil.example/cb",
    "http://127.0.0.1:39211/other",
    "http://127.0.0.1:39211/cb/",
    "http://127.0.0.1:39211/cb?x=1",
    "http://127.0.0.1:39211/cb#x",
    "http://127.0.0.1@evil.example/cb",
    "http://user@127.0.0.1:39211/cb",
    "http://localhost:39211/cb",
    "https://127.0.0.1:39211/cb",
    "http://127.0.0.1:99999/cb",
    "http://127.0.0.1:039211/cb",
    "http://127.0.0.1.evil.example/cb",
    "HTTP://127.0.0.1:39211/cb",
    "http://127.0.0.1:39211/cb\\@evil.example",
    "",
]


async def test_other_addresses_get_no_redirect(server: Running) -> None:
    """Any other address is answered with a page of ours and never with a redirect to it."""
    web = await server.browser()
    for uri in FOREIGN:
        reply = await web.get(authorize_url(VERIFIER, redirect_uri=uri))
        assert reply.status_code == 400, uri
        assert "location" not in reply.headers
        assert "Please update the app" in reply.text


BAD = [
    ({"scope": ""}, "invalid_scope"),
    ({"scope": "admin"}, "invalid_scope"),
    ({"code_challenge": ""}, "invalid_request"),
    ({"code_challenge_method": ""}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"prompt": "none"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
]


async def test_bad_requests_are_told_to_the_app(server: Running) -> None:
    """With a good address the app hears the error, its state and our name, and gets no code."""
    web = await server.browser()
    for changes, expected in BAD:
        answer = answer_of(await web.get(authorize_url(VERIFIER, **changes)))
        assert answer["error"] == expected, changes
        assert (answer["state"], answer["iss"]) == ("xyz", ISSUER)
        assert "code" not in answer


async def test_saying_no_is_told_to_the_app(server: Running) -> None:
    """The app hears access_denied; a missing decision is a no as well."""
    dana = await server.guardian()
    for decision in ("deny", ""):
        answer = answer_of(await dana.consent(decision=decision))
        assert answer["error"] == "access_denied"
        assert answer["iss"] == ISSUER


async def test_a_wrong_verifier_does_not_burn_the_code(server: Running) -> None:
    """A thief of the code without the verifier fails, and the owner still succeeds."""
    dana = await server.guardian()
    code = answer_of(await dana.consent())["code"]
    assert (await redeem(dana.web, code, "w" * 43)).json()["error"] == "invalid_grant"
    assert (await redeem(dana.web, code, uri="http://127.0.0.1:1/cb")).status_code == 400
    assert (await redeem(dana.web, code)).status_code == 200


async def test_a_code_lives_one_minute(server: Running) -> None:
    """59 s is in time, 60 s is not (ASVS 10.4.3)."""
    dana = await server.guardian()
    first, second = [answer_of(await dana.consent())["code"] for _ in range(2)]
    server.clock.tick(timedelta(seconds=59))
    assert (await redeem(dana.web, first)).status_code == 200
    server.clock.tick(timedelta(seconds=1))
    assert (await redeem(dana.web, second)).json()["error"] == "invalid_grant"


async def test_ten_redemptions_at_once(server: Running) -> None:
    """One gets tokens; the replays end what it got (RFC 6749 section 4.1.2)."""
    dana = await server.guardian()
    code = answer_of(await dana.consent())["code"]
    replies = await asyncio.gather(*[redeem(dana.web, code) for _ in range(10)])
    good = [reply for reply in replies if reply.status_code == 200]
    assert len(good) == 1
    assert (await dana.me(good[0].json()["access_token"])).status_code == 401


async def test_an_old_sign_in_is_not_enough_for_max_age(server: Running) -> None:
    """With max_age the password is asked again when it was typed longer ago than that."""
    dana = await server.guardian()
    server.clock.tick(timedelta(seconds=60))
    inside = await dana.web.get(authorize_url(VERIFIER, max_age="60"))
    assert (await dana.web.get(inside.headers["location"])).status_code == 200
    server.clock.tick(timedelta(seconds=1))
    outside = await dana.web.get(authorize_url(VERIFIER, max_age="60"))
    asked = await dana.web.get(outside.headers["location"])
    assert asked.headers["location"].startswith("/signin?next=r.")


@pytest.mark.parametrize("how", [{"max_age": "0"}, {"prompt": "login"}])
async def test_step_up_asks_for_the_password_now(server: Running, how: dict[str, str]) -> None:
    """max_age=0 and prompt=login never accept the sign-in that is there (RFC 9470)."""
    dana = await server.guardian()
    server.clock.tick(timedelta(seconds=1))
    sent = await dana.web.get(authorize_url(VERIFIER, **how))
    asked = await dana.web.get(sent.headers["location"])
    sign_in = await dana.web.get(asked.headers["location"])
    assert "type your password again" in sign_in.text
    after = await dana.send(sign_in, {"login": dana.login, "password": PASSWORD})
    consent = await dana.web.get(after.headers["location"])
    assert "code" in answer_of(await dana.send(consent, {"decision": "approve"}))


async def test_consent_cannot_be_given_around_the_password(server: Running) -> None:
    """Posting the consent form of a step-up without signing in again leads to the sign-in page."""
    dana = await server.guardian()
    server.clock.tick(timedelta(seconds=1))
    plain = await dana.web.get((await dana.web.get(authorize_url(VERIFIER))).headers["location"])
    sent = await dana.web.get(authorize_url(VERIFIER, max_age="0"))
    sealed = sent.headers["location"].partition("request=")[2]
    reply = await dana.send(plain, {"request": sealed, "decision": "approve"})
    assert reply.headers["location"].startswith("/signin?next=r.")


async def test_a_request_expires_and_cannot_be_altered(server: Running) -> None:
    """A sealed request works for ten minutes and not with one character changed."""
    dana = await server.guardian()
    path = (await dana.web.get(authorize_url(VERIFIER))).headers["location"]
    altered = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert (await dana.web.get(altered)).status_code == 400
    assert (await dana.web.get("/consent?request=zz")).status_code == 400
    assert (await dana.web.get(path)).status_code == 200
    server.clock.tick(timedelta(seconds=601))
    assert "start again from the app" in (await dana.web.get(path)).text


async def test_the_consent_form_may_lead_to_the_loopback_only(server: Running) -> None:
    """The page's policy lets the form's answer reach the app, and nothing else (CSP)."""
    dana = await server.guardian()
    path = (await dana.web.get(authorize_url(VERIFIER))).headers["location"]
    policy = (await dana.web.get(path)).headers["content-security-policy"]
    assert policy.endswith("form-action 'self' http://127.0.0.1:*")
    assert (await dana.web.get("/device")).headers["content-security-policy"].endswith("'self'")


async def test_odd_characters_are_refused(server: Running) -> None:
    """RFC 6749 appendix A: printable ASCII; `state` alone may hold quotes and backslashes."""
    dana = await server.guardian()
    for state in ("é", "a\nb", "a\x00b", "\x7f"):
        assert (await dana.web.get(authorize_url(VERIFIER, state=state))).status_code == 400
    odd = 'a"b\\c d&e=f'
    assert answer_of(await dana.consent(state=odd))["state"] == odd


async def test_somebody_else_at_the_same_browser_can_sign_in(server: Running) -> None:
    """The consent page says who is signed in, and another person's yes is for their account."""
    dana, mia = await server.guardian(), await server.teen()
    page = await dana.web.get((await dana.web.get(authorize_url(VERIFIER))).headers["location"])
    assert f"You are not <bdi>{dana.login}</bdi>?" in page.text
    link = page.text.partition('href="/signin?next=')[2].partition('"')[0]
    form = await dana.web.get(f"/signin?next={link}")
    switched = await dana.send(form, {"login": mia.login, "password": PASSWORD})
    consent = await dana.web.get(switched.headers["location"])
    code = answer_of(await dana.send(consent, {"decision": "approve"}))["code"]
    tokens = (await redeem(dana.web, code)).json()
    assert (await dana.me(tokens["access_token"])).json()["sign_in_name"] == mia.login
