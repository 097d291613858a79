"""How long everything about sign-in lives."""

from typing import Final

SECOND: Final = 1000
"""Milliseconds."""
DAY: Final = 86_400 * SECOND

ACCESS_SECONDS: Final = 600
HOST_SECONDS: Final = 900
"""A host app's own access token; it has no refresh token."""
CODE_MS: Final = 60 * SECOND
"""An authorization code (ASVS 10.4.3)."""
DEVICE_SECONDS: Final = 600
"""Device and user codes (ASVS 6.5.5)."""
POLL_SECONDS: Final = 5
FAMILY_MS: Final = 90 * DAY
"""A sign-in of a client ends then, however much it is used."""
IDLE_MS: Final = 30 * DAY
"""A refresh token that nobody uses."""
GRACE_MS: Final = 30 * SECOND
"""The answer of a refresh that was lost is repeated for this long (security 2.3)."""
WEB_IDLE_MS: Final = 30 * 60 * SECOND
WEB_MS: Final = 12 * 3600 * SECOND
"""A browser session (ASVS 7.3)."""
AUTHORIZATION_REQUEST_MS: Final = 600 * SECOND
"""A person has this long between /oauth/authorize and the answer on the consent page."""
KEEP_CODES_MS: Final = DAY
"""Spent and expired codes stay this long, so that a replay is recognised."""
RECENT_SECONDS: Final = 300
"""Step-up: the password was typed at most this long ago (security 2.6)."""
