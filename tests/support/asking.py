"""A teen who asks and guardians who answer, over HTTP."""

from typing import Any

import httpx2

from support.homes import Home

TODAY = "screen_time.daily_minutes.mon"
"""The clock of these tests stands on a Monday after `settle_in`."""
MINUTES = {"type": "minutes", "minutes": 30}


def limit(minutes: int | str | None, day: str = "mon") -> dict[str, Any]:
    """A patch of the daily limit of one weekday."""
    return {"screen_time": {"daily_minutes": {day: minutes}}}


class House:
    """A teen and two guardians, Dana and Sam, on a running application."""

    def __init__(self, home: Home, teen: str, dana: str, sam: str) -> None:
        self.home, self.teen, self.dana, self.sam = home, teen, dana, sam

    @classmethod
    async def of(cls, home: Home) -> "House":
        """Everybody linked and out of probation."""
        teen, dana = await home.teen(), await home.guardian("Dana Smith")
        sam = await home.guardian("Sam Jones")
        await home.link(dana, teen)
        await home.link(sam, teen)
        await home.settle_in()
        return cls(home, teen, dana, sam)

    async def sets(self, who: str, patch: dict[str, Any]) -> None:
        """Somebody writes their own layer."""
        await self.home.write(who, self.teen, patch)

    async def asks(self, wish: dict[str, Any], **more: Any) -> httpx2.Response:
        """The teen asks."""
        path = f"/v1/teens/{self.teen}/requests"
        return await self.home.post(self.teen, path, {"wish": wish, **more})

    async def asked(self, wish: dict[str, Any], **more: Any) -> str:
        """The teen asks, and may; the request's id."""
        answer = await self.asks(wish, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def does(
        self, who: str, request: str, act: str, body: dict[str, Any] | None = None
    ) -> httpx2.Response:
        """Somebody acts on a request."""
        sent = {} if body is None and act in {"approve", "decline"} else body
        return await self.home.post(who, f"/v1/requests/{request}/{act}", sent)

    async def did(
        self, who: str, request: str, act: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """`does` that must take; the request as they see it."""
        answer = await self.does(who, request, act, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def sees(self, who: str, request: str) -> dict[str, Any]:
        """A request as somebody sees it."""
        answer = await self.home.get(who, f"/v1/requests/{request}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def holds(self, path: str = TODAY) -> Any:
        """What holds for a field, for the teen."""
        return (await self.home.field(self.teen, self.teen, path))["value"]

    async def limit_today(self) -> int:
        """Minutes that today allows, with everything posted."""
        answer = await self.home.get(self.teen, f"/v1/teens/{self.teen}/time")
        assert answer.status_code == 200, answer.text
        return int(answer.json()["today"]["limit_seconds"]) // 60

    async def waits(self, who: str) -> int:
        """How many requests wait for somebody: the card, the list and what they may do agree."""
        path = f"/v1/teens/{self.teen}"
        card = (await self.home.get(who, path)).json()
        listed = (await self.home.get(who, f"{path}/requests")).json()
        mine = [one for one in listed["items"] if {"approve", "accept"} & set(one["may"])]
        assert card["waiting"] == listed["waiting"] == len(mine)
        return len(mine)

    async def types(self, who: str, after: int = 0) -> list[str]:
        """The types of somebody's inbox entries."""
        found = await self.home.inbox(who, self.teen, after)
        return [one["entry"]["type"] for one in found]
