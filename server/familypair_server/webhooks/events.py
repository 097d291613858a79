"""The bodies of messages: thin, with ids of this host only and without a name (section 11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from familypair.reasons import Reason
from familypair.schema.base import Instant
from familypair.schema.webhooks import PING, Event
from familypair_server.problems import refuse


class Body(msgspec.Struct, frozen=True):
    """What is sent: what happened, when, and to whom."""

    type: str
    timestamp: Instant
    data: Mapping[str, str | int]


def policy_changed(subject: str, version: int, at: datetime) -> Body:
    """What a teen may do at this host is another now; fetch it."""
    return Body(Event.POLICY_CHANGED, at, {"teen": subject, "version": version})


def app_bound(subject: str, at: datetime) -> Body:
    """A teen has said yes to the host."""
    return Body(Event.APP_BOUND, at, {"teen": subject})


def app_unbound(subject: str, at: datetime) -> Body:
    """The teen has disconnected the host; the id means nobody any more."""
    return Body(Event.APP_UNBOUND, at, {"teen": subject})


def ping(at: datetime) -> Body:
    """Nothing happened: a host tries whether messages arrive."""
    return Body(PING, at, {})


def encoded(body: Body) -> str:
    """The exact text that is stored, signed and sent at every attempt."""
    return msgspec.json.encode(body).decode()


def decoded(text: str) -> dict[str, Any]:
    """A stored body, to be shown."""
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


_KNOWN: Final = tuple(Event)


def chosen(asked: tuple[str, ...]) -> str:
    """The asked events as they are stored: each once, in our order; raises `Refused`."""
    for place, one in enumerate(asked):
        if one not in set(_KNOWN):
            raise refuse(Reason.UNKNOWN_EVENT, f"/events/{place}", known=", ".join(_KNOWN))
    return " ".join(one for one in _KNOWN if one in asked)
