"""The endpoints beside the token endpoint, and the server put together."""

import os

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request, TokenMixin
from authlib.oauth2.rfc6749.errors import (
    InvalidGrantError,
    InvalidScopeError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE, DeviceAuthorizationEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import BIND, HOST_SCOPES, SCOPE, Client
from familypair_server.auth.lifetimes import (
    ACCESS_SECONDS,
    DEVICE_SECONDS,
    HOST_SECONDS,
    KEEP_CODES_MS,
    POLL_SECONDS,
    SECOND,
)
from familypair_server.auth.oauth_call import Call, HostToken, Token, call_of, client_id_of
from familypair_server.auth.oauth_grants import (
    AuthorizationCodeGrant,
    DeviceGrant,
    HostGrant,
    RefreshTokenGrant,
    StrictCodeChallenge,
)
from familypair_server.auth.oauth_server import Server
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint, user_code, user_code_digest

_USER_CODE_NOISE = 64
PENDING_PER_NETWORK = 30
"""Device codes that one network may have open at a time; each adds to what a guess can hit."""


class TooManyDevicesError(OAuth2Error):
    """A network has as many open device codes as it may; they live ten minutes at most."""

    error = "slow_down"
    status_code = 429

    def get_headers(self) -> list[tuple[str, str]]:
        """When to come back, roughly."""
        return [("Content-Type", "application/json"), ("Retry-After", "60")]


class DeviceEndpoint(DeviceAuthorizationEndpoint):
    """RFC 8628 section 3.1: ten minutes, no pre-filled address, only for who may use it."""

    CLIENT_AUTH_METHODS = ["none"]  # noqa: RUF012 - authlib's way to configure
    EXPIRES_IN = DEVICE_SECONDS
    INTERVAL = POLL_SECONDS

    def __init__(self, server: AuthorizationServer) -> None:
        self.server = server

    def create_endpoint_response(
        self, request: OAuth2Request
    ) -> tuple[int, object, list[tuple[str, str]]]:
        """The codes; refused before any code exists when client or scope do not fit (2)."""
        call = call_of(request)
        client = self.authenticate_client(call)
        if not client.check_grant_type(DEVICE_CODE_GRANT_TYPE):
            raise UnauthorizedClientError
        scope = client.get_allowed_scope(call.payload.scope)
        if scope is None:
            raise InvalidScopeError
        if call.pending_devices >= PENDING_PER_NETWORK:
            raise TooManyDevicesError
        device = mint("fpd_", call.around.random.bytes(SECRET_BYTES))
        code = user_code(call.around.random.bytes(_USER_CODE_NOISE))
        self._save(call, device, code, scope)
        # No verification_uri_complete: a link with the code in it makes phishing one click (T10).
        body = {
            "device_code": device,
            "user_code": code,
            "verification_uri": f"{call.around.issuer}/device",
            "expires_in": self.EXPIRES_IN,
            "interval": self.INTERVAL,
        }
        return 200, body, [("Content-Type", "application/json")]

    def _save(self, call: Call, device: str, code: str, scope: str) -> None:
        now = call.around.ms
        call.do(sql.forget_devices.run(before=now - KEEP_CODES_MS), claim=False)
        call.do(
            # A claim: a user code that exists already voids the call, which is then repeated (3).
            sql.insert_device.run(
                hash=digest(device),
                user_hash=user_code_digest(call.around.keys, code),
                client=client_id_of(call),
                scope=scope,
                network=call.around.network,
                now=now,
                expires=now + DEVICE_SECONDS * SECOND,
                interval_ms=POLL_SECONDS * SECOND,
            )
        )


class Revoke(RevocationEndpoint):
    """RFC 7009: either token of a family ends the whole family; a host's token ends alone."""

    CLIENT_AUTH_METHODS = ["client_secret_basic", "none"]  # noqa: RUF012 - authlib's way to configure

    def authenticate_token(self, request: OAuth2Request, client: ClientMixin) -> TokenMixin | None:
        """The token when it is this client's; an unknown one is fine (RFC 7009 section 2.2)."""
        self.check_params(request, client)
        call = call_of(request)
        token = call.refresh or call.access or call.host_token
        if token is not None and not token.check_client(client):
            raise InvalidGrantError
        return token

    def revoke_token(self, token: TokenMixin, request: OAuth2Request) -> None:
        """End its family, or drop a host's own."""
        if isinstance(token, HostToken):
            call_of(request).drop(token)
        elif isinstance(token, Token):
            call_of(request).revoke(token.row.family_id, "signed_out")


class Introspect(IntrospectionEndpoint):
    """RFC 7662, for registered confidential clients only; they get a pairwise subject (T6)."""

    CLIENT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 - authlib's way to configure

    def authenticate_token(self, request: OAuth2Request, client: ClientMixin) -> TokenMixin | None:
        """The access token; refresh tokens are nobody's business."""
        self.check_params(request, client)
        call = call_of(request)
        if call.host_token:
            return IntrospectedHost(call.host_token, call)
        return Introspected(call.access, call, client) if call.access else None

    def introspect_token(self, token: TokenMixin) -> dict[str, object]:
        """What an active token says."""
        if isinstance(token, Introspected | IntrospectedHost):
            return token.claims()
        return {"active": False}


class Introspected(Token):
    """An access token as one resource server may see it."""

    def __init__(self, token: Token, call: Call, client: ClientMixin) -> None:
        super().__init__(token.row, call.around.ms)
        self._call = call
        self._client = client

    def claims(self) -> dict[str, object]:
        """The answer; the subject means nothing to any other client."""
        around = self._call.around
        who = around.keys.mac("pairwise", self._client.get_client_id(), self.row.account_id)
        return {"sub": who.hex(), **_claims(self.row, around.issuer)}


class IntrospectedHost(HostToken):
    """A host's own token as any resource server may see it: nobody is its subject."""

    def __init__(self, token: HostToken, call: Call) -> None:
        super().__init__(token.row, call.around.ms)
        self._issuer = call.around.issuer

    def claims(self) -> dict[str, object]:
        """The answer."""
        return _claims(self.row, self._issuer)


def _claims(
    row: sql.AccessRow | sql.RefreshRow | sql.HostTokenRow, issuer: str
) -> dict[str, object]:
    return {
        "active": True,
        "scope": row.scope,
        "client_id": row.client_id,
        "exp": row.expires_at // 1000,
        "iss": issuer,
        "token_type": "Bearer",
    }


class Issuer(IssuerParameter):
    """RFC 9207: every authorization answer names us."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        """Our address."""
        return self._issuer


class InsecureTransportAllowedError(Exception):
    """`AUTHLIB_INSECURE_TRANSPORT` is set: tokens would be taken over plain HTTP."""


def build(issuer: str) -> Server:
    """The authorization server; raises when the environment switches its checks off (10)."""
    if os.environ.get("AUTHLIB_INSECURE_TRANSPORT"):
        raise InsecureTransportAllowedError("unset AUTHLIB_INSECURE_TRANSPORT and start again")
    server = Server(scopes_supported=[SCOPE, BIND, *HOST_SCOPES])
    placeholder = BearerTokenGenerator(_unset, _unset, _seconds)
    server.register_token_generator("default", placeholder)
    server.register_grant(AuthorizationCodeGrant, [StrictCodeChallenge(required=True)])
    server.register_grant(RefreshTokenGrant)
    server.register_grant(DeviceGrant)
    server.register_grant(HostGrant)
    for endpoint in (DeviceEndpoint, Revoke, Introspect):
        server.register_endpoint(endpoint)
    server.register_extension(Issuer(issuer))  # an instance, not the class (pitfall 14)
    return server


def _seconds(client: Client, _: str) -> int:
    return HOST_SECONDS if client.is_host else ACCESS_SECONDS


def _unset(**_: object) -> str:
    return "set-by-save-token"
