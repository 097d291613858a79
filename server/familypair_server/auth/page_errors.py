"""Errors on pages: a readable sentence, never JSON and never a stack."""

import logging
from collections.abc import Mapping
from typing import Any, cast

from litestar import Request
from litestar.exceptions import HTTPException

from familypair.reasons import Reason, Refusal
from familypair.wording import sentence, title
from familypair_server.auth import web
from familypair_server.auth.service import Auth
from familypair_server.problems import HEADERS, Refused, status_of
from familypair_server.storage import StoreUnavailable

log = logging.getLogger(__name__)
AnyRequest = Request[Any, Any, Any]

_OPEN_AGAIN = frozenset({"/account", "/device", "/pair", "/signin", "/signup"})
"""Pages that can be opened anew after an error; from any other one leads to the start."""


def refused(request: AnyRequest, error: Refused) -> web.Html:
    """What our services refuse and no field of the page can show."""
    return _page(request, error.refusals[0], error.retry_after)


def unusable(request: AnyRequest, error: HTTPException) -> web.Html:
    """What the framework refuses, such as a form that is too large."""
    too_large = error.status_code == 413  # noqa: PLR2004 - the HTTP status
    return _page(request, Refusal(Reason.BODY_TOO_LARGE if too_large else Reason.BAD_REQUEST))


def store_unavailable(request: AnyRequest, error: StoreUnavailable) -> web.Html:
    """The database cannot do it now; the person may try again."""
    log.warning("the database is not available: %s", error)
    return _page(request, Refusal(Reason.UNAVAILABLE))


def unexpected(request: AnyRequest, error: Exception) -> web.Html:
    """Last resort: logged with the request id, answered without a detail."""
    log.error("request %s failed", _request_id(request), exc_info=error)
    return _page(request, Refusal(Reason.INTERNAL))


def _request_id(request: AnyRequest) -> object:
    return cast("Mapping[str, object]", request.scope).get("request_id", "")


def _page(request: AnyRequest, refusal: Refusal, retry_after: int | str | None = None) -> web.Html:
    auth: Auth = request.scope["auth"]
    visit = web.stranger(request, auth)
    status = status_of(refusal.reason)
    usual = HEADERS.get(refusal.reason, {}).get("Retry-After")
    path = request.url.path
    return web.message(
        visit,
        title(refusal.reason),
        sentence(refusal),
        status=status,
        back=path if path in _OPEN_AGAIN else "/",
        retry_after=usual if retry_after is None else retry_after,
    )


HANDLERS: dict[int | type[Exception], Any] = {
    Refused: refused,
    StoreUnavailable: store_unavailable,
    HTTPException: unusable,
    Exception: unexpected,
}
