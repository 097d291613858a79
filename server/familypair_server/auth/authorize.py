"""The code flow's person half: check the request, sign in as freshly as asked, consent, code.

`GET /oauth/authorize` only checks, seals what was asked into one string and sends the browser to
the consent page; so a request cannot be altered on its way through the sign-in page.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from cryptography.exceptions import InvalidTag

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import Client, client_name
from familypair_server.auth.lifetimes import AUTHORIZATION_REQUEST_MS
from familypair_server.auth.oauth import Outcome, Work
from familypair_server.auth.oauth_call import Asked, Call, Reply, Surroundings, check
from familypair_server.auth.oauth_server import Server
from familypair_server.auth.sessions import WebSession
from familypair_server.times import instant, millis

_PURPOSE = "authorization-request"
_PASSED_ON = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
_MAX_AGE_LIMIT = 10**9
LOOPBACK_PORTS: Final = "http://127.0.0.1:*"
"""Browsers apply `form-action` to the redirect that answers a form as well."""


class Sealed(msgspec.Struct, frozen=True):
    """An authorization request that was checked and waits for the person."""

    params: tuple[tuple[str, str], ...]
    max_age: int | None
    """Seconds since the password was typed, at most, counted back from `asked_at`."""
    asked_at: int
    host: str = ""
    """The name of the host app that asks; empty for people's own clients."""
    host_scopes: tuple[str, ...] = ()
    """What that app was registered for."""

    @property
    def client(self) -> str:
        """The asking client's name for people."""
        return self.host or client_name(dict(self.params)["client_id"])

    @property
    def origin(self) -> str:
        """Where the answer goes: for the form's policy, so any port of the loopback literal."""
        return origin_of(dict(self.params)["redirect_uri"])

    def fresh_enough(self, session: WebSession) -> bool:
        """Whether the sign-in satisfies `max_age` (OpenID Connect Core 3.1.2.1, RFC 9470)."""
        if self.max_age is None:
            return True
        return session.auth_time >= instant(self.asked_at) - timedelta(seconds=self.max_age)


class Waiting(Protocol):
    """What is sealed while the person signs in."""

    @property
    def asked_at(self) -> int:
        """Milliseconds."""
        ...


W = TypeVar("W", bound=Waiting)


def origin_of(address: str) -> str:
    """A registered address as `form-action` names it."""
    parts = urlsplit(address)
    return LOOPBACK_PORTS if parts.scheme == "http" else f"{parts.scheme}://{parts.netloc}"


def begin(
    server: Server, asked: Asked, around: Surroundings, host: Client | None = None
) -> str | Outcome:
    """Check a request: the sealed form of it, or the error to answer with.

    `host` is the registered host app that the request names, if it names one.
    """
    try:
        check(asked)
        call = Call(asked, around)
        if host is not None:
            call.clients[host.id] = host
        grant = server.knowing(call.clients).get_consent_grant(call)
        max_age = _max_age(call, grant.redirect_uri)
    except OAuth2Error as error:
        return Outcome(_named(Reply(*error()), around.issuer))
    passed = tuple((key, value) for key, value in asked.params if key in _PASSED_ON)
    sealed = Sealed(passed, max_age, around.ms)
    if host is not None:
        scopes = tuple(sorted(host.scopes))
        sealed = msgspec.structs.replace(sealed, host=host.name, host_scopes=scopes)
    plain = msgspec.json.encode(sealed)
    return around.keys.seal(_PURPOSE, plain, aad="", random=around.random)


def unseal(text: str, around: Surroundings) -> Sealed | None:
    """The request of `begin`, while it is not older than ten minutes."""
    return opened(_PURPOSE, text, around, Sealed)


def opened(purpose: str, text: str, around: Surroundings, kind: type[W]) -> W | None:
    """What was sealed for this purpose, while it is not older than ten minutes."""
    try:
        plain = around.keys.open(purpose, text, aad="")
    except (InvalidTag, ValueError):
        return None
    found = msgspec.json.decode(plain, type=kind)
    return found if around.ms - found.asked_at <= AUTHORIZATION_REQUEST_MS else None


def asked_of(sealed: Sealed) -> Asked:
    """The request as it was asked."""
    return Asked("GET", "/oauth/authorize", sealed.params)


def decision(server: Server, session: WebSession, *, approved: bool, auth_time: datetime) -> Work:
    """Answer the client: a code for an approval, `access_denied` otherwise.

    `auth_time` is when the person last typed the password, here or at the start of the session.
    """

    def work(call: Call) -> object:
        call.auth_time = millis(auth_time)
        # A claim: a change of the password ends sessions, and no code may slip in after it.
        call.do(sql.touch_web.run(id=session.id, now=call.around.ms))
        grant = server.knowing(call.clients).get_consent_grant(call, end_user=session.account_id)
        user = session.account_id if approved else None
        return server.create_authorization_response(call, grant_user=user, grant=grant)

    return work


def _max_age(call: Call, redirect_uri: str | None) -> int | None:
    data = call.payload.data
    prompt, text = data.get("prompt", "consent"), data.get("max_age")
    known = prompt in {"login", "consent"}
    if not known or (text is not None and not (text.isdigit() and int(text) <= _MAX_AGE_LIMIT)):
        raise InvalidRequestError(
            "Use prompt=login or consent, and max_age in seconds.",
            redirect_uri=redirect_uri,
            state=call.payload.state,
        )
    if prompt == "login":
        return 0
    return int(text) if text is not None else None


def _named(reply: Reply, issuer: str) -> Reply:
    """Error redirects name the issuer too (RFC 9207 section 2)."""
    if reply.location:
        reply.location = add_params_to_uri(reply.location, [("iss", issuer)])
    return reply
