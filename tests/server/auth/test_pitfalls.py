"""The sixteen pitfalls of Authlib's server side (security 2.4), each closed here."""

import asyncio
import logging
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from familypair_server.auth import clients
from familypair_server.auth.clients import Client
from familypair_server.auth.oauth_endpoints import InsecureTransportAllowedError, build
from familypair_server.ids import SystemRandom
from familypair_server.storage import Store
from support.server import (
    CLIENT_ID,
    DEVICE_GRANT,
    ISSUER,
    LOOPBACK,
    PASSWORD,
    VERIFIER,
    Person,
    Running,
    answer_of,
    authorize_url,
    device_code,
    poll,
    redeem,
    running,
    token_request,
)


async def approved_code(server: Running) -> tuple[Person, dict[str, Any]]:
    """A person and a device code to which they said yes."""
    dana = await server.guardian()
    code = await device_code(dana.web)
    await dana.decide(code["user_code"], "approve")
    return dana, code


async def test_pitfall_01_an_approved_device_code_pays_once(server: Running) -> None:
    """The first poll gets tokens; one 31 s later is a replay and ends them."""
    dana, code = await approved_code(server)
    first = await poll(dana.web, code)
    server.clock.tick(timedelta(seconds=31))
    second = await poll(dana.web, code)
    assert (first.status_code, second.json()["error"]) == (200, "invalid_grant")
    assert (await dana.me(first.json()["access_token"])).status_code == 401


async def test_pitfall_02_client_and_scope_are_checked_before_a_code_exists(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client without the device grant, or with a foreign scope, gets no user code."""
    web_only = Client(
        "web", "Web", grants=frozenset({"authorization_code"}), scopes=frozenset({"family"})
    )
    monkeypatch.setitem(clients.FIRST_PARTY, "web", web_only)
    web = await server.browser()
    for data, expected in (
        ({"client_id": "web", "scope": "family"}, "unauthorized_client"),
        ({"client_id": CLIENT_ID, "scope": "introspect"}, "invalid_scope"),
    ):
        reply = await web.post("/oauth/device_authorization", data=data)
        assert (reply.status_code, reply.json()["error"]) == (400, expected)


class Repeating(SystemRandom):
    """Gives the same noise for the first two user codes, then fresh noise."""

    def __init__(self) -> None:
        self.codes = 0

    def bytes(self, n: int) -> bytes:
        """64 bytes are asked for a user code only."""
        self.codes += n == 64
        return b"\x07" * n if n == 64 and self.codes <= 2 else super().bytes(n)


async def test_pitfall_03_codes_are_short_lived_and_unique(store: Store, tmp_path: Path) -> None:
    """Ten minutes, and a user code that is taken is drawn again, so nobody approves another's."""
    async with running(store, tmp_path, random=Repeating()) as server:
        web = await server.browser()
        first, second = await device_code(web), await device_code(web)
        assert first["expires_in"] == 600
        assert first["user_code"] == "KKKK-KKKK"
        assert second["user_code"] != first["user_code"]


async def test_pitfall_04_no_code_without_a_challenge(server: Running) -> None:
    """PKCE is demanded when authorizing, not only when redeeming."""
    dana = await server.guardian()
    for missing in ("code_challenge", "code_challenge_method"):
        answer = answer_of(await dana.web.get(authorize_url(VERIFIER, **{missing: ""})))
        assert answer["error"] == "invalid_request"
    both = {"code_challenge": "", "code_challenge_method": ""}
    assert answer_of(await dana.web.get(authorize_url(VERIFIER, **both)))["error"]


async def test_pitfall_05_plain_is_no_challenge_method(server: Running) -> None:
    """Neither named nor implied: the verifier itself never travels as the challenge."""
    dana = await server.guardian()
    for method in ("plain", ""):
        changes = {"code_challenge": VERIFIER, "code_challenge_method": method}
        answer = answer_of(await dana.web.get(authorize_url(VERIFIER, **changes)))
        assert answer["error"] == "invalid_request"


async def test_pitfall_06_one_code_pays_once_under_load(server: Running) -> None:
    """Eight redemptions at once: one success."""
    dana = await server.guardian()
    code = answer_of(await dana.consent())["code"]
    replies = await asyncio.gather(*[redeem(dana.web, code) for _ in range(8)])
    assert [reply.status_code for reply in replies].count(200) == 1


async def test_pitfall_07_a_replayed_code_ends_what_it_made(server: Running) -> None:
    """The tokens of the first use die with the second (ASVS 10.4.2)."""
    dana = await server.guardian()
    code = answer_of(await dana.consent())["code"]
    tokens = (await redeem(dana.web, code)).json()
    assert (await dana.me(tokens["access_token"])).status_code == 200
    assert (await redeem(dana.web, code)).json()["error"] == "invalid_grant"
    assert (await dana.me(tokens["access_token"])).status_code == 401
    assert (await dana.refresh(tokens["refresh_token"])).status_code == 400


async def test_pitfall_08_refreshing_rotates(server: Running) -> None:
    """Every refresh gives a new refresh token; eight at once give the same one."""
    dana = await server.guardian()
    replies = await asyncio.gather(*[dana.refresh() for _ in range(8)])
    following = {reply.json()["refresh_token"] for reply in replies}
    assert len(following) == 1
    assert following != {dana.tokens["refresh_token"]}


async def test_pitfall_09_no_secret_in_the_log(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Authlib is pinned to WARNING; even at DEBUG it would see placeholders only."""
    assert logging.getLogger("authlib").level == logging.WARNING
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="authlib")
    dana = await server.guardian()
    fresh = (await dana.refresh()).json()
    assert "Issue token" in caplog.text
    code = await device_code(dana.web)
    cookie = dana.web.cookies["__Host-fp_session"]
    others = (PASSWORD, cookie, code["device_code"], code["user_code"])
    for secret in (*_secrets(dana.tokens), *_secrets(fresh), *others):
        assert secret not in caplog.text


def _secrets(tokens: dict[str, str]) -> list[str]:
    return [tokens["access_token"], tokens["refresh_token"]]


async def test_pitfall_10_plain_http_behind_a_proxy(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests are judged by the issuer, not by Host or scheme; the unsafe switch stops a start."""
    web = await server.browser()
    url = "http://inside.invalid:8085/oauth/device_authorization"
    data = {"client_id": CLIENT_ID, "scope": "family"}
    reply = await web.post(url, data=data, headers={"Host": "evil.example"})
    assert reply.json()["verification_uri"] == f"{ISSUER}/device"
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with pytest.raises(InsecureTransportAllowedError):
        build(ISSUER)


async def test_pitfall_11_parameters_come_from_one_place_once(server: Running) -> None:
    """A POST reads its form only; a parameter that occurs twice is an error."""
    dana = await server.guardian()
    token = dana.tokens["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT_ID}
    in_query = await dana.web.post("/oauth/token", params=form, data={"client_id": CLIENT_ID})
    assert in_query.json()["error"] == "invalid_request"
    once = f"grant_type=refresh_token&client_id={CLIENT_ID}&refresh_token={token}"
    twice = f"{once}&refresh_token={token}"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    doubled = await dana.web.post("/oauth/token", content=twice, headers=kind)
    assert doubled.json()["error"] == "invalid_request"
    doubled_get = await dana.web.get(authorize_url(VERIFIER) + "&state=again")
    assert doubled_get.status_code == 400
    assert (await dana.web.get(f"/v1/me?access_token={token}")).status_code == 401
    assert (await dana.refresh()).status_code == 200


async def test_pitfall_12_a_public_client_needs_no_secret(server: Running) -> None:
    """All three grants work for the terminal client; a secret from it is refused."""
    dana = await server.guardian()
    await dana.step_up()
    assert (await dana.refresh()).status_code == 200
    reply = await token_request(
        dana.web,
        grant_type="refresh_token",
        refresh_token=dana.tokens["refresh_token"],
        client_secret="x",
    )
    assert reply.json()["error"] == "invalid_client"


async def test_pitfall_13_an_unknown_device_code_is_an_invalid_grant(server: Running) -> None:
    """Garbage, a well-formed stranger and another kind of token get the RFC 6749 error."""
    web = await server.browser()
    code = await device_code(web)
    good = code["device_code"]
    near = good[:-1] + ("1" if good.endswith("0") else "0")
    for guess in ("x", near, "fpr_x"):
        reply = await token_request(web, grant_type=DEVICE_GRANT, device_code=guess)
        assert reply.json()["error"] == "invalid_grant"


async def test_pitfall_14_every_authorization_answer_names_the_issuer(server: Running) -> None:
    """Success, refusal and error alike (RFC 9207)."""
    dana = await server.guardian()
    answers = [
        answer_of(await dana.consent()),
        answer_of(await dana.consent(decision="deny")),
        answer_of(await dana.web.get(authorize_url(VERIFIER, scope="x"))),
    ]
    assert {answer["iss"] for answer in answers} == {ISSUER}


async def test_pitfall_15_errors_at_the_token_side_never_redirect(server: Running) -> None:
    """A redirect address in a POST changes nothing; and pushed requests are not offered."""
    web = await server.browser()
    reply = await token_request(web, grant_type="authorization_code", redirect_uri=LOOPBACK)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")
    assert "location" not in reply.headers
    described = (await web.get("/.well-known/oauth-authorization-server")).json()
    assert "pushed_authorization_request_endpoint" not in described


async def test_pitfall_16_nothing_deprecated_is_used(server: Running) -> None:
    """All flows run with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dana = await server.guardian()
        await dana.step_up()
        assert (await dana.refresh()).status_code == 200
        data = {"client_id": CLIENT_ID, "token": dana.tokens["refresh_token"]}
        assert (await dana.web.post("/oauth/revoke", data=data)).status_code == 200
