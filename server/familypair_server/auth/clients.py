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
CLI_ID: Final = "familypair-cli"


class Client(ClientMixin):
    """A registered client, public or confidential."""

    def __init__(
        self,
        client_id: str,
        name: str,
        *,
        grants: frozenset[str] = frozenset(),
        scopes: frozenset[str] = frozenset(),
        loopback_path: str = "",
        secret_hash: str = "",
    ) -> None:
        self.id = client_id
        self.name = name
        self._grants = grants
        self._scopes = scopes
        self._loopback_path = loopback_path
        self._secret_hash = secret_hash

    def get_client_id(self) -> str:
        """The id that the client sends."""
        return self.id

    def get_default_redirect_uri(self) -> None:
        """None: a request always names its redirect address."""
        return

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scope when all of it is the client's; None makes the request `invalid_scope`."""
        wanted = set((scope or "").split())
        return " ".join(sorted(wanted)) if wanted and wanted <= self._scopes else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """RFC 8252 section 7.3: the loopback literal with any port, and exactly our path."""
        if not self._loopback_path or "#" in redirect_uri or "?" in redirect_uri:
            return False
        try:
            parts = urlsplit(redirect_uri)
            port = parts.port
        except ValueError:
            return False
        host = "127.0.0.1" if port is None else f"127.0.0.1:{port}"
        return redirect_uri == f"http://{host}{self._loopback_path}"

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare with the stored hash in constant time."""
        given = digest(client_secret)
        return bool(self._secret_hash) and hmac.compare_digest(given, self._secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - authlib's signature
        """Confidential clients use HTTP Basic, public ones nothing."""
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
        loopback_path="/cb",
    )
}
"""Clients that are part of the program; all are public."""


def client_name(client_id: str) -> str:
    """What people call the client."""
    known = FIRST_PARTY.get(client_id)
    return known.name if known else client_id


def resource_client(row: sql.ClientRow) -> Client:
    """A client that may only introspect."""
    return Client(row.id, row.name, secret_hash=row.secret_hash)


@transaction
def add_resource_client(*, name: str, secret: str, random: Random, now: int) -> Txn[str]:
    """Register a client that may introspect; returns its id. Only the secret's hash is kept."""
    client_id = new_id(random, "cli")
    yield from sql.add_client.run(id=client_id, name=name, secret_hash=digest(secret), now=now)
    return client_id
