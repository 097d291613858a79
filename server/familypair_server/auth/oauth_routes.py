"""The OAuth endpoints over HTTP. Parameters: POST from the form only, GET from the query only."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from familypair.reasons import Reason
from familypair_server.auth import authorize, forms, oauth, web
from familypair_server.auth.addresses import client_address
from familypair_server.auth.clients import BIND, FIRST_PARTY, HOST_SCOPES, SCOPE, find_host
from familypair_server.auth.limits import network_of
from familypair_server.auth.oauth import Outcome, Work
from familypair_server.auth.oauth_call import Asked, Reply
from familypair_server.auth.service import Auth
from familypair_server.problems import Refused, refuse

_PASSED_ON = {"WWW-Authenticate", "Retry-After"}
Json = Response[Mapping[str, object]]
AnyRequest = Request[Any, Any, Any]


@post(oauth.DEVICE_PATH, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def device_authorization(request: AnyRequest, auth: NamedDependency[Auth]) -> Json:
    """Start signing in a device: codes to show and to poll with (RFC 8628 section 3.1)."""
    return await _answer(request, auth, oauth.device_authorization(auth.server))


@post("/oauth/token", status_code=200, request_max_body_size=forms.FORM_BYTES)
async def token(request: AnyRequest, auth: NamedDependency[Auth]) -> Json:
    """Exchange a code, a device code, a refresh token or a host's own secret for a token.

    RFC 6749 section 3.2. A host app proves itself with HTTP Basic: `client_credentials` gives its
    own token of 15 minutes; a code of scope `teen.bind` gives `teen`, the teen's id at this host.
    """
    return await _answer(request, auth, oauth.token(auth.server))


@post("/oauth/revoke", status_code=200, request_max_body_size=forms.FORM_BYTES)
async def revoke(request: AnyRequest, auth: NamedDependency[Auth]) -> Json:
    """Sign out: end the token's whole family (RFC 7009)."""
    return await _answer(request, auth, oauth.revocation(auth.server))


@post("/oauth/introspect", status_code=200, request_max_body_size=forms.FORM_BYTES)
async def introspect(request: AnyRequest, auth: NamedDependency[Auth]) -> Json:
    """Say whether an access token is live, to registered resource servers (RFC 7662)."""
    return await _answer(request, auth, oauth.introspection(auth.server))


@get("/oauth/authorize", include_in_schema=False)
async def authorize_request(request: AnyRequest, auth: NamedDependency[Auth]) -> web.Html:
    """Check an authorization request and go on to the consent page (RFC 6749 section 3.1)."""
    visit = await web.arrive(request, auth)
    asked = _query(request)
    client_id = dict(asked.params).get("client_id", "")
    named = client_id.isascii() and client_id.isprintable() and client_id not in FIRST_PARTY
    host = await auth.store.read(find_host(client_id)) if named else None
    begun = authorize.begin(auth.server, asked, auth.around(visit.network), host)
    if isinstance(begun, str):
        return web.go(web.next_path(f"r.{begun}"))
    if begun.reply.location:
        return web.go(begun.reply.location)
    text = "The app asked for something that cannot be done here. Please update the app."
    return web.message(visit, "This request cannot be used", text, status=400)


@get("/.well-known/oauth-authorization-server", tags=["sign-in"])
async def metadata(auth: NamedDependency[Auth]) -> dict[str, object]:
    """What this authorization server can do (RFC 8414)."""
    base = auth.issuer
    described = AuthorizationServerMetadata(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "device_authorization_endpoint": f"{base}/oauth/device_authorization",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "introspection_endpoint": f"{base}/oauth/introspect",
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "scopes_supported": [SCOPE, BIND, *HOST_SCOPES],
            "response_types_supported": ["code"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                DEVICE_CODE_GRANT_TYPE,
                "client_credentials",
            ],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
            "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )
    return dict(described)


@get("/.well-known/jwks.json", tags=["sign-in"])
async def jwks(auth: NamedDependency[Auth]) -> dict[str, object]:
    """Public keys that verify receipts (RFC 7517)."""
    return auth.keys.public_keys()


async def _answer(request: AnyRequest, auth: Auth, work: Work) -> Json:
    try:
        asked = await _form(request)
    except Refused:
        error = InvalidRequestError("Send the parameters once each, as a url-encoded form.")
        return _json(Outcome(Reply(*error())))
    network = network_of(client_address(request.scope, auth.trusted_proxies))
    return _json(await auth.perform(asked, network, work))


async def _form(request: AnyRequest) -> Asked:
    """The request as OAuth reads it. Parameters in the address are refused (pitfall 11)."""
    if request.scope["query_string"]:
        raise refuse(Reason.BAD_REQUEST)
    pairs = tuple((name, value) for name, value in await forms.read_pairs(request) if value)
    authorization = request.headers.get("authorization", "")
    return Asked("POST", request.scope["path"], pairs, authorization)


def _query(request: AnyRequest) -> Asked:
    try:
        pairs = forms.parse(request.scope["query_string"].decode("ascii"))
    except ValueError:
        pairs = (("response_type", "unreadable"),)
    return Asked("GET", "/oauth/authorize", tuple(pair for pair in pairs if pair[1]))


def _json(outcome: Outcome) -> Json:
    reply = outcome.reply
    headers = {name: value for name, value in reply.headers.items() if name in _PASSED_ON}
    headers |= {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(_body(reply.body), status_code=reply.status, headers=headers)


def _body(body: object) -> Mapping[str, object]:
    """Authlib answers with a mapping when it went well, and with pairs when it did not."""
    return dict(cast("Iterable[tuple[str, object]]", body or ()))


ROUTES = [
    device_authorization,
    token,
    revoke,
    introspect,
    authorize_request,
    metadata,
    jwks,
]
