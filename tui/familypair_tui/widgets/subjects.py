"""The forms of a teen as a line of names."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from familypair_tui.draft import Subject
from familypair_tui.text import Part, fit, line, spread
from familypair_tui.widgets.panel import Drawn


class SubjectBar(Drawn):
    """`Time  Schedule  Search  Messages  Privacy`, the current one underlined."""

    class Picked(Message):
        """A subject was clicked."""

        def __init__(self, subject: Subject) -> None:
            super().__init__()
            self.subject = subject

    def __init__(self) -> None:
        super().__init__(id="subjects")
        self.subjects: Sequence[Subject] = ()
        self.current = Subject.TIME
        self.several = False
        self._spans: list[tuple[int, int, Subject]] = []

    def show(self, subjects: Sequence[Subject], current: Subject, *, several: bool) -> None:
        """Draw these."""
        self.subjects, self.current, self.several = subjects, current, several
        self.refresh()

    def draw(self, size: Size) -> list[Content]:
        """One line."""
        parts: list[Part] = ["  "]
        self._spans = []
        for subject in self.subjects:
            start = line(*parts).cell_length
            on = subject is self.current
            parts.append((subject.value, self.ink.tab if on else self.ink.muted))
            self._spans.append((start, line(*parts).cell_length, subject))
            parts.append("   ")
        keys: list[Part] = [("s", self.ink.key), (" next form", self.ink.muted)]
        if self.several:
            keys += ["  ", ("[ ]", self.ink.key), (" teen", self.ink.muted)]
        right = line(*keys, " ")
        left = line(*parts)
        if left.cell_length + right.cell_length > size.width:
            return [fit(left, size.width)]
        return [spread(left, right, size.width)]

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked one."""
        for start, end, subject in self._spans:
            if start <= event.x < end:
                self.post_message(self.Picked(subject))
