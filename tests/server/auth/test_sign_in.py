"""Signing in: equal for known and unknown names, slow for guessers, kind to the owner."""

import re
from datetime import timedelta

import httpx2
import pytest

from familypair.testing.forms import read_forms
from familypair_server.auth.service import Auth
from familypair_server.auth.wiring import Authentication
from support.server import PASSWORD, Person, Running

WRONG = "a wrong password, sadly"


def auth_of(server: Running) -> Auth:
    """The application's own parts."""
    middleware = next(m for m in server.app.litestar.middleware if isinstance(m, Authentication))
    return middleware.auth()


async def attempt(
    server: Running, login: str, password: str, address: str = "192.0.2.99"
) -> httpx2.Response:
    """One try from a fresh browser."""
    person = Person(server, await server.browser(address), login=login)
    return await person.sign_in(password)


def stripped(reply: httpx2.Response, login: str) -> str:
    """A page without what differs between any two forms."""
    return re.sub(r'name="csrf" value="\w+"', "", reply.text).replace(login, "LOGIN")


async def test_unknown_and_known_names_look_alike(server: Running) -> None:
    """Same status, same page, same headers, and the same argon2 work (ASVS 6.3.8)."""
    dana = await server.guardian()
    passwords = auth_of(server).passwords
    answers: list[tuple[int, str, list[str]]] = []
    work: list[int] = []
    for login in (dana.login, "nobody-0000"):
        before = passwords.runs
        reply = await attempt(server, login, WRONG)
        work.append(passwords.runs - before)
        headers = sorted(set(reply.headers) - {"set-cookie"})
        answers.append((reply.status_code, stripped(reply, login), headers))
    assert work == [1, 1]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


@pytest.mark.parametrize("known", [True, False])
async def test_ten_failures_cost_time(server: Running, known: bool) -> None:  # noqa: FBT001 - a parameter
    """The next tries wait 1, 2, 4 ... seconds, at most 15 minutes; unknown names alike."""
    login = (await server.guardian()).login if known else "nobody-0000"
    for _ in range(10):
        assert (await attempt(server, login, WRONG)).status_code == 403
    wait = 1
    for _ in range(12):
        refused = await attempt(server, login, PASSWORD)
        assert refused.status_code == 429
        assert "Please wait" in refused.text
        assert refused.headers["retry-after"] == str(wait)
        server.clock.tick(timedelta(seconds=wait - 1))
        assert (await attempt(server, login, PASSWORD)).status_code == 429
        server.clock.tick(timedelta(seconds=1))
        assert (await attempt(server, login, WRONG)).status_code == 403
        wait = min(wait * 2, 900)


async def test_success_forgets_the_failures(server: Running) -> None:
    """Nine failures and a success leave ten free tries again."""
    dana = await server.guardian()
    for _ in range(2):
        for _ in range(9):
            assert (await attempt(server, dana.login, WRONG)).status_code == 403
        assert (await attempt(server, dana.login, PASSWORD)).status_code == 303


async def test_a_guesser_elsewhere_does_not_lock_the_owner_out(server: Running) -> None:
    """Waits are per network: the owner signs in at home meanwhile."""
    dana = await server.guardian()
    for _ in range(11):
        await attempt(server, dana.login, WRONG, "198.51.100.7")
    assert (await attempt(server, dana.login, PASSWORD, "198.51.100.8")).status_code == 429
    assert (await attempt(server, dana.login, PASSWORD, "192.0.2.10")).status_code == 303


async def test_a_hundred_failures_stop_a_name_everywhere_but_at_home(server: Running) -> None:
    """The hard stop is a day from the first; a network that signed in before is spared."""
    dana = await server.guardian()
    assert (await attempt(server, dana.login, PASSWORD, "192.0.2.10")).status_code == 303
    for number in range(100):
        address = f"198.51.{number // 10}.7"
        assert (await attempt(server, dana.login, WRONG, address)).status_code == 403
    assert (await attempt(server, dana.login, PASSWORD, "203.0.113.5")).status_code == 429
    assert (await attempt(server, dana.login, PASSWORD, "192.0.2.10")).status_code == 303


async def test_a_name_is_read_kindly(server: Running) -> None:
    """Case and outer blanks of the sign-in name do not matter; the password's do."""
    dana = await server.guardian()
    assert (await attempt(server, f"  {dana.login.upper()} ", PASSWORD)).status_code == 303
    assert (await attempt(server, dana.login, PASSWORD.upper())).status_code == 403


async def test_odd_names_just_fail(server: Running) -> None:
    """Whatever is typed: the same answer."""
    for login in ("", "\u202e", "x" * 500, "' OR 1=1 --", "e\u0301" * 30):
        assert (await attempt(server, login, WRONG)).status_code == 403


async def test_the_page_never_repeats_the_password(server: Running) -> None:
    """After a failure the name is kept in its field and the password is not."""
    reply = await attempt(server, "dana-1234", WRONG)
    assert read_forms(reply.text)[0].fields["login"] == "dana-1234"
    assert WRONG not in reply.text
