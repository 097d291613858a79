"""Families behind a running application: people, links and bearer tokens, ready for requests."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2

from familypair.schema.accounts import Band
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.testing import ManualClock
from familypair_server.app import Application, create_app
from familypair_server.auth import statements as auth
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint
from familypair_server.ids import new_id
from familypair_server.links.service import settled
from familypair_server.settings import Settings
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis
from support.pairs import BASE, People

ROOT = bytes(range(32))
PROBATION = timedelta(hours=25)
"""After this a new link is out of its first 24 hours."""


class Home:
    """One application over one store, with a manual clock and requests as anybody."""

    def __init__(self, app: Application, people: People, web: httpx2.AsyncClient) -> None:
        self.app = app
        self.people = people
        self.clock = people.clock
        self.store = people.store
        self.web = web
        self.tokens: dict[str, str] = {}
        self.sessions: dict[str, str] = {}

    async def guardian(self, name: str = "Dana Smith") -> str:
        """A guardian who is signed in; the account id."""
        return await self._signed_in(await self.people.guardian(name))

    async def teen(
        self,
        name: str = "Mia Smith",
        band: Band = Band.YOUNGER,
        changes_on: date | None = None,
    ) -> str:
        """A teen who is signed in; the account id."""
        made = await self.people.teen(name, band=band, changes_on=changes_on)
        return await self._signed_in(made)

    def forget(self) -> None:
        """Sign nobody in again who was here so far."""
        self.tokens.clear()

    async def link(self, guardian: str, teen: str, scopes: tuple[Scope, ...] = ALL_SCOPES) -> str:
        """An active link; the id. It starts in probation, see `settle_in`."""
        return await self.people.linked(guardian, teen, scopes)

    async def settle_in(self) -> None:
        """Let the first 24 hours pass, with fresh tokens for everybody."""
        self.clock.tick(PROBATION)
        people = self.people
        await settled(self.store, list(self.tokens), self.clock(), people.random, people.keys)
        await self.sign_in_again()

    async def sign_in_again(self) -> None:
        """Fresh tokens for everybody, as access tokens last 10 minutes."""
        for account_id in list(self.tokens):
            await self._signed_in(account_id)

    async def family(self) -> tuple[str, str]:
        """A guardian and a teen, linked and out of probation."""
        guardian, teen = await self.guardian(), await self.teen()
        await self.link(guardian, teen)
        await self.settle_in()
        return guardian, teen

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """The request headers of this person."""
        return {"Authorization": f"Bearer {self.tokens[who]}", **more}

    async def get(self, who: str, path: str, **more: Any) -> httpx2.Response:
        """Read as this person."""
        return await self.web.get(path, headers=self.headers(who), **more)

    async def post(self, who: str, path: str, body: Any = None) -> httpx2.Response:
        """Post JSON as this person."""
        return await self.web.post(path, headers=self.headers(who), json=body)

    async def layer(self, who: str, teen: str) -> dict[str, Any]:
        """This person's own layer of a teen."""
        answer = await self.get(who, f"/v1/teens/{teen}/layers/mine")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def patch(
        self, who: str, teen: str, body: Any, *, etag: str | None = None
    ) -> httpx2.Response:
        """Write this person's layer, by default with the tag of what it is now."""
        tag = (await self.layer(who, teen))["etag"] if etag is None else etag
        path = f"/v1/teens/{teen}/layers/mine"
        return await self.web.patch(path, headers=self.headers(who, **{"If-Match": tag}), json=body)

    async def write(self, who: str, teen: str, body: Any) -> dict[str, Any]:
        """A write that must take; the answer."""
        answer = await self.patch(who, teen, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def field(self, who: str, teen: str, path: str) -> dict[str, Any]:
        """One explained field as this person sees it; empty when they do not."""
        answer = await self.get(who, f"/v1/teens/{teen}/settings")
        assert answer.status_code == 200, answer.text
        found = [one for one in answer.json()["fields"] if one["path"] == path]
        return dict(found[0]) if found else {}

    async def inbox(self, who: str, teen: str, after: int = 0) -> list[dict[str, Any]]:
        """The person's entries for a teen above a number."""
        answer = await self.get(who, f"/v1/teens/{teen}/ledger", params={"after": after})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def _signed_in(self, account_id: str) -> str:
        token = mint("fpa_", os.urandom(SECRET_BYTES))
        session = new_id(self.people.random, "fam")
        await self.store.run(sign_in(account_id, session, token, self.people.now))
        self.tokens[account_id], self.sessions[account_id] = token, session
        return account_id


@transaction
def sign_in(account_id: str, session: str, token: str, now: Any) -> Txn[None]:
    """A token family and an access token of this account, valid for 10 minutes."""
    at = millis(now)
    yield from auth.insert_family.run(
        id=session,
        client="familypair-tui",
        account=account_id,
        scope="family",
        how="device",
        now=at,
        expires=at + 90 * 86_400_000,
        auth_time=None,
    )
    yield from auth.insert_access.run(
        hash=digest(token), family=session, scope="family", expires=at + 600_000
    )


def settings_for(folder: Path, **more: Any) -> Settings:
    """Settings whose root secret is the one of `People`."""
    secret = folder / "root.secret"
    secret.write_text(ROOT.hex())
    secret.chmod(0o600)
    options: dict[str, Any] = {"password_cost": "cheapest", "jobs_seconds": 0, **more}
    return Settings(issuer=BASE, secret_file=str(secret), **options)


@asynccontextmanager
async def at_home(
    store: Store, folder: Path, clock: ManualClock | None = None, **more: Any
) -> AsyncGenerator[Home]:
    """A started application over `store`; requests go through ASGI in this event loop.

    It lives in a task of its own: a fixture's end runs in another task than its start, and the
    application's cancel scopes must be left where they were entered.
    """
    ready: asyncio.Future[Home] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    people = People(store, clock)
    app = create_app(settings_for(folder, **more), clock=people.clock, store=store)
    life = asyncio.create_task(_live(app, people, ready, stop))
    waiting: set[asyncio.Future[Any]] = {life, ready}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()
    try:
        yield await ready
    finally:
        stop.set()
        await life


async def _live(
    app: Application, people: People, ready: "asyncio.Future[Home]", stop: asyncio.Event
) -> None:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # an ASGI app with narrower scope types
    async with app.lifespan(), httpx2.AsyncClient(transport=transport, base_url=BASE) as web:
        ready.set_result(Home(app, people, web))
        await stop.wait()
