"""The pages `/signup` and `/signin`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from familypair.reasons import Reason, Refusal
from familypair.rules.age import NoDate, TooYoung
from familypair.wording import sentence
from familypair_server.accounts import ages, places, sign_up
from familypair_server.auth import forms, known, scripts, sessions, sign_in, web
from familypair_server.auth.service import Auth
from familypair_server.auth.web import Html, Visit
from familypair_server.problems import Refused, status_of

AnyRequest = Request[Any, Any, Any]
_WAIT = "fp_wait"
_DAY = 86_400


@get("/signup", include_in_schema=False)
async def sign_up_page(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """The age screen: the birth date is asked of everybody first."""
    visit = await web.arrive(request, auth)
    if _must_wait(request, visit):
        return _not_now(visit)
    where = web.clean_next(request.query_params.get("next", ""))
    return _birth_page(visit, where, {}, {})


@post("/signup", include_in_schema=False, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def sign_up_form(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """First the birth date, then the rest; the second form carries the sealed age band."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    if _must_wait(request, visit):
        return _not_now(visit)
    return await (_make(visit, form) if "age" in form else _screen(visit, form))


async def _screen(visit: Visit, form: Mapping[str, str]) -> Html:
    where = web.clean_next(form.get("next", ""))
    try:
        result = ages.screened(date.fromisoformat(form.get("birth_date", "").strip()), visit.now)
    except ValueError:
        result = NoDate()
    if isinstance(result, TooYoung):
        auth = visit.auth
        await auth.store.run(sign_up.count_too_young(now=visit.now))
        note = ages.waiting_note(auth.keys, visit.now)
        return _not_now(visit, (web.cookie(auth, _WAIT, note, seconds=_DAY),))
    if isinstance(result, NoDate):
        errors = {"birth_date": "Please write the date as year-month-day, such as 1984-02-29."}
        return _birth_page(visit, where, form, errors, status=400)
    return _details_page(visit, result, {"next": where}, {})


async def _make(visit: Visit, form: Mapping[str, str]) -> Html:
    auth = visit.auth
    ticket = ages.open_ticket(auth.keys, form["age"], visit.now)
    fields = ("name", "login", "password", "country", "zone")
    wish = sign_up.Wish(**{field: form.get(field, "") for field in fields})
    try:
        made = await sign_up.sign_up(
            auth.store,
            auth.passwords,
            wish=wish,
            ticket=ticket,
            network=visit.network,
            per_hour=auth.signups_per_hour,
            now=visit.now,
            keys=auth.keys,
            random=auth.random,
        )
    except Refused as error:
        if not all(refusal.pointer for refusal in error.refusals):
            raise
        return _details_page(visit, ticket, form, by_field(error.refusals), status=422)
    where = web.clean_next(form.get("next", ""))
    return await _signed_in(visit, made.account_id, f"/account?new=1&next={where}")


def _must_wait(request: AnyRequest, visit: Visit) -> bool:
    note = request.cookies.get(web.cookie_name(visit.auth, _WAIT), "")
    return bool(note) and ages.must_wait(visit.auth.keys, note, visit.now)


def _not_now(visit: Visit, cookies: Sequence[Cookie] = ()) -> Html:
    refusal = Refusal(Reason.TOO_YOUNG)
    return web.page(
        visit,
        "message.html",
        status=status_of(refusal.reason),
        cookies=cookies,
        title="Thank you",
        text=sentence(refusal),
        back="",
    )


def _birth_page(
    visit: Visit,
    where: str,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Html:
    return web.page(
        visit,
        "birth.html",
        status=status,
        next=where,
        values=values,
        errors=errors,
        script=scripts.on_the_way(where),
    )


def _details_page(
    visit: Visit,
    ticket: ages.Ticket,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Html:
    where = web.clean_next(values.get("next", ""))
    return web.page(
        visit,
        "signup.html",
        status=status,
        kind=ticket.kind,
        age=ages.seal_ticket(visit.auth.keys, ticket, visit.auth.random),
        next=where,
        values=values,
        errors=errors,
        countries=places.countries(),
        zones=places.zones(),
        script=scripts.on_the_way(where),
    )


@get("/signin", include_in_schema=False)
async def sign_in_page(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Name and password; also to type the password again for an important step."""
    visit = await web.arrive(request, auth)
    where = web.clean_next(request.query_params.get("next", ""))
    known = {"login": visit.session.login} if visit.session else {}
    return _sign_in_page(visit, where, known)


@post("/signin", include_in_schema=False, status_code=200, request_max_body_size=forms.FORM_BYTES)
async def sign_in_form(request: AnyRequest, auth: NamedDependency[Auth]) -> Html:
    """Check name and password; the answer is the same for names that do not exist."""
    visit = await web.arrive(request, auth)
    form = await web.read_form(request, visit)
    where = web.clean_next(form.get("next", ""))
    result = await sign_in.sign_in(
        auth.store,
        auth.passwords,
        login=form.get("login", ""),
        password=form.get("password", ""),
        network=visit.network,
        browser=known.unseal(auth.keys, visit.known),
        now=visit.now,
        keys=auth.keys,
    )
    if isinstance(result, Refusal):
        return _sign_in_page(visit, where, form, result)
    return await _signed_in(visit, result, web.next_path(where))


async def _signed_in(visit: Visit, account_id: str, path: str) -> Html:
    """A new session in place of the old one (ASVS 7.2.4)."""
    auth = visit.auth
    if visit.session:
        old = visit.session
        await auth.store.run(sessions.end(session_id=old.id, account_id=old.account_id))
    return await web.signed_in(visit, account_id, path)


def _sign_in_page(
    visit: Visit, where: str, values: Mapping[str, str], refusal: Refusal | None = None
) -> Html:
    return web.page(
        visit,
        "signin.html",
        status=200 if refusal is None else status_of(refusal.reason),
        retry_after=None if refusal is None else refusal.params.get("seconds"),
        next=where,
        values=values,
        errors={} if refusal is None else by_field([refusal]),
        again=visit.session is not None,
        script=scripts.on_the_way(where),
    )


def by_field(refusals: Sequence[Refusal]) -> dict[str, str]:
    """Sentences to show beside the fields that they are about."""
    return {refusal.pointer.lstrip("/"): sentence(refusal) for refusal in refusals}


ROUTES = [sign_up_page, sign_up_form, sign_in_page, sign_in_form]
