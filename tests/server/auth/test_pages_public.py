"""Pages for everybody, and the way on from an error."""

import base64
import hashlib
import re
from datetime import timedelta

from familypair.reasons import Reason
from familypair_server.auth.scripts import KEEP_CODE, on_the_way
from support.server import Person, Running, authorize_url


async def test_the_start_page_leads_everywhere(server: Running) -> None:
    """A person who types the address finds a page, not JSON; signed in, their account."""
    web = await server.browser()
    page = await web.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for path in ("/signin", "/signup", "/pair", "/device"):
        assert f'href="{path}"' in page.text
    dana = await server.guardian()
    assert 'href="/account"' in (await dana.web.get("/")).text


async def test_the_type_of_a_problem_leads_to_its_words(server: Running) -> None:
    """`type` is an address that exists, with an anchor for the code."""
    web = await server.browser()
    where, _, anchor = (await web.get("/v1/me")).json()["type"].partition("#")
    page = await web.get(where)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert f'id="{anchor}"' in page.text
    assert all(f'id="{reason}"' in page.text for reason in Reason)


async def test_an_error_page_has_a_way_on(server: Running) -> None:
    """An expired form leads to a fresh one, anything else to the start page."""
    dana = await server.guardian()
    for path in ("/signin", "/signup", "/device", "/account", "/pair"):
        assert f'href="{path}"' in (await dana.web.post(path, data={"action": "x"})).text
    assert 'href="/"' in (await dana.web.post("/consent", data={"decision": "deny"})).text


async def test_the_fragment_is_handed_on_only_on_the_way_to_pair(server: Running) -> None:
    """Sign-in and sign-up on the way to /pair carry one script, allowed by its hash."""
    web = await server.browser()
    digest = base64.b64encode(hashlib.sha256(KEEP_CODE.encode()).digest()).decode()
    for path in ("/signin", "/signup"):
        page = await web.get(f"{path}?next=pair")
        assert re.findall(r"<script>(.*?)</script>", page.text) == [KEEP_CODE]
        assert f"script-src 'sha256-{digest}'" in page.headers["content-security-policy"]
        assert "<script" not in (await web.get(f"{path}?next=account")).text
    assert on_the_way("device") == ""


async def test_the_second_form_and_the_account_page_hand_it_on_too(server: Running) -> None:
    """From the birth date to the link that leads on."""
    mia = Person(server, await server.browser())
    values = {"birth_date": "2012-05-04", "next": "pair"}
    assert KEEP_CODE in (await mia.submit("/signup", values)).text
    await mia.sign_up()
    assert KEEP_CODE in (await mia.web.get("/account?new=1&next=pair")).text


async def test_a_step_up_says_what_it_is_for(server: Running) -> None:
    """Who must type the password again for an app is told that an important step waits there."""
    dana = await server.guardian()
    sent = await dana.web.get(authorize_url("v" * 43, max_age="0"))
    assert "to confirm an important step" in (await dana.web.get(sent.headers["location"])).text
    server.clock.tick(timedelta(seconds=1))
    sent = await dana.web.get(authorize_url("v" * 43, max_age="0"))
    again = (await dana.web.get(sent.headers["location"])).headers["location"]
    assert "to confirm an important step" in (await dana.web.get(again)).text
    plain = (await dana.web.get(authorize_url("v" * 43))).headers["location"]
    assert "important step" not in (await dana.web.get(plain)).text
    assert "important step" not in (await dana.web.get("/signin?next=account")).text
