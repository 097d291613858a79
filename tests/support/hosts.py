"""Host apps for tests: registered in the database, signed in, bound by teens."""

import base64
from dataclasses import dataclass, field
from typing import Any

import httpx2

from familypair_server.auth.registration import NewHost, add_host
from familypair_server.hosts.binding import NewBinding, bind, standing
from familypair_server.ids import SystemRandom, new_id
from familypair_server.storage import Store, Txn, transaction
from support.homes import Home

SECRET = "a-secret-of-256-bits"
REDIRECTS = ("https://loop.example/cb", "http://127.0.0.1/cb")
ALL = "policy:read usage:write"


@dataclass
class HostApp:
    """One registered host app and its requests."""

    home: Home
    id: str
    name: str
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def sign_in(self, scope: str = ALL) -> None:
        """A fresh token of its own for these scopes; needed again after 15 minutes."""
        reply = await token_reply(self.home.web, self.id, scope=scope)
        assert reply.status_code == 200, reply.text
        self.headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}

    async def bind(self, teen: str) -> str:
        """The teen says yes; returns the id at this host, a known one when bound already."""
        return await self.home.store.run(_bound(self.home, self, teen))

    async def put_device(self, device: str, subject: str) -> httpx2.Response:
        """Say whose device it is."""
        path = f"/v1/host/devices/{device}"
        return await self.home.web.put(path, headers=self.headers, json={"teen": subject})

    async def device(self, teen: str, device: str = "phone") -> str:
        """A teen's device, ready to report; the teen's id at this host."""
        subject = await self.bind(teen)
        reply = await self.put_device(device, subject)
        assert reply.status_code == 200, reply.text
        return subject

    async def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Any request as this host."""
        return await self.home.web.request(method, path, headers=self.headers, **more)


async def host_app(home: Home, name: str = "Loop", scope: str = ALL) -> HostApp:
    """A host app, registered and signed in."""
    host = HostApp(home, await register(home.store, name), name)
    await host.sign_in(scope)
    return host


async def register(store: Store, name: str = "Loop", redirects: tuple[str, ...] = REDIRECTS) -> str:
    """Register a host app with `SECRET`; its client id."""
    asked = NewHost(name=name, redirects=redirects)
    return await store.run(add_host(asked, secret=SECRET, random=SystemRandom(), now=0))


async def token_reply(
    web: httpx2.AsyncClient, client_id: str, secret: str = SECRET, **form: str
) -> httpx2.Response:
    """POST /oauth/token as a client with a secret; the host's own grant unless `form` says."""
    data = {"grant_type": "client_credentials", **form}
    return await web.post("/oauth/token", data=data, headers=basic(client_id, secret))


def basic(client_id: str, secret: str = SECRET) -> dict[str, str]:
    """HTTP Basic (RFC 6749 section 2.3.1)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


@transaction
def _bound(home: Home, host: HostApp, teen: str) -> Txn[str]:
    people = home.people
    found = yield from standing(teen, host.id, now=home.clock(), keys=people.keys)
    assert found is not None, "not a teen"
    if found.subject:
        return found.subject
    new = NewBinding(
        teen_id=teen,
        host_id=host.id,
        host_name=host.name,
        subject=new_id(people.random, "sub"),
    )
    yield from bind(new, now=home.clock(), keys=people.keys, random=people.random)
    return new.subject
