"""What every screen has: the tab bar, the sentence, the sign of a teen, and the footer."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from familypair_tui.actions import Key, fitted_hints
from familypair_tui.text import Part, first_that_fits, fit, line
from familypair_tui.theme import Ink
from familypair_tui.widgets.panel import Drawn

_SEPARATOR = "  ·  "


@dataclass(frozen=True, slots=True)
class Tab:
    """A view in the tab bar."""

    id: str
    key: str
    title: str
    short: str
    count: int = 0
    """How many things wait there; said behind the title."""


@dataclass(frozen=True, slots=True)
class Status:
    """The right end of the tab bar: is this live, who am I, what time is it."""

    glyph: str = "◌"
    word: str = "connecting"
    tone: str = "muted"
    """`good`, `muted` or `bad`."""
    who: str = ""
    role: str = ""
    clock: str = ""


class TopBar(Drawn):
    """`◆ Family Pairing  1 Overview  2 Rules … ● live  Dana · guardian  Sun 14:52`."""

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self) -> None:
        super().__init__(id="topbar")
        self.tabs: Sequence[Tab] = ()
        self.active = ""
        self.status = Status()
        self._spans: list[tuple[int, int, str]] = []

    def draw(self, size: Size) -> list[Content]:
        """The widest wording that fits; nothing is cut in the middle."""
        for named, brand, short, only in self._wordings():
            left = self._left(brand, short=short, only_active=only)
            for right in self._rights(named=named):
                gap = size.width - left.cell_length - right.cell_length - 1
                if gap > 1:
                    return [line(left, " " * gap, right, " ").stylize_before(self.ink.bar)]
        left = self._left("FP", short=True, only_active=True)
        right = self._rights(named=False)[-1]
        gap = max(1, size.width - left.cell_length - right.cell_length - 1)
        return [fit(line(left, " " * gap, right, " "), size.width).stylize_before(self.ink.bar)]

    def _wordings(self) -> list[tuple[bool, str, bool, bool]]:
        """Who I am matters more than long names of views; without any name these are digits."""
        lefts = [("Family Pairing", False), ("Family Pairing", True), ("FP", True)]
        whole = [(named, *left, False) for named in (True, False) for left in lefts]
        return [*whole, (True, "FP", True, True)]

    def _left(self, brand: str, *, short: bool, only_active: bool = False) -> Content:
        parts: list[Part] = [(" ◆ ", self.ink.accent), (brand, self.ink.strong), "  "]
        self._spans = []
        for tab in self.tabs:
            start = line(*parts).cell_length
            on = tab.id == self.active
            parts += ["  ", (tab.key, self.ink.accent if on else self.ink.muted)]
            if on or not only_active:
                parts.append(" ")
                words = tab.short if short else tab.title
                parts.append((words, self.ink.tab if on else self.ink.muted))
            if tab.count:
                parts.append((f"·{tab.count}", self.ink.accent))
            self._spans.append((start, line(*parts).cell_length, tab.id))
        return line(*parts)

    def _rights(self, *, named: bool) -> list[Content]:
        status, ink = self.status, self.ink
        tone = {"good": ink.good, "bad": ink.bad}.get(status.tone, ink.muted)
        live = line((f"{status.glyph} ", tone), (status.word, tone))
        time = line((status.clock, ink.strong))
        short = line((status.clock.split(" ")[-1], ink.strong))
        who = line((status.who, ink.text), (f" · {status.role}", ink.muted))
        name = line((status.who, ink.text))
        if not (named and status.who):
            return [line(live, "  ", time), line(live, "  ", short)]
        dot = [line((f"{status.glyph} ", tone))] if status.tone != "bad" else []
        return [
            line(live, "  ", who.truncate(28, ellipsis=True), "  ", time),
            line(live, "  ", name.truncate(14, ellipsis=True), "  ", short),
            *(line(one, name.truncate(10, ellipsis=True), "  ", short) for one in dot),
        ]

    def on_click(self, event: events.Click) -> None:
        """A click on a tab goes there."""
        for start, end, tab in self._spans:
            if start <= event.x < end:
                self.post_message(self.Picked(tab))


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the sentence: long and short wording, and how loud it is."""

    text: str
    short: str = ""
    tone: str = "strong"
    """`strong`, `bad`, `accent`, `text` or `muted`."""


class Sentence(Drawn):
    """One row that answers "does anything need me?"; also the place of announcements."""

    def __init__(self) -> None:
        super().__init__(id="sentence")
        self.clauses: Sequence[Clause] = ()

    def say(self, *clauses: Clause) -> None:
        """Replace the sentence."""
        if tuple(clauses) != tuple(self.clauses):
            self.clauses = clauses
            self.refresh()

    def draw(self, size: Size) -> list[Content]:
        """All clauses, then short ones, then fewer; never cut in the middle of a word."""
        width = size.width - 3
        return [fit(line("  ", first_that_fits(self._wordings(), width)), size.width)]

    def _wordings(self) -> list[Content]:
        """From everything in long words, over shorter last clauses, to the first one alone."""
        count = len(self.clauses)
        shorter = [self._worded(self.clauses, long=long) for long in range(count, -1, -1)]
        fewer = [self._worded(self.clauses[:few], long=0) for few in range(count - 1, 0, -1)]
        return [*shorter, *fewer]

    def _worded(self, clauses: Sequence[Clause], *, long: int) -> Content:
        parts: list[Content] = []
        for place, clause in enumerate(clauses):
            words = clause.text if place < long else clause.short or clause.text
            parts.append(line((words, tone_style(clause.tone, self.ink))))
        return line((_SEPARATOR, self.ink.muted)).join(parts)


def tone_style(tone: str, ink: Ink) -> str:
    """The style of a tone; an unknown one is plain text."""
    styles = {
        "strong": ink.strong,
        "bad": ink.bad,
        "good": ink.good,
        "accent": ink.accent,
        "muted": ink.muted,
        "value": ink.value,
    }
    return styles.get(tone, ink.text)


class Sign(Drawn):
    """The sign on every screen of a teen while a guardian is linked (product.md section 8)."""

    def __init__(self) -> None:
        super().__init__(id="sign")
        self.parts: tuple[Content, ...] = ()

    def show(self, *wordings: Content) -> None:
        """Show the sign, in the longest wording that fits; without wordings it goes away."""
        self.parts = wordings
        self.display = bool(wordings)
        self.refresh()

    def draw(self, size: Size) -> list[Content]:
        """One line on the bar's ground."""
        content = first_that_fits(self.parts, size.width - 2)
        return [fit(line(" ", content), size.width).stylize_before(self.ink.bar)]


class HintBar(Drawn):
    """The footer: at most seven keys of what is in focus, whole, and the palette at the right."""

    def __init__(self) -> None:
        super().__init__(id="hints")
        self.keys: Sequence[Key] = ()

    def show(self, keys: Sequence[Key]) -> None:
        """Replace the hints."""
        if tuple(keys) != tuple(self.keys):
            self.keys = tuple(keys)
            self.refresh()

    def draw(self, size: Size) -> list[Content]:
        """One line; what does not fit is not there."""
        hints = fitted_hints(self.keys, size.width - 2, self.ink.key)
        return [fit(line(" ", hints), size.width).stylize_before(self.ink.bar)]
