"""Read the forms of a server-rendered page, as a browser without JavaScript would."""

from html.parser import HTMLParser

import msgspec


class PageForm(msgspec.Struct):
    """One form: where it goes, and what would be sent if nothing was typed."""

    action: str
    method: str
    fields: dict[str, str]
    buttons: list[tuple[str, str]]
    """Name and value of each button, in the order of the page."""


def read_forms(html: str) -> list[PageForm]:
    """Every form of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._open = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = True
            method = found.get("method", "get")
            self.forms.append(PageForm(found.get("action", ""), method, {}, []))
        elif self._open:
            self._control(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    def _control(self, tag: str, found: dict[str, str]) -> None:
        form, name = self.forms[-1], found.get("name", "")
        if tag == "button":
            form.buttons.append((name, found.get("value", "")))
        elif tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "option" and "selected" in found:
            form.fields[self._select] = found.get("value", "")
        elif tag == "input" and found.get("type") in {"checkbox", "radio"}:
            if name and "checked" in found:
                form.fields[name] = found.get("value", "on")
        elif tag == "input" and name:
            form.fields[name] = found.get("value", "")
