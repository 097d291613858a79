"""Secrets and signatures after Standard Webhooks: HMAC-SHA-256 over id, time and body (`v1`)."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from familypair_server.ids import Random
from familypair_server.keys import Keys

SECRET_BYTES: Final = 32
OLD_SIGNS: Final = timedelta(hours=24)
"""How long a secret that was replaced signs too."""
_PREFIX: Final = "whsec_"
_PURPOSE: Final = "webhook-secret"


def shown(secret: bytes) -> str:
    """How a receiver gets to know a secret."""
    return _PREFIX + base64.b64encode(secret).decode()


def sealed(secret: bytes, webhook_id: str, keys: Keys, random: Random) -> str:
    """A secret as it is stored, bound to its webhook."""
    return keys.seal(_PURPOSE, secret, aad=webhook_id, random=random)


def opened(stored: str, webhook_id: str, keys: Keys) -> bytes:
    """What `sealed` made; raises `cryptography.exceptions.InvalidTag` when it is another's."""
    return keys.open(_PURPOSE, stored, aad=webhook_id)


def headers(message_id: str, body: bytes, secrets: Sequence[bytes], at: datetime) -> dict[str, str]:
    """The three headers of a message, signed with every secret that is valid now."""
    seconds = str(int(at.timestamp()))
    signed = f"{message_id}.{seconds}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{_mac(secret, signed)}" for secret in secrets),
    }


def _mac(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
