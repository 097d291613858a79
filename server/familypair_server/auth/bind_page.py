"""The page on which a teen lets a host app count their use, or does not (product.md section 11)."""

from familypair.reasons import Refusal
from familypair_server.auth import web
from familypair_server.auth.authorize import Sealed
from familypair_server.auth.pages_sign_in import by_field
from familypair_server.auth.sessions import WebSession
from familypair_server.auth.web import Html, Visit
from familypair_server.hosts.learns import NEVER, learns
from familypair_server.problems import status_of


def is_not_theirs(sealed: Sealed, session: WebSession) -> bool:
    """Whether the one who is signed in cannot answer: only a teen binds an app, for themselves."""
    return bool(sealed.host) and session.kind != "teen"


def not_for_you(visit: Visit, sealed: Sealed, sealed_text: str) -> Html:
    """A guardian or an adult at this page; the app hears nothing of who was there."""
    return web.page(
        visit, "bind_other.html", status=403, client=sealed.host, next=f"r.{sealed_text}"
    )


def question(
    visit: Visit, sealed: Sealed, sealed_text: str, *, ask: bool, fault: Refusal | None
) -> Html:
    """What the app would learn and who is told; `ask` for the password when it is long ago."""
    return web.page(
        visit,
        "bind.html",
        status=200 if fault is None else status_of(fault.reason),
        retry_after=None if fault is None else fault.params.get("seconds"),
        form_targets=sealed.origin,
        ask_password=ask,
        client=sealed.host,
        learns=learns(sealed.host_scopes),
        never=NEVER,
        next=f"r.{sealed_text}",
        secret=sealed_text,
        values={},
        errors={} if fault is None else by_field([fault]),
    )
