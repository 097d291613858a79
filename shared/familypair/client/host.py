"""`HostClient`: a host app's own client: use, rules, decisions, webhooks (product section 11).

from familypair.client.host import HostClient

async with HostClient("https://pair.example", client_id, client_secret) as host:
    await host.bind_device("tablet-1", teen)
    taken = await host.report_usage(intervals)
    answer = await host.evaluate(teen, "app.use")
"""

import asyncio
import base64
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import msgspec

from familypair.client.around import Around, back_off
from familypair.client.calls_base import path_of
from familypair.client.calls_policy import POLICY, PolicyCalls
from familypair.client.calls_webhooks import WebhookCalls
from familypair.client.errors import ClientError, Unreachable
from familypair.client.http import Transport
from familypair.client.oauth import OAuth
from familypair.client.wire import Call, Wire
from familypair.schema.usage import (
    MOST_INTERVALS,
    Device,
    DeviceBinding,
    Devices,
    Interval,
    UsageReport,
    UsageTaken,
)

if TYPE_CHECKING:
    import httpx2

_TRIES = 4
SCOPE = "usage:write"
"""What a host needs to bind devices and to report use."""
_EARLY = 30.0
"""Seconds before its end at which an access token is renewed."""


class ClientTokens:
    """The access token of a confidential client (RFC 6749 section 4.4), kept in memory only."""

    def __init__(self, oauth: OAuth, client: tuple[str, str], scope: str, around: Around) -> None:
        self._oauth = oauth
        self._basic = basic(*client)
        self._scope = scope
        self._around = around
        self._token = ""
        self._ends = 0.0
        self._lock = asyncio.Lock()

    async def access_token(self, *, stale: str = "") -> str:
        """A token to send; `stale` is one that was refused. Raises `SignInFailed`, `Unreachable`.

        Tasks that need one at the same time share one exchange.
        """
        async with self._lock:
            fresh = self._ends - _EARLY > self._around.clock().timestamp()
            if not fresh or not self._token or self._token == stale:
                await self._exchange()
            return self._token

    async def _exchange(self) -> None:
        asked_at = self._around.clock().timestamp()
        fields = {"grant_type": "client_credentials", "scope": self._scope}
        for attempt in range(1, _TRIES + 1):
            try:
                token = await self._oauth.confidential_token(fields, self._basic)
            except Unreachable:  # nothing is lost by a second token
                if attempt == _TRIES:
                    raise
                await self._around.sleep(back_off(attempt, self._around.jitter()))
            else:
                self._token, self._ends = token.access_token, asked_at + token.expires_in
                return


class HostClient(PolicyCalls, WebhookCalls):
    """A host app at one server; safe to use from many tasks of one event loop.

    Calls raise `SignInFailed` (id or secret refused), `ProblemError`, `Unreachable` and
    `BadAnswer`; all are `ClientError`.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = "",
        transport: "httpx2.AsyncBaseTransport | None" = None,
        around: Around | None = None,
    ) -> None:
        """`transport` replaces the network, for instance `httpx2.ASGITransport(app)`.

        Without `scope` each call signs in for what it needs, `usage:write` or `policy:read`; with
        one, all calls share a token of that scope.
        """
        chosen = around or Around()
        self._transport = Transport(issuer, transport)
        oauth, client = OAuth(self._transport), (client_id, client_secret)

        def wire(needed: str) -> Wire:
            return Wire(self._transport, ClientTokens(oauth, client, needed, chosen), chosen)

        self._wire = wire(scope or SCOPE)
        self._policies = self._wire if scope else wire(POLICY)
        self._reporting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    @property
    def issuer(self) -> str:
        """The server's address, without a trailing slash."""
        return self._transport.issuer

    async def bind_device(self, device: str, teen: str) -> Device:
        """Say whose device it is; `teen` is the id at this host. Saying it again is harmless."""
        path = path_of("host", "devices", device)
        call = Call(method="PUT", path=path, body=DeviceBinding(teen=teen), safe=True)
        return await self._wire.ask(call, Device)

    async def devices(self, *, after: str = "") -> Devices:
        """A page of this host's devices, by name."""
        query = {"after": after} if after else {}
        call = Call(method="GET", path=path_of("host", "devices"), query=query)
        return await self._wire.ask(call, Devices)

    async def release_device(self, device: str) -> None:
        """Say that the device is nobody's any more, so that it can become another teen's."""
        await self._wire.send(Call(method="DELETE", path=path_of("host", "devices", device)))

    async def report_usage(self, intervals: Iterable[Interval]) -> UsageTaken:
        """Report use, in the order given; durable at the server when this returns.

        More than 1000 intervals go as several batches, one after the other, and reports of several
        tasks wait for each other: the server clips a device's interval to what follows its last
        receipt, so order matters. An item that was refused is in `items` with its reason and its
        place in `intervals`; the others are kept. After `Unreachable` hand over the same intervals
        again: `(device, seq)` names each, so what had arrived counts once.
        """
        asked = tuple(intervals)
        async with self._reporting:
            taken = [await self._batch(batch) for batch in batches(asked)]
        return together(taken)

    async def _batch(self, batch: tuple[Interval, ...]) -> UsageTaken:
        body = UsageReport(intervals=batch)
        call = Call(method="POST", path=path_of("usage"), body=body, safe=True)
        return await self._wire.ask(call, UsageTaken)


def batches(intervals: Sequence[Interval]) -> list[tuple[Interval, ...]]:
    """Parts of at most 1000, in order. Raises `ClientError` when there is nothing to report."""
    if not intervals:
        raise ClientError("There is nothing to report: no interval was given.")
    starts = range(0, len(intervals), MOST_INTERVALS)
    return [tuple(intervals[start : start + MOST_INTERVALS]) for start in starts]


def together(taken: Sequence[UsageTaken]) -> UsageTaken:
    """Answers of consecutive batches as one: places count through, a teen's last state holds."""
    items = [
        msgspec.structs.replace(item, index=item.index + at * MOST_INTERVALS)
        for at, one in enumerate(taken)
        for item in one.items
    ]
    teens = {left.teen: left for one in taken for left in one.teens}
    return UsageTaken(
        items=tuple(items), teens=tuple(teens.values()), received_at=taken[-1].received_at
    )


def basic(client_id: str, client_secret: str) -> str:
    """The `Authorization` header of a confidential client (RFC 6749 section 2.3.1)."""
    pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
