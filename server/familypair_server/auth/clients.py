"""Who may ask the authorization server for what (least privilege, ASVS 10.4.4)."""

import hmac
from typing import Final
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

from familypair_server.auth import statements as sql
from familypair_server.auth.tokens import digest
from familypair_server.ids import Random, new_id
from familypair_server.storage import Txn, transaction

SCOPE: Final = "family"
"""The one scope of people's own clients: everything that the person may do."""
BIND: Final = "teen.bind"
"""What a host app asks a teen for: an id of theirs at this host, and nothing else."""
HOST_SCOPES: Final = ("usage:write", "policy:read")
"""What a host app can be registered for (security T6)."""
CLI_ID: Final = "familypair-cli"
LOOPBACK: Final = "http://127.0.0.1"


class Client(ClientMixin):
    """A registered client, public or confidential."""

    def __init__(
        self,
        client_id: str,
        name: str,
        *,
        grants: frozenset[str] = frozenset(),
        scopes: frozenset[str] = frozenset(),
        redirects: tuple[str, ...] = (),
        secret_hash: str = "",
        is_host: bool = False,
    ) -> None:
        self.id = client_id
        self.name = name
        self._grants = grants
        self.scopes = scopes
        self.redirects = redirects
        self.is_host = is_host
        self._secret_hash = secret_hash

    def get_client_id(self) -> str:
        """The id that the client sends."""
        return self.id

    def get_default_redirect_uri(self) -> None:
        """None: a request always names its redirect address."""
        return

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scope when all of it is the client's; None makes the request `invalid_scope`.

        `teen.bind` stands alone: it is the teen's to give, the others are the host's own.
        """
        wanted = set((scope or "").split())
        known = wanted <= self.scopes or (self.is_host and wanted == {BIND})
        return " ".join(sorted(wanted)) if wanted and known else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exactly a registered address; of the loopback literal any port (RFC 8252 section 7.3)."""
        return _without_port(redirect_uri) in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare with the stored hash in constant time."""
        given = digest(client_secret)
        return bool(self._secret_hash) and hmac.compare_digest(given, self._secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Confidential clients use HTTP Basic, public ones nothing; a host never introspects."""
        if endpoint == "introspection" and self.is_host:
            return False
        return method == ("client_secret_basic" if self._secret_hash else "none")

    def check_response_type(self, response_type: str) -> bool:
        """Only `code`, and only for who may use it."""
        return response_type == "code" and "authorization_code" in self._grants

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client was registered for the grant."""
        return grant_type in self._grants


FIRST_PARTY: Final = {
    CLI_ID: Client(
        CLI_ID,
        "Family Pairing on a terminal",
        grants=frozenset({"authorization_code", "refresh_token", DEVICE_CODE_GRANT_TYPE}),
        scopes=frozenset({SCOPE}),
        redirects=(f"{LOOPBACK}/cb",),
    )
}
"""Clients that are part of the program; all are public."""


def client_name(client_id: str) -> str:
    """What people call the client."""
    known = FIRST_PARTY.get(client_id)
    return known.name if known else client_id


def registered(row: sql.ClientRow) -> Client:
    """A client with a secret: a server that may only introspect, or a host app."""
    if row.kind != "host":
        return Client(row.id, row.name, secret_hash=row.secret_hash)
    return Client(
        row.id,
        row.name,
        grants=frozenset({"authorization_code", "client_credentials"}),
        scopes=frozenset(row.scopes.split()),
        redirects=tuple(row.redirects.split()),
        secret_hash=row.secret_hash,
        is_host=True,
    )


@transaction
def find_host(client_id: str) -> Txn[Client | None]:
    """A host app by its id; None for any other client."""
    row = yield from sql.client_by_id.one(id=client_id)
    return registered(row) if row and row.kind == "host" else None


@transaction
def add_resource_client(*, name: str, secret: str, random: Random, now: int) -> Txn[str]:
    """Register a client that may introspect; returns its id. Only the secret's hash is kept."""
    client_id = new_id(random, "cli")
    yield from sql.add_client.run(
        id=client_id,
        name=name,
        secret_hash=digest(secret),
        kind="service",
        redirects="",
        scopes="",
        now=now,
    )
    return client_id


def _without_port(address: str) -> str:
    """A loopback address as it is registered; any other as it is."""
    try:
        port = urlsplit(address).port
    except ValueError:
        return address
    written = f"{LOOPBACK}:{port}/"
    loopback = port is not None and address.startswith(written)
    return f"{LOOPBACK}/{address.removeprefix(written)}" if loopback else address
