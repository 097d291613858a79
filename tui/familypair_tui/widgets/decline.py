"""The button that has the focus when a teen opens a pending link: no."""

from textual.content import Content
from textual.message import Message

from familypair_tui.actions import Key, bindings
from familypair_tui.text import line
from familypair_tui.widgets.panel import Panel

PRESS = Key("decline.press", "enter", "press", "Decline", "Decline the link.", 9)


class DeclineButton(Panel):
    """`[ D Decline ]`, framed while focused."""

    DEFAULT_CSS = """
    DeclineButton { width: 24; height: 3; }
    """
    KEYS = (PRESS,)
    BINDINGS = bindings(PRESS)

    class Pressed(Message):
        """Enter or a click."""

    def body(self, width: int, height: int) -> list[Content]:
        """One line."""
        del width, height
        words = "Decline this link"
        return [
            line(
                ("D ", self.ink.key), (words, self.ink.strong if self.has_focus else self.ink.text)
            )
        ]

    def action_press(self) -> None:
        """Enter."""
        self.post_message(self.Pressed())

    def on_click(self) -> None:
        """A click."""
        self.action_press()
