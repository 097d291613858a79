"""What a host app sends a teen here to ask for: checked, and sealed on its way through the sign-in.

The app says which kind of wish it is; what exactly is asked, the teen chooses on our page. The
answer goes to a registered address of the app and to no other (RFC 9700 section 4.1).
"""

from typing import Final
from urllib.parse import urlencode

import msgspec

from familypair_server.auth.authorize import opened, origin_of
from familypair_server.auth.clients import Client
from familypair_server.auth.forms import Pairs, once
from familypair_server.auth.oauth_call import Surroundings

WISHES: Final = ("minutes", "lift_block", "search", "settings", "unblock")
"""What a decision can hint at (`AskHint.wish`)."""
_PURPOSE: Final = "app-ask"
_FIELD_LIMIT: Final = 200
_STATE_LIMIT: Final = 512


class AppAsk(msgspec.Struct, frozen=True, kw_only=True):
    """One visit from an app, as it was checked."""

    app: str
    """The client id."""
    name: str
    back: str
    """A registered address of the app."""
    wish: str
    """One of `WISHES`."""
    field: str = ""
    """The path of a setting, the category of a search, or the account to unblock."""
    state: str = ""
    """Goes back to the app as it came."""
    teen: str = ""
    """Whom the app takes the visitor for, by their id there; empty when it does not say."""
    asked_at: int = 0

    @property
    def origin(self) -> str:
        """Where the answer goes: for the form's policy, so any port of the loopback literal."""
        return origin_of(self.back)

    def answer(self, asked: str, issuer: str) -> str:
        """The address to go back to: whether something was `sent`, and nothing of what or why."""
        given = {"asked": asked, "state": self.state, "iss": issuer}
        return f"{self.back}?{urlencode({key: value for key, value in given.items() if value})}"


def app_of(pairs: Pairs) -> str:
    """The client id that a visit names; raises `Refused` on a repeated name."""
    return once(pairs).get("app", "")


def read(pairs: Pairs, client: Client, now_ms: int) -> AppAsk | None:
    """The visit of a registered app, or None where any part of it cannot be used."""
    given = once(pairs)
    back = given.get("redirect_uri") or next(iter(client.redirects), "")
    wish, field, state = (given.get(name, "") for name in ("wish", "field", "state"))
    plain = all(text.isprintable() for text in (field, state))
    if wish not in WISHES or not client.check_redirect_uri(back) or not plain:
        return None
    if len(field) > _FIELD_LIMIT or len(state) > _STATE_LIMIT:
        return None
    return AppAsk(
        app=client.id,
        name=client.name,
        back=back,
        wish=wish,
        field=field,
        state=state,
        teen=given.get("teen", "")[:_FIELD_LIMIT],
        asked_at=now_ms,
    )


def seal(asked: AppAsk, around: Surroundings) -> str:
    """One string that nobody can alter on its way."""
    plain = msgspec.json.encode(asked)
    return around.keys.seal(_PURPOSE, plain, aad="", random=around.random)


def unseal(text: str, around: Surroundings) -> AppAsk | None:
    """What was sealed, while it is not older than ten minutes."""
    return opened(_PURPOSE, text, around, AppAsk)
