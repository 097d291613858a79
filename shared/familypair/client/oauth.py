"""Our side of the authorization server: RFC 6749, 7009, 7636, 8252 and 8628 as a public client."""

import base64
import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from familypair.client.clean import decode
from familypair.client.errors import BadAnswer, SignInFailed, Unreachable
from familypair.client.http import Reply, Transport
from familypair.schema.oauth import DeviceCode, OAuthError, Token

CLIENT_ID = "familypair-cli"
SCOPE = "family"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_BUSY = frozenset({429, 500, 502, 503, 504})

SENTENCES = {
    "access_denied": "The sign-in was declined on the page.",
    "expired_token": "The code was not used in time; start again.",
    "invalid_client": "The server does not know this client.",
    "invalid_grant": "The sign-in is no longer valid; start again.",
    "invalid_scope": "The server does not give this client what it asks for.",
    "unauthorized_client": "The server does not let this client sign in that way.",
}


class OAuth:
    """The endpoints, as calls. Every refusal is a `SignInFailed` with the RFC's code."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    async def device_code(self) -> DeviceCode:
        """Ask for a device code and the code that the person types (RFC 8628 section 3.1)."""
        fields = {"client_id": CLIENT_ID, "scope": SCOPE}
        return decode((await self._post("/oauth/device_authorization", fields)).body, DeviceCode)

    async def token(self, fields: Mapping[str, str]) -> Token:
        """Exchange a grant. Raises `SignInFailed`, `Unreachable` (also when busy), `BadAnswer`."""
        return _usable(await self._post("/oauth/token", {"client_id": CLIENT_ID, **fields}))

    async def confidential_token(self, fields: Mapping[str, str], basic: str) -> Token:
        """The same as a client with a secret, which travels in `Authorization` only."""
        return _usable(await self._post("/oauth/token", fields, {"Authorization": basic}))

    async def revoke(self, refresh_token: str) -> None:
        """End the whole family of a refresh token at the server (RFC 7009)."""
        fields = {"client_id": CLIENT_ID, "token": refresh_token}
        await self._post("/oauth/revoke", {**fields, "token_type_hint": "refresh_token"})

    def authorize_url(self, *, redirect: str, state: str, verifier: str, fresh: bool) -> str:
        """The page where the person says yes; `fresh` asks for the password now (max_age=0)."""
        fields = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": redirect,
            "scope": SCOPE,
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        if fresh:
            fields["max_age"] = "0"
        return f"{self.transport.issuer}/oauth/authorize?{urlencode(fields)}"

    async def _post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Reply:
        reply = await self.transport.form(path, fields, headers)
        if reply.ok:
            return reply
        if reply.status in _BUSY:
            raise Unreachable("The server is busy; try again in a moment.")
        raise _refused(reply)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _usable(reply: Reply) -> Token:
    token = decode(reply.body, Token)
    if token.token_type.lower() != "bearer" or not token.access_token:
        raise BadAnswer("The server gave a token that this client cannot use.")
    return token


def _refused(reply: Reply) -> SignInFailed:
    error = decode(reply.body, OAuthError)
    known = SENTENCES.get(error.error, "")
    return SignInFailed(error.error, known or error.error_description or "The sign-in failed.")
