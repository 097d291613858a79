"""What one network may use up: tries, accounts, open device codes; and what is forgotten."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from familypair.testing.forms import read_forms
from familypair_server.auth import passwords
from familypair_server.auth.oauth_endpoints import PENDING_PER_NETWORK
from familypair_server.storage import Store
from support.server import CLIENT_ID, PASSWORD, Person, Running, device_code, running
from support.sign_ins import auth_of, guesses

WRONG = "a wrong password, sadly"
HOUR = timedelta(hours=1)


async def attempt(
    server: Running, login: str, password: str, address: str = "192.0.2.99"
) -> httpx2.Response:
    """One try from a fresh browser."""
    person = Person(server, await server.browser(address), login=login)
    return await person.sign_in(password)


async def test_sixty_failures_an_hour_from_a_network(server: Running) -> None:
    """Whatever names they try; the 61st waits for the hour's end, other networks do not wait."""
    dana = await server.guardian()
    for number in range(60):
        assert (await attempt(server, f"nobody-{number:04}", WRONG)).status_code == 403
    runs = auth_of(server).passwords.runs
    stopped = await attempt(server, "nobody-9999", WRONG)
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "3600")
    assert auth_of(server).passwords.runs == runs
    assert (await attempt(server, dana.login, PASSWORD, "198.51.100.7")).status_code == 303
    server.clock.tick(HOUR)
    assert (await attempt(server, "nobody-9999", WRONG)).status_code == 403


async def test_success_neither_counts_nor_clears(server: Running) -> None:
    """Right passwords cost no try, and give a guesser with an account none back."""
    dana = await server.guardian()
    for number in range(59):
        assert (await attempt(server, f"nobody-{number:04}", WRONG)).status_code == 403
    for _ in range(3):
        assert (await attempt(server, dana.login, PASSWORD)).status_code == 303
    assert (await attempt(server, "nobody-9998", WRONG)).status_code == 403
    assert (await attempt(server, "nobody-9999", WRONG)).status_code == 429


async def test_a_full_share_is_said_on_a_page(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After, for signing in, for a new account and for a password typed again."""
    dana = await server.guardian()
    fresh = {"password": PASSWORD, "new_password": "nine purple umbrellas on a hill"}
    page = await dana.web.get("/account")
    monkeypatch.setattr(passwords, "SHARE", 0)
    replies = [
        await dana.send(page, fresh, index=len(read_forms(page.text)) - 1),
        await attempt(server, dana.login, PASSWORD),
        await Person(server, await server.browser()).sign_up(),
    ]
    for refused in replies:
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert "try again soon" in refused.text
    monkeypatch.undo()
    assert (await attempt(server, dana.login, PASSWORD)).status_code == 303


async def test_new_accounts_are_limited_per_network(store: Store, tmp_path: Path) -> None:
    """As many an hour as the operator says; another network, and the next hour, are free."""
    async with running(store, tmp_path, signups_per_hour=2) as server:
        for _ in range(2):
            person = Person(server, await server.browser())
            assert (await person.sign_up()).status_code == 303
        refused = await Person(server, await server.browser("192.0.2.77")).sign_up()
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
        assert "Too many requests" in refused.text
        elsewhere = Person(server, await server.browser("198.51.100.1"))
        assert (await elsewhere.sign_up()).status_code == 303
        server.clock.tick(HOUR)
        assert (await Person(server, await server.browser()).sign_up()).status_code == 303


async def test_a_faulty_sign_up_takes_no_place(store: Store, tmp_path: Path) -> None:
    """A weak password is said as often as it is tried, and the account can be made after it."""
    async with running(store, tmp_path, signups_per_hour=1) as server:
        for _ in range(3):
            person = Person(server, await server.browser())
            assert (await person.sign_up(password="short")).status_code == 422
        assert (await Person(server, await server.browser()).sign_up()).status_code == 303


async def test_open_device_codes_are_limited_per_network(server: Running) -> None:
    """Thirty that nobody decided about; a decision or their end makes room."""
    dana = await server.guardian()
    codes = [await device_code(dana.web) for _ in range(PENDING_PER_NETWORK)]
    data = {"client_id": CLIENT_ID, "scope": "family"}
    refused = await dana.web.post("/oauth/device_authorization", data=data)
    assert (refused.status_code, refused.json()["error"]) == (429, "slow_down")
    assert refused.headers["retry-after"] == "60"
    await device_code(await server.browser("198.51.100.7"))
    await dana.decide(codes[0]["user_code"], "deny")
    await device_code(dana.web)
    assert (await dana.web.post("/oauth/device_authorization", data=data)).status_code == 429
    server.clock.tick(timedelta(minutes=10))
    await device_code(dana.web)


async def test_counters_that_are_over_go(server: Running) -> None:
    """A stranger's rows are deleted by later guesses, in small batches."""
    for number in range(30):
        assert (await attempt(server, f"nobody-{number:04}", WRONG)).status_code == 403
    before = await guesses(server)
    assert before == 61
    server.clock.tick(timedelta(days=2))
    await attempt(server, "nobody-9999", WRONG)
    left = await guesses(server)
    assert 3 <= left < before - 20
    await attempt(server, "nobody-9999", WRONG)
    assert await guesses(server) == 3


async def test_many_at_once_get_no_more(store: Store, tmp_path: Path) -> None:
    """Six sign-ups at the same moment where four are left: four accounts."""
    async with running(store, tmp_path, signups_per_hour=4) as server:
        people = [Person(server, await server.browser()) for _ in range(6)]
        made = await asyncio.gather(*[person.sign_up() for person in people])
        assert sorted(reply.status_code for reply in made) == [303] * 4 + [429] * 2
