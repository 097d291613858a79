"""People with a real browser: the system's Chromium, without a network beyond the server."""

import os
import re
import shutil
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from support.live_server import LiveServer

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PASSWORD = "seven green bicycles in the rain"
HOW = "no Chromium found: install the system's package `chromium`"
WAIT_MS = 15_000
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium says of a refusal that a test asked for."""


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    """One browser for a module; each visitor has a profile of their own in it.

    Not for the session: its driver keeps an event loop running in this thread, in which the
    asynchronous tests of other modules could not start theirs.
    """
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        if os.environ.get("CI"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a page; everything that the browser asked for or complained about is kept."""

    server: LiveServer
    context: BrowserContext
    page: Page
    asked: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])
    login: str = ""

    def go(self, path: str) -> None:
        """Open a page of the server."""
        self.page.goto(self.server.url + path)

    def fill(self, **values: str) -> None:
        """Type into inputs by name, and choose in selects."""
        for name, value in values.items():
            control = self.page.locator(f'[name="{name}"]').first
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)

    def press(self, words: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=words, exact=True).click()

    def heading(self) -> str:
        """The page's one first heading."""
        return self.page.locator("h1").inner_text()

    def text(self) -> str:
        """Everything that the page says."""
        return self.page.locator("main").inner_text()

    def sign_up(self, name: str, born: str) -> None:
        """Both pages of the sign-up; the sign-in name is read from the page after it."""
        self.go("/signup")
        self.sign_up_here(name, born)

    def sign_up_here(self, name: str, born: str) -> None:
        """The same from the age screen on, however one came there."""
        self.fill(birth_date=born)
        self.press("Continue")
        wish = {"name": name, "login": name.split(maxsplit=1)[0].lower(), "password": PASSWORD}
        self.fill(**wish, country="IE", zone="Europe/Dublin")
        self.press("Make the account")
        self.login = self.page.locator(".login").first.inner_text()

    def picture(self, folder: Path, name: str) -> Path:
        """A picture of the whole page, for a person to look at."""
        path = folder / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def elsewhere(self) -> list[str]:
        """Requests that left the origin; there must be none."""
        own = (self.server.url + "/", "data:", "about:")
        return [url for url in self.asked if not url.startswith(own)]

    def close(self) -> None:
        """Leave; raises when the browser complained or asked somebody else."""
        self.context.close()
        assert self.complaints == []
        assert self.elsewhere() == []


def visit(
    chromium: Browser,
    server: LiveServer,
    size: dict[str, int],
    *,
    javascript: bool = False,
    **more: Any,
) -> Visitor:
    """A new visitor with an empty profile."""
    context = chromium.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        java_script_enabled=javascript,
        **more,
    )
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    visitor = Visitor(server, context, page)

    def asked(request: Request) -> None:
        visitor.asked.append(request.url)

    context.on("request", asked)

    def complained(said: ConsoleMessage) -> None:
        if not said.text.startswith(REFUSED):
            visitor.complaints.append(said.text)

    page.on("console", complained)
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    return visitor


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two computed colours (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
