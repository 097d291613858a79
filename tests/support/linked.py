"""A teen and a guardian with an active link on a running application, and fixtures of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_server.records import ledger
from familypair_server.storage import Store
from support.pairs import Api, House
from support.server import Running

DAY = timedelta(days=1)


class Family:
    """A teen and a guardian with an active link, on a running application."""

    def __init__(self, house: House, guardian_id: str, teen_id: str, link: str) -> None:
        self.house = house
        self.guardian_id, self.teen_id, self.link = guardian_id, teen_id, link
        self.guardian: Api
        self.teen: Api

    @classmethod
    async def make(cls, server: Running, scopes: Sequence[Scope] = ALL_SCOPES) -> "Family":
        """Link two new people and sign them in."""
        house = House(server)
        guardian, teen = await house.guardian(), await house.teen()
        link = await house.linked(guardian, teen, tuple(scopes))
        family = cls(house, guardian, teen, link)
        family.guardian = await house.api(guardian)
        family.teen = await house.api(teen)
        return family

    def path(self, tail: str = "") -> str:
        """A path of the link."""
        return f"links/{self.link}{tail}"


async def types(store: Store, teen: str, viewer: str) -> list[str]:
    """The types of a viewer's inbox entries."""
    items = await store.read(ledger.read_inbox(teen, viewer))
    return [ledger.type_of(item.entry) for item in items if item.entry is not None]


@pytest.fixture
async def family(server: Running) -> Family:
    """A linked pair after its probation."""
    made = await Family.make(server)
    server.clock.tick(DAY)
    made.guardian = await made.house.api(made.guardian_id)
    made.teen = await made.house.api(made.teen_id)
    await made.teen.get("links")
    return made


def problem(reply: httpx2.Response) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
    """All of a refusal but the request's own id: status, body, headers."""
    own = reply.headers["x-request-id"]
    body = {name: value for name, value in reply.json().items() if name != "request_id"}
    assert reply.json()["request_id"] == own
    headers = [(name, value) for name, value in reply.headers.items() if value != own]
    assert own not in repr(body)
    # the id is the only part whose length may differ
    return reply.status_code, body, [h for h in headers if h[0] != "content-length"]
