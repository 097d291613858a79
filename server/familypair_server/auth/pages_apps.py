"""The pages `/device` and `/consent`, where people let an app sign in as them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from litestar import Request, get, post
from litestar.di import NamedDependency

from familypair.reasons import Reason, Refusal
from familypair_server.auth import again, authorize, bind_page, device_page, forms, web
from familypair_server.auth.lifetimes import AUTHORIZATION_REQUEST_MS, SECOND
from familypair_server.auth.pages_sign_in import by_field
from familypair_server.auth.service import Auth
from familypair_server.auth.sessions import WebSession
from familypair_server.auth.web import Html, Visit
from familypair_server.problems import status_of

AnyRequest = Request[Any, Any, Any]
_MINUTES = AUTHORIZATION_REQUEST_MS // (60 * SECOND)


@get("/device", include_in_schema=False)
async def device(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Ask for the code that the app shows. The address never carries it (T10)."""
    visit = await web.arrive(request, auth)
    if visit.session is None:
        return web.go("/signin?next=device")
    return web.page(visit, "device.html", values={}, errors={})


@post("/device", include_in_schema=False, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def device_form(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Look a code up, then decide on it."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    if visit.session is None:
        return web.go("/signin?next=device")
    typed = device_page.Typed(
        code=form.get("user_code", ""),
        account_id=visit.session.account_id,
        session_id=visit.session.id,
        network=visit.network,
        now=visit.now,
        keys=auth.keys,
    )
    return await _device_step(visit, visit.session, typed, form)


async def _device_step(
    visit: Visit, session: WebSession, typed: device_page.Typed, form: Mapping[str, str]
) -> Html:
    store, decision = visit.auth.store, form.get("decision", "")
    stale = again.needed(visit, session)
    if decision == "deny" or (decision == "approve" and not stale):
        say = cast("Any", decision)
        return _decided(visit, await store.run(device_page.decide(typed, say)), decision)
    found = await store.run(device_page.look(typed))
    if isinstance(found, Refusal):
        return _wrong_code(visit, found)
    if decision != "approve":
        return _looked_up(visit, typed, found, ask=stale)
    if (fault := await again.fault(visit, session, form)) is not None:
        return _looked_up(visit, typed, found, ask=True, fault=fault)
    return _decided(visit, await store.run(device_page.decide(typed, "approve")), decision)


def _looked_up(
    visit: Visit,
    typed: device_page.Typed,
    found: device_page.Waiting,
    *,
    ask: bool,
    fault: Refusal | None = None,
) -> Html:
    same = found.network == visit.network
    place = "your network" if same else f"another network than yours ({found.network})"
    return _decide_page(
        visit,
        ask=ask,
        fault=fault,
        action="/device",
        next="device",
        client=found.client,
        facts=[
            ("Started", f"{found.started_at:%Y-%m-%d %H:%M} UTC"),
            ("From", place),
        ],
        secret_name="user_code",  # noqa: S106 - the field's name
        secret=typed.code,
    )


def _decide_page(visit: Visit, *, ask: bool, fault: Refusal | None, **values: Any) -> Html:
    """The question; `ask` for the password in its form when it was typed too long ago."""
    return web.page(
        visit,
        "decide.html",
        status=200 if fault is None else status_of(fault.reason),
        retry_after=None if fault is None else fault.params.get("seconds"),
        ask_password=ask,
        values={},
        errors={} if fault is None else by_field([fault]),
        **values,
    )


def _wrong_code(visit: Visit, refusal: Refusal) -> Html:
    return web.page(
        visit,
        "device.html",
        status=status_of(refusal.reason),
        retry_after=refusal.params.get("seconds"),
        values={},
        errors=by_field([refusal]),
    )


def _decided(visit: Visit, result: device_page.Waiting | Refusal, decision: str) -> Html:
    if isinstance(result, Refusal):
        return _wrong_code(visit, result)
    if decision == "deny":
        return web.message(visit, "Stopped", "The app was not signed in. You can close this page.")
    text = "The app is signed in within a few seconds. You can close this page and go back to it."
    return web.message(visit, "Done", text)


@get("/consent", include_in_schema=False)
async def consent(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Ask whether the app that sent the browser here may sign in."""
    visit = await web.arrive(request, auth)
    sealed_text = request.query_params.get("request", "")
    sealed = authorize.unseal(sealed_text, auth.around(visit.network))
    if sealed is None:
        return _too_late(visit)
    if visit.session is None or not sealed.fresh_enough(visit.session):
        return web.go(f"/signin?next=r.{sealed_text}")
    if bind_page.is_not_theirs(sealed, visit.session):
        return bind_page.not_for_you(visit, sealed, sealed_text)
    return _consent_page(visit, sealed, sealed_text, ask=again.needed(visit, visit.session))


def _consent_page(
    visit: Visit,
    sealed: authorize.Sealed,
    sealed_text: str,
    *,
    ask: bool,
    fault: Refusal | None = None,
) -> Html:
    if sealed.host:
        return bind_page.question(visit, sealed, sealed_text, ask=ask, fault=fault)
    important = "to confirm an important step that you take in the app"
    why = [] if sealed.max_age is None else [("Why again", important)]
    return _decide_page(
        visit,
        ask=ask,
        fault=fault,
        form_targets=authorize.LOOPBACK_PORTS,
        action="/consent",
        next=f"r.{sealed_text}",
        client=sealed.client,
        facts=[("Where", "on this computer; it opened this page"), *why],
        secret_name="request",  # noqa: S106 - the field's name
        secret=sealed_text,
    )


@post("/consent", include_in_schema=False, status_code=303, request_max_body_size=forms.FORM_BYTES)
async def consent_form(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Send the app its code, or the refusal."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    sealed = authorize.unseal(form.get("request", ""), auth.around(visit.network))
    if sealed is None:
        return _too_late(visit)
    if visit.session is None or not sealed.fresh_enough(visit.session):
        return web.go(f"/signin?next=r.{form['request']}")
    session, approved = visit.session, form.get("decision") == "approve"
    if bind_page.is_not_theirs(sealed, session):
        return bind_page.not_for_you(visit, sealed, form["request"])
    if not approved or not again.needed(visit, session):
        return await _answered(visit, session, sealed, session.auth_time, approved=approved)
    if (fault := await again.fault(visit, session, form)) is not None:
        return _consent_page(visit, sealed, form["request"], ask=True, fault=fault)
    return await _answered(visit, session, sealed, visit.now, approved=True)


async def _answered(
    visit: Visit,
    session: WebSession,
    sealed: authorize.Sealed,
    auth_time: datetime,
    *,
    approved: bool,
) -> Html:
    auth = visit.auth
    work = authorize.decision(auth.server, session, approved=approved, auth_time=auth_time)
    outcome = await auth.perform(authorize.asked_of(sealed), visit.network, work)
    if outcome.reply.location is None:
        return _wrong_code(visit, Refusal(Reason.BAD_REQUEST, "/user_code"))
    return web.go(outcome.reply.location)


def _too_late(visit: Visit) -> Html:
    text = f"An app's request lives {_MINUTES} minutes. Please start again from the app."
    return web.message(visit, "This request has expired", text, status=400)


ROUTES = [device, device_form, consent, consent_form]
