"""The token half of Authlib's authorization server: which client asks, and what a token stores.

Pure: it reads rows from its `Call` and adds effects to it; one instance serves all requests.
"""

from collections.abc import Mapping
from copy import copy

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.authenticate_client import ClientAuthentication

from familypair_server.auth import statements as sql
from familypair_server.auth.clients import FIRST_PARTY, Client
from familypair_server.auth.lifetimes import (
    ACCESS_SECONDS,
    FAMILY_MS,
    HOST_SECONDS,
    IDLE_MS,
    SECOND,
)
from familypair_server.auth.oauth_call import Call, Reply, call_of, client_id_of, refresh_of
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint, successor
from familypair_server.hosts.binding import NewBinding, bind
from familypair_server.ids import new_id


class Server(AuthorizationServer):
    """Finds clients among the call's rows and turns tokens into effects."""

    known: Mapping[str, Client] = FIRST_PARTY

    def knowing(self, clients: Mapping[str, Client]) -> "Server":
        """The same server for one authorization request, whose call Authlib does not pass on."""
        twin = copy(self)
        twin.known = clients
        return twin

    def query_client(self, client_id: str) -> ClientMixin | None:
        """First-party clients, and those of `knowing`; others come with the call."""
        return self.known.get(client_id)

    def authenticate_client(
        self, request: OAuth2Request, methods: list[str], endpoint: str = "token"
    ) -> ClientMixin:
        """Authenticate among the clients that the call brought from the database."""
        return ClientAuthentication(call_of(request).clients.get)(request, methods, endpoint)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens. It is abstract in Authlib: without it every token request fails."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        """We always hand in a `Call`."""
        return request

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> Reply:
        """Keep the answer until the transaction is committed."""
        return Reply(status, body, headers)

    def save_token(self, token: dict[str, object], request: OAuth2Request) -> None:
        """Fill in the secrets, and note what to store of them: hashes.

        Until here the token holds placeholders, so that Authlib's debug log has no secret
        (pitfall 9).
        """
        call = call_of(request)
        if call.host is not None:
            _save_for_host(call, call.host, token)
            return
        row = refresh_of(call)
        family, n = (row.family_id, row.n + 1) if row else (_first_family(call, token), 0)
        access = mint("fpa_", call.around.random.bytes(SECRET_BYTES))
        following = successor(call.around.keys, family, n)
        token.update(access_token=access, refresh_token=following)
        _claim(call, family)
        _store(call, family, n, token)


def _save_for_host(call: Call, host: Client, token: dict[str, object]) -> None:
    """A host's own token; for a teen's code also the binding and the teen's id there."""
    around = call.around
    secret = mint("fph_", around.random.bytes(SECRET_BYTES))
    token.update(access_token=secret)
    call.do(sql.forget_host_tokens.run(client=host.id, before=around.ms), claim=False)
    call.do(
        sql.insert_host_token.run(
            hash=digest(secret),
            client=host.id,
            scope=str(token["scope"]),
            expires=around.ms + HOST_SECONDS * SECOND,
        )
    )
    if call.code:
        call.do(sql.use_code.run(hash=call.code.row.hash, family=None, now=around.ms))
        token["teen"] = call.subject or _bind(call, host, call.code.row.account_id)


def _bind(call: Call, host: Client, teen_id: str) -> str:
    around = call.around
    subject = new_id(around.random, "sub")
    bound = NewBinding(teen_id=teen_id, host_id=host.id, host_name=host.name, subject=subject)
    call.do(bind(bound, now=around.now, keys=around.keys, random=around.random))
    return subject


def _first_family(call: Call, token: dict[str, object]) -> str:
    """A new sign-in, or the one that a device code already paid for and whose answer got lost."""
    made = call.device.row.family_id if call.device and call.repeat else None
    return made or _new_family(call, token)


def _new_family(call: Call, token: dict[str, object]) -> str:
    around = call.around
    family = new_id(around.random, "ses")
    account = str(call.user)
    call.do(sql.forget_families.run(account=account, before=around.ms - IDLE_MS), claim=False)
    call.do(
        sql.insert_family.run(
            id=family,
            client=client_id_of(call),
            account=account,
            scope=str(token["scope"]),
            how="code" if call.code else "device",
            now=around.ms,
            expires=around.ms + FAMILY_MS,
            auth_time=call.code.row.auth_time if call.code else None,
        )
    )
    return family


def _claim(call: Call, family: str) -> None:
    """Spend what paid for the token; of two that try, one changes a row (pitfalls 1, 6, 8)."""
    now = call.around.ms
    if call.code:
        call.do(sql.use_code.run(hash=call.code.row.hash, family=family, now=now))
    if call.device and not call.repeat:
        call.do(sql.use_device.run(hash=call.device.row.hash, family=family, now=now))
    if call.refresh and not call.repeat:
        call.do(sql.use_refresh.run(hash=call.refresh.row.hash, now=now))


def _store(call: Call, family: str, n: int, token: dict[str, object]) -> None:
    now = call.around.ms
    call.do(sql.forget_access.run(family=family, now=now), claim=False)
    call.do(sql.touch_family.run(id=family, now=now))
    call.do(
        sql.insert_access.run(
            hash=digest(str(token["access_token"])),
            family=family,
            scope=str(token["scope"]),
            expires=now + ACCESS_SECONDS * SECOND,
        )
    )
    if not call.repeat:
        secret = digest(str(token["refresh_token"]))
        call.do(sql.insert_refresh.run(hash=secret, family=family, n=n, expires=now + IDLE_MS))
