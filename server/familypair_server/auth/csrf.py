"""Whether a form is ours and was opened in this very browser (ASVS 3.5.1).

Two independent checks: a token that is a MAC of the browser's cookie, and the headers that
browsers set themselves. Text browsers send no such headers; the token decides for them.
"""

import hmac
from collections.abc import Mapping

from familypair_server.keys import Keys


def token(keys: Keys, binding: str) -> str:
    """The token for a form; `binding` is the session's id or the pre-session cookie."""
    return keys.mac("csrf", binding).hex()


def genuine(keys: Keys, binding: str, given: str) -> bool:
    """Whether a form carries the token of this browser."""
    return bool(binding) and hmac.compare_digest(token(keys, binding).encode(), given.encode())


def same_site(headers: Mapping[str, str], issuer: str) -> bool:
    """What the browser says about the form's origin; saying nothing is allowed."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin == issuer
