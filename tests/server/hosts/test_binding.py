"""A teen binds a host app: the page, the code, the id at this host (product.md section 11)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from familypair.testing.forms import read_forms
from support.hosts import SECRET, basic, register, token_reply
from support.server import (
    LOOPBACK,
    PASSWORD,
    VERIFIER,
    Person,
    Running,
    answer_of,
    authorize_url,
)

HTTPS = "https://loop.example/cb"
ONCE = pytest.mark.engine("sqlite")
"""What is about the pages and the protocol and not about SQL runs on one engine."""


@pytest.fixture
async def loop(server: Running) -> str:
    """A registered host app."""
    return await register(server.store)


def asked(loop: str, **changes: str) -> str:
    """The authorization request of the host app."""
    wish = {"client_id": loop, "scope": "teen.bind", "redirect_uri": HTTPS}
    return authorize_url(VERIFIER, **{**wish, **changes})


async def question(person: Person, loop: str, **changes: str) -> httpx2.Response:
    """Open the page on which the teen decides."""
    sent = await person.web.get(asked(loop, **changes))
    return await person.web.get(sent.headers["location"])


async def redeem(
    person: Person, loop: str, code: str, secret: str = SECRET, **changes: str
) -> httpx2.Response:
    """The host exchanges the code."""
    form = {"code": code, "redirect_uri": HTTPS, "code_verifier": VERIFIER, **changes}
    return await token_reply(person.web, loop, secret, grant_type="authorization_code", **form)


async def bound(person: Person, loop: str) -> dict[str, Any]:
    """The whole flow; the answer of the token endpoint."""
    answer = answer_of(await person.send(await question(person, loop), {"decision": "approve"}))
    reply = await redeem(person, loop, answer["code"])
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_a_teen_binds_an_app(server: Running, loop: str) -> None:
    """Page, code with our name on it, the id at this host; the token of it opens nothing."""
    mia = await server.teen()
    page = await question(mia, loop)
    assert page.headers["content-security-policy"].endswith(
        "form-action 'self' https://loop.example"
    )
    assert "<script" not in page.text
    sent = await mia.send(page, {"decision": "approve"})
    assert sent.headers["location"].startswith(f"{HTTPS}?")
    answer = answer_of(sent)
    assert (answer["state"], answer["iss"]) == ("xyz", "https://pair.example")
    given = (await redeem(mia, loop, answer["code"])).json()
    assert given["teen"].startswith("sub_")
    assert (given["scope"], "refresh_token" in given) == ("teen.bind", False)
    me = (await mia.me()).json()
    assert me["id"] not in str(given)
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    for path, code in (("/v1/me", "wrong_caller"), ("/v1/host/devices", "wrong_scope")):
        assert (await mia.web.get(path, headers=headers)).json()["code"] == code
    (app,) = (await mia.web.get("/v1/me/apps", headers=mia.auth)).json()["items"]
    assert (app["id"], app["name"]) == (loop, "Loop")
    account = await mia.web.get("/account")
    forms = [form.fields.get("action") for form in read_forms(account.text)]
    await mia.send(account, {}, index=forms.index("disconnect"))
    assert (await mia.web.get("/v1/me/apps", headers=mia.auth)).json()["items"] == []
    assert "count your use" not in (await mia.web.get("/account")).text


@ONCE
async def test_the_page_says_what_the_app_learns_and_a_no_is_the_first_choice(
    server: Running, loop: str
) -> None:
    """Named: counting, telling guardians, what it never learns. Enter on the page means no."""
    mia = await server.teen()
    page = await question(mia, loop)
    for told in (
        "how long you use it",
        "Guardians you are linked with are told",
        "<bdi>Loop</bdi>",
    ):
        assert told in page.text
    assert "which rules hold in it, without who made them" in page.text
    assert "who your guardians are" in page.text
    assert "can do what you can do" not in page.text
    focused = page.text.partition("autofocus")[0].rpartition("<button")[2]
    assert 'value="deny"' in focused
    for decision in ("deny", ""):
        answer = answer_of(await mia.send(page, {"decision": decision}))
        assert answer["error"] == "access_denied"
    assert (await mia.web.get("/v1/me/apps", headers=mia.auth)).json()["items"] == []


async def test_binding_again_gives_the_same_id_and_after_an_end_another(
    server: Running, loop: str
) -> None:
    """Two devices at once find one teen; an end and a new yes cannot be joined."""
    mia = await server.teen()
    yes = [await mia.send(await question(mia, loop), {"decision": "approve"}) for _ in range(2)]
    codes = [answer_of(one)["code"] for one in yes]
    replies = await asyncio.gather(*[redeem(mia, loop, code) for code in (*codes, codes[0])])
    first, second = [reply.json() for reply in replies if reply.status_code == 200]
    assert first["teen"] == second["teen"]
    other = await register(server.store, "Mail")
    assert (await bound(mia, other))["teen"] != first["teen"]
    gone = await mia.web.delete(f"/v1/me/apps/{loop}", headers=mia.auth)
    assert gone.status_code == 204
    assert (await bound(mia, loop))["teen"] != first["teen"]
    teen = (await mia.me()).json()["id"]
    entries = await mia.web.get(f"/v1/teens/{teen}/ledger", headers=mia.auth)
    kinds = [item["entry"]["type"] for item in entries.json()["items"]]
    assert kinds == ["app.bound", "app.bound", "app.unbound", "app.bound"]


@ONCE
async def test_a_guardian_cannot_bind(server: Running, loop: str) -> None:
    """Neither on the page nor around it; the app hears nothing; a teen can sign in instead."""
    dana, mia = await server.guardian(), await server.teen()
    page = await question(dana, loop)
    assert page.status_code == 403
    assert "Teens decide that themselves" in page.text
    sealed = str(page.url).partition("request=")[2]
    plain = await question(dana, "familypair-cli", scope="family", redirect_uri=LOOPBACK)
    forced = await dana.send(plain, {"request": sealed, "decision": "approve"})
    assert (forced.status_code, "location" in forced.headers) == (403, False)
    link = page.text.partition('href="/signin?next=')[2].partition('"')[0]
    switched = await dana.send(
        await dana.web.get(f"/signin?next={link}"), {"login": mia.login, "password": PASSWORD}
    )
    consent = await dana.web.get(switched.headers["location"])
    assert "code" in answer_of(await dana.send(consent, {"decision": "approve"}))


@ONCE
async def test_an_old_sign_in_types_the_password_again(server: Running, loop: str) -> None:
    """Security 2.6: a yes needs a password of the last five minutes, a no does not."""
    mia = await server.teen()
    server.clock.tick(timedelta(seconds=301))
    page = await question(mia, loop)
    assert "password" in read_forms(page.text)[0].fields
    wrong = await mia.send(page, {"decision": "approve", "password": "not this one, sorry"})
    assert wrong.status_code == 403
    right = await mia.send(wrong, {"decision": "approve", "password": PASSWORD})
    assert "code" in answer_of(right)
    assert answer_of(await mia.send(page, {"decision": "deny"}))["error"] == "access_denied"


@ONCE
async def test_a_code_is_for_its_own_host_with_its_secret_and_verifier(
    server: Running, loop: str
) -> None:
    """Wrong secret, verifier, address or host: no; none of that burns it; it pays once."""
    mia, other = await server.teen(), await register(server.store, "Mail")
    sent = await mia.send(await question(mia, loop), {"decision": "approve"})
    code = answer_of(sent)["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HTTPS}
    public = {**form, "client_id": loop, "code_verifier": VERIFIER}
    assert (await mia.web.post("/oauth/token", data=public)).json()["error"] == "invalid_client"
    bare = await mia.web.post("/oauth/token", data=form, headers=basic(loop))
    assert bare.status_code == 400
    for refused in (
        await redeem(mia, loop, code, "wrong"),
        await redeem(mia, other, code),
        await redeem(mia, loop, code, code_verifier="w" * 43),
        await redeem(mia, loop, code, redirect_uri="https://loop.example/other"),
    ):
        assert refused.status_code in {400, 401}
    assert (await redeem(mia, loop, code)).status_code == 200
    assert (await redeem(mia, loop, code)).json()["error"] == "invalid_grant"
    (app,) = (await mia.web.get("/v1/me/apps", headers=mia.auth)).json()["items"]
    assert app["devices"] == 0


@ONCE
async def test_odd_requests_of_a_host(server: Running, loop: str) -> None:
    """A foreign address gets no redirect; a person's scope is not a host's to ask for."""
    web = await server.browser()
    for uri in ("https://loop.example/cb/", "https://evil.example/cb", f"{HTTPS}?x=1", ""):
        reply = await web.get(asked(loop, redirect_uri=uri))
        assert (reply.status_code, "location" in reply.headers) == (400, False)
    assert (await web.get(asked("cli_unknown"))).status_code == 400
    for scope in ("family", "usage:write", "teen.bind usage:write", "teen.bind family", ""):
        answer = answer_of(await web.get(asked(loop, scope=scope)))
        assert answer["error"] == "invalid_scope", scope
    for changes in ({"code_challenge": ""}, {"code_challenge_method": "plain"}):
        answer = answer_of(await web.get(asked(loop, **changes)))
        assert answer["error"] == "invalid_request"
    ported = await web.get(asked(loop, redirect_uri="http://127.0.0.1:5005/cb"))
    assert ported.headers["location"].startswith("/consent?")
    cli = await web.get(authorize_url(VERIFIER, scope="teen.bind"))
    assert answer_of(cli)["error"] == "invalid_scope"
