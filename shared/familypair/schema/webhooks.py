"""Webhooks on the wire: what a host app registers, and what became of each message (section 11).

The messages themselves follow Standard Webhooks 1.0.0; see docs/webhooks.md.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta

from familypair.schema.base import Answer, Ask, Instant, Page

MOST_WEBHOOKS = 10
"""Most webhooks of one host app."""
LONGEST_URL = 2000
"""Most characters of a webhook's address."""

Address = Annotated[str, Meta(max_length=LONGEST_URL)]


class Event(StrEnum):
    """What a host can be told. `ping` is sent by the route for trying only."""

    POLICY_CHANGED = "policy.changed"
    APP_BOUND = "app.bound"
    APP_UNBOUND = "app.unbound"


PING = "ping"
"""The type of a message that only tries whether messages arrive."""


class WebhookAsk(Ask, frozen=True, kw_only=True):
    """Where to send what."""

    url: Address
    events: Annotated[tuple[str, ...], Meta(min_length=1, max_length=16)]
    """Each once: `policy.changed`, `app.bound`, `app.unbound`."""


class Webhook(Answer, frozen=True, kw_only=True):
    """A registered address. Its secret is never shown again."""

    id: str
    url: str
    events: tuple[str, ...]
    created_at: Instant
    disabled_at: Instant | None = None
    """Since when nothing is sent because the receiver answered 410; a test or a replay enables."""
    old_secret_until: Instant | None = None
    """Until when the secret before the last one signs too."""


class WebhookSecret(Answer, frozen=True, kw_only=True):
    """A webhook with its secret, shown this once."""

    webhook: Webhook
    secret: str
    """`whsec_` and base64 of 32 bytes."""


class Webhooks(Answer, frozen=True, kw_only=True):
    """All webhooks of the host, the oldest first."""

    items: tuple[Webhook, ...]


class DeliveryState(StrEnum):
    """How a message stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(Answer, frozen=True, kw_only=True):
    """One message to one address."""

    id: str
    """The `webhook-id` header of every attempt."""
    event: str
    state: DeliveryState
    attempts: int
    """Of this round; a replay begins a new one."""
    created_at: Instant
    last_status: int | None = None
    """The last answer's HTTP status."""
    last_error: str = ""
    """Why the last attempt did not succeed: `status`, `gone`, `timeout`, `connection`, `tls`,
    `address` (no public address was found), `expired` (another message's attempt failed), or
    `internal` (a fault of the service)."""
    last_attempt_at: Instant | None = None
    next_attempt_at: Instant | None = None
    """While it waits: when it is tried next, at the earliest."""
    body: Mapping[str, Any]
    """What is sent: `type`, `timestamp`, `data`."""


class Deliveries(Page, frozen=True, kw_only=True):
    """A page of messages, the newest first."""

    items: tuple[Delivery, ...]


class Replayed(Answer, frozen=True, kw_only=True):
    """How many messages are sent again."""

    replayed: int
