"""While the browser asks for the password: where it does, and how to go there by hand."""

import os
import sys
import webbrowser

from textual.app import ComposeResult
from textual.content import Content

from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.screens.base import Dialog
from familypair_tui.text import hanging, line
from familypair_tui.widgets.panel import Panel, key_hint

COPY = Key("stepup.copy", "y", "copy", "Copy address", "Copy the address.", 1)


class StepUpBox(Panel):
    """The whole address, so that it can be opened elsewhere on this machine."""

    KEYS = (COPY,)

    DEFAULT_CSS = """
    StepUpBox { width: 76; max-width: 100%; height: 17; max-height: 100%; }
    """

    def __init__(self, address: str) -> None:
        super().__init__(id="box")
        self.address = address

    def heading(self) -> Content:
        """What is asked."""
        return line(("Is it really you? Your browser asks", self.title_style()))

    def legend(self) -> Content:
        """Keys."""
        return line("   ").join([key_hint(key.shown, key.word, self.ink) for key in (COPY, BACK)])

    def body(self, width: int, height: int) -> list[Content]:
        """Words and the address, cut at the width so that it can be selected."""
        del height
        words = "A page in your browser asks for your password. After it, this goes on by itself."
        rows = [Content(""), *hanging(words, width, self.ink.text), Content("")]
        rows += hanging(
            "If no page opened, open this address on this computer:", width, self.ink.muted
        )
        pieces = range(0, len(self.address), max(width, 1))
        return [
            *rows,
            *(
                line((self.address[start : start + width], self.ink.plain_value))
                for start in pieces
            ),
        ]


class StepUpDialog(Dialog[None]):
    """Closed by whoever opened it once the browser is done; Escape only hides it."""

    KEYS = (COPY, BACK)
    BINDINGS = bindings(COPY)

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def compose(self) -> ComposeResult:
        """One panel."""
        yield StepUpBox(self.address)

    def action_copy(self) -> None:
        """Copy the address."""
        self.family.copy_to_clipboard(self.address)
        self.family.notify("Copied.", markup=False, timeout=3)


def open_page(address: str) -> None:
    """Open a graphical browser; never a text browser, which would draw over this screen."""
    graphical = sys.platform in {"win32", "darwin"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if graphical and not os.environ.get("SSH_CONNECTION"):
        webbrowser.open(address)
