"""Sign-in on the wire: RFC 8628 and RFC 6749 answers that our client reads."""

from familypair.schema.base import Answer


class DeviceCode(Answer, frozen=True, kw_only=True):
    """RFC 8628 section 3.2."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    """Seconds."""
    interval: int = 5
    """Seconds between polls."""


class Token(Answer, frozen=True, kw_only=True):
    """RFC 6749 section 5.1."""

    access_token: str
    token_type: str
    expires_in: int
    """Seconds."""
    refresh_token: str = ""
    scope: str = ""
    teen: str = ""
    """For a host app's code of scope `teen.bind`: the teen's id at this host."""


class OAuthError(Answer, frozen=True, kw_only=True):
    """RFC 6749 section 5.2."""

    error: str
    error_description: str = ""
