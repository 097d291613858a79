"""Today's balance as arithmetic: every limit with what was added, by whom; used; what is left."""

import re
from dataclasses import dataclass
from datetime import UTC, tzinfo

from textual.content import Content

from familypair.rules.time.words import say_seconds
from familypair.schema.time import Balance, PostingView, SumView
from familypair.settings import say_minutes
from familypair_tui.balance import standing, state_words
from familypair_tui.faults import Fault
from familypair_tui.text import fit, hanging, line, spread
from familypair_tui.when import clock, minutes_words
from familypair_tui.widgets.daystrip import tone
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel

_MINUTE = 60
_AMOUNT = re.compile(r"^[+-](?:\d+ (?:h|min|s) |\d\d )+")
"""The amount at the start of a line's words; it stands in its own column."""
_AT_LIMIT = {"remind": "then a reminder", "ask": "then asks", "stop": "then stops"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: words at the left, a figure at the right."""

    words: str
    figure: str = ""
    tone: str = "text"
    figure_tone: str = "text"
    posting: PostingView | None = None


class BalancePanel(ListPanel):
    """The lines; a gift is selected to undo it, or (as a teen) to take it."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.balance: Balance | None = None
        self.fault: Fault | None = None
        self.teen = False
        self.zone: tzinfo = UTC
        self._rows: list[Row] = []

    def show(
        self, balance: Balance | None, fault: Fault | None, zone: tzinfo, *, teen: bool
    ) -> None:
        """Draw this."""
        self.balance, self.fault, self.zone, self.teen = balance, fault, zone, teen
        self._rows = self._made() if balance is not None else []
        self.refresh()

    def posting(self) -> PostingView | None:
        """The selected posting."""
        return self._rows[self.index].posting if self.index < len(self._rows) else None

    def heading(self) -> Content:
        """The title."""
        return line(("What today allows", self.title_style()))

    def aside(self) -> Content:
        """What is left, in the state's colour."""
        if self.balance is None:
            return Content("")
        at = standing(self.balance)
        return line((f"{at.glyph} {state_words(at)}", tone(at, self.ink)))

    def legend(self) -> Content:
        """What the marks mean."""
        return line(("● holds  ○ does not hold now", self.ink.muted))

    def count(self) -> int:
        """Lines."""
        return len(self._rows)

    def nothing(self, width: int) -> list[Content]:
        """Not read yet, not shared, or a failure with the key that tries again."""
        if self.fault is None:
            return [line(("reading today…", self.ink.muted))]
        return [
            *hanging(f"○ {self.fault.sentence}", width, self.ink.muted),
            line(("r", self.ink.key), (" looks again", self.ink.muted)),
        ]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Words and a figure; a remark without a figure is wrapped."""
        del selected
        row = self._rows[index]
        style = self._style(row.tone)
        if not row.figure:
            return hanging(row.words, width, style) or [Content("")]
        figure = line((row.figure, self._style(row.figure_tone)))
        return [spread(fit(line((row.words, style)), width - 11), figure, width)]

    def _style(self, name: str) -> str:
        if name == "state" and self.balance is not None:
            return tone(standing(self.balance), self.ink)
        return {
            "strong": self.ink.strong,
            "muted": self.ink.muted,
            "accent": self.ink.accent,
            "value": self.ink.value,
        }.get(name, self.ink.text)

    def _made(self) -> list[Row]:
        balance = self.balance
        if balance is None:
            return []
        rows = [row for one in balance.sums for row in self._sum(one)]
        rows += self._result(balance)
        rows += [Row(f"· {step.words}", tone="muted") for step in balance.steps]
        if balance.break_every not in {None, "none"}:
            every = minutes_words(balance.break_every)
            rows.append(Row(f"· a break is suggested every {every}", tone="muted"))
        return rows

    def _sum(self, one: SumView) -> list[Row]:
        mark = "●" if one.binds else "○"
        start = " · starting value" if one.starting_value else ""
        after = _AT_LIMIT.get(one.at_limit, "")
        head = Row(
            f"{mark} {one.name}{start}" + (f", {after}" if after and one.limit != "none" else ""),
            minutes_words(one.limit),
            "strong" if one.binds else "muted",
            "value" if one.binds else "muted",
        )
        rows = [head, *(self._posting(posting) for posting in one.postings)]
        if one.postings and one.total_seconds is not None:
            total = say_seconds(one.total_seconds)
            rows.append(Row("    together", total, "muted", "strong" if one.binds else "muted"))
        return rows

    def _posting(self, one: PostingView) -> Row:
        time = f" {clock(one.at, self.zone)}" if one.at else ""
        sign = "−" if one.seconds < 0 else "+"
        amount = f"{sign} {say_seconds(abs(one.seconds))}" if one.seconds else "·"
        words = _AMOUNT.sub("", one.words)
        if one.waiting:
            waits = "+ takes it" if self.teen else "waits for a yes"
            return Row(f"    {words}{time} · {waits}", f"({amount})", "accent", "muted", one)
        undo = " · u undoes" if one.undoable else ""
        return Row(f"    {words}{time}{undo}", amount, "text", "text", one)

    def _result(self, balance: Balance) -> list[Row]:
        at = standing(balance)
        steps = "" if balance.exact or self.teen else ", in steps of 15 min"
        used = "?" if at.used is None else f"− {say_minutes(at.used)}"
        rows = [Row(f"  used{steps}", used, "text", "strong")]
        if at.limit is None:
            return [*rows, Row("  no limit today", "", "strong")]
        if at.used is None:
            return [*rows, Row("  left", "?", "strong", "muted")]
        if at.over:
            return [*rows, Row("  over", f"= {say_minutes(at.over)}", "strong", "state")]
        return [*rows, Row("  left", f"= {say_minutes(at.left or 0)}", "strong", "state")]
