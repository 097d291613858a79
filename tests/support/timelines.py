"""A household for long random timelines: people, an app with devices, and requests that must work.

One application lives for all examples; every example has a family of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from familypair.schema.accounts import Band
from familypair_server.storage import Statement, Txn, transaction
from support.homes import PROBATION, Home
from support.hosts import HostApp, host_app
from support.seconds import utc

BOUND_BEFORE = timedelta(hours=27)
"""How long before an example begins its devices were bound."""
LIVES = timedelta(minutes=8)
"""Access tokens last 10 minutes; a timeline is longer."""


@dataclass
class Household:
    """A teen, two guardians with every scope, and an app on some devices."""

    home: Home
    host: HostApp
    teen: str
    guardians: tuple[str, str]
    subject: str = ""
    fresh_until: datetime | None = None

    async def call(
        self, who: str, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx2.Response:
        """A request as one of them, with a token that is not too old."""
        await self._fresh()
        home = self.home
        return await home.web.request(method, path, headers=home.headers(who, **headers), json=body)

    async def must(self, who: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A request that has to be answered with a document."""
        reply = await self.call(who, method, path, body)
        assert reply.status_code < 300, reply.text
        return dict(reply.json()) if reply.content else {}

    async def report(self, items: list[tuple[str, int, int, int]]) -> list[str]:
        """Report (device, number, start, end) in seconds; what became of each."""
        await self._fresh()
        intervals = [
            {"device": device, "seq": number, "start": iso(start), "end": iso(end)}
            for device, number, start, end in items
        ]
        reply = await self.host.call("POST", "/v1/usage", json={"intervals": intervals})
        assert reply.status_code == 200, reply.text
        return [item["status"] for item in reply.json()["items"]]

    async def limit(self, who: str, value: int | None) -> None:
        """Set the same limit on every weekday, or none."""
        await self._fresh()
        days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), value)
        await self.home.write(who, self.teen, {"screen_time": {"daily_minutes": days}})

    async def _fresh(self) -> None:
        now = self.home.clock()
        if self.fresh_until is None or now >= self.fresh_until:
            await self.home.sign_in_again()
            await self.host.sign_in()
            self.fresh_until = now + LIVES


async def household(home: Home, devices: tuple[str, ...], zone: str, at: datetime) -> Household:
    """A new family whose first day is over, in a zone, with devices bound a day before `at`."""
    home.forget()
    home.clock.set(at - BOUND_BEFORE - PROBATION)
    guardians = (await home.guardian("Dana Smith"), await home.guardian("Sam Smith"))
    teen = await home.teen("Mia Smith", Band.YOUNGER)
    await home.store.run(_live_in(teen, zone))
    for guardian in guardians:
        await home.link(guardian, teen)
    await home.settle_in()
    home.clock.set(at - BOUND_BEFORE)
    host = await host_app(home, "Loop")
    family = Household(home, host, teen, guardians)
    for device in devices:
        family.subject = await host.device(teen, device)
    home.clock.set(at)
    return family


@transaction
def _live_in(teen: str, zone: str) -> Txn[None]:
    yield from _home_zone.run(id=teen, zone=zone)


_home_zone = Statement("UPDATE account SET zone = :zone WHERE id = :id")


def iso(at: int) -> str:
    """Seconds since 1970 as a host writes them."""
    return utc(at).strftime("%Y-%m-%dT%H:%M:%SZ")
