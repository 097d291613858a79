"""Consent receipts, checked without a network: a JWS (RFC 7515) signed with Ed25519 (RFC 9864)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from familypair.client.clean import clean, decode
from familypair.client.errors import BadAnswer, ClientError
from familypair.rules.receipts import MEDIA_TYPE

_ALGORITHMS = ["Ed25519"]


class ReceiptNotValid(ClientError):  # noqa: N818 - named for what happened
    """The file is no receipt, was changed after it was signed, or the key is not among those."""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt whose signature holds."""

    claims: dict[str, Any]
    """What both sides agreed on, as signed; text in it is cleaned."""
    key: str
    """The `kid` of the key that signed."""
    thumbprint: str
    """That key's SHA-256 thumbprint (RFC 7638), to compare with the published one."""


def verify(receipt: str, keys: Mapping[str, Any]) -> Verified:
    """Check a compact JWS against a JWK set. Raises `ReceiptNotValid`.

    Trust is in `keys`: take them from the server's `/.well-known/jwks.json`, not from a stranger.
    """
    try:
        kid = clean(str(jws.extract_compact(receipt.strip().encode("ascii")).protected["kid"]))
        key = _key(keys, kid)
        found = jws.deserialize_compact(receipt.strip(), key, algorithms=_ALGORITHMS)
        if found.protected.get("typ") != MEDIA_TYPE:
            raise ReceiptNotValid("This is signed, but it is not a consent receipt.")
        claims = decode(bytes(found.payload), dict[str, Any])
    except (JoseError, BadAnswer, ValueError, KeyError, TypeError) as error:
        raise ReceiptNotValid(
            "The receipt is not valid: it was changed, or it was signed with another key."
        ) from error
    return Verified(claims=claims, key=kid, thumbprint=key.thumbprint())


def _key(keys: Mapping[str, Any], kid: str) -> OKPKey:
    for entry in keys["keys"]:
        if entry["kty"] == "OKP" and entry.get("kid") == kid:
            return OKPKey.import_key(entry)
    raise KeyError(kid)
