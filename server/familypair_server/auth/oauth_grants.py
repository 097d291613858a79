"""The grants, each with what Authlib leaves open (security 2.4; numbers are its pitfalls).

Callbacks decide on rows that the `Call` brought; Authlib's arguments name the secrets that those
rows were found by, so some go unread here.
"""

from authlib.oauth2.rfc6749 import BaseGrant, ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
)
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceCodeGrant, DeviceCredentialMixin

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import BIND
from familypair_server.auth.lifetimes import (
    CODE_MS,
    GRACE_MS,
    IDLE_MS,
    KEEP_CODES_MS,
    POLL_SECONDS,
    SECOND,
)
from familypair_server.auth.oauth_call import Code, Device, Token, call_of, client_id_of, refresh_of
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """Code flow: one use, one minute, and a replay ends what it made.

    Public clients sign a person in; a host app proves itself and learns a teen's id there.
    """

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "none"]  # noqa: RUF012 - authlib's way to configure

    def validate_requested_scope(self) -> None:
        """A host asks a person for `teen.bind` and nothing else; the rest is its own."""
        super().validate_requested_scope()
        call = call_of(self.request)
        if call.host and call.payload.scope != BIND:
            raise InvalidScopeError

    def generate_authorization_code(self) -> str:
        """256 bits from the injected generator."""
        return mint("fpc_", call_of(self.request).around.random.bytes(SECRET_BYTES))

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Store its hash with everything that the redemption must match."""
        call = call_of(request)
        now = call.around.ms
        call.do(sql.forget_codes.run(before=now - KEEP_CODES_MS), claim=False)
        call.do(
            sql.insert_code.run(
                hash=digest(code),
                client=client_id_of(call),
                account=str(call.user),
                redirect_uri=call.payload.data["redirect_uri"],
                scope=call.scope or "",
                challenge=call.payload.data["code_challenge"],
                auth_time=call.auth_time,
                expires=now + CODE_MS,
            )
        )

    def query_authorization_code(self, code: str, client: ClientMixin) -> Code | None:  # noqa: ARG002 - the row was read before
        """The code when it is this client's, fresh and unused."""
        call = call_of(self.request)
        found = call.code
        if found is None or found.row.client_id != client.get_client_id():
            return None
        if found.row.used_at is not None:
            call.revoke(found.row.family_id, "code_replay")
            return None
        return found if found.row.expires_at > call.around.ms else None

    def delete_authorization_code(self, authorization_code: object) -> None:
        """Nothing: the claim spends it in the same transaction."""

    def authenticate_user(self, authorization_code: object) -> object:
        """The person who agreed."""
        return authorization_code.row.account_id if isinstance(authorization_code, Code) else None


class HostGrant(grants.ClientCredentialsGrant):
    """RFC 6749 section 4.4, for host apps: their own scopes, 15 minutes, no refresh token."""

    def validate_requested_scope(self) -> None:
        """What a teen gives cannot be had without one."""
        super().validate_requested_scope()
        if BIND in (self.request.payload.scope or "").split():
            raise InvalidScopeError


class StrictCodeChallenge(CodeChallenge):
    """PKCE (RFC 7636) with S256 and nothing else, demanded before a code exists (4, 5)."""

    DEFAULT_CODE_CHALLENGE_METHOD = None
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - authlib's way to configure
    CODE_CHALLENGE_METHODS = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}  # noqa: RUF012 - same

    def validate_code_challenge(self, grant: BaseGrant, redirect_uri: str) -> None:
        """Refuse a request without a challenge, or with another method, named or implied."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with code_challenge_method=S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """Rotation with one deterministic successor, and reuse detection (security 2.3)."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]  # noqa: RUF012 - authlib's way to configure
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:  # noqa: ARG002 - the row was read before
        """The token when it may be used now; a second use out of time ends the family."""
        call = call_of(self.request)
        row = refresh_of(call)
        if call.refresh is None or row is None:
            return None
        if call.refresh.is_revoked() or call.refresh.is_expired():
            return None
        if row.used_at is None:
            return call.refresh
        call.repeat = row.successor_used_at is None and call.around.ms - row.used_at <= GRACE_MS
        if not call.repeat:
            call.revoke(row.family_id, "refresh_reuse")
        return call.refresh if call.repeat else None

    def authenticate_user(self, refresh_token: object) -> object:
        """The family's owner."""
        return refresh_token.row.account_id if isinstance(refresh_token, Token) else None

    def revoke_old_credential(self, refresh_token: object) -> None:
        """Nothing: the claim spends it in the same transaction."""


class DeviceGrant(DeviceCodeGrant):
    """RFC 8628 section 3.4: an approved code pays once; slow_down adds up."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]  # noqa: RUF012 - authlib's way to configure

    def query_device_credential(self, device_code: str) -> DeviceCredentialMixin:  # noqa: ARG002 - the row was read before
        """The code; unknown is `invalid_grant` (13), used ends what it made (1).

        An answer can get lost: as for a refresh, the same client may ask again within 30 s while
        nobody used what it was given.
        """
        call = call_of(self.request)
        if call.device is None:
            raise InvalidGrantError
        call.repeat = _lost(call.device, call.payload.data.get("client_id", ""), call.around.ms)
        if call.device.row.state == "used" and not call.repeat:
            call.revoke(call.device.row.family_id, "device_code_replay")
            raise InvalidGrantError
        return call.device

    def query_user_grant(self, user_code: str) -> tuple[object, bool] | None:  # noqa: ARG002 - see get_user_code
        """What the person decided, found by the row and not by the short code (3)."""
        call = call_of(self.request)
        device = call.device
        if device is None or device.row.state == "pending":
            return None
        return device.row.account_id, call.repeat or device.row.state == "approved"

    def should_slow_down(self, credential: DeviceCredentialMixin) -> bool:  # noqa: ARG002 - see above
        """Too early since the last poll; each time makes the interval 5 s longer."""
        call = call_of(self.request)
        if call.device is None:
            return False
        row, now = call.device.row, call.around.ms
        early = row.polled_at is not None and now - row.polled_at < row.interval_ms
        more = POLL_SECONDS * SECOND if early else 0
        call.do(sql.poll_device.run(hash=row.hash, now=now, more=more))
        return early


def _lost(device: Device, client_id: str, now: int) -> bool:
    """Whether the answer to a used code may have been lost: in time, and its token is unused."""
    first = device.first
    if device.row.state != "used" or first is None or client_id != device.row.client_id:
        return False
    used_at = first.expires_at - IDLE_MS
    return first.used_at is None and first.revoked_at is None and now - used_at <= GRACE_MS
