"""A panel of lines that somebody else wrote: used where a screen explains something."""

from collections.abc import Callable

from textual.content import Content

from familypair_tui.text import line
from familypair_tui.theme import Ink
from familypair_tui.widgets.panel import Panel

Writer = Callable[[int, Ink], list[Content]]


def _empty(_width: int, _ink: Ink) -> list[Content]:
    return []


class WordsPanel(Panel, can_focus=False):
    """Title and lines; the lines are written for the width of the panel."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.title = ""
        self.foot = ""
        self.writer: Writer = _empty

    def show(self, title: str, writer: Writer, foot: str = "") -> None:
        """Draw this."""
        self.title, self.writer, self.foot = title, writer, foot
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line((self.title, self.title_style()))

    def legend(self) -> Content:
        """A remark."""
        return line((self.foot, self.ink.muted))

    def body(self, width: int, height: int) -> list[Content]:
        """The lines."""
        del height
        return self.writer(width, self.ink)
