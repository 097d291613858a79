"""A question with two answers; the safe one is Escape, and nothing happens by Enter alone."""

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from familypair_tui.actions import BACK, Key
from familypair_tui.screens.base import Dialog
from familypair_tui.text import hanging, line
from familypair_tui.widgets.panel import Panel, key_hint


class QuestionBox(Panel):
    """Words and the two keys."""

    DEFAULT_CSS = """
    QuestionBox { width: 60; max-width: 100%; height: 11; max-height: 100%; }
    """

    def __init__(self, title: str, words: str, yes: Key) -> None:
        super().__init__(id="box")
        self.title, self.words, self.yes = title, words, yes

    def heading(self) -> Content:
        """The title."""
        return line((self.title, self.title_style()))

    def body(self, width: int, height: int) -> list[Content]:
        """The question, and its keys."""
        del height
        rows = [Content(""), *hanging(self.words, width, self.ink.text, lines=5), Content("")]
        keys = line(
            key_hint(self.yes.shown, self.yes.word, self.ink),
            "    ",
            key_hint(BACK.shown, "no, go back", self.ink),
        )
        return [*rows, keys]


class ConfirmDialog(Dialog[bool]):
    """True only by the named key."""

    def __init__(self, title: str, words: str, act: str, key: str) -> None:
        super().__init__()
        self.yes = Key("confirm.yes", key, "yes", act, f"{act}.", 1)
        self.KEYS = (self.yes, BACK)
        self._question = (title, words)

    def compose(self) -> ComposeResult:
        """One panel."""
        yield QuestionBox(*self._question, self.yes)

    def on_key(self, event: events.Key) -> None:
        """The named key, and only it, says yes."""
        if event.key == self.yes.keys:
            event.stop()
            self.dismiss(True)
