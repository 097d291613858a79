"""A scripted person in a browser without JavaScript: reads a page's forms, fills them, follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx2

MOST_REDIRECTS = 10


class PageError(Exception):
    """The page was not what the story expected; the message says which and what it showed."""


@dataclass
class Form:
    """One form of a page: where it goes, what it has, and its buttons as (name, value)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    choices: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    buttons: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def has(self, name: str) -> bool:
        """Whether there is an input, a choice or a button of this name."""
        return name in self.fields or name in self.choices or name in dict(self.buttons)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.marked: dict[str, str] = {}
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self._link = ""
        self._mark = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").lower()))
        elif tag in {"input", "button", "select", "option", "textarea"} and self.forms:
            self._control(tag, values)
        elif tag == "a":
            self._link = values.get("href", "")
        self._mark = values.get("id") or values.get("class", "") or self._mark

    def _control(self, tag: str, values: dict[str, str]) -> None:
        form, name = self.forms[-1], values.get("name", "")
        if tag == "select":
            self._select = name
            form.choices.setdefault(name, [])
        elif tag == "option":
            form.choices[self._select].append(values.get("value", ""))
            if "selected" in values:
                form.fields[self._select] = values.get("value", "")
        elif tag == "button" or values.get("type") == "submit":
            if name:
                form.buttons.append((name, values.get("value", "")))
        elif values.get("type") in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(values.get("value", "on"))
            if "checked" in values:
                form.fields[name] = values.get("value", "on")
        elif name:
            form.fields[name] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text:
            return
        self.words.append(text)
        if self._link:
            self.links.setdefault(text, self._link)
            self._link = ""
        if self._mark:
            self.marked.setdefault(self._mark, text)
            self._mark = ""


@dataclass
class Page:
    """A page as a text browser knows it."""

    url: str
    status: int
    forms: list[Form]
    marked: dict[str, str]
    """The first words inside each element that has an id or a class."""
    text: str
    links: dict[str, str] = field(default_factory=dict[str, str])
    """Where a link leads, by its first words."""

    def link(self, words: str) -> str:
        """Where the link with these words leads; raises `PageError` when there is none."""
        if words not in self.links:
            message = f"{self.url} has no link “{words}”; it says: {self.text[:300]}"
            raise PageError(message)
        return self.links[words]

    def form(self, *names: str) -> Form:
        """The first form that has all of these; raises `PageError` with the page's words."""
        for form in self.forms:
            if all(form.has(name) for name in names):
                return form
        message = f"{self.url} has no form with {names}; it says: {self.text[:300]}"
        raise PageError(message)


class Browser:
    """Cookies, forms and redirects; a redirect to another origin is where a client listens."""

    def __init__(self, base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._base = base.rstrip("/")
        self._http = httpx2.AsyncClient(base_url=self._base, transport=transport, timeout=20)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    @property
    def base(self) -> str:
        """The origin, without a trailing slash."""
        return self._base

    async def open(self, url: str) -> Page:
        """GET a page, following redirects."""
        return await self._follow(await self._http.get(urljoin(self._base + "/", url)))

    async def submit(
        self,
        page: Page,
        form: Form,
        values: Mapping[str, str | list[str]],
        *,
        button: tuple[str, str] | None = None,
        stop_at: str = "",
    ) -> Page:
        """Fill a form and press a button; what is not named keeps what the page put there.

        A redirect to `stop_at` is not followed: it belongs to an app, not to the browser.
        """
        data: dict[str, str | list[str]] = {**form.fields, **values}
        if button:
            data[button[0]] = button[1]
        target = urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return await self._follow(await self._http.get(target, params=data))
        headers = {"Origin": self._base, "Sec-Fetch-Site": "same-origin"}
        reply = await self._http.post(target, data=data, headers=headers)
        return await self._follow(reply, stop_at)

    async def _follow(self, reply: httpx2.Response, stop_at: str = "") -> Page:
        for _ in range(MOST_REDIRECTS):
            if reply.status_code not in {301, 302, 303, 307, 308}:
                break
            target = urljoin(str(reply.url), reply.headers["location"])
            if stop_at and target.startswith(f"{stop_at}?"):
                return Page(target, reply.status_code, [], {}, "")
            if urlsplit(target).netloc != urlsplit(self._base).netloc:
                async with httpx2.AsyncClient(timeout=20) as elsewhere:
                    return _page(await elsewhere.get(target))
            reply = await self._http.get(target)
        return _page(reply)


def _page(reply: httpx2.Response) -> Page:
    reader = _Reader()
    reader.feed(reply.text)
    return Page(
        str(reply.url),
        reply.status_code,
        reader.forms,
        reader.marked,
        " ".join(reader.words),
        reader.links,
    )
