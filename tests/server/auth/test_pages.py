"""The pages: forms that only their own browser can send, readable errors, safe headers."""

from datetime import timedelta
from pathlib import Path

import pytest

from familypair.testing.forms import read_forms
from familypair_server.storage import Store
from support.server import ISSUER, PASSWORD, Person, Running, authorize_url, running

PAGES = ["/signup", "/signin", "/device", "/account"]


async def everyone(server: Running) -> tuple[Person, Person]:
    """A signed-in guardian, and a browser that nobody signed in with."""
    stranger = Person(server, await server.browser())
    return await server.guardian(), stranger


async def test_safe_headers(server: Running) -> None:
    """No script, no frame, no cache, and the address stays with us (ASVS 14.3.2)."""
    dana, _ = await everyone(server)
    for path in PAGES:
        headers = (await dana.web.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers.get_list("referrer-policy") == ["same-origin"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["strict-transport-security"].startswith("max-age=")


async def test_pages_work_without_scripts(server: Running) -> None:
    """Plain HTML: no script, a language, a viewport, a label for every visible field."""
    dana, _ = await everyone(server)
    for path in PAGES:
        text = (await dana.web.get(path)).text
        assert "<script" not in text, path
        assert 'lang="en"' in text
        assert 'name="viewport"' in text
        for form in read_forms(text):
            for name in set(form.fields) - {"csrf", "next", "action", "id", "age", "username"}:
                assert f'<label for="{name}">' in text


async def test_the_style_is_ours(server: Running) -> None:
    """One stylesheet from our own address, with both colour schemes."""
    _, stranger = await everyone(server)
    style = await stranger.web.get("/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in style.text
    assert 'href="/style.css"' in (await stranger.web.get("/signin")).text


async def test_strangers_are_sent_to_sign_in(server: Running) -> None:
    """And come back to where they wanted to go."""
    dana, _ = await everyone(server)
    for path in ("/device", "/account"):
        stranger = Person(server, await server.browser(), login=dana.login)
        sent = await stranger.web.get(path)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/signin?next={path[1:]}")
        back = await stranger.sign_in(where=path[1:])
        assert back.headers["location"] == path


async def test_no_other_destination(server: Running) -> None:
    """`next` is a closed set: anything else leads to the account page."""
    dana, _ = await everyone(server)
    for where in ("https://evil.example", "//evil.example", "/account", "r.", "r.x/../y", "r.%0d"):
        values = {"login": dana.login, "password": PASSWORD, "next": where}
        assert (await dana.submit("/signin", values)).headers["location"] == "/account"


# --- cross-site requests ---------------------------------------------------------------------


async def test_a_form_without_our_token_is_refused(server: Running) -> None:
    """The good twin carries the page's token; without it, or with another's, nothing happens."""
    dana, stranger = await everyone(server)
    page = await dana.web.get("/device")
    foreign = read_forms((await stranger.web.get("/signin")).text)[0].fields["csrf"]
    for token in ("", "x", "é", foreign):
        reply = await dana.send(page, {"user_code": "BBBB-BBBB", "csrf": token})
        assert reply.status_code == 403
        assert "please open it again" in reply.text
    assert (await dana.send(page, {"user_code": "BBBB-BBBB"})).status_code == 404


async def test_a_token_dies_with_its_session(server: Running) -> None:
    """A token from before a new sign-in is of no use after it."""
    dana, _ = await everyone(server)
    page = await dana.web.get("/device")
    await dana.sign_in()
    assert (await dana.send(page, {"user_code": "BBBB-BBBB"})).status_code == 403


ORIGINS: list[tuple[dict[str, str], int]] = [
    ({}, 404),
    ({"origin": ISSUER}, 404),
    ({"sec-fetch-site": "same-origin", "origin": "null"}, 404),
    ({"sec-fetch-site": "none"}, 404),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site", "origin": ISSUER}, 403),
]


async def test_the_browser_says_where_a_form_came_from(server: Running) -> None:
    """With the right token, but from another site as the browser says: refused."""
    dana, _ = await everyone(server)
    form = read_forms((await dana.web.get("/device")).text)[0]
    for headers, status in ORIGINS:
        data = {**form.fields, "user_code": "BBBB-BBBB"}
        assert (await dana.web.post("/device", data=data, headers=headers)).status_code == status


async def test_every_form_is_guarded(server: Running) -> None:
    """Each page's POST refuses a form without a token, with a page and not with JSON."""
    dana, _ = await everyone(server)
    for path in ("/signup", "/signin", "/device", "/consent", "/account"):
        reply = await dana.web.post(path, data={"decision": "approve", "action": "password"})
        assert reply.status_code == 403, path
        assert reply.headers["content-type"].startswith("text/html")


async def test_json_is_no_form(server: Running) -> None:
    """Another media type is refused before anything is read."""
    dana, _ = await everyone(server)
    reply = await dana.web.post("/device", json={"user_code": "BBBB-BBBB"})
    assert reply.status_code == 415
    assert reply.headers["content-type"].startswith("text/html")


async def test_large_forms_are_refused_readably(server: Running) -> None:
    """More than 8 KiB is a page that says so."""
    dana, _ = await everyone(server)
    reply = await dana.submit("/device", {"user_code": "B" * 9000})
    assert reply.status_code == 413
    assert "too large" in reply.text


# --- sessions --------------------------------------------------------------------------------


async def test_the_session_cookie_is_locked_down(server: Running) -> None:
    """`__Host-`, HttpOnly, Secure, SameSite=Lax; the value is opaque."""
    dana, _ = await everyone(server)
    set_cookie = (await dana.sign_in()).headers["set-cookie"]
    assert set_cookie.startswith("__Host-fp_session=fpw_")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part.lower() in set_cookie.lower()
    assert "Domain" not in set_cookie


async def test_plain_http_on_this_machine_has_a_plain_cookie(store: Store, tmp_path: Path) -> None:
    """`__Host-` needs TLS, so a loopback issuer without it gets a name without it."""
    async with running(store, tmp_path, issuer="http://127.0.0.1:8085") as server:
        person = Person(server, await server.browser())
        done = await person.sign_up()
        assert done.headers["set-cookie"].startswith("fp_session=fpw_")
        assert "Secure" not in done.headers["set-cookie"]


async def test_signing_in_makes_a_new_session(server: Running) -> None:
    """The old cookie is dead afterwards (ASVS 7.2.4)."""
    dana, stranger = await everyone(server)
    name = "__Host-fp_session"
    old = dana.web.cookies[name]
    await dana.sign_in()
    assert dana.web.cookies[name] != old
    stranger.web.cookies.set(name, old, domain="pair.example", path="/")
    assert (await stranger.web.get("/account")).status_code == 303


async def test_a_session_ends_when_idle(server: Running) -> None:
    """30 minutes without a page; a page in between starts them anew."""
    dana, _ = await everyone(server)
    for _ in range(2):
        server.clock.tick(timedelta(minutes=29))
        assert (await dana.web.get("/account")).status_code == 200
    server.clock.tick(timedelta(minutes=30))
    assert (await dana.web.get("/account")).status_code == 303


async def test_a_session_ends_after_twelve_hours(server: Running) -> None:
    """However much it is used."""
    dana, _ = await everyone(server)
    for _ in range(35):
        server.clock.tick(timedelta(minutes=20))
        assert (await dana.web.get("/account")).status_code == 200
    server.clock.tick(timedelta(minutes=20))
    assert (await dana.web.get("/account")).status_code == 303


async def test_signing_out(server: Running) -> None:
    """The account page's own row signs this browser out; the cookie is dead."""
    dana, stranger = await everyone(server)
    cookie = dana.web.cookies["__Host-fp_session"]
    page = await dana.web.get("/account")
    rows = [form for form in read_forms(page.text) if form.fields.get("action") == "end_session"]
    own = next(form for form in rows if form.fields["id"].startswith("web_"))
    out = await dana.web.post("/account", data=own.fields)
    assert out.headers["location"] == "/signin"
    stranger.web.cookies.set("__Host-fp_session", cookie, domain="pair.example", path="/")
    assert (await stranger.web.get("/account")).status_code == 303


async def test_ending_an_app_needs_a_fresh_password(server: Running) -> None:
    """Within 300 s of signing in it works at once, and bites at once; later it is asked again."""
    dana, _ = await everyone(server)
    server.clock.tick(timedelta(seconds=301))
    rows = read_forms((await dana.web.get("/account")).text)
    app = next(form for form in rows if form.fields.get("id", "").startswith("ses_"))
    asked = await dana.web.post("/account", data=app.fields)
    assert asked.headers["location"] == "/signin?next=account"
    await dana.sign_in()
    dana.tokens = (await dana.refresh()).json()
    rows = read_forms((await dana.web.get("/account")).text)
    app = next(form for form in rows if form.fields.get("id", "").startswith("ses_"))
    assert (await dana.web.post("/account", data=app.fields)).headers["location"] == "/account"
    assert (await dana.me()).status_code == 401


async def test_changing_the_password_signs_everything_else_out(server: Running) -> None:
    """The old password, other apps and browsers are dead; this browser stays signed in."""
    dana, other = await everyone(server)
    other.login = dana.login
    await other.sign_in()
    fresh = "nine purple umbrellas on a hill"
    index = len(read_forms((await dana.web.get("/account")).text)) - 1
    values = {"password": PASSWORD, "new_password": fresh}
    assert (await dana.submit("/account", values, index=index)).status_code == 303
    assert (await dana.web.get("/account")).status_code == 200
    assert (await other.web.get("/account")).status_code == 303
    assert (await dana.me()).status_code == 401
    assert (await other.sign_in(PASSWORD)).status_code == 403
    assert (await other.sign_in(fresh)).status_code == 303


@pytest.mark.parametrize(
    ("now", "new", "status"),
    [("wrong password, quite", "nine purple umbrellas on a hill", 403), (PASSWORD, "short", 422)],
)
async def test_a_refused_password_change_changes_nothing(
    server: Running, now: str, new: str, status: int
) -> None:
    """A wrong or a weak password is said beside its field, and all sign-ins live on."""
    dana, _ = await everyone(server)
    index = len(read_forms((await dana.web.get("/account")).text)) - 1
    values = {"password": now, "new_password": new}
    reply = await dana.submit("/account", values, index=index)
    assert reply.status_code == status
    assert 'class="problem"' in reply.text
    assert (await dana.me()).status_code == 200


async def test_names_on_pages_are_text(server: Running) -> None:
    """A name with markup is shown as typed and does nothing."""
    person = Person(server, await server.browser())
    await person.sign_up(name="<b onmouseover=x>Mia</b>")
    text = (await person.web.get("/account")).text
    assert "<b onmouseover" not in text
    assert "&lt;b onmouseover=x&gt;Mia&lt;/b&gt;" in text


async def test_an_unreadable_authorization_request_is_a_page(server: Running) -> None:
    """Bad bytes in the address are a readable page."""
    _, stranger = await everyone(server)
    for path in (
        "/oauth/authorize?client_id=%ff",
        "/oauth/authorize",
        authorize_url("v") + "&x=%22",
    ):
        reply = await stranger.web.get(path)
        assert reply.status_code == 400
        assert reply.headers["content-type"].startswith("text/html")
