"""The page `/ask`: an app sends the teen here from a no; they see what is asked of whom, and send.

A visit is only looked at; what asks is the form. Where it goes back to is an address that the app
registered, checked when the visit began and sealed since.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Router, get, post
from litestar.di import NamedDependency, Provide

from familypair.reasons import Reason, Refusal
from familypair.schema.requests import RequestAsk
from familypair_server.auth import forms, web
from familypair_server.auth.clients import FIRST_PARTY, find_host
from familypair_server.auth.page_errors import HANDLERS
from familypair_server.auth.service import Auth
from familypair_server.auth.web import Html, Visit
from familypair_server.auth.wiring import provide_auth
from familypair_server.context import Context
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused, refuse
from familypair_server.requests import app_asks, asking, offers, page_views
from familypair_server.requests.app_asks import AppAsk
from familypair_server.requests.page_views import Sitting
from familypair_server.requests.standing import Asker
from familypair_server.settings_api.settling import run_settled

AnyRequest = Request[Any, Any, Any]
Form = Mapping[str, str]
_AGAIN = frozenset({Reason.ALREADY_ASKED})
"""Refusals after which what was asked stands as it was asked: as good as sent."""


@get("/ask", include_in_schema=False)
async def ask_page(
    request: AnyRequest, auth: NamedDependency[Auth], ctx: NamedDependency[Context]
) -> Html:
    """What could be asked for, and of whom."""
    visit = await web.arrive(request, auth)
    pairs = _query(request)
    sealed = dict(pairs).get("request", "")
    around = auth.around(visit.network)
    asked = app_asks.unseal(sealed, around) if sealed else await _begun(pairs, visit)
    if asked is None:
        return page_views.unusable(visit, late=bool(sealed))
    return await _shown(visit, ctx, asked, sealed or app_asks.seal(asked, around))


@post("/ask", include_in_schema=False, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def ask_form(
    request: AnyRequest, auth: NamedDependency[Auth], ctx: NamedDependency[Context]
) -> Html:
    """Send the request, then back to the app."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    asked = app_asks.unseal(form.get("request", ""), auth.around(visit.network))
    if asked is None:
        return page_views.unusable(visit, late=True)
    return await _shown(visit, ctx, asked, form["request"], form)


def _query(request: AnyRequest) -> forms.Pairs:
    try:
        return forms.parse(request.scope["query_string"].decode("ascii"))
    except ValueError as error:
        raise refuse(Reason.BAD_REQUEST) from error


async def _begun(pairs: forms.Pairs, visit: Visit) -> AppAsk | None:
    """The visit of a registered app; None for a stranger or an address that is not theirs."""
    client_id = app_asks.app_of(pairs)
    named = client_id.isascii() and client_id.isprintable() and client_id not in FIRST_PARTY
    auth = visit.auth
    client = await auth.store.read(find_host(client_id)) if named and client_id else None
    return app_asks.read(pairs, client, auth.around("").ms) if client else None


async def _shown(
    visit: Visit, ctx: Context, asked: AppAsk, sealed: str, form: Form | None = None
) -> Html:
    """The page for whoever is signed in; with a `form` that is sent, the answer to it."""
    if visit.session is None:
        return web.go(f"/signin?next=a.{sealed}")
    sitting = Sitting(visit, asked, sealed)
    if visit.session.kind != "teen":
        return page_views.not_a_teen(sitting)
    ask = Asker(
        desk=Desk.of(ctx.settings, ctx.keys, ctx.random),
        caller_id=visit.session.account_id,
        now=visit.now,
    )
    found = await ctx.store.read(offers.look(ask, asked))
    if not found.subject:
        return page_views.not_bound(sitting)
    if asked.teen and asked.teen != found.subject:
        return page_views.somebody_else(sitting)
    if form is None:
        return page_views.choose(sitting, found)
    return await _sent(sitting, ctx, ask, found, form)


async def _sent(sitting: Sitting, ctx: Context, ask: Asker, found: offers.Look, form: Form) -> Html:
    """Ask, and go back to the app; a refusal is said on the page."""
    offer = next((one for one in found.offers if one.key == form.get("choice", "")), None)
    if offer is None:
        return page_views.choose(sitting, found, form, Refusal(Reason.MISSING_FIELD, "/choice"))
    words = form.get("words", "")
    if len(words) > offers.MOST_WORDS:
        return page_views.choose(sitting, found, form, Refusal(Reason.TOO_LONG, "/words"))
    wish = offers.with_words(offer.wish, words)
    body = RequestAsk(wish=wish, reason=form.get("reason", ""))
    try:
        await run_settled(ctx, asking.begin(ask, ask.caller_id, body), ask.now)
    except Refused as error:
        if error.refusals[0].reason not in _AGAIN:
            return page_views.choose(sitting, found, form, error.refusals[0])
    return web.go(sitting.asked.answer("sent", sitting.visit.auth.issuer))


ROUTES: list[Any] = [
    Router(
        "/",
        route_handlers=[ask_page, ask_form],
        dependencies={"auth": Provide(provide_auth)},
        exception_handlers=HANDLERS,
    )
]
