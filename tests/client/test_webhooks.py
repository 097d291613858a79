"""What a receiver of webhooks checks with the client library."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from familypair.client.errors import ClientError
from familypair.client.webhooks import TOLERANCE, NotAuthentic, verify

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
BODY = '{"type":"app.bound","timestamp":"2026-11-22T14:59:00Z","data":{"teen":"sub_é"}}'


def signed(body: str = BODY, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    """Headers as an independent library makes them."""
    return {
        "Webhook-Id": "whd_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("whd_1", at, body),
    }


def test_an_authentic_message_is_taken() -> None:
    """As bytes or text, with header names in any case, with one of two secrets or signatures."""
    message = verify(signed(), BODY.encode(), SECRET, now=NOW)
    assert (message.id, message.type, message.data) == ("whd_1", "app.bound", {"teen": "sub_é"})
    assert message.timestamp == NOW - timedelta(minutes=1)
    lower = {name.lower(): value for name, value in signed().items()}
    assert verify(lower, BODY, [OTHER, SECRET], now=NOW) == message
    both = signed()["Webhook-Signature"] + " " + signed(secret=OTHER)["Webhook-Signature"]
    for secret in (SECRET, OTHER, SECRET.removeprefix("whsec_").rstrip("=")):
        assert verify(lower | {"webhook-signature": both}, BODY, secret, now=NOW) == message
    odd = f"v1a,xx v1,? v1,é {both}"
    assert verify(lower | {"webhook-signature": odd}, BODY, SECRET, now=NOW) == message


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "whd_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v2,AAAA"},
    ],
)
def test_a_message_that_was_changed_is_refused(changed: dict[str, str]) -> None:
    """Each header is part of what is signed; what is malformed is no proof of anything."""
    headers = {name.lower(): value for name, value in signed().items()}
    assert verify(headers, BODY, SECRET, now=NOW).id == "whd_1"
    with pytest.raises(NotAuthentic):
        verify(headers | changed, BODY, SECRET, now=NOW)


def test_another_body_secret_or_time_is_refused() -> None:
    """One space more, another secret, six minutes away, a missing header, no known form."""
    for wrong in (BODY + " ", BODY.replace("é", "e")):
        with pytest.raises(NotAuthentic):
            verify(signed(), wrong, SECRET, now=NOW)
    with pytest.raises(NotAuthentic, match="fits"):
        verify(signed(), BODY, OTHER, now=NOW)
    for away in (TOLERANCE, -TOLERANCE):
        assert verify(signed(), BODY, SECRET, now=NOW + away).id == "whd_1"
        with pytest.raises(NotAuthentic, match="five minutes"):
            verify(signed(), BODY, SECRET, now=NOW + away * 1.01)
    with pytest.raises(NotAuthentic, match="webhook-id"):
        verify({}, BODY, SECRET, now=NOW)
    for odd in ("[]", "not json", '{"type":1}'):
        with pytest.raises(NotAuthentic, match="form"):
            verify(signed(odd), odd, SECRET, now=NOW)
    for secret in ("whsec_???", "whsec_AAAA", ""):
        with pytest.raises(ClientError, match="secret"):
            verify(signed(), BODY, secret, now=NOW)
    fresh = signed(at=datetime.now(UTC))
    assert verify(fresh, BODY, SECRET).id == "whd_1"
