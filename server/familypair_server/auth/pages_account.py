"""The page `/account`: the sign-in name, where one is signed in, the password; and the style."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from familypair.reasons import Reason, Refusal
from familypair_server.accounts import places as places_data
from familypair_server.accounts import service as accounts
from familypair_server.accounts import statements as account_sql
from familypair_server.auth import again, forms, passwords, scripts, sign_ins, web
from familypair_server.auth.pages_sign_in import by_field
from familypair_server.auth.service import Auth
from familypair_server.auth.sessions import WebSession
from familypair_server.auth.web import Html, Visit
from familypair_server.hosts import service as hosts
from familypair_server.hosts.binding import unbind
from familypair_server.problems import refuse, status_of
from familypair_server.storage import Txn, transaction

AnyRequest = Request[Any, Any, Any]
_HOUR = 3600


@get("/account", include_in_schema=False)
async def account(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """My account, for people."""
    visit = await web.arrive(request, auth)
    if visit.session is None:
        return web.go("/signin?next=account")
    where = web.clean_next(request.query_params.get("next", ""))
    new = request.query_params.get("new") == "1"
    return await _page(visit, visit.session, {}, new=new, where=where)


@post("/account", include_in_schema=False, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def account_form(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Sign out here or elsewhere, disconnect an app, or change the password."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    if visit.session is None:
        return web.go("/signin?next=account")
    match form.get("action", ""):
        case "end_session":
            return await _end(visit, visit.session, form.get("id", ""))
        case "disconnect":
            return await _disconnect(visit, visit.session, form.get("id", ""))
        case "password":
            return await _change_password(visit, visit.session, form)
        case _:
            raise refuse(Reason.BAD_REQUEST)


async def _end(visit: Visit, session: WebSession, session_id: str) -> Html:
    auth = visit.auth
    own = session_id == session.id
    if not own and again.needed(visit, session):
        return web.go("/signin?next=account")
    end = sign_ins.end(account_id=session.account_id, session_id=session_id, now=visit.now)
    if not await auth.store.run(end):
        raise refuse(Reason.NOT_FOUND)
    auth.ended([session_id])
    if own:
        return web.go("/signin", cookies=[web.session_cookie(auth, "")])
    return web.go("/account")


async def _disconnect(visit: Visit, session: WebSession, app_id: str) -> Html:
    auth = visit.auth
    work = unbind(session.account_id, app_id, now=visit.now, keys=auth.keys, random=auth.random)
    await auth.store.run(work)
    return web.go("/account")


async def _change_password(visit: Visit, session: WebSession, form: Mapping[str, str]) -> Html:
    auth = visit.auth
    fault = await _password_fault(visit, session, form)
    if fault is not None:
        return await _page(visit, session, by_field([fault]), status=status_of(fault.reason))
    fresh = await auth.passwords.hash(form["new_password"], network=visit.network)
    change = _new_password(account_id=session.account_id, password_hash=fresh, now=visit.now)
    ended = await auth.store.run(change)
    auth.ended(ended)
    return await web.signed_in(visit, session.account_id, "/account")


async def _password_fault(
    visit: Visit, session: WebSession, form: Mapping[str, str]
) -> Refusal | None:
    new = form.get("new_password", "")
    context = (session.name, session.login)
    if weak := passwords.fault(new, pointer="/new_password", context=context):
        return weak
    return await again.fault(visit, session, form)


@transaction
def _new_password(*, account_id: str, password_hash: str, now: datetime) -> Txn[list[str]]:
    """Set it and end every sign-in, this browser's too: it gets a new session (ASVS 7.4.3)."""
    yield from account_sql.set_password.run(id=account_id, password_hash=password_hash)
    return (yield from sign_ins.end_others(account_id=account_id, keep="", now=now))


async def _page(
    visit: Visit,
    session: WebSession,
    errors: Mapping[str, str],
    *,
    status: int = 200,
    new: bool = False,
    where: str = "account",
) -> Html:
    store, now, who = visit.auth.store, visit.now, session.account_id
    me = await store.read(accounts.read(account_id=who, keys=visit.auth.keys, now=now))
    found = await store.read(sign_ins.places(account_id=who, now=now))
    apps = await store.read(hosts.apps(who))
    misused = await store.read(sign_ins.misuses(account_id=who, now=now))
    return web.page(
        visit,
        "account.html",
        status=status,
        me=me,
        zone_from="" if me.zone_from is None else _when(me.zone_from),
        country=places_data.countries().get(me.country, me.country),
        places=[_row(place, session.id) for place in found],
        apps=[{"id": app.id, "name": app.name, "since": _when(app.bound_at)} for app in apps.items],
        misused=[{"client": row.client, "when": _when(row.at)} for row in misused],
        errors=errors,
        values={},
        new=new,
        next_path=web.next_path(where),
        script=scripts.on_the_way(where),
    )


def _row(place: sign_ins.Place, current: str) -> dict[str, object]:
    return {
        "id": place.id,
        "client": place.client,
        "since": _when(place.created_at),
        "used": _when(place.last_used_at),
        "current": place.id == current,
    }


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


@get("/style.css", include_in_schema=False)
async def style() -> Response[bytes]:
    """The one stylesheet of the pages."""
    text = (Path(__file__).parent / "pages" / "style.css").read_bytes()
    headers = {"Cache-Control": f"public, max-age={_HOUR}"}
    return Response(text, media_type="text/css; charset=utf-8", headers=headers)


ROUTES = [account, account_form, style]
