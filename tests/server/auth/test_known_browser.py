"""A browser that signed in before is not stopped by what others try (security T8)."""

from datetime import timedelta

import httpx2
import pytest

from familypair.testing.forms import read_forms
from support.server import PASSWORD, Person, Running

WRONG = "a wrong password, sadly"
KNOWN = "__Host-fp_known"


async def sign_out(person: Person) -> None:
    """Leave the account, as closing the session does; the browser stays known."""
    person.web.cookies.delete("__Host-fp_session")


async def stranger_tries(server: Running, login: str, times: int) -> httpx2.Response:
    """Wrong passwords from another browser of the same network; the last answer."""
    other = Person(server, await server.browser(), login=login)
    replies = [await other.sign_in(WRONG) for _ in range(times)]
    return replies[-1]


async def test_others_at_home_cannot_lock_the_owner_out(server: Running) -> None:
    """Same network, same name: the browser that was here before signs in, a new one waits."""
    mia = await server.teen()
    await sign_out(mia)
    assert (await stranger_tries(server, mia.login, 24)).status_code == 429
    fresh = Person(server, await server.browser(), login=mia.login)
    assert (await fresh.sign_in()).status_code == 429
    assert (await mia.sign_in()).status_code == 303


async def test_a_whole_network_that_is_stopped_does_not_stop_it(server: Running) -> None:
    """Sixty failures about any names leave a known browser free."""
    mia = await server.teen()
    await sign_out(mia)
    for number in range(60):
        await stranger_tries(server, f"nobody-{number:04}", 1)
    fresh = Person(server, await server.browser(), login=mia.login)
    assert (await fresh.sign_in()).status_code == 429
    assert (await mia.sign_in()).status_code == 303


async def test_its_own_wrong_tries_count(server: Running) -> None:
    """The cookie is no free pass: ten tries, then waits; they stop nobody else."""
    mia = await server.teen()
    await sign_out(mia)
    for _ in range(10):
        assert (await mia.sign_in(WRONG)).status_code == 403
    assert (await mia.sign_in()).status_code == 429
    fresh = Person(server, await server.browser(), login=mia.login)
    assert (await fresh.sign_in()).status_code == 303
    server.clock.tick(timedelta(seconds=1))
    assert (await mia.sign_in()).status_code == 303


async def test_it_knows_its_own_accounts_only(server: Running) -> None:
    """For any other name it is a browser like all others."""
    mia, dana = await server.teen(), await server.guardian()
    await stranger_tries(server, dana.login, 12)
    await sign_out(mia)
    mia.login = dana.login
    assert (await mia.sign_in()).status_code == 429


@pytest.mark.parametrize(("days", "status"), [(180, 303), (181, 429)])
async def test_it_is_known_for_180_days(server: Running, days: int, status: int) -> None:
    """From the last sign-in; afterwards it waits like everybody."""
    mia = await server.teen()
    await sign_out(mia)
    server.clock.tick(timedelta(days=days))
    await stranger_tries(server, mia.login, 12)
    assert (await mia.sign_in()).status_code == status


async def test_a_new_password_forgets_browsers(server: Running) -> None:
    """Who knew the old password gets no counter of their own to guess the new one with."""
    mia = await server.teen()
    other = Person(server, await server.browser(), login=mia.login)
    await other.sign_in()
    page = await mia.web.get("/account")
    fresh = {"password": PASSWORD, "new_password": "nine purple umbrellas on a hill"}
    await mia.send(page, fresh, index=len(read_forms(page.text)) - 1)
    await stranger_tries(server, mia.login, 12)
    await sign_out(mia)
    assert (await other.sign_in(fresh["new_password"])).status_code == 429
    assert (await mia.sign_in(fresh["new_password"])).status_code == 303


async def test_the_cookie_is_locked_down(server: Running) -> None:
    """`__Host-`, HttpOnly, Secure, 180 days, and nobody can read an account out of it."""
    mia = await server.teen()
    done = await mia.sign_in()
    cookie = next(one for one in done.headers.get_list("set-cookie") if one.startswith(KNOWN))
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=15552000"):
        assert part.lower() in cookie.lower()
    value = mia.web.cookies[KNOWN]
    account = (await mia.me()).json()["id"]
    assert bytes.fromhex(value)
    assert mia.login.encode() not in bytes.fromhex(value)
    assert account.encode() not in bytes.fromhex(value)


@pytest.mark.parametrize("value", ["", "x", "00", "ab" * 60])
async def test_a_cookie_that_is_not_ours_is_no_cookie(server: Running, value: str) -> None:
    """Made up or cut: the browser waits like any other."""
    mia = await server.teen()
    await stranger_tries(server, mia.login, 12)
    await sign_out(mia)
    mia.web.cookies.delete(KNOWN)
    mia.web.cookies.set(KNOWN, value, domain="pair.example", path="/")
    assert (await mia.sign_in()).status_code == 429
