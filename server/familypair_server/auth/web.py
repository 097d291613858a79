"""What every server-rendered page shares: who visits, cookies, headers, templates."""

import functools
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie

from familypair.reasons import Reason
from familypair_server.auth import csrf, forms, known, sessions
from familypair_server.auth.addresses import client_address
from familypair_server.auth.lifetimes import WEB_MS
from familypair_server.auth.limits import network_of
from familypair_server.auth.scripts import hash_of
from familypair_server.auth.service import Auth
from familypair_server.problems import refuse

Html = Response[str]

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)
_HERE: Final = Path(__file__).parent
_SESSION, _BROWSER, _KNOWN = "fp_session", "fp_browser", "fp_known"
_NEXT_LIMIT: Final = 6000
_SEALED: Final = re.compile("[0-9a-f]+")
"""What `Keys.seal` makes; anything else could not even stand in a header."""
_BROWSER_BYTES: Final = 16
_REQUESTS: Final = {"r.": "consent", "a.": "ask"}
"""Pages on which an app's sealed request waits for a person, by how its `next` begins."""


class Visit(msgspec.Struct, frozen=True):
    """One request for a page."""

    auth: Auth
    now: datetime
    network: str
    session: sessions.WebSession | None
    browser: str
    """Value of the pre-session cookie; made up now when there was none that we made."""
    new_browser: bool
    known: str = ""
    """Value of the cookie of a browser that signed in before (see `auth.known`)."""

    @property
    def binding(self) -> str:
        """What this visitor's form tokens are bound to."""
        return self.session.id if self.session else self.browser

    @property
    def csrf(self) -> str:
        """The token for a form on this page."""
        return csrf.token(self.auth.keys, self.binding)


async def arrive(request: Request[Any, Any, Any], auth: Auth) -> Visit:
    """Who visits: reads the cookies, and notes that the session is in use."""
    now = auth.clock()
    session = await _session(request.cookies.get(cookie_name(auth, _SESSION), ""), auth, now)
    browser = _browser(request, auth)
    return Visit(
        auth=auth,
        now=now,
        network=network_of(client_address(request.scope, auth.trusted_proxies)),
        session=session,
        browser=browser or _new_browser(auth),
        new_browser=not browser,
        known=request.cookies.get(cookie_name(auth, _KNOWN), ""),
    )


def stranger(request: Request[Any, Any, Any], auth: Auth) -> Visit:
    """A visitor whose cookies are not looked up, for pages that must work when little else does."""
    return Visit(auth, auth.clock(), "", None, _browser(request, auth), new_browser=False)


def _browser(request: Request[Any, Any, Any], auth: Auth) -> str:
    """The pre-session cookie, if we made it: whoever could choose it would know form tokens."""
    value = request.cookies.get(cookie_name(auth, _BROWSER), "")
    noise = value.partition(".")[0]
    ours = hmac.compare_digest(_signed_browser(auth, noise).encode(), value.encode())
    return value if ours else ""


def _new_browser(auth: Auth) -> str:
    return _signed_browser(auth, auth.random.bytes(_BROWSER_BYTES).hex())


def _signed_browser(auth: Auth, noise: str) -> str:
    return f"{noise}.{auth.keys.mac('browser-cookie', noise).hex()}"


async def _session(cookie: str, auth: Auth, now: datetime) -> sessions.WebSession | None:
    found = await auth.store.read(sessions.find(cookie=cookie, now=now)) if cookie else None
    if found is None:
        return None
    session, stale = found
    if stale:
        await auth.store.run(sessions.touch(session_id=session.id, now=now))
    return session


async def read_form(request: Request[Any, Any, Any], visit: Visit) -> Mapping[str, str]:
    """The fields of a form of ours. Raises `Refused(CROSS_SITE)` on anybody else's."""
    form = forms.once(await forms.read_pairs(request))
    genuine = csrf.genuine(visit.auth.keys, visit.binding, form.get("csrf", ""))
    if not genuine or not csrf.same_site(request.headers, visit.auth.issuer):
        raise refuse(Reason.CROSS_SITE)
    return form


def cookie_name(auth: Auth, name: str) -> str:
    """`__Host-` keeps a cookie to this host and to TLS, where there is TLS (RFC 6265bis)."""
    return f"__Host-{name}" if auth.https else name


def cookie(auth: Auth, name: str, value: str, *, seconds: int | None = None) -> Cookie:
    """A cookie that scripts and other sites cannot use."""
    return Cookie(
        key=cookie_name(auth, name),
        value=value,
        path="/",
        httponly=True,
        secure=auth.https,
        samesite="lax",
        max_age=seconds,
    )


def session_cookie(auth: Auth, value: str) -> Cookie:
    """Signs the browser in; an empty value signs it out."""
    return cookie(auth, _SESSION, value, seconds=WEB_MS // 1000 if value else 0)


async def signed_in(visit: Visit, account_id: str, path: str) -> Html:
    """Go on as this account, whose password was right just now, in a new session."""
    auth, now = visit.auth, visit.now
    start = sessions.start(
        account_id=account_id, network=visit.network, now=now, random=auth.random
    )
    secret = await auth.store.run(start)
    remember = known.remember(
        browser=known.unseal(auth.keys, visit.known),
        account_id=account_id,
        now=now,
        keys=auth.keys,
        random=auth.random,
    )
    sealed = known.seal(auth.keys, await auth.store.read(remember), auth.random)
    days = cookie(auth, _KNOWN, sealed, seconds=int(known.KNOWN_FOR.total_seconds()))
    return go(path, cookies=[session_cookie(auth, secret), days])


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(
            [_HERE.parent / subject / "pages" for subject in ("auth", "invitations", "requests")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    cookies: Sequence[Cookie] = (),
    form_targets: str = "",
    script: str = "",
    retry_after: str | int | None = None,
    **values: object,
) -> Html:
    """Render a page. `form_targets` are further addresses that its form may lead to (CSP).

    `script` is the one inline script that may run; see `familypair_server.auth.scripts`.
    """
    text = _templates().get_template(template).render(visit=visit, script=script, **values)
    own = [cookie(visit.auth, _BROWSER, visit.browser)] if visit.new_browser else []
    allowed = f"; script-src '{hash_of(script)}'" if script else ""
    headers = {
        "Content-Security-Policy": f"{_POLICY} {form_targets}".strip() + allowed,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if visit.auth.https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(
        text,
        status_code=status,
        media_type="text/html",
        headers=headers,
        cookies=[*own, *cookies],
    )


def message(
    visit: Visit,
    title: str,
    text: str,
    *,
    status: int = 200,
    back: str = "",
    retry_after: str | int | None = None,
) -> Html:
    """A page that says one thing; `back` is a path to go on with."""
    return page(
        visit,
        "message.html",
        status=status,
        retry_after=retry_after,
        title=title,
        text=text,
        back=back,
    )


def go(path: str, *, cookies: Sequence[Cookie] = ()) -> Html:
    """Send the browser to one of our own pages, or to a client's checked address."""
    headers = {"Location": path, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return Response(
        "", status_code=303, media_type="text/html", headers=headers, cookies=[*cookies]
    )


def clean_next(text: str) -> str:
    """Where to go after signing in: a closed set, so no form can send people elsewhere."""
    sealed = text[2:] if text[:2] in _REQUESTS else text
    is_request = sealed != text and len(text) <= _NEXT_LIMIT and _SEALED.fullmatch(sealed)
    return text if text in {"account", "device", "pair"} or is_request else "account"


def next_path(where: str) -> str:
    """The path for a value of `clean_next`."""
    if where[:2] in _REQUESTS:
        return f"/{_REQUESTS[where[:2]]}?request={where[2:]}"
    return f"/{where}"
