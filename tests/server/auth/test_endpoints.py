"""Introspection, metadata, keys, and requests that are no OAuth at all."""

from familypair_server.auth.clients import add_resource_client
from familypair_server.ids import SystemRandom
from familypair_server.times import millis
from support.server import CLIENT_ID, ISSUER, Running

SECRET = "resource-server-secret-of-256-bits"


async def resource_client(server: Running, name: str = "Host") -> str:
    """Register a client that may introspect."""
    work = add_resource_client(
        name=name, secret=SECRET, random=SystemRandom(), now=millis(server.clock())
    )
    return await server.store.run(work)


async def test_introspection_is_for_registered_clients(server: Running) -> None:
    """The right secret learns that a token is live; no other caller learns anything."""
    mia = await server.teen()
    host = await resource_client(server)
    form = {"token": mia.tokens["access_token"]}
    good = await mia.web.post("/oauth/introspect", data=form, auth=(host, SECRET))
    found = good.json()
    assert (found["active"], found["scope"], found["iss"]) == (True, "family", ISSUER)
    for auth in ((host, "wrong"), ("cli_unknown", SECRET), (CLIENT_ID, ""), (CLIENT_ID, "x")):
        refused = await mia.web.post("/oauth/introspect", data=form, auth=auth)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    public = await mia.web.post("/oauth/introspect", data={**form, "client_id": CLIENT_ID})
    assert public.status_code == 401


async def test_subjects_are_pairwise(server: Running) -> None:
    """Two clients cannot recognise one person by it, and it is not the account's id (T6)."""
    mia = await server.teen()
    form = {"token": mia.tokens["access_token"]}
    subjects: set[str] = set()
    for name in ("One", "Two"):
        client = await resource_client(server, name)
        reply = await mia.web.post("/oauth/introspect", data=form, auth=(client, SECRET))
        subjects.add(reply.json()["sub"])
    account = (await mia.me()).json()["id"]
    assert len(subjects) == 2
    assert account not in subjects


async def test_dead_and_foreign_tokens_are_inactive(server: Running) -> None:
    """Refresh, unknown and revoked tokens answer exactly `{"active": false}`."""
    mia = await server.teen()
    host = await resource_client(server)
    access, refresh = mia.tokens["access_token"], mia.tokens["refresh_token"]
    await mia.web.post("/oauth/revoke", data={"client_id": CLIENT_ID, "token": access})
    for token in (refresh, access, access[:-1] + ("0" if access[-1] != "0" else "1"), "x"):
        reply = await mia.web.post("/oauth/introspect", data={"token": token}, auth=(host, SECRET))
        assert reply.json() == {"active": False}


async def test_metadata_names_what_there_is(server: Running) -> None:
    """RFC 8414: our addresses, S256 only, RFC 9207 on."""
    web = await server.browser()
    found = (await web.get("/.well-known/oauth-authorization-server")).json()
    assert found["issuer"] == ISSUER
    assert found["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert found["device_authorization_endpoint"] == f"{ISSUER}/oauth/device_authorization"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True
    keys = (await web.get("/.well-known/jwks.json")).json()["keys"]
    assert keys
    assert all("d" not in key for key in keys)


NO_FORMS = [
    (b'{"grant_type": "refresh_token"}', "application/json"),
    (b"grant_type=refresh_token", "text/plain"),
    (b"grant_type=refresh_token", ""),
    (b"\xff\xfe", "application/x-www-form-urlencoded"),
    (b"grant_type=%ff%fe", "application/x-www-form-urlencoded"),
    (b"&".join(b"a%d=1" % n for n in range(100)), "application/x-www-form-urlencoded"),
    (b"grant_type=%22%5c", "application/x-www-form-urlencoded"),
    (b"grant_type=refresh_token&client_id=a%00b", "application/x-www-form-urlencoded"),
    (b"grant_type=%e2%80%ae", "application/x-www-form-urlencoded"),
    (b"", "application/x-www-form-urlencoded"),
]


async def test_what_is_no_form_is_an_oauth_error(server: Running) -> None:
    """Other media types, bad bytes, too many or odd fields: 400 or 401 and an error code."""
    web = await server.browser()
    known = {"invalid_request", "invalid_client", "unsupported_grant_type"}
    for path in ("token", "device_authorization", "revoke", "introspect"):
        for body, kind in NO_FORMS:
            headers = {"content-type": kind} if kind else {}
            reply = await web.post(f"/oauth/{path}", content=body, headers=headers)
            assert reply.status_code in {400, 401}, (path, body)
            assert reply.json()["error"] in known


ODD_CREDENTIALS = [
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic /////w==",
    "Basic YTox",
    "Bearer x",
    "Basic YSUwMGI6Yw==",
]


async def test_odd_credentials_are_refused(server: Running) -> None:
    """Broken base64, bytes that are no UTF-8, NUL: 401, never a server error."""
    web = await server.browser()
    for authorization in ODD_CREDENTIALS:
        headers = {"authorization": authorization}
        reply = await web.post("/oauth/introspect", data={"token": "x"}, headers=headers)
        assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


async def test_large_forms_are_refused(server: Running) -> None:
    """8 KiB is the most that a sign-in route reads (contract.md)."""
    web = await server.browser()
    reply = await web.post("/oauth/token", data={"grant_type": "x" * 9000})
    assert reply.status_code in {400, 413}


async def test_oauth_addresses_take_their_method_only(server: Running) -> None:
    """GET on a POST endpoint is 405; authorize cannot be posted to."""
    web = await server.browser()
    assert (await web.get("/oauth/token")).status_code == 405
    assert (await web.post("/oauth/authorize")).status_code == 405
