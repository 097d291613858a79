"""The page `/pair`, used as a browser without JavaScript uses it."""

import base64
import hashlib
import re
from datetime import timedelta

import httpx2

from familypair.schema.scopes import ALL_SCOPES
from familypair.testing.forms import read_forms
from support.server import PASSWORD, Person, Running

READ = timedelta(seconds=5)
TICKED = {f"scope_{scope}": "on" for scope in ALL_SCOPES}


async def press(
    person: Person, page: httpx2.Response, button: str, values: dict[str, str] | None = None
) -> httpx2.Response:
    """Press the button with this action, with the fields of its own form."""
    for index, form in enumerate(read_forms(page.text)):
        if ("action", button) in form.buttons:
            done = await person.send(page, {**(values or {}), "action": button}, index=index)
            return await follow(person, done)
    raise AssertionError(f"no button {button} in {page.text}")


async def follow(person: Person, reply: httpx2.Response) -> httpx2.Response:
    """Go where a redirect leads."""
    if reply.status_code != 303:
        return reply
    return await person.web.get(reply.headers["location"])


async def offered_code(person: Person) -> tuple[str, httpx2.Response]:
    """Make a code on the page."""
    page = await press(person, await person.web.get("/pair"), "offer")
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", page.text)
    assert found, page.text
    return found[0], page


async def test_pairing_on_the_pages_alone(server: Running) -> None:
    """A guardian gives a code, the teen reads, ticks, types phrase and password: linked."""
    guardian, teen = await server.guardian(), await server.teen()
    code, waiting = await offered_code(guardian)
    shown = await press(teen, await teen.web.get("/pair"), "claim", {"code": code.lower()})
    assert "Do you want this link?" in shown.text
    assert "Dana Smith" in shown.text
    assert " checked>" not in shown.text
    phrase = await phrase_of(guardian, waiting)
    server.clock.tick(READ)
    answer = {"phrase": phrase, "password": PASSWORD, **TICKED}
    done = await press(teen, shown, "approve", answer)
    assert "You are linked" in done.text
    links = await teen.web.get("/v1/links", headers=teen.auth)
    assert links.json()["items"][0]["state"] == "active"


async def phrase_of(guardian: Person, page: httpx2.Response) -> str:
    """What the guardian reads to the teen."""
    again = await guardian.web.get(str(page.url))
    found = re.search(r'<strong class="code">([^<]+)</strong>', again.text)
    assert found, again.text
    return found[1]


async def test_a_teen_can_start_on_the_page(server: Running) -> None:
    """If the teen gives the code, the guardian first says that this is their teen."""
    guardian, teen = await server.guardian(), await server.teen()
    code, waiting = await offered_code(teen)
    asked = await press(guardian, await guardian.web.get("/pair"), "claim", {"code": code})
    assert "Is this your teen?" in asked.text
    early = await teen.web.get(str(waiting.url))
    assert "Waiting for your guardian" in early.text
    told = await press(guardian, asked, "confirm", TICKED)
    assert "Tell them the phrase" in told.text
    shown = await press(teen, await teen.web.get(str(waiting.url)), "disclose")
    assert "What they ask for" in shown.text


async def test_decline_comes_first_and_is_focused(server: Running) -> None:
    """The first thing that a key press does on the decision is to say no."""
    guardian, teen = await server.guardian(), await server.teen()
    code, _ = await offered_code(guardian)
    shown = await press(teen, await teen.web.get("/pair"), "claim", {"code": code})
    assert shown.text.index('value="decline" autofocus') < shown.text.index('value="approve"')
    declined = await press(teen, shown, "decline")
    assert "Declined" in declined.text


async def test_a_wrong_password_links_nobody(server: Running) -> None:
    """The password in the form is the re-authentication; a wrong one changes nothing."""
    guardian, teen = await server.guardian(), await server.teen()
    code, waiting = await offered_code(guardian)
    shown = await press(teen, await teen.web.get("/pair"), "claim", {"code": code})
    phrase = await phrase_of(guardian, waiting)
    server.clock.tick(READ)
    refused = await press(
        teen, shown, "approve", {"phrase": phrase, "password": "not my password", **TICKED}
    )
    assert refused.status_code == 403
    assert "password" in refused.text
    # what was ticked and typed is still there, but for the password
    done = await press(teen, refused, "approve", {"password": PASSWORD})
    assert "You are linked" in done.text
    link = (await teen.web.get("/v1/links", headers=teen.auth)).json()["items"][0]
    assert set(link["scopes"]) == set(ALL_SCOPES)


async def test_leaving_out_what_is_needed_is_said_before_and_after(server: Running) -> None:
    """Before the yes: that it declines and for how long; after it: what happened, and a way on."""
    guardian, teen = await server.guardian(), await server.teen()
    offer = {"scopes": ["see_time", "set_time"], "needed": ["set_time"]}
    made = await guardian.web.post("/v1/invitations", json=offer, headers=guardian.auth)
    code = {"code": made.json()["code"]}
    shown = await press(teen, await teen.web.get("/pair"), "claim", code)
    assert "(they need this one)" in shown.text
    assert "declines the link" in shown.text
    assert "cannot ask you again for 7 days" in shown.text
    phrase = await phrase_of(guardian, await guardian.web.get(f"/pair?id={made.json()['id']}"))
    server.clock.tick(READ)
    answer = {"phrase": phrase, "password": PASSWORD, "scope_see_time": "on"}
    done = await press(teen, shown, "approve", answer)
    assert done.status_code == 422
    assert "You left out a line that they marked as needed" in done.text
    assert "cannot ask you again for 7 days" in done.text
    assert 'href="/pair"' in done.text


async def test_nothing_is_said_of_lines_that_nobody_needs(server: Running) -> None:
    """The good twin: without a needed line there is no such warning."""
    guardian, teen = await server.guardian(), await server.teen()
    code, _ = await offered_code(guardian)
    shown = await press(teen, await teen.web.get("/pair"), "claim", {"code": code})
    assert "Nothing is ticked for you" in shown.text
    assert "declines the link" not in shown.text


async def test_a_wrong_code_is_told_beside_the_field(server: Running) -> None:
    """The form comes back with the sentence, and with what was typed."""
    teen = await server.teen()
    refused = await press(
        teen, await teen.web.get("/pair"), "claim", {"code": '"><script>BCDF-GHJK'}
    )
    assert refused.status_code == 404
    assert "This code does not work" in refused.text
    assert '"><script>BCDF' not in refused.text


async def test_who_is_not_signed_in_signs_in_first(server: Running) -> None:
    """The page leads to the sign-in and back."""
    stranger = await server.browser()
    reply = await stranger.get("/pair")
    assert (reply.status_code, reply.headers["location"]) == (303, "/signin?next=pair")


async def test_only_the_pages_own_script_may_run(server: Running) -> None:
    """The policy names the hash of the one script on the page; nothing else can run."""
    teen = await server.teen()
    page = await teen.web.get("/pair")
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.headers["content-security-policy"]


async def test_a_form_without_the_token_changes_nothing(server: Running) -> None:
    """A form that another site made is refused (CSRF)."""
    teen = await server.teen()
    reply = await teen.web.post("/pair", data={"action": "offer"})
    assert reply.status_code == 403
    mine = await teen.web.get("/v1/invitations", headers=teen.auth)
    assert mine.json()["items"] == []
