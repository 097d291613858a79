"""The whole application in the test's own event loop, and people who use its pages and API."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from familypair.testing import ManualClock
from familypair.testing.forms import read_forms
from familypair_server.app import Application, create_app
from familypair_server.ids import Random
from familypair_server.settings import Settings
from familypair_server.storage import Store

ISSUER = "https://pair.example"
CLIENT_ID = "familypair-cli"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PASSWORD = "seven green bicycles in the rain"
TEEN_BIRTH = "2012-05-04"
LOOPBACK = "http://127.0.0.1:39211/cb"
VERIFIER = "v" * 43
GUARDIAN_BIRTH = "1984-02-29"


@dataclass
class Running:
    """A started application on a manual clock."""

    app: Application
    clock: ManualClock
    store: Store
    stack: AsyncExitStack
    address: str = "192.0.2.10"

    async def browser(self, address: str | None = None) -> httpx2.AsyncClient:
        """An HTTP client with a cookie jar of its own, at an address of its own."""
        peer = (address or self.address, 40_000)
        transport = httpx2.ASGITransport(app=self.app, client=peer, raise_app_exceptions=False)  # type: ignore[arg-type]  # an ASGI app with narrower scope types
        client = httpx2.AsyncClient(transport=transport, base_url=ISSUER, trust_env=False)
        return await self.stack.enter_async_context(client)

    async def guardian(self, name: str = "Dana Smith") -> "Person":
        """A new guardian, signed in on the pages and with an app."""
        return await self._person(name, GUARDIAN_BIRTH)

    async def teen(self, name: str = "Mia Smith", birth: str = TEEN_BIRTH) -> "Person":
        """A new teen, signed in on the pages and with an app."""
        return await self._person(name, birth)

    async def _person(self, name: str, birth: str) -> "Person":
        person = Person(self, await self.browser())
        await person.sign_up(name=name, birth_date=birth)
        await person.sign_in_app()
        return person


@dataclass
class Person:
    """Somebody with a browser and, after `sign_in_app`, an API client."""

    server: Running
    web: httpx2.AsyncClient
    login: str = ""
    tokens: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def auth(self) -> dict[str, str]:
        """Headers for the API."""
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def submit(
        self, path: str, values: Mapping[str, str], *, index: int = 0
    ) -> httpx2.Response:
        """Open a page, fill in its form, and send it."""
        return await self.send(await self.web.get(path), values, index=index)

    async def send(
        self, page: httpx2.Response, values: Mapping[str, str], *, index: int = 0
    ) -> httpx2.Response:
        """Fill in a form of a page that is open, and send it."""
        form = read_forms(page.text)[index]
        return await self.web.post(form.action, data={**form.fields, **values})

    async def sign_up(
        self,
        *,
        name: str = "Mia Smith",
        birth_date: str = TEEN_BIRTH,
        login: str = "mia",
        password: str = PASSWORD,
        country: str = "IE",
        zone: str = "Europe/Dublin",
    ) -> httpx2.Response:
        """Both steps of /signup; remembers the sign-in name that the account page shows."""
        details = await self.submit("/signup", {"birth_date": birth_date})
        wish = {"name": name, "login": login, "password": password}
        done = await self.send(details, {**wish, "country": country, "zone": zone})
        if done.status_code == 303:
            page = await self.web.get("/account")
            self.login = page.text.partition('class="login">')[2].partition("<")[0]
        return done

    async def sign_in(self, password: str = PASSWORD, where: str = "account") -> httpx2.Response:
        """The page /signin."""
        values = {"login": self.login, "password": password}
        return await self.submit(f"/signin?next={where}", values)

    async def sign_in_app(self) -> dict[str, Any]:
        """The device flow, whole: codes, the person's yes, tokens."""
        code = await device_code(self.web)
        approved = await self.decide(code["user_code"], "approve")
        assert "Done" in approved.text, approved.text
        reply = await poll(self.web, code)
        assert reply.status_code == 200, reply.text
        self.tokens = reply.json()
        return self.tokens

    async def decide(self, user_code: str, decision: str) -> httpx2.Response:
        """Type a user code on /device, look, and press a button."""
        looked = await self.submit("/device", {"user_code": user_code})
        if looked.status_code != 200:
            return looked
        return await self.send(looked, self.answers(looked, decision))

    def answers(self, page: httpx2.Response, decision: str) -> dict[str, str]:
        """A decision, with the password where the page asks for it."""
        asked = "password" in read_forms(page.text)[0].fields
        return {"decision": decision, **({"password": PASSWORD} if asked else {})}

    async def consent(
        self, verifier: str = VERIFIER, decision: str = "approve", **changes: str
    ) -> httpx2.Response:
        """The code flow up to the redirect to the client; signs in again where that is asked."""
        page = await self.web.get(authorize_url(verifier, **changes))
        for _ in range(4):
            if page.status_code != 303 or page.headers["location"].startswith("http://"):
                break
            page = await self.web.get(page.headers["location"])
            if "/signin" in str(page.url):
                page = await self.send(page, {"login": self.login, "password": PASSWORD})
        forms = read_forms(page.text)
        if not forms or forms[0].action != "/consent":
            return page
        return await self.send(page, self.answers(page, decision))

    async def step_up(self) -> dict[str, Any]:
        """Type the password now and get tokens that satisfy `requires_recent_sign_in`."""
        code = answer_of(await self.consent(max_age="0"))["code"]
        reply = await redeem(self.web, code)
        assert reply.status_code == 200, reply.text
        self.tokens = reply.json()
        return self.tokens

    async def refresh(self, refresh_token: str | None = None) -> httpx2.Response:
        """Use a refresh token."""
        token = refresh_token or self.tokens["refresh_token"]
        return await token_request(self.web, grant_type="refresh_token", refresh_token=token)

    async def me(self, access_token: str | None = None) -> httpx2.Response:
        """GET /v1/me."""
        token = access_token or self.tokens["access_token"]
        return await self.web.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


async def device_code(web: httpx2.AsyncClient, **changes: str) -> dict[str, Any]:
    """Start the device flow."""
    data = {"client_id": CLIENT_ID, "scope": "family", **changes}
    reply = await web.post("/oauth/device_authorization", data=data)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def poll(web: httpx2.AsyncClient, code: Mapping[str, Any]) -> httpx2.Response:
    """Ask for the tokens of a device code once."""
    return await token_request(web, grant_type=DEVICE_GRANT, device_code=code["device_code"])


async def redeem(
    web: httpx2.AsyncClient, code: str, verifier: str = VERIFIER, uri: str = LOOPBACK
) -> httpx2.Response:
    """Exchange an authorization code."""
    fields = {"code": code, "redirect_uri": uri, "code_verifier": verifier}
    return await token_request(web, grant_type="authorization_code", **fields)


async def token_request(web: httpx2.AsyncClient, **data: str) -> httpx2.Response:
    """POST /oauth/token as the terminal client."""
    return await web.post("/oauth/token", data={"client_id": CLIENT_ID, **data})


def authorize_url(verifier: str, **changes: str) -> str:
    """An authorization request of the terminal client; an empty value leaves a parameter out."""
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": LOOPBACK,
        "scope": "family",
        "state": "xyz",
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        **changes,
    }
    return "/oauth/authorize?" + urlencode({k: v for k, v in asked.items() if v})


def answer_of(reply: httpx2.Response) -> dict[str, str]:
    """The parameters that a redirect to the client carries."""
    assert reply.status_code == 303, reply.text
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))


@asynccontextmanager
async def running(
    store: Store,
    folder: Path,
    *,
    clock: ManualClock | None = None,
    random: Random | None = None,
    **settings: Any,
) -> AsyncGenerator[Running]:
    """Start the application on an open store; the cheapest argon2 costs, a secret per folder."""
    moved = clock or ManualClock()
    options: dict[str, Any] = {
        "issuer": ISSUER,
        "password_cost": "cheapest",
        "secret_file": f"{folder}/secret",
        "signups_per_hour": 1000,
        "jobs_seconds": 0,
    }
    chosen = Settings(**{**options, **settings})
    app = create_app(chosen, clock=moved, random=random, store=store)
    async with AsyncExitStack() as stack, app.lifespan():
        yield Running(app, moved, store, stack)


@pytest.fixture
async def server(store: Store, tmp_path: Path) -> AsyncGenerator[Running]:
    """The application, once per engine."""
    # In a task of its own: a fixture's end runs in another task than its start, and the
    # application's cancel scopes must be left where they were entered.
    ready: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    life = asyncio.create_task(_live(store, tmp_path, ready, stop))
    waiting: set[asyncio.Future[Any]] = {life, ready}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()
    yield await ready
    stop.set()
    await life


async def _live(
    store: Store, folder: Path, ready: asyncio.Future[Running], stop: asyncio.Event
) -> None:
    async with running(store, folder) as started:
        ready.set_result(started)
        await stop.wait()
