"""The page `/pair`: the whole handshake for people, without JavaScript."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Router, get, post
from litestar.di import NamedDependency, Provide

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.schema import invitations as wire
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_server.auth import forms, sign_in, web
from familypair_server.auth.addresses import client_address
from familypair_server.auth.page_errors import HANDLERS
from familypair_server.auth.service import Auth
from familypair_server.auth.web import Html
from familypair_server.auth.wiring import provide_auth
from familypair_server.context import Context
from familypair_server.ids import is_id
from familypair_server.invitations import page_views as show
from familypair_server.invitations import service
from familypair_server.invitations.approval import approve as approve_work
from familypair_server.invitations.claims import claim as claim_work
from familypair_server.invitations.page_views import Sitting
from familypair_server.problems import Refused, refuse

AnyRequest = Request[Any, Any, Any]
Form = Mapping[str, str]
SIGN_IN = "/signin?next=pair"
PEOPLE = {"guardian", "teen"}


@get("/pair", include_in_schema=False)
async def pair_page(
    request: AnyRequest, auth: NamedDependency[Auth], ctx: NamedDependency[Context]
) -> Html:
    """The code form, or where one of my invitations stands."""
    sitting = await _sit(request, auth, ctx)
    if sitting is None:
        return web.go(SIGN_IN)
    invitation_id = request.query_params.get("id", "")
    if not invitation_id:
        return await show.start(sitting)
    if not is_id(invitation_id):
        raise refuse(Reason.NOT_FOUND)
    return await show.state(sitting, await _read(sitting, invitation_id))


@post("/pair", include_in_schema=False, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def pair_form(
    request: AnyRequest, auth: NamedDependency[Auth], ctx: NamedDependency[Context]
) -> Html:
    """One step; each button names its own."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    sitting = await _sit(request, auth, ctx)
    if sitting is None:
        return web.go(SIGN_IN)
    match form.get("action", ""):
        case "claim":
            return await _claim(sitting, form)
        case "offer":
            return await _offer(sitting)
        case "disclose":
            return await _disclose(sitting, form.get("id", ""))
        case "approve":
            return await _approve(sitting, form)
        case "confirm" | "cancel" | "decline" as action:
            return await _simple(sitting, action, form)
        case _:
            raise refuse(Reason.BAD_REQUEST)


async def _sit(request: AnyRequest, auth: Auth, ctx: Context) -> Sitting | None:
    visit = await web.arrive(request, auth)
    if visit.session is None:
        return None
    if visit.session.kind not in PEOPLE:
        raise refuse(Reason.WRONG_CALLER)
    address = client_address(request.scope, ctx.settings.trusted_proxies)
    return Sitting(visit, visit.session, ctx, address)


async def _read(sitting: Sitting, invitation_id: str) -> wire.Invitation:
    work = service.one(
        sitting.desk, account_id=sitting.me, invitation_id=invitation_id, now=sitting.now
    )
    return await sitting.ctx.store.read(work)


async def _offer(sitting: Sitting) -> Html:
    work = service.offer(
        sitting.desk,
        account_id=sitting.me,
        actor=sitting.actor,
        ask=wire.NewInvitation(),
        now=sitting.now,
    )
    made = await sitting.ctx.store.run(work)
    if isinstance(made, Refusal):
        raise Refused(made)
    return _look(made.id)


async def _claim(sitting: Sitting, form: Form) -> Html:
    work = claim_work(
        sitting.desk,
        account_id=sitting.me,
        actor=sitting.actor,
        code=form.get("code", ""),
        address=sitting.address,
        now=sitting.now,
    )
    claimed = await sitting.ctx.store.run(work)
    if isinstance(claimed, Refusal):
        return await show.start(sitting, form, claimed)
    if sitting.actor is Actor.TEEN and claimed.started_by == "guardian":
        return await _disclose(sitting, claimed.id)
    return _look(claimed.id)


async def _disclose(sitting: Sitting, invitation_id: str) -> Html:
    return await _decision(sitting, invitation_id, {}, None)


async def _decision(
    sitting: Sitting, invitation_id: str, form: Form, refusal: Refusal | None
) -> Html:
    """The disclosure with the form; serving the same text again keeps its first instant."""
    work = service.disclose(
        sitting.desk, account_id=sitting.me, invitation_id=invitation_id, now=sitting.now
    )
    text = await sitting.ctx.store.run(work)
    return show.decision(sitting, text, form, refusal)


async def _approve(sitting: Sitting, form: Form) -> Html:
    invitation_id = form.get("id", "")
    refusal = await _password_refusal(sitting, form)
    if refusal is not None:
        return await _decision(sitting, invitation_id, form, refusal)
    work = approve_work(
        sitting.desk,
        account_id=sitting.me,
        invitation_id=invitation_id,
        ask=wire.Approve(
            phrase=form.get("phrase", ""),
            scopes=_scopes(form),
            share_history="share_history" in form,
        ),
        signed_in_recently=True,
        now=sitting.now,
    )
    answer = await sitting.ctx.store.run(work)
    if isinstance(answer, Refusal):
        if answer.reason is Reason.NEEDED_SCOPE_DECLINED:
            return show.left_out(sitting)
        if answer.reason in show.CAN_TRY_AGAIN:
            return await _decision(sitting, invitation_id, form, answer)
        raise Refused(answer)
    return _look(invitation_id)


async def _password_refusal(sitting: Sitting, form: Form) -> Refusal | None:
    """The password of this very form is the re-authentication (security 2.6)."""
    auth = sitting.visit.auth
    right = await sign_in.confirm_password(
        auth.store,
        auth.passwords,
        account_id=sitting.me,
        password=form.get("password", ""),
        network=sitting.visit.network,
        now=sitting.now,
        keys=auth.keys,
    )
    if isinstance(right, Refusal):
        return right
    return None if right else Refusal(Reason.WRONG_PASSWORD, "/password")


async def _simple(sitting: Sitting, action: str, form: Form) -> Html:
    desk, me, invitation_id, now = sitting.desk, sitting.me, form.get("id", ""), sitting.now
    match action:
        case "confirm":
            ask = wire.Confirm(scopes=_scopes(form))
            work = service.confirm(
                desk, account_id=me, invitation_id=invitation_id, ask=ask, now=now
            )
        case "cancel":
            work = service.cancel(desk, account_id=me, invitation_id=invitation_id, now=now)
        case _:
            work = service.decline(desk, account_id=me, invitation_id=invitation_id, now=now)
    await sitting.ctx.store.run(work)
    return _look(invitation_id)


def _scopes(form: Form) -> tuple[Scope, ...]:
    return tuple(scope for scope in ALL_SCOPES if f"scope_{scope}" in form)


def _look(invitation_id: str) -> Html:
    """Show by a GET, so that a reload repeats nothing."""
    return web.go(f"/pair?id={invitation_id}")


ROUTES: list[Any] = [
    Router(
        "/",
        route_handlers=[pair_page, pair_form],
        dependencies={"auth": Provide(provide_auth)},
        exception_handlers=HANDLERS,
    )
]
