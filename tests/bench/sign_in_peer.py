"""The peer of B13: the least Authlib server for refresh and device polls, on aiosqlite.

It does the same work with the same guarantees (hashed tokens, rotation with reuse detection, a
durable commit before the answer) statement by statement, as one writes it without our storage.
"""

# ruff: noqa: ARG002, RUF012 - Authlib names the arguments and is configured by attributes

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, cast

import aiosqlite
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Payload, OAuth2Request, TokenMixin, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, OAuth2Error
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE, DeviceCodeGrant, DeviceCredentialMixin
from litestar import Litestar, Request, Response, post

SCHEMA = """
CREATE TABLE family(id TEXT PRIMARY KEY, account TEXT, revoked REAL);
CREATE TABLE refresh(hash TEXT PRIMARY KEY, family TEXT, expires REAL, used INTEGER DEFAULT 0);
CREATE TABLE access(hash TEXT PRIMARY KEY, family TEXT, expires REAL);
CREATE INDEX access_family ON access(family, expires);
CREATE TABLE device(hash TEXT PRIMARY KEY, state TEXT, polled REAL, pause INTEGER, expires REAL);
"""
CLIENT_ID = "familypair-cli"


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Client(ClientMixin):
    """The one public client."""

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or "family"

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == ""

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"refresh_token", DEVICE_CODE_GRANT_TYPE}


class Payload(OAuth2Payload):
    """The form's fields."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    @property
    def data(self) -> dict[str, str]:
        return dict(self._pairs)

    @property
    def datalist(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name, value in self._pairs:
            found[name].append(value)
        return found


class Asked(OAuth2Request):
    """A request with the row that its secret leads to, and the statements to run after."""

    def __init__(self, pairs: list[tuple[str, str]], now: float) -> None:
        super().__init__("POST", "https://pair.example/oauth/token", headers={})
        self.payload = Payload(pairs)
        self.now = now
        self.row: dict[str, Any] | None = None
        self.effects: list[tuple[str, tuple[object, ...]]] = []

    @property
    def form(self) -> Mapping[str, str]:
        return self.payload.data


def asked_of(request: object) -> Asked:
    """The request that Authlib hands back is the one that it was given."""
    return cast("Asked", request)


class RefreshRow(TokenMixin):
    """A refresh token for Authlib."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row

    def check_client(self, client: ClientMixin) -> bool:
        return client.get_client_id() == CLIENT_ID

    def get_scope(self) -> str:
        return "family"


class Refresh(grants.RefreshTokenGrant):
    """Rotation: each token pays once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshRow | None:
        asked = asked_of(self.request)
        row = asked.row
        if row is None or row["revoked"] or row["expires"] < asked.now:
            return None
        if row["used"]:
            sql = "UPDATE family SET revoked=? WHERE id=?"
            asked.effects.append((sql, (asked.now, row["family"])))
            return None
        return RefreshRow(row)

    def authenticate_user(self, refresh_token: object) -> str:
        return str(cast("RefreshRow", refresh_token).row["account"])

    def revoke_old_credential(self, refresh_token: object) -> None:
        sql = "UPDATE refresh SET used=1 WHERE hash=? AND used=0"
        used = cast("RefreshRow", refresh_token).row["hash"]
        asked_of(self.request).effects.append((sql, (used,)))


class DeviceRow(DeviceCredentialMixin):
    """A device code for Authlib."""

    def __init__(self, row: dict[str, Any], now: float) -> None:
        self.row = row
        self.now = now

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_scope(self) -> str:
        return "family"

    def get_user_code(self) -> str:
        return ""

    def is_expired(self) -> bool:
        return bool(self.row["expires"] < self.now)


class Device(DeviceCodeGrant):
    """Polls of a code that nobody has decided on yet."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]

    def query_device_credential(self, device_code: str) -> DeviceRow:
        asked = asked_of(self.request)
        if asked.row is None:
            raise InvalidGrantError
        return DeviceRow(asked.row, asked.now)

    def query_user_grant(self, user_code: str) -> None:
        return None

    def should_slow_down(self, credential: DeviceCredentialMixin) -> bool:
        found = cast("DeviceRow", credential)
        row, now = found.row, found.now
        early = bool(now - row["polled"] < row["pause"])
        sql = "UPDATE device SET polled=?, pause=pause+? WHERE hash=?"
        asked_of(self.request).effects.append((sql, (now, 5 if early else 0, row["hash"])))
        return early


class Server(AuthorizationServer):
    """Authlib between two reads and writes."""

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT_ID else None

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        pass

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: object, headers: object) -> tuple[int, Any]:
        return status, body

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        family, now = request.row["family"], request.now
        access, refresh = digest(token["access_token"]), digest(token["refresh_token"])
        request.effects += [
            ("DELETE FROM access WHERE family=? AND expires<?", (family, now)),
            ("INSERT INTO access VALUES (?,?,?)", (access, family, now + 600)),
            ("INSERT INTO refresh VALUES (?,?,?,0)", (refresh, family, now + 30 * 86_400)),
        ]


def _secret(**_: object) -> str:
    return secrets.token_urlsafe(32)


def _ten_minutes(*_: object) -> int:
    return 600


def build(database: aiosqlite.Connection, clock: Callable[[], float]) -> Litestar:
    """The peer as an application over an open database with `SCHEMA`; `clock` in seconds."""
    server = Server(scopes_supported=["family"])
    lifetime = BearerTokenGenerator(_secret, _secret, _ten_minutes)
    server.register_token_generator("default", lifetime)
    server.register_grant(Refresh)
    server.register_grant(Device)

    @post("/oauth/token", status_code=200)
    async def token(request: Request[Any, Any, Any]) -> Response[Any]:
        """RFC 6749 section 3.2."""
        form = await request.form()
        asked = Asked([(name, str(value)) for name, value in form.multi_items()], clock())
        await database.execute("BEGIN IMMEDIATE")
        await _fetch(database, asked)
        try:
            status, body = cast("tuple[int, Any]", server.create_token_response(asked))
        except OAuth2Error as error:
            status, body, _ = cast("tuple[int, Any, Any]", error())
        for sql, values in asked.effects:
            await database.execute(sql, values)
        await database.execute("COMMIT")
        answer: dict[str, Any] = dict(body)
        return Response(answer, status_code=status, headers={"Cache-Control": "no-store"})

    return Litestar([token])


async def _fetch(database: aiosqlite.Connection, asked: Asked) -> None:
    data = asked.payload.data
    if "refresh_token" in data:
        sql = "SELECT r.*, f.account, f.revoked FROM refresh r JOIN family f ON f.id=r.family"
        found = await database.execute(f"{sql} WHERE r.hash=?", (digest(data["refresh_token"]),))
    else:
        found = await database.execute(
            "SELECT * FROM device WHERE hash=?", (digest(data.get("device_code", "")),)
        )
    row = await found.fetchone()
    asked.row = dict(row) if row else None
