"""The routes of the app: made from the table of surfaces, and the few that are always open."""

from collections.abc import Callable
from typing import Any, Final, cast

import msgspec
from litestar import HttpMethod, Litestar, Request, Response, get, post, route
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from familypair_tui.demo.app_loop import log, rendering
from familypair_tui.demo.app_loop.acts import ACTS, Doing, NotThereError, Shown, known
from familypair_tui.demo.app_loop.guard import (
    ASKED,
    Asked,
    NobodyError,
    StoppedError,
    ask_first,
    fields_of,
)
from familypair_tui.demo.app_loop.parts import ASKED_PATH, Parts
from familypair_tui.demo.app_loop.rendering import Body, Reader
from familypair_tui.demo.app_loop.sessions import COOKIE, Session
from familypair_tui.demo.app_loop.surfaces import OPEN, SURFACES, Surface

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
BODY_BYTES: Final = 16 * 1024


def create_app(parts: Parts) -> Litestar:
    """The app as an ASGI application. One guard asks for all of it."""
    made = Litestar(
        [
            *_surfaces(),
            start,
            enter,
            leave,
            asked,
            style,
            help_page,
            help_json,
            *_safety(),
            decisions,
        ],
        guards=[ask_first],
        exception_handlers={
            StoppedError: _stopped,
            NobodyError: _nobody,
            NotThereError: _not_there,
            HTTPException: _odd,
        },
        request_max_body_size=BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    made.state["parts"] = parts
    return made


def _parts(request: AnyRequest) -> Parts:
    return cast("Parts", request.app.state["parts"])


def _surfaces() -> list[Any]:
    """Each surface twice: as a page and as JSON."""
    return [
        route(path, http_method=HttpMethod(one.method), status_code=200, opt={"surface": one})(do)
        for one in SURFACES
        for path, do in ((one.path, _handler(_page)), (one.api, _handler(_json)))
    ]


Show = Callable[[Asked, Shown], AnyResponse]


def _handler(show: Show) -> Any:
    async def do(request: AnyRequest) -> AnyResponse:
        """Do what was allowed, then show it."""
        parts, it = _parts(request), cast("Asked", request.state[ASKED])
        doing = Doing(parts.world, it.session.member.teen, it.fields, it.said)
        shown = ACTS[it.surface.name](doing)
        await _used(parts, it.session, it.surface)
        return show(it, shown)

    return do


async def _used(parts: Parts, session: Session, surface: Surface) -> None:
    """Report the page before this one; what others do is no use of the teen's."""
    if surface.used_as:
        used = session.meter.look(surface.used_as, parts.clock())
        if used is not None:
            await parts.report(session.member, used)


def _page(it: Asked, shown: Shown) -> AnyResponse:
    reader = rendering.reader_of(it.session.member, it.said)
    return rendering.page("shown.html", reader, shown=shown, said=it.said)


def _json(it: Asked, shown: Shown) -> AnyResponse:
    return rendering.json(Body(said=rendering.said_of(it.said), shown=shown))


# --- what a no looks like ------------------------------------------------------------------


def _is_api(request: AnyRequest) -> bool:
    return request.url.path.startswith("/api/")


def _stopped(request: AnyRequest, error: StoppedError) -> AnyResponse:
    it, parts = error.asked, _parts(request)
    ask = parts.ask_address(it.session, it.surface, it.fields, it.said)
    if _is_api(request):
        return rendering.json(Body(said=rendering.said_of(it.said, ask)), 403)
    return rendering.refused(it.session.member, it.said, ask)


def _nobody(request: AnyRequest, _: NobodyError) -> AnyResponse:
    if _is_api(request):
        return Response({"detail": "Sign in first."}, status_code=401)
    return _go("/")


def _not_there(request: AnyRequest, _: NotThereError) -> AnyResponse:
    return _odd(request, HTTPException(status_code=404, detail="There is no such page."))


def _odd(request: AnyRequest, error: HTTPException) -> AnyResponse:
    if _is_api(request):
        return Response({"detail": error.detail}, status_code=error.status_code)
    return rendering.page(
        "message.html", Reader(), status=error.status_code, title="Not here", text=error.detail
    )


# --- always open: sign-in, style, safety ---------------------------------------------------


def _open(path: str) -> dict[str, Any]:
    return {"open": OPEN[path]}


def _session(request: AnyRequest) -> Session | None:
    return _parts(request).sessions.of(request.cookies.get(COOKIE, ""))


def _reader(request: AnyRequest) -> Reader:
    session = _session(request)
    return Reader(session.member if session else None)


def _go(path: str, *cookies: Cookie) -> AnyResponse:
    return Response(
        "", status_code=303, media_type="text/html", headers={"Location": path}, cookies=[*cookies]
    )


@get("/", opt=_open("GET /"))
async def start(request: AnyRequest) -> AnyResponse:
    """Choose who you are: everybody here is made up."""
    parts = _parts(request)
    return rendering.page(
        "start.html",
        _reader(request),
        members=[(short, member.name) for short, member in parts.members.items()],
        picked=request.query_params.get("teen", ""),
        hint=parts.hint,
        issuer=parts.issuer,
    )


@post("/enter", opt=_open("POST /enter"), status_code=303)
async def enter(request: AnyRequest) -> AnyResponse:
    """Sign a member in."""
    parts = _parts(request)
    member = parts.members.get((await fields_of(request)).get("teen", ""))
    if member is None:
        return _go("/")
    parts.world.members[member.teen] = member.name
    secret = parts.sessions.enter(member)
    return _go("/feed", Cookie(COOKIE, value=secret, httponly=True, samesite="lax"))


@post("/leave", opt=_open("POST /leave"), status_code=303)
async def leave(request: AnyRequest) -> AnyResponse:
    """Sign out."""
    _parts(request).sessions.leave(request.cookies.get(COOKIE, ""))
    return _go("/", Cookie(COOKIE, value="", max_age=0))


@get(ASKED_PATH, opt=_open(f"GET {ASKED_PATH}"))
async def asked(request: AnyRequest) -> AnyResponse:
    """Back from the pairing server: on to the page that was stopped."""
    session = _session(request)
    place = session.place_of(request.query_params.get("state", "")) if session else None
    if place is None:
        return _go("/feed")
    sent = request.query_params.get("asked") == "sent"
    return rendering.page("asked.html", _reader(request), place=place, sent=sent)


@get("/loop.css", opt=_open("GET /loop.css"))
async def style() -> AnyResponse:
    """The one stylesheet."""
    text = (rendering.HERE / "loop.css").read_bytes()
    return Response(text, media_type="text/css; charset=utf-8")


HELP: Final = (
    "You can always report, block, and get help here: at any time, with no time left, and when "
    "everything else is closed."
)


@get("/help", opt=_open("GET /help"))
async def help_page(request: AnyRequest) -> AnyResponse:
    """Help, for everybody."""
    world = _parts(request).world
    people = [(one.id, one.name) for one in world.accounts.values()]
    return rendering.page("help.html", _reader(request), words=HELP, people=people)


@get("/api/help", opt=_open("GET /api/help"))
async def help_json() -> AnyResponse:
    """Help, for everybody."""
    return Response({"help": HELP})


def _safety() -> list[Any]:
    return [
        post(f"{prefix}{path}", opt=_open(f"POST {prefix}{path}"), status_code=200)(act)
        for prefix in ("", "/api")
        for path, act in (("/report", _report), ("/block/{account:str}", _block))
    ]


async def _report(request: AnyRequest) -> AnyResponse:
    """Take a report in; what it says stays with Loop's own people."""
    return _thanks(request, "Thank you. Somebody at Loop looks at it.")


async def _block(request: AnyRequest) -> AnyResponse:
    """The teen's own block in the app."""
    parts, session = _parts(request), _session(request)
    account = known(parts.world, request.path_params["account"])
    if session is not None:
        parts.world.spaces[session.member.teen].blocked.add(account)
    return _thanks(request, f"{parts.world.name(account)} is blocked.")


def _thanks(request: AnyRequest, text: str) -> AnyResponse:
    if _is_api(request):
        return Response({"done": text})
    return rendering.page("message.html", _reader(request), title="Done", text=text)


# --- for the panel of the demonstration ------------------------------------------------------


@get("/demo/decisions", opt=_open("GET /demo/decisions"))
async def decisions(request: AnyRequest) -> AnyResponse:
    """What was asked and answered; for who has the token of the demonstration."""
    parts = _parts(request)
    if request.headers.get("authorization", "") != f"Bearer {parts.log_token}":
        raise HTTPException(status_code=401, detail="Send the token of the demonstration.")
    after = request.query_params.get("after", "0")
    found: log.Page = parts.gate.log.after(
        int(after) if after.isdecimal() and after.isascii() else 0
    )
    return Response(msgspec.json.encode(found), media_type="application/json")
