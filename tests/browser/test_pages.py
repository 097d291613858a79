"""Two people use every page in a real browser: phone and desktop, with and without JavaScript."""

from collections.abc import Callable, Generator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser

from support.browser import DESKTOP, PHONE, Visitor, contrast, visit
from support.live_server import LiveServer

pytestmark = [pytest.mark.engine("sqlite"), pytest.mark.timeout(120)]

CLIENT = {"client_id": "familypair-cli", "scope": "family"}
BORN = {"Dana Smith": "1984-02-29", "Mia Smith": "2012-05-04"}
Visit = Callable[..., Visitor]


@pytest.fixture
def visitors(chromium: Browser, live_server: LiveServer) -> Generator[Visit]:
    """Makes visitors; in the end nobody may have complained or asked anybody else."""
    made: list[Visitor] = []

    def make(
        size: dict[str, int] = PHONE, *, javascript: bool = False, dark: bool = False
    ) -> Visitor:
        scheme = "dark" if dark else "light"
        made.append(visit(chromium, live_server, size, javascript=javascript, color_scheme=scheme))
        return made[-1]

    yield make
    for visitor in made:
        visitor.close()


def connect_device(visitor: Visitor) -> dict[str, str]:
    """An app asks for a code; the person types it, looks and says yes; the app has its tokens."""
    url = visitor.server.url
    code = httpx2.post(f"{url}/oauth/device_authorization", data=CLIENT, trust_env=False).json()
    visitor.go("/device")
    visitor.fill(user_code=code["user_code"].lower())
    visitor.press("Look it up")
    assert "Only say yes if you started this yourself" in visitor.text()
    visitor.press("Yes, I started this")
    assert visitor.heading() == "Done"
    asked = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": CLIENT["client_id"],
        "device_code": code["device_code"],
    }
    tokens = httpx2.post(f"{url}/oauth/token", data=asked, trust_env=False)
    assert tokens.status_code == 200, tokens.text
    return dict(tokens.json())


@pytest.mark.parametrize("javascript", [False, True], ids=["no script", "script"])
def test_two_people_sign_up_connect_an_app_and_link(visitors: Visit, *, javascript: bool) -> None:
    """The main job on the pages alone: a guardian at a desk, a teen with a phone."""
    guardian = visitors(DESKTOP, javascript=javascript)
    teen = visitors(PHONE, javascript=javascript)
    for person, name in ((guardian, "Dana Smith"), (teen, "Mia Smith")):
        person.sign_up(name, BORN[name])
        tokens = connect_device(person)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = httpx2.get(f"{person.server.url}/v1/me", headers=headers, trust_env=False).json()
        assert (me["name"], me["sign_in_name"]) == (name, person.login)
    link(guardian, teen)
    guardian.press("Look again")
    assert guardian.heading() == "You are linked"


def link(guardian: Visitor, teen: Visitor) -> None:
    """The handshake on /pair, up to the teen's yes."""
    guardian.go("/pair")
    guardian.press("Make a code")
    code = guardian.page.locator("p.code").inner_text()
    teen.go("/pair")
    teen.fill(code=code)
    teen.press("Go on")
    assert teen.heading() == "Do you want this link?"
    assert "Nothing is ticked for you" in teen.text()
    guardian.press("Look again")
    phrase = guardian.page.locator("strong.code").inner_text()
    teen.page.get_by_label("See", exact=False).first.check()
    skip(teen.server, 6)
    teen.fill(phrase=phrase, password="seven green bicycles in the rain")
    teen.press("Yes, link us")
    assert teen.heading() == "You are linked"


def test_a_scanned_code_survives_the_sign_up(visitors: Visit) -> None:
    """The fragment of /pair#CODE goes along through sign-up and sign-in, and fills the form."""
    teen = visitors(PHONE, javascript=True)
    teen.go("/pair#BCDF-GHJK")
    teen.page.get_by_role("link", name="Make one").click()
    teen.sign_up_here("Mia Smith", BORN["Mia Smith"])
    teen.page.get_by_role("link", name="Continue to the app").click()
    assert teen.page.input_value("#code") == "BCDF-GHJK"
    back = visitors(DESKTOP, javascript=True)
    back.go("/pair#BCDF-GHJK")
    back.fill(login=teen.login, password="not the password, but long")
    back.press("Sign in")
    back.fill(login=teen.login, password="seven green bicycles in the rain")
    back.press("Sign in")
    assert back.page.input_value("#code") == "BCDF-GHJK"
    assert "#" not in back.page.url


def skip(server: LiveServer, seconds: int) -> None:
    """Let the demonstration's clock jump."""
    answer = httpx2.post(f"{server.url}/demo/clock", json={"seconds": seconds}, trust_env=False)
    assert answer.status_code == 200


def test_the_keyboard_alone_is_enough(visitors: Visit) -> None:
    """Tab, arrows, typing and Enter reach everything in the order of the page, visibly."""
    person = visitors(DESKTOP)
    person.go("/signup")
    keys = person.page.keyboard
    for _ in range(9):
        keys.press("Tab")
        if person.page.evaluate("document.activeElement.name") == "birth_date":
            break
    keys.type("02291984")
    keys.press("Enter")
    person.page.wait_for_selector("[name=login]")
    for text in ("Dana Smith", "dana", "seven green bicycles in the rain", "Irel", "Europe/Dub"):
        keys.press("Tab")
        outline = person.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px"
        keys.type(text)
    keys.press("Tab")
    keys.press("Enter")
    person.page.wait_for_selector(".login")
    assert person.heading() == "Your account"


def test_the_first_button_of_a_consent_is_no(visitors: Visit) -> None:
    """Enter without thought refuses: the safe answer has the focus (security T10)."""
    person = visitors(PHONE)
    person.sign_up("Mia Smith", BORN["Mia Smith"])
    url = person.server.url
    code = httpx2.post(f"{url}/oauth/device_authorization", data=CLIENT, trust_env=False).json()
    person.go("/device")
    person.fill(user_code=code["user_code"])
    person.press("Look it up")
    # A page takes its focus when it is first painted, which may be after it has loaded.
    person.page.wait_for_function("document.activeElement !== document.body")
    focused = person.page.evaluate("document.activeElement.innerText")
    assert focused == "No, stop this"
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector("h1:text('Stopped')")


SIZES = [(PHONE, False), (DESKTOP, True)]


@pytest.mark.parametrize(("size", "dark"), SIZES, ids=["phone", "desk dark"])
def test_every_page_can_be_used_by_everybody(
    visitors: Visit, tmp_path: Path, size: dict[str, int], *, dark: bool
) -> None:
    """Labels, headings, language, contrast, targets and no sideways scrolling, page by page."""
    person, teen = visitors(size, dark=dark), visitors(size, dark=dark)
    faults: list[str] = []

    def look(visitor: Visitor, name: str) -> None:
        visitor.picture(tmp_path, name)
        faults.extend(f"{name}: {fault}" for fault in _faults(visitor))

    for path in ("/signup", "/signin"):
        person.go(path)
        look(person, path.strip("/"))
    person.press("Sign in")
    person.go("/signin")
    person.fill(login="nobody-1", password="not the password at all")
    person.press("Sign in")
    look(person, "signin-wrong")
    person.go("/signup")
    person.fill(birth_date=BORN["Dana Smith"])
    person.press("Continue")
    look(person, "signup-details")
    person.sign_up("Dana Smith", BORN["Dana Smith"])
    look(person, "account-new")
    _device(person, look)
    teen.sign_up("Mia Smith", BORN["Mia Smith"])
    _pair(person, teen, look)
    assert faults == []


def _device(person: Visitor, look: Callable[[Visitor, str], None]) -> None:
    url = person.server.url
    code = httpx2.post(f"{url}/oauth/device_authorization", data=CLIENT, trust_env=False).json()
    person.go("/device")
    look(person, "device")
    person.fill(user_code="BBBB-BBBB")
    person.press("Look it up")
    look(person, "device-wrong")
    person.fill(user_code=code["user_code"])
    person.press("Look it up")
    look(person, "device-decide")
    person.press("Yes, I started this")
    look(person, "device-done")
    person.go("/account")
    look(person, "account")


def _pair(person: Visitor, teen: Visitor, look: Callable[[Visitor, str], None]) -> None:
    person.go("/pair")
    look(person, "pair")
    person.press("Make a code")
    look(person, "pair-code")
    teen.go("/pair")
    teen.fill(code="BBBB-BBBB")
    teen.press("Go on")
    look(teen, "pair-wrong-code")
    teen.fill(code=person.page.locator("p.code").inner_text())
    teen.press("Go on")
    look(teen, "pair-disclosure")
    person.press("Look again")
    look(person, "pair-phrase")
    teen.press("Yes, link us")  # the browser itself asks for what is missing
    teen.fill(phrase="wrong words 00", password="not the password at all")
    teen.press("Yes, link us")
    look(teen, "pair-disclosure-wrong")
    teen.press("No, decline")
    look(teen, "pair-declined")


_INPUTS = "input:not([type=hidden]):not([hidden])"
_UNLABELLED = f"""() => [...document.querySelectorAll('{_INPUTS}, select, textarea')]
    .filter(e => !e.labels || !e.labels.length || !e.labels[0].innerText.trim())
    .map(e => e.name)"""
_UNDESCRIBED = """() => [...document.querySelectorAll('[aria-describedby]')].flatMap(e =>
    e.getAttribute('aria-describedby').split(' ').filter(id => !document.getElementById(id)))"""
_TARGETS = f"{_INPUTS}:not([type=checkbox]), select, button, a.main"
_SMALL = f"""() => [...document.querySelectorAll('{_TARGETS}')]
    .map(e => [e.name || e.innerText, e.getBoundingClientRect()])
    .filter(([_, r]) => r.width < 24 || r.height < 24).map(([name]) => name)"""
_WORDS = f"p, li, dt, dd, h1, h2, label, a, button, {_INPUTS}"
_COLOURS = f"""() => [...document.querySelectorAll('{_WORDS}')]
    .filter(e => e.innerText || e.value).map(e => {{
        let under = e, back = 'rgba(0, 0, 0, 0)';
        while (under && back === 'rgba(0, 0, 0, 0)') {{
            back = getComputedStyle(under).backgroundColor; under = under.parentElement;
        }}
        return [e.tagName + ' ' + (e.innerText || e.name).slice(0, 40),
                getComputedStyle(e).color, back];
    }})"""


def _faults(visitor: Visitor) -> list[str]:
    """What would keep somebody from using this page (the checks of WCAG that code can make)."""
    page = visitor.page
    found = [f"{n} first headings" for n in [page.locator("h1").count()] if n != 1]
    found += [f"no label: {name}" for name in page.evaluate(_UNLABELLED)]
    found += [f"describes nothing: {name}" for name in page.evaluate(_UNDESCRIBED)]
    found += [f"too small to touch: {name}" for name in page.evaluate(_SMALL)]
    if page.locator("html").get_attribute("lang") != "en" or not page.title():
        found.append("no language or no title")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    for what, ink, paper in page.evaluate(_COLOURS):
        if contrast(ink, paper) < 4.5:
            found.append(f"contrast {contrast(ink, paper):.1f} of {what}")
    return found
