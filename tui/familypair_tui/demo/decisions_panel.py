"""The list of what the made-up app asked, and what it was answered. Neither words nor accounts."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Final

from textual.content import Content

from familypair_tui.demo.app_loop.log import Answered, Page
from familypair_tui.text import clean, columns, line
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel

_GLYPHS: Final = {"allow": "✓", "ask": "?", "deny": "✗"}
_WIDE, _MIDDLE = 100, 70
MOST: Final = 500


class DecisionsPanel(ListPanel):
    """Newest first: when, which surface, which action, the answer, why, who, how fast, where."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.items: Sequence[Answered] = ()
        self.figures = Page()
        self.zone: tzinfo = UTC
        self.fault = ""

    def show(self, page: Page, zone: tzinfo) -> None:
        """Add what is new; the cursor stays on its line unless it is on the newest."""
        new = tuple(reversed(page.items))
        self.figures, self.zone, self.fault = page, zone, ""
        if new:
            self.items = (*new, *self.items)[:MOST]
            self.index = min(self.index + len(new), len(self.items) - 1) if self.index else 0
        self.refresh()

    def cannot(self, words: str) -> None:
        """Say that nothing can be read; what is there stays."""
        self.fault = words
        self.refresh()

    def heading(self) -> Content:
        """How many there were."""
        count = f" · {self.figures.asked} asked" if self.figures.asked else ""
        return line((f"Decisions{count}", self.title_style()))

    def aside(self) -> Content:
        """How fast they are."""
        if self.fault:
            return line((self.fault, self.ink.bad))
        if not self.figures.asked:
            return Content("")
        p50, p99 = took(self.figures.p50), took(self.figures.p99)
        return line((f"half in {p50} · 99% in {p99}", self.ink.value))

    def legend(self) -> Content:
        """Where they were answered."""
        asked, cached = self.figures.asked, self.figures.by_cache
        words = f"{cached} by the app's own copy of the rules · {asked - cached} by the server"
        return line((words, self.ink.muted)) if asked else Content("")

    def count(self) -> int:
        """Questions."""
        return len(self.items)

    def nothing(self, width: int) -> list[Content]:
        """The empty state."""
        words = "Nothing was asked yet. Open the app in a browser: every page of it asks first."
        return self.sentence_lines(words, width, "o", "to open it")

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """One line, with as many columns as there is room for."""
        del selected
        one, ink = self.items[index], self.ink
        tone = {"allow": ink.good, "ask": ink.accent}.get(one.outcome, ink.bad)
        outcome = line((f"{_GLYPHS.get(one.outcome, '·')} {clean(one.outcome, limit=8)}", tone))
        action = line((clean(one.action, limit=40), ink.strong))
        reason = line((plain(one.reason), ink.text))
        speed = line((f"{took(one.micros):>8}", ink.muted))
        when = line((f"{one.at.astimezone(self.zone):%H:%M:%S}", ink.muted))
        who = line((clean(one.decided_by, limit=12), ink.muted))
        if width < _MIDDLE:
            return [columns([(outcome, 7), (action, 18), (reason, width - 36), (speed, 8)])]
        rest = [(outcome, 7), (action, 20), (reason, width - 57), (who, 9), (speed, 8)]
        if width < _WIDE:
            return [columns([(when, 8), *rest])]
        surface = line((plain(one.surface), ink.muted))
        where = line((clean(one.where, limit=8), ink.muted))
        rest[2] = (reason, width - 83)
        return [columns([(when, 8), (surface, 18), *rest, (where, 6)])]


def plain(name: str) -> str:
    """A machine's name as words: `limit_reached` is `limit reached`."""
    return clean(name, limit=40).replace("_", " ")


def took(micros: float) -> str:
    """A time as people read it: `12 µs`, `3.4 ms`, `1.2 s`."""
    if micros < 1_000:  # noqa: PLR2004 - a thousandth
        return f"{micros:.0f} µs"
    if micros < 1_000_000:  # noqa: PLR2004 - a thousandth
        return f"{micros / 1_000:.1f} ms"
    return f"{micros / 1_000_000:.1f} s"
