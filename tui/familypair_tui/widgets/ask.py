"""What a teen can ask for, as a short list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from familypair.schema.requests import MoreTime
from familypair_tui.text import fit, hanging, line
from familypair_tui.widgets.panel import LIST_KEYS, OPEN, ListPanel


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to ask for; `act` names what has to be typed first."""

    words: str
    act: str = ""
    wish: MoreTime | None = None


CHOICES: Final = (
    Choice("15 min more today", wish=MoreTime(minutes=15)),
    Choice("30 min more today", wish=MoreTime(minutes=30)),
    Choice("60 min more today", wish=MoreTime(minutes=60)),
    Choice("the rest of the day", wish=MoreTime(rest_of_day=True)),
    Choice("another amount…", "amount"),
    Choice("open a closed time until…", "until"),
    Choice("change a rule for good…", "rule"),
    Choice("propose a plan…", "plan"),
    Choice("another home zone…", "zone"),
)


class AskPanel(ListPanel):
    """Enter asks."""

    KEYS = (*LIST_KEYS, OPEN)

    def __init__(self) -> None:
        super().__init__(id="ask")
        self.who = ""

    def show(self, who: str) -> None:
        """Say who would be asked for the selected amount."""
        self.who = who
        self.refresh()

    def choice(self) -> Choice:
        """What is selected."""
        return CHOICES[min(self.index, len(CHOICES) - 1)]

    def heading(self) -> Content:
        """The title."""
        return line(("Ask for", self.title_style()))

    def count(self) -> int:
        """Choices."""
        return len(CHOICES)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A line."""
        one = CHOICES[index]
        mark = "▸ " if selected else "  "
        return [fit(line((mark, self.ink.key), (one.words, self.ink.text)), width)]

    def body(self, width: int, height: int) -> list[Content]:
        """The choices, and below them who is asked."""
        who = self._who(width)
        rows = super().body(width, max(1, height - len(who)))
        gap = [Content("")] if height > len(rows) + len(who) else []
        return [*rows, *gap, *who]

    def _who(self, width: int) -> Sequence[Content]:
        return hanging(self.who, width, self.ink.muted, lines=2) if self.who else []
