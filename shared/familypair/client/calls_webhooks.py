"""A host app's webhooks: where the server tells it what has changed; scope `policy:read`.

What arrives there is checked with `familypair.client.webhooks.verify`.
"""

from collections.abc import Iterable

from familypair.client.calls_base import Calls
from familypair.client.wire import Wire
from familypair.schema.webhooks import (
    Deliveries,
    Delivery,
    Replayed,
    WebhookAsk,
    Webhooks,
    WebhookSecret,
)


class WebhookCalls(Calls):
    """The calls about webhooks; `HostClient` sets the wire."""

    _policies: Wire

    async def webhooks(self) -> Webhooks:
        """All webhooks of this host, without their secrets."""
        return await self._policies.ask(self._get("webhooks"), Webhooks)

    async def add_webhook(self, url: str, events: Iterable[str], *, key: str = "") -> WebhookSecret:
        """Be told of these events at an https address; the secret is shown this once."""
        body = WebhookAsk(url=url, events=tuple(events))
        call = self._create("webhooks", body=body, key=key)
        return await self._policies.ask(call, WebhookSecret)

    async def drop_webhook(self, webhook: str) -> None:
        """Send nothing there any more."""
        await self._policies.send(self._delete("webhooks", webhook))

    async def rotate_secret(self, webhook: str, *, key: str = "") -> WebhookSecret:
        """Another secret; the old one signs too for 24 hours."""
        call = self._create("webhooks", webhook, "secret", key=key)
        return await self._policies.ask(call, WebhookSecret)

    async def try_webhook(self, webhook: str, *, key: str = "") -> Delivery:
        """Send a `ping`."""
        call = self._create("webhooks", webhook, "test", key=key)
        return await self._policies.ask(call, Delivery)

    async def deliveries(self, webhook: str, *, state: str = "", after: str = "") -> Deliveries:
        """What became of each message; `state` is `waiting`, `delivered` or `failed`."""
        query = {name: value for name, value in (("state", state), ("after", after)) if value}
        return await self._policies.ask(
            self._get("webhooks", webhook, "deliveries", **query), Deliveries
        )

    async def replay(self, webhook: str, delivery: str) -> Delivery:
        """Send one message again, under its old id."""
        call = self._post("webhooks", webhook, "deliveries", delivery, "replay")
        return await self._policies.ask(call, Delivery)

    async def replay_failed(self, webhook: str) -> Replayed:
        """Send every failed message again."""
        call = self._post("webhooks", webhook, "deliveries", "replay")
        return await self._policies.ask(call, Replayed)
