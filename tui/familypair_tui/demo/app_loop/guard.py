"""The one place that asks: before any handler runs, for every route of the table.

A route that is in no table answers nobody, so a surface that was forgotten is closed and not open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler

from familypair.rules.decide.model import NOBODY, Question
from familypair.schema.decisions import DecisionContext
from familypair_tui.demo.app_loop.parts import Parts
from familypair_tui.demo.app_loop.sessions import COOKIE, Session
from familypair_tui.demo.app_loop.surfaces import Surface

FIELD_LIMIT: Final = 1000
HOSTS: Final = frozenset({"127.0.0.1", "localhost"})
ASKED: Final = "loop_asked"


class NobodyError(Exception):
    """No member is signed in at this browser."""


class StoppedError(Exception):
    """The answer was not `allow`: nothing has happened and nothing will."""

    def __init__(self, asked: "Asked") -> None:
        super().__init__(asked.said.reason)
        self.asked = asked


@dataclass(frozen=True)
class Asked:
    """A question that was answered, with everything that the handler needs."""

    session: Session
    surface: Surface
    fields: Mapping[str, str]
    said: DecisionContext


async def ask_first(
    connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler
) -> None:
    """Guard of the whole app: ask what the route's surface asks, and stop on anything but a yes."""
    request = cast("Request[Any, Any, Any]", connection)
    _refuse_other_sites(request)
    if "open" in route.opt:
        return
    surface: Surface | None = route.opt.get("surface")
    if surface is None:
        raise HTTPException(status_code=403, detail="This route is no surface of the app.")
    parts: Parts = request.app.state["parts"]
    session = parts.sessions.of(request.cookies.get(COOKIE, ""))
    if session is None:
        raise NobodyError
    fields = await fields_of(request)
    for action in surface.asks:
        question = question_of(parts, surface, action, fields)
        found = await parts.gate.ask(surface.name, session.member.teen, question)
        asked = Asked(session, surface, fields, found.context)
        if not found.decision:
            raise StoppedError(asked)
        request.state[ASKED] = asked


def question_of(parts: Parts, surface: Surface, action: str, fields: Mapping[str, str]) -> Question:
    """What the table says of this surface, with what this request has."""
    account = fields.get(surface.account, "") if surface.account else ""
    return Question(
        action=action,
        account=account,
        facts=parts.world.facts(account) if account else NOBODY,
        text=fields.get(surface.text, "") if surface.text else "",
        part=surface.part,
    )


async def fields_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Every parameter of the path, the query and the body, as text."""
    found: dict[str, object] = dict(request.query_params)
    if request.method == "POST":
        kind = request.content_type[0]
        body: object = (
            _read(await request.body())
            if kind == RequestEncodingType.JSON
            else await request.form()
        )
        found |= dict(cast("Mapping[str, object]", body)) if isinstance(body, Mapping) else {}
    found |= request.path_params
    return {name: value[:FIELD_LIMIT] for name, value in found.items() if isinstance(value, str)}


def _read(body: bytes) -> object:
    try:
        return msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HTTPException(status_code=400, detail="The body is not valid JSON.") from error


def _refuse_other_sites(request: Request[Any, Any, Any]) -> None:
    """Only this machine, by its own name, and only our own forms (DNS rebinding, CSRF)."""
    if request.base_url.hostname not in HOSTS:
        raise HTTPException(status_code=400, detail="This address is not ours.")
    if request.method != "POST":
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = str(request.base_url).rstrip("/")
    if site not in {None, "same-origin", "none"} or (site is None and origin not in {None, own}):
        raise HTTPException(status_code=403, detail="This form is not ours.")
