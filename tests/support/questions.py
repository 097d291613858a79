"""A teen at a host that asks for decisions over HTTP, for tests."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from familypair_server.storage import Store
from support.homes import Home, at_home
from support.hosts import HostApp, host_app

ONE = "/access/v1/evaluation"
MANY = "/access/v1/evaluations"
STRANGER = {"type": "account", "id": "acct-1"}
FEED = {"type": "surface", "id": "feed"}


@dataclass
class Scene:
    """A guardian and a teen out of probation, and a host that the teen has bound."""

    home: Home
    host: HostApp
    guardian: str
    teen: str
    subject: str

    @property
    def who(self) -> dict[str, str]:
        """The teen, as this host names them."""
        return {"type": "teen", "id": self.subject}

    def question(self, action: str = "app.use", **more: Any) -> dict[str, Any]:
        """A question about the teen; keys of `more` replace the usual ones."""
        asked = {"subject": self.who, "action": {"name": action}, "resource": FEED}
        return {**asked, **more}

    async def post(self, body: Any, path: str = ONE, **headers: str) -> httpx2.Response:
        """Any body as this host; bytes as they are."""
        how: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        sent = {**self.host.headers, "Content-Type": "application/json", **headers}
        return await self.home.web.post(path, headers=sent, **how)

    async def ask(self, action: str = "app.use", **more: Any) -> dict[str, Any]:
        """The `context` of an answer, with `decision` beside it."""
        reply = await self.post(self.question(action, **more))
        assert reply.status_code == 200, reply.text
        answer = reply.json()
        return {"decision": answer["decision"], **answer["context"]}


@asynccontextmanager
async def scene(store: Store, folder: Path, **settings: Any) -> AsyncGenerator[Scene]:
    """A running application with that."""
    async with at_home(store, folder, **settings) as home:
        guardian, teen = await home.family()
        host = await host_app(home)
        yield Scene(home, host, guardian, teen, await host.bind(teen))
