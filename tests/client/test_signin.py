"""Signing in: the device flow's polling, the loopback answer, and the step-up."""

import asyncio
import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from familypair.client import NotSignedIn, SignInFailed
from familypair.client.oauth import challenge
from familypair.client.store import MemoryStore
from familypair.schema.oauth import DeviceCode

from .fake import (
    DANA,
    ISSUER,
    START,
    World,
    fields_of,
    oauth_error,
    saved,
    token_answer,
    world,
)

CODE = DeviceCode(
    device_code="dev_1",
    user_code="BCDF-GHJK",
    verification_uri=f"{ISSUER}/device",
    expires_in=600,
    interval=5,
)
TOKEN = ("POST", "/oauth/token")


def device_world(*answers: httpx2.Response | Exception) -> World:
    """Nobody signed in; the token endpoint answers the polls in turn."""
    here = world(store=MemoryStore())
    here.server.will("POST", "/oauth/device_authorization", CODE)
    here.server.will(*TOKEN, *answers)
    return here


async def test_device_flow_polls_until_the_code_was_used() -> None:
    """Pending is waited for at the interval; then the session is stored with who it is."""
    pending = oauth_error("authorization_pending")
    here = device_world(pending, pending, token_answer("fpa_9", "fpr_9"))
    shown: list[DeviceCode] = []
    assert await here.client.sign_in_with_device(shown.append) == DANA
    assert shown == [CODE]
    assert here.waits.asked == [5, 5, 5]
    kept = here.store.load()
    assert kept is not None
    assert (kept.refresh_token, kept.account, kept.name) == ("fpr_9", DANA.id, DANA.name)


async def test_slow_down_adds_five_seconds_each_time_for_good() -> None:
    """Two slow_down answers make every later pause ten seconds longer (RFC 8628 3.5)."""
    slow, pending = oauth_error("slow_down"), oauth_error("authorization_pending")
    here = device_world(slow, slow, pending, token_answer("fpa_9", "fpr_9"))
    await here.client.sign_in_with_device(lambda _: None)
    assert here.waits.asked == [5, 10, 15, 15]


async def test_a_lost_poll_slows_down_and_goes_on() -> None:
    """A connection that fails doubles the pause (RFC 8628 3.5)."""
    here = device_world(httpx2.ReadError("cut"), token_answer("fpa_9", "fpr_9"))
    await here.client.sign_in_with_device(lambda _: None)
    assert here.waits.asked == [5, 10]


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "declined"), ("expired_token", "not used in time")]
)
async def test_a_declined_or_expired_code_ends_with_a_sentence(error: str, words: str) -> None:
    """The RFC's two ends become sentences, and nothing is stored."""
    here = device_world(oauth_error(error))
    with pytest.raises(SignInFailed, match=words):
        await here.client.sign_in_with_device(lambda _: None)
    assert here.store.load() is None


async def test_polling_ends_with_the_code() -> None:
    """A server that says pending for ever is not asked after the code's life."""
    here = device_world(oauth_error("authorization_pending"))
    with pytest.raises(SignInFailed, match="not used in time"):
        await here.client.sign_in_with_device(lambda _: None)
    assert len(here.waits.asked) == 120


class Browser:
    """A person's browser: called with the authorize address, it brings back an answer."""

    def __init__(self, **changes: str) -> None:
        self.changes = changes
        self.asked: dict[str, str] = {}
        self.pages: list[bytes] = []
        self._tasks: list[asyncio.Task[None]] = []

    def __call__(self, url: str) -> None:
        query = parse_qs(urlsplit(url).query)
        self.asked = {name: values[0] for name, values in query.items()}
        good = {"code": "cod_1", "state": self.asked["state"], "iss": ISSUER}
        self._tasks.append(asyncio.create_task(self._visit(good)))

    async def _visit(self, good: dict[str, str]) -> None:
        if self.changes:
            await self._get({k: v for k, v in (good | self.changes).items() if v})
        if "error" not in self.changes:
            await self._get(good)

    async def _get(self, fields: dict[str, str]) -> None:
        async with httpx2.AsyncClient(trust_env=False) as client:
            reply = await client.get(self.asked["redirect_uri"], params=fields)
            self.pages.append(reply.content)


def browser_world() -> World:
    """Nobody signed in; the token endpoint gives a session for a code."""
    here = world(store=MemoryStore())
    here.server.will(*TOKEN, token_answer("fpa_9", "fpr_9"))
    return here


async def test_browser_flow_uses_s256_and_a_loopback_address() -> None:
    """The challenge belongs to the verifier, the redirect is an own port of 127.0.0.1."""
    here, browser = browser_world(), Browser()
    assert await here.client.sign_in_with_browser(browser) == DANA
    fields = fields_of(next(r for r in here.server.requests if r.url.path == "/oauth/token"))
    assert browser.asked["code_challenge_method"] == "S256"
    assert browser.asked["code_challenge"] == challenge(fields["code_verifier"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/cb", fields["redirect_uri"])
    assert fields["code"] == "cod_1"
    assert "max_age" not in browser.asked


@pytest.mark.parametrize(
    "change",
    [{"state": "wrong"}, {"state": ""}, {"iss": "https://evil.example"}, {"iss": ""}],
    ids=["state wrong", "state absent", "issuer wrong", "issuer absent"],
)
async def test_an_answer_that_is_not_ours_changes_nothing(change: dict[str, str]) -> None:
    """A forged answer gets a 400 page; the right one still ends the wait."""
    here, browser = browser_world(), Browser(**change, code="evil")
    assert await here.client.sign_in_with_browser(browser) == DANA
    assert b"not the answer" in browser.pages[0]
    used = [fields_of(r)["code"] for r in here.server.requests if r.url.path == "/oauth/token"]
    assert used == ["cod_1"]


async def test_a_no_on_the_page_is_a_sentence() -> None:
    """access_denied comes back as a refusal, not as a time-out."""
    here, browser = browser_world(), Browser(error="access_denied", code="")
    with pytest.raises(SignInFailed, match="declined"):
        await here.client.sign_in_with_browser(browser)


async def test_step_up_asks_for_the_password_now_and_replaces_the_session() -> None:
    """max_age=0 is sent; the new tokens are kept and the old family is ended."""
    here, browser = world(), Browser()
    here.server.will(*TOKEN, token_answer("fpa_9", "fpr_9"))
    await here.client.step_up(browser)
    assert browser.asked["max_age"] == "0"
    kept = here.store.load()
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("fpa_9", "fpr_9")
    assert here.server.revoked == ["fpr_1"]


async def test_step_up_as_somebody_else_changes_nothing() -> None:
    """Whoever signs in on the page must be who is signed in here."""
    here, browser = world(), Browser()
    here.server.will(*TOKEN, token_answer("fpa_9", "fpr_9"))
    here.server.will("GET", "/v1/me", msgspec.structs.replace(DANA, id="acc_sam"))
    with pytest.raises(SignInFailed, match="Another person"):
        await here.client.step_up(browser)
    assert here.store.load() == saved()
    assert here.server.revoked == ["fpr_9"]


async def test_step_up_needs_a_session() -> None:
    """Nobody to confirm: the sentence names the next command."""
    with pytest.raises(NotSignedIn, match="familypair login"):
        await browser_world().client.step_up(Browser())


def test_the_challenge_is_that_of_the_rfc() -> None:
    """The example of RFC 7636 appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert saved().expires_at == START.timestamp() + 600
