"""For receivers of webhooks: proof that a message is the service's, and that it is new.

    from familypair.client.webhooks import NotAuthentic, verify

    message = verify(request.headers, await request.body(), SECRET)   # raises NotAuthentic
    if message.type == "policy.changed":
        ...

After Standard Webhooks 1.0.0, of which any library verifies the same messages. This one needs
nothing but the base install.
"""

import base64
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from familypair.client.errors import ClientError
from familypair.schema.base import Instant

TOLERANCE: Final = timedelta(minutes=5)
"""How far the time of sending may be from now, in both directions."""
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1,"
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_FEWEST_BYTES: Final = 24


class NotAuthentic(ClientError):  # noqa: N818 - named for what happened
    """The message is not proven to be the service's, or it is old: answer 400 and do nothing."""


class Message(msgspec.Struct, frozen=True):
    """What happened. Handle each `id` once: a message can arrive more than once."""

    id: str
    type: str
    timestamp: Instant
    """When it happened; the time of sending may be a day later."""
    data: Mapping[str, Any]


class _Body(msgspec.Struct, frozen=True):
    type: str
    timestamp: Instant
    data: Mapping[str, Any] = {}


def verify(
    headers: Mapping[str, str],
    body: bytes | str,
    secret: str | Sequence[str],
    *,
    now: datetime | None = None,
) -> Message:
    """The message, when it is authentic; raises `NotAuthentic` otherwise.

    `body` is what was received, byte for byte: decoded and encoded again it is another text.
    `secret` is the `whsec_...` text, or several while one is replaced. `now` is for tests.
    """
    raw = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent_at = given["webhook-id"], given["webhook-timestamp"]
        signatures = given["webhook-signature"]
    except KeyError as error:
        raise NotAuthentic(f"The message has no {error.args[0]} header.") from error
    _check_time(sent_at, now or datetime.now(UTC))
    signed = f"{message_id}.{sent_at}.".encode() + raw
    secrets = [secret] if isinstance(secret, str) else list(secret)
    expected = [hmac.digest(_key(one), signed, "sha256") for one in secrets]
    # Every pair is compared, so that the time says nothing about which one fits.
    fits = [hmac.compare_digest(a, b) for a in expected for b in _given(signatures)]
    if not any(fits):
        raise NotAuthentic("No signature of the message fits the secret.")
    return _decoded(message_id, raw)


def _check_time(sent_at: str, now: datetime) -> None:
    if not _SECONDS.fullmatch(sent_at):
        raise NotAuthentic("The message's time of sending is no number of seconds.")
    if abs(int(sent_at) - now.timestamp()) > TOLERANCE.total_seconds():
        raise NotAuthentic("The message was not sent within five minutes of now.")


def _key(secret: str) -> bytes:
    text = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise ClientError("The webhook's secret is not whsec_ and base64.") from error
    if len(key) < _FEWEST_BYTES:
        raise ClientError("The webhook's secret is too short.")
    return key


def _given(signatures: str) -> Iterator[bytes]:
    """What is signed by a secret (`v1`); other versions are for other keys."""
    for one in signatures.split(" "):
        if one.startswith(_VERSION):
            try:
                yield base64.b64decode(one.removeprefix(_VERSION), validate=True)
            except ValueError:
                continue  # no base64


def _decoded(message_id: str, raw: bytes) -> Message:
    try:
        found = msgspec.json.decode(raw, type=_Body)
    except msgspec.MsgspecError as error:
        raise NotAuthentic("The message is signed, but it is not in a known form.") from error
    return Message(message_id, found.type, found.timestamp, found.data)
