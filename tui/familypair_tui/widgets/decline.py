"""The two buttons of a pending link: no, which has the focus, and yes, which opens late."""

from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from familypair_tui.actions import Key, bindings
from familypair_tui.text import fit, line
from familypair_tui.widgets.panel import Panel

PRESS = Key("decline.press", "enter", "press", "Decline", "Decline the link.", 9)
PRESS_YES = Key("approve.press", "enter", "press", "Approve", "Approve what you granted.", 9)


class PressButton(Panel):
    """`D Decline this link`: framed, or one line in brackets where there is no room."""

    DEFAULT_CSS = """
    PressButton { width: 1fr; height: 3; }
    """
    LETTER: ClassVar[str] = ""
    WORDS: ClassVar[str] = ""
    open = True

    class Pressed(Message):
        """Enter or a click."""

        def __init__(self, button: "PressButton") -> None:
            super().__init__()
            self.button = button

    def draw(self, size: Size) -> list[Content]:
        """A frame, or one line."""
        if size.height > 1:
            return super().draw(size)
        words = line("[ ", *self.body(size.width, 1), " ]")
        if self.has_focus:
            words = words.stylize_before(self.ink.cursor)
        return [fit(line(" ", words), size.width)]

    def body(self, width: int, height: int) -> list[Content]:
        """One line."""
        del width, height
        if not self.open:
            return [line((f"{self.LETTER} {self.WORDS}", self.ink.muted))]
        loud = self.ink.strong if self.has_focus else self.ink.text
        return [line((f"{self.LETTER} ", self.ink.key), (self.WORDS, loud))]

    def action_press(self) -> None:
        """Enter."""
        if self.open:
            self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """A click."""
        self.action_press()


class DeclineButton(PressButton):
    """No: always open."""

    KEYS = (PRESS,)
    BINDINGS = bindings(PRESS)
    LETTER, WORDS = "D", "Decline"


class ApproveButton(PressButton):
    """Yes: takes no focus until the five seconds are over and a phrase is typed."""

    KEYS = (PRESS_YES,)
    BINDINGS = bindings(PRESS_YES)
    LETTER, WORDS = "A", "Approve"
    open = False

    def on_mount(self) -> None:
        """Closed at first."""
        self.can_focus = False

    def set_open(self, can: bool) -> None:  # noqa: FBT001 - one caller
        """Open or close it."""
        self.open = self.can_focus = can
        self.refresh()
