"""One line for typing a value, with the fault of it below before anything is saved.

A line that is sent stays open until the answer is there: a refusal is said below what was typed.
"""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input

from familypair_tui.actions import Key
from familypair_tui.text import clean, fit, line
from familypair_tui.widgets.panel import Drawn

TYPING_KEYS = (
    Key("entry.take", "enter", "submit", "Take it", "Take the typed value.", 1),
    Key("entry.leave", "escape", "leave", "Leave", "Leave without changing anything.", 2),
)


class Caption(Drawn):
    """A line of words that can be replaced."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.words = Content("")

    def say(self, words: Content) -> None:
        """Show these."""
        self.words = words
        self.refresh()

    def draw(self, size: Size) -> list[Content]:
        """One line."""
        return [fit(line(" ", self.words), size.width)]


class Lines(Caption):
    """A few lines of words, as many as the widget is high."""

    def draw(self, size: Size) -> list[Content]:
        """Broken between words."""
        if size.height == 1:
            return super().draw(size)
        rows = self.words.wrap(max(size.width - 2, 1))[: size.height]
        return [fit(line(" ", row), size.width) for row in rows]


class EntryBar(Vertical):
    """Title, input, and below it how to write it or what is wrong."""

    DEFAULT_CSS = """
    EntryBar { height: 4; display: none; border-top: solid $fp-accent; background: $fp-background; }
    EntryBar.open { display: block; }
    EntryBar.-long { height: 5; }
    EntryBar.-long #entry-fault { height: 2; }
    EntryBar Input { margin: 0 1; }
    """

    class Typed(Message):
        """A value was typed and is well-formed."""

        def __init__(self, value: object) -> None:
            super().__init__()
            self.value = value

    class Left(Message):
        """Escape: nothing is changed."""

    def __init__(self) -> None:
        super().__init__(id="entry")
        self._read: Callable[[str], object] = str
        self._hint = ""
        self._sends = False
        self._sending = False

    def compose(self) -> ComposeResult:
        """Three lines."""
        yield Caption(id="entry-title")
        yield Input(id="entry-input", select_on_focus=False)
        yield Lines(id="entry-fault")

    def ask(
        self,
        title: str,
        text: str,
        hint: str,
        read: Callable[[str], object],
        *,
        sends: bool = False,
    ) -> None:
        """Open with a title and a text; `read` raises ValueError with the sentence.

        `sends`: it stays open after Enter, until `close` or `refuse` is called.
        """
        self._read, self._hint = read, hint
        self._sends, self._sending = sends, False
        self.add_class("open")
        caption = self.query_one("#entry-title", Caption)
        caption.say(line((title, caption.ink.key)))
        caption.forget()  # hidden until now: nothing of an earlier question may stay
        field = self.query_one(Input)
        field.cursor_blink = False
        field.value = text
        field.cursor_position = len(text)
        field.focus()
        self._say_hint()

    def close(self) -> None:
        """Away again."""
        self._sending = False
        self.remove_class("open")

    def refuse(self, words: str) -> bool:
        """Say below what was typed why it was not taken; False when nothing was being sent."""
        if not (self.is_open and self._sending):
            return False
        self._sending = False
        self._say_fault(words)
        return True

    @property
    def is_open(self) -> bool:
        """Whether somebody types."""
        return self.has_class("open")

    @property
    def is_sending(self) -> bool:
        """Whether what was typed waits for its answer."""
        return self.is_open and self._sending

    def on_input_changed(self, event: Input.Changed) -> None:
        """Check while typing; nothing is said about an empty line."""
        event.stop()
        self._check(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the value, or say what is wrong."""
        event.stop()
        if self._sending:
            return
        try:
            value = self._read(clean(event.value))
        except ValueError as error:
            self._say_fault(str(error))
            return
        if self._sends:
            self._sending = True
            caption = self.query_one("#entry-fault", Caption)
            caption.say(line(("sending…", caption.ink.muted)))
        else:
            self.close()
        self.post_message(self.Typed(value))

    def key_escape(self, event: events.Key) -> None:
        """Leave without changing; the screen's own Escape is for another time."""
        if self.is_open:
            event.stop()
            self.close()
            self.post_message(self.Left())

    def _check(self, text: str) -> None:
        if not text.strip():
            self._say_hint()
            return
        try:
            self._read(clean(text))
        except ValueError as error:
            self._say_fault(str(error))
            return
        self._say_hint()

    def _say_hint(self) -> None:
        caption = self.query_one("#entry-fault", Caption)
        self.remove_class("-long")
        caption.say(line((self._hint, caption.ink.muted)))

    def _say_fault(self, words: str) -> None:
        caption = self.query_one("#entry-fault", Caption)
        said = line(("! ", caption.ink.bad), (words, caption.ink.bad))
        self.set_class(said.cell_length > self.size.width - 2, "-long")
        caption.say(said)
