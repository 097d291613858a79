"""Pages for everybody: the start page, and the words of every problem."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency

from familypair.reasons import Reason, Refusal
from familypair.wording import sentence, title
from familypair_server.auth import web
from familypair_server.auth.service import Auth
from familypair_server.auth.web import Html
from familypair_server.problems import status_of


@get("/", include_in_schema=False)
async def home(request: Request[Any, Any, Any], auth: NamedDependency[Auth]) -> Html:
    """What this is, and where to go on."""
    return web.page(await web.arrive(request, auth), "home.html")


@get("/docs/problems", include_in_schema=False)
async def problems(request: Request[Any, Any, Any], auth: NamedDependency[Auth]) -> Html:
    """Where the `type` of a problem document leads: each code has its own anchor."""
    found = [
        {
            "code": reason,
            "title": title(reason),
            "status": status_of(reason),
            "words": sentence(Refusal(reason)),
        }
        for reason in Reason
    ]
    return web.page(web.stranger(request, auth), "problems.html", problems=found)


ROUTES = [home, problems]
