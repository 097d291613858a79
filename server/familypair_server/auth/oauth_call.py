"""One request to the authorization server as Authlib sees it: pure data in, effects out.

Authlib is synchronous, so it may not reach the database. A call carries the rows that its secrets
lead to, read before, and collects the changes to make after, in the same transaction.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from urllib.parse import unquote

import msgspec
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Payload, OAuth2Request, TokenMixin
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc8628 import DeviceCredentialMixin

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import FIRST_PARTY, Client
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.storage import Txn
from familypair_server.times import millis

_DESCRIPTION_UNSAFE = frozenset('"\\')


class Surroundings(msgspec.Struct, frozen=True):
    """What a call may know besides its parameters."""

    issuer: str
    keys: Keys
    random: Random
    now: datetime
    network: str

    @property
    def ms(self) -> int:
        """`now` as the database has it."""
        return millis(self.now)


class Asked(msgspec.Struct, frozen=True):
    """An HTTP request reduced to what OAuth may read: POST from the form, GET from the query."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    authorization: str = ""


class Parameters(OAuth2Payload):
    """Parameters that occur once each; anything else was refused (pitfall 11)."""

    def __init__(self, params: Sequence[tuple[str, str]]) -> None:
        self._data = dict(params)
        self._lists = {name: [value] for name, value in params}

    @property
    def data(self) -> Mapping[str, str]:
        """Value by name."""
        return self._data

    @property
    def datalist(self) -> Mapping[str, list[str]]:
        """Values by name, as Authlib's duplicate checks want them."""
        return self._lists


class Effect(msgspec.Struct, frozen=True):
    """One change to make; a claim must change exactly one row, or all of the call is void."""

    work: Txn[int]
    claim: bool = True


class Code(msgspec.Struct, frozen=True):
    """An authorization code for Authlib."""

    row: sql.CodeRow
    code_challenge_method: str = "S256"

    @property
    def code_challenge(self) -> str:
        """The S256 challenge of the authorization request."""
        return self.row.challenge

    def get_redirect_uri(self) -> str:
        """The address that the authorization request named."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """What the person agreed to."""
        return self.row.scope


class Device(DeviceCredentialMixin):
    """A device code for Authlib."""

    def __init__(self, row: sql.DeviceRow, now: int, first: sql.RefreshRow | None = None) -> None:
        self.row = row
        self.first = first
        """The first refresh token of the sign-in that a used code paid for."""
        self._now = now

    def get_client_id(self) -> str:
        """Who asked."""
        return self.row.client_id

    def get_scope(self) -> str:
        """What was asked."""
        return self.row.scope

    def get_user_code(self) -> str:
        """Not stored in clear; the grant is found by the row."""
        return ""

    def is_expired(self) -> bool:
        """RFC 8628 section 3.5."""
        return self.row.expires_at <= self._now


class Token(TokenMixin):
    """An access or refresh token for Authlib."""

    def __init__(self, row: sql.AccessRow | sql.RefreshRow, now: int) -> None:
        self.row = row
        self._now = now

    def check_client(self, client: ClientMixin) -> bool:
        """Whether it was issued to this client."""
        return self.row.client_id == client.get_client_id()

    def get_scope(self) -> str:
        """Its scope."""
        return self.row.scope

    def get_expires_in(self) -> int:
        """Seconds that are left."""
        return max(0, (self.row.expires_at - self._now) // 1000)

    def is_expired(self) -> bool:
        """Its own end or its family's."""
        return min(self.row.expires_at, self.row.family_expires_at) <= self._now

    def is_revoked(self) -> bool:
        """Whether its family was ended."""
        return self.row.revoked_at is not None


class HostToken(TokenMixin):
    """A host's own access token for Authlib."""

    def __init__(self, row: sql.HostTokenRow, now: int) -> None:
        self.row = row
        self._now = now

    def check_client(self, client: ClientMixin) -> bool:
        """Whether it was issued to this client."""
        return self.row.client_id == client.get_client_id()

    def get_scope(self) -> str:
        """Its scope."""
        return self.row.scope

    def get_expires_in(self) -> int:
        """Seconds that are left."""
        return max(0, (self.row.expires_at - self._now) // 1000)

    def is_expired(self) -> bool:
        """Fifteen minutes after it was issued."""
        return self.row.expires_at <= self._now

    def is_revoked(self) -> bool:
        """A revoked one is gone."""
        return False


class Reply:
    """What Authlib answers; it becomes an HTTP response only after the commit."""

    def __init__(self, status: int, body: object, headers: Sequence[tuple[str, str]]) -> None:
        self.status = status
        self.body = body
        self.headers = dict(headers)

    @property
    def location(self) -> str | None:
        """Where to redirect; Authlib's RFC 9207 helper reads and sets it (pitfall 14)."""
        return self.headers.get("Location")

    @location.setter
    def location(self, value: str) -> None:
        self.headers["Location"] = value


class Call(OAuth2Request):
    """An OAuth request with its rows and effects."""

    def __init__(self, asked: Asked, around: Surroundings) -> None:
        self.basic_client_id = _basic_client_id(asked.authorization)
        # Authlib fails with a UnicodeDecodeError on Basic credentials that are not UTF-8.
        headers = {"Authorization": asked.authorization} if self.basic_client_id else {}
        # The issuer's address, never the Host header or the proxy's plain http (pitfall 10).
        super().__init__(asked.method, around.issuer + asked.path, headers=headers)
        self.payload = Parameters(asked.params)
        self.around = around
        self.clients: dict[str, Client] = dict(FIRST_PARTY)
        self.code: Code | None = None
        self.device: Device | None = None
        self.refresh: Token | None = None
        self.access: Token | None = None
        self.host_token: HostToken | None = None
        self.subject = ""
        """The teen's id at the host that redeems a `teen.bind` code, when it is bound already."""
        self.repeat = False
        """What pays was used before, and the unused refresh token that it gave is given again."""
        self.auth_time: int | None = None
        """When the person last typed the password, for a code that is being issued."""
        self.pending_devices = 0
        """Device codes of this network that nobody decided about yet."""
        self.effects: list[Effect] = []
        self.ended: list[str] = []
        """Families that this call revokes, and hosts' tokens by their hash."""

    @property
    def form(self) -> Mapping[str, str]:
        """Parameters of a POST."""
        return self.payload.data if self.method == "POST" else {}

    @property
    def args(self) -> Mapping[str, str]:
        """Parameters of a GET."""
        return self.payload.data if self.method == "GET" else {}

    def do(self, work: Txn[int], *, claim: bool = True) -> None:
        """Make a change when the transaction goes on."""
        self.effects.append(Effect(work, claim))

    @property
    def host(self) -> Client | None:
        """The asking client when it is a host app."""
        client = self.client
        return client if isinstance(client, Client) and client.is_host else None

    def drop(self, token: HostToken) -> None:
        """End a host's own token."""
        self.ended.append(token.row.hash)
        self.do(sql.drop_host_token.run(hash=token.row.hash), claim=False)

    def revoke(self, family: str | None, why: str) -> None:
        """End a family with everything that it issued."""
        if family is not None:
            self.ended.append(family)
            change = sql.revoke_family.run(id=family, now=self.around.ms, why=why)
            self.do(change, claim=False)


def _basic_client_id(authorization: str) -> str:
    """The client id in HTTP Basic credentials (RFC 6749 section 2.3.1), or an empty string."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        client_id = unquote(b64decode(encoded, validate=True).decode().partition(":")[0])
    except ValueError:
        return ""
    return client_id if client_id.isascii() and client_id.isprintable() else ""


def call_of(request: OAuth2Request) -> Call:
    """The request that Authlib hands back is the call that we handed in."""
    return cast("Call", request)


def client_id_of(call: Call) -> str:
    """The authenticated client's id."""
    if call.client is None:
        raise InvalidRequestError
    return call.client.get_client_id()


def refresh_of(call: Call) -> sql.RefreshRow | None:
    """The refresh token's row."""
    return cast("sql.RefreshRow", call.refresh.row) if call.refresh else None


def check(asked: Asked) -> None:
    """Refuse what Authlib does not look at: duplicates, and characters RFC 6749 does not allow.

    Raises `InvalidRequestError`. Authlib itself fails with a ValueError when a quote reaches one of
    its error descriptions, hence the narrower set for everything but `state`.
    """
    names = [name for name, _ in asked.params]
    if len(names) != len(set(names)):
        raise InvalidRequestError("A parameter occurs more than once.")
    for name, value in asked.params:
        plain = value.isascii() and value.isprintable()
        if not plain or (name != "state" and _DESCRIPTION_UNSAFE.intersection(value)):
            raise InvalidRequestError("A parameter has a character that is not allowed.")
