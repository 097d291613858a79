"""Whom a policy is believed: the issuer's keys, and what a signed document must say."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from familypair.client.errors import ClientError
from familypair.schema.policies import FORMAT, MEDIA_TYPE, PolicyDocument

_ALGORITHMS: Final = ["Ed25519"]
"""EdDSA over Curve25519, by the name of RFC 9864."""
_REST: Final = 60.0
"""Seconds between two looks for new keys: a stranger's key ids must not make us storm."""


class NotTrusted(ClientError):  # noqa: N818 - named for what happened
    """A document that is not the issuer's word about this teen to this host."""


class UnknownKey(NotTrusted):
    """It is signed with a key that is not among the issuer's."""


class Keyring:
    """The issuer's public keys (RFC 7517), fetched again when a key is not among them."""

    def __init__(
        self,
        *,
        issuer: str,
        host: str,
        fetch: Callable[[], Awaitable[Mapping[str, Any]]],
        monotonic: Callable[[], float],
    ) -> None:
        self._issuer = issuer
        self._host = host
        self._fetch = fetch
        self._monotonic = monotonic
        self._fetched: float | None = None
        self._keys: dict[str, OKPKey] = {}
        self.published: Mapping[str, Any] = {"keys": []}
        """The set as the issuer gave it last."""

    def learn(self, published: Mapping[str, Any]) -> None:
        """Trust these keys and no other. Raises `NotTrusted` for what is no key set."""
        try:
            usable = [one for one in published["keys"] if one.get("crv") == "Ed25519"]
            keys = {str(one["kid"]): OKPKey.import_key(_public(one)) for one in usable}
        except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotTrusted("The issuer's key set is not one.") from error
        self._keys, self.published = keys, published

    async def refresh(self) -> bool:
        """Fetch the keys unless that was done in the last minute; whether it was done now.

        Raises `Unreachable`, `BadAnswer`, `NotTrusted`.
        """
        now = self._monotonic()
        if self._fetched is not None and now - self._fetched < _REST:
            return False
        self._fetched = now
        self.learn(await self._fetch())
        return True

    async def open(self, token: str, teen: str) -> PolicyDocument:
        """The document in a signed one. Raises `NotTrusted`, and what fetching keys raises."""
        try:
            return self.document(token, teen)
        except UnknownKey:
            if not await self.refresh():
                raise
        return self.document(token, teen)

    def document(self, token: str, teen: str) -> PolicyDocument:
        """The same with the keys that are here. Raises `NotTrusted`."""
        try:
            raw = token.encode("ascii")
            key = self._key(jws.extract_compact(raw).headers())
            signed = jws.deserialize_compact(raw, key, algorithms=_ALGORITHMS)
            if signed.headers().get("typ") != MEDIA_TYPE:
                raise NotTrusted("This is signed, but it is no policy.")
            found = msgspec.json.decode(bytes(signed.payload), type=PolicyDocument)
        except (JoseError, msgspec.DecodeError, ValueError, TypeError) as error:
            raise NotTrusted("The policy's signature does not hold.") from error
        self._check(found, teen)
        return found

    def _key(self, header: Mapping[str, Any]) -> OKPKey:
        key = self._keys.get(str(header.get("kid")))
        if key is None:
            raise UnknownKey("The policy is signed with a key that the issuer does not publish.")
        return key

    def _check(self, found: PolicyDocument, teen: str) -> None:
        if found.format != FORMAT:
            raise NotTrusted("The policy has a format that this version does not know.")
        if found.issuer.rstrip("/") != self._issuer:
            raise NotTrusted("The policy is of another issuer.")
        if found.host != self._host:
            raise NotTrusted("The policy was made for another host.")
        if found.teen != teen:
            raise NotTrusted("The policy is another teen's.")
        if found.version < 1:
            raise NotTrusted("The policy has no version.")


def _public(key: Mapping[str, Any]) -> dict[str, Any]:
    """The public part: whatever else a set may hold is not for us."""
    return {name: key[name] for name in ("kty", "crv", "x", "kid") if name in key}
