"""Reading the app's log from outside: its loopback address, with the demonstration's token."""

from typing import TYPE_CHECKING

import msgspec

from familypair.client.errors import BadAnswer
from familypair.client.http import Transport
from familypair_tui.demo.app_loop.log import Page

if TYPE_CHECKING:
    import httpx2


class LogReader:
    """Reads what is new since the last look."""

    def __init__(
        self, address: str, token: str, transport: "httpx2.AsyncBaseTransport | None" = None
    ) -> None:
        """`transport` replaces the network."""
        self._transport = Transport(address, transport)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._seen = 0

    def from_start(self) -> None:
        """The next look sees everything that is kept."""
        self._seen = 0

    async def read(self) -> Page:
        """What was asked since then. Raises `Unreachable` and `BadAnswer`."""
        query = {"after": str(self._seen)}
        reply = await self._transport.send("GET", "/demo/decisions", self._headers, b"", query)
        if not reply.ok:
            raise BadAnswer(f"The app answered {reply.status}.")
        try:
            page = msgspec.json.decode(reply.body, type=Page)
        except msgspec.DecodeError as error:
            raise BadAnswer("The app's answer cannot be read.") from error
        if page.items:
            self._seen = page.items[-1].seq
        return page

    async def close(self) -> None:
        """Close the connection."""
        await self._transport.aclose()
