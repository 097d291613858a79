"""Letting an app sign in needs the password again when it was typed long ago (security 2.6)."""

from datetime import timedelta

import httpx2
import pytest

from familypair.testing.forms import read_forms
from support.server import PASSWORD, Person, Running, answer_of, authorize_url, device_code, poll

WRONG = "a wrong password, sadly"
LATER = timedelta(seconds=301)


async def asked(person: Person, where: str) -> tuple[httpx2.Response, dict[str, str]]:
    """The page that asks for a decision: of a device code, or of an app on this computer."""
    if where == "device":
        code = await device_code(person.web)
        return await person.submit("/device", {"user_code": code["user_code"]}), code
    sent = await person.web.get(authorize_url("v" * 43))
    return await person.web.get(sent.headers["location"]), {}


def fields(page: httpx2.Response) -> set[str]:
    """Names in the form of a page."""
    return set(read_forms(page.text)[0].fields)


def done(reply: httpx2.Response, where: str) -> bool:
    """Whether the app got its yes."""
    return "Done" in reply.text if where == "device" else "code" in answer_of(reply)


@pytest.mark.parametrize("where", ["device", "consent"])
async def test_within_five_minutes_nothing_is_asked(server: Running, where: str) -> None:
    """300 s after the password a yes is enough."""
    dana = await server.guardian()
    server.clock.tick(timedelta(seconds=300))
    page, _ = await asked(dana, where)
    assert "password" not in fields(page)
    assert done(await dana.send(page, {"decision": "approve"}), where)


@pytest.mark.parametrize("where", ["device", "consent"])
async def test_later_the_password_is_asked_in_the_form(server: Running, where: str) -> None:
    """Missing or wrong: said beside the field, nothing is approved; the right one goes through."""
    dana = await server.guardian()
    server.clock.tick(LATER)
    page, code = await asked(dana, where)
    assert "password" in fields(page)
    for password in ("", WRONG):
        page = await dana.send(page, {"decision": "approve", "password": password})
        assert page.status_code == 403
        assert 'id="password-problem"' in page.text
    if code:
        assert (await poll(dana.web, code)).json()["error"] == "authorization_pending"
    assert done(await dana.send(page, {"decision": "approve", "password": PASSWORD}), where)


@pytest.mark.parametrize("where", ["device", "consent"])
async def test_a_no_needs_no_password(server: Running, where: str) -> None:
    """Stopping is always one press."""
    dana = await server.guardian()
    server.clock.tick(LATER)
    page, _ = await asked(dana, where)
    assert "formnovalidate" in page.text
    stopped = await dana.send(page, {"decision": "deny"})
    if where == "device":
        assert "not signed in" in stopped.text
    else:
        assert answer_of(stopped)["error"] == "access_denied"


@pytest.mark.parametrize("where", ["device", "consent"])
async def test_wrong_passwords_are_counted(server: Running, where: str) -> None:
    """Ten, then even the right one waits."""
    dana = await server.guardian()
    server.clock.tick(LATER)
    page, _ = await asked(dana, where)
    for _ in range(10):
        await dana.send(page, {"decision": "approve", "password": WRONG})
    stopped = await dana.send(page, {"decision": "approve", "password": PASSWORD})
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "1")


async def test_a_form_from_before_asks_too(server: Running) -> None:
    """The page was opened in time and sent too late: it is shown again, with the field."""
    dana = await server.guardian()
    page, code = await asked(dana, "device")
    server.clock.tick(LATER)
    again = await dana.send(page, {"decision": "approve"})
    assert again.status_code == 403
    assert "password" in fields(again)
    assert (await poll(dana.web, code)).json()["error"] == "authorization_pending"


async def test_a_wrong_code_is_said_before_a_password_is_read(server: Running) -> None:
    """So that wrong codes are counted, and nobody types a password for nothing."""
    dana = await server.guardian()
    server.clock.tick(LATER)
    reply = await dana.submit("/device", {"user_code": "BBBB-BBBB", "decision": "approve"})
    assert reply.status_code == 404
