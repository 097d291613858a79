"""A host with webhooks, a receiver on this machine, and a courier that runs when it is told to."""

from dataclasses import dataclass
from typing import Any

import httpx2

from familypair_server.webhooks.courier import Courier
from support.homes import Home
from support.hosts import HostApp
from support.receivers import Receiver

EVERYTHING = ["policy.changed", "app.bound", "app.unbound"]


@dataclass
class Desk:
    """Everything that a test of webhooks needs."""

    home: Home
    host: HostApp
    receiver: Receiver
    courier: Courier

    async def hook(self, host: HostApp | None = None, **more: Any) -> dict[str, Any]:
        """A webhook at the receiver; with its secret."""
        body = {"url": self.receiver.url, "events": EVERYTHING, **more}
        reply = await (host or self.host).call("POST", "/v1/webhooks", json=body)
        assert reply.status_code == 201, reply.text
        made = reply.json()
        return {**made["webhook"], "secret": made["secret"]}

    async def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """A request as the host, which signs in again when time has moved."""
        reply = await self.host.call(method, path, **more)
        if reply.status_code == 401:
            await self.host.sign_in()
            reply = await self.host.call(method, path, **more)
        return reply

    async def listed(self, hook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        """What became of the messages, the newest first."""
        path = f"/v1/webhooks/{hook['id']}/deliveries"
        reply = await self.call("GET", path, params=query)
        assert reply.status_code == 200, reply.text
        return list(reply.json()["items"])

    async def ping(self, hook: dict[str, Any]) -> str:
        """Have a ping sent; its id."""
        reply = await self.call("POST", f"/v1/webhooks/{hook['id']}/test")
        assert reply.status_code == 202, reply.text
        return str(reply.json()["id"])

    async def told(self) -> int:
        """Look at everything and send it; how many attempts."""
        await self.courier.sweep()
        return await self.courier.send_due()
