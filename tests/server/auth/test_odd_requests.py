"""What a hostile client sends is a plain refusal, never a failure of ours."""

import pytest

from familypair.testing.forms import read_forms
from support.server import PASSWORD, Person, Running

BROWSER = "__Host-fp_browser"
HOSTS = ["a:b", "[", "[::1", "a b", ""]


@pytest.mark.parametrize("host", HOSTS)
async def test_an_odd_host_is_not_read(server: Running, host: str) -> None:
    """The token endpoint answers as always, or the edge refuses; it is never our failure."""
    web = await server.browser()
    reply = await web.post("/oauth/token", data={"grant_type": "x"}, headers={"Host": host})
    assert reply.status_code == 400
    assert reply.json().keys() & {"error", "code"}


@pytest.mark.parametrize("where", ["r.日本", "r.é", "r.²", "r.zz", "r.x y"])
async def test_an_odd_destination_leads_to_the_account(server: Running, where: str) -> None:
    """`next` that our seal cannot have made is dropped, on the page and after signing in."""
    dana = await server.guardian()
    page = await dana.web.get("/signin", params={"next": where})
    assert read_forms(page.text)[0].fields["next"] == "account"
    values = {"login": dana.login, "password": PASSWORD, "next": where}
    done = await dana.send(page, values)
    assert (done.status_code, done.headers["location"]) == (303, "/account")


@pytest.mark.parametrize("query", ["%00", "x", "inv_%00", "%E6%97%A5", "inv_" + "0" * 26])
async def test_an_odd_invitation_is_not_found(server: Running, query: str) -> None:
    """One page for everything that is no invitation of mine."""
    dana = await server.guardian()
    reply = await dana.web.get(f"/pair?id={query}")
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")


# --- the pre-session cookie --------------------------------------------------------------------


@pytest.mark.parametrize("value", ["chosenbyothers", "00.00", "..", "0" * 32 + "." + "0" * 64])
async def test_a_browser_cookie_that_others_chose_is_replaced(server: Running, value: str) -> None:
    """Who could choose it would know the form's token; a new one is set, and the form works."""
    people = [Person(server, await server.browser()) for _ in range(2)]
    tokens: set[str] = set()
    for person in people:
        person.web.cookies.set(BROWSER, value, domain="pair.example", path="/")
        page = await person.web.get("/signin")
        assert page.headers["set-cookie"].startswith(BROWSER)
        assert value not in page.headers["set-cookie"]
        tokens.add(read_forms(page.text)[0].fields["csrf"])
    assert len(tokens) == 2
    stale = await people[0].web.get("/signin")
    people[0].web.cookies.clear()
    people[0].web.cookies.set(BROWSER, value, domain="pair.example", path="/")
    reply = await people[0].send(stale, {"login": "mia-4821", "password": PASSWORD})
    assert reply.status_code == 403
    assert "please open it again" in reply.text


async def test_a_browser_keeps_the_cookie_that_we_made(server: Running) -> None:
    """Two pages open at once both work: nothing is set anew."""
    person = Person(server, await server.browser(), login="mia-4821")
    first = await person.web.get("/signin")
    second = await person.web.get("/signin")
    assert "set-cookie" not in second.headers
    for page in (first, second):
        reply = await person.send(page, {"login": "mia-4821", "password": PASSWORD})
        assert "not right" in reply.text
