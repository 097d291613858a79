"""The people of the demonstration: each uses the pages and the client like anybody else."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from familypair.client import FamilyPairing
from familypair.client.around import Around
from familypair.client.store import MemoryStore, Store, TokenStore
from familypair.schema.accounts import Me
from familypair.schema.oauth import DeviceCode
from familypair_tui.demo.pages import Browser, Page, PageError

PASSWORD = "a short sentence works well"  # noqa: S105 - everybody of the made-up family uses it
"""Shown by the demo, so that a visitor can sign in on the pages as anybody of the family."""


class Clock:
    """The demonstration's time: the server's, which the story moves forward."""

    def __init__(self, url: str, *, days_ago: int = 0) -> None:
        """`days_ago` is when the server's clock began."""
        self._skipped = -timedelta(days=days_ago)
        self._http = httpx2.AsyncClient(base_url=url, timeout=20)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    async def skip(self, step: timedelta) -> None:
        """Jump forward on the server and here."""
        reply = await self._http.post("/demo/clock", json={"seconds": int(step.total_seconds())})
        reply.raise_for_status()
        self._skipped += step

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def skip_hours(self, hours: int) -> None:
        """Let whole hours pass."""
        await self.skip(timedelta(hours=hours))

    async def sleep(self, seconds: float) -> None:
        """What a client does instead of waiting: whole seconds pass on the server."""
        await self.skip(timedelta(seconds=int(seconds) + 1))


class GuidedClient(FamilyPairing):
    """A client whose person has no browser at hand: their scripted one types the password."""

    prover: Callable[[object], Awaitable[None]] | None = None

    async def step_up(self, show: Callable[[str], None]) -> None:
        """Sign in again; the made-up person does it on the real pages."""
        tasks: list[asyncio.Task[None]] = []

        def visit(url: str) -> None:
            show(url)
            if self.prover:
                tasks.append(asyncio.ensure_future(_done(self.prover(url))))

        await super().step_up(visit)
        await asyncio.gather(*tasks)


@dataclass
class Person:
    """Somebody with an account, a browser and a signed-in client."""

    name: str
    born: str
    zone: str = "Europe/Dublin"
    country: str = "IE"
    sign_in_name: str = ""
    me: Me | None = None
    _browser: Browser | None = None
    _api: FamilyPairing | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def api(self) -> FamilyPairing:
        """The signed-in client."""
        if self._api is None:
            message = f"{self.name} has no client yet"
            raise PageError(message)
        return self._api

    @property
    def browser(self) -> Browser:
        """The browser with this person's cookies."""
        if self._browser is None:
            message = f"{self.name} has no browser yet"
            raise PageError(message)
        return self._browser

    @property
    def id(self) -> str:
        """The account's id."""
        return self.me.id if self.me else ""

    async def join(self, url: str, clock: Clock, *, home: Path | None = None) -> None:
        """Make an account on the pages, then sign a client in with a device code."""
        self._browser = await self._stack.enter_async_context(Browser(url))
        await self.sign_up()
        store: Store = TokenStore(self.name.lower(), home=home) if home else MemoryStore()
        hurried = FamilyPairing(url, store=store, around=Around(clock=clock, sleep=clock.sleep))
        async with hurried:
            self.me = await self._sign_in(hurried)
        api = GuidedClient(url, store=store, around=Around(clock=clock))
        api.prover = self._consent
        self._api = await self._stack.enter_async_context(api)

    async def leave(self) -> None:
        """Close the browser and the client."""
        await self._stack.aclose()

    async def sign_up(self) -> None:
        """The neutral age screen first, then name, password, country and zone."""
        page = await self.browser.open("/signup")
        page = await self.browser.submit(page, page.form("birth_date"), {"birth_date": self.born})
        answers = {
            "name": self.name,
            "login": self.name.lower(),
            "password": PASSWORD,
            "country": self.country,
            "zone": self.zone,
        }
        page = await self.browser.submit(page, page.form(*answers), answers)
        self.sign_in_name = page.marked.get("login", "")
        if not self.sign_in_name:
            message = f"sign-up of {self.name} showed no sign-in name: {page.text[:300]}"
            raise PageError(message)

    async def prove(self) -> None:
        """Type the password again for a step that needs it (RFC 9470)."""
        await self.api.step_up(_ignore)

    async def _sign_in(self, client: FamilyPairing) -> Me:
        tasks: list[asyncio.Task[None]] = []

        def show(code: DeviceCode) -> None:
            tasks.append(asyncio.ensure_future(self._type_code(code)))

        me = await client.sign_in_with_device(show)
        await asyncio.gather(*tasks)
        return me

    async def _type_code(self, code: DeviceCode) -> None:
        page = await self.browser.open("/device")
        page = await self.browser.submit(
            page, page.form("user_code"), {"user_code": code.user_code}
        )
        await self._decide(page)

    async def _consent(self, url: object) -> None:
        await self.answer(str(url))

    async def answer(self, url: str, *, stop_at: str = "") -> Page:
        """Say yes on the page of a request, after a sign-in where it is asked."""
        page = await self.browser.open(url)
        if any(form.has("login") for form in page.forms):
            answers = {"login": self.sign_in_name, "password": PASSWORD}
            page = await self.browser.submit(page, page.form(*answers), answers)
        if any(form.has("decision") for form in page.forms):
            return await self._decide(page, stop_at=stop_at)
        return page

    async def _decide(self, page: Page, *, stop_at: str = "") -> Page:
        form = page.form("decision")
        answers = {"password": PASSWORD} if form.has("password") else {}
        yes = ("decision", "approve")
        return await self.browser.submit(page, form, answers, button=yes, stop_at=stop_at)


async def _done(awaitable: Awaitable[None]) -> None:
    await awaitable


def _ignore(_: str) -> None:
    """Nobody looks at the address: the scripted browser opens it."""
