"""Giving minutes unasked, with the effect read first; and a one-time code to say out loud."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from textual.app import ComposeResult
from textual.content import Content

from familypair.client.errors import ClientError
from familypair.schema.requests import MoreTime
from familypair.schema.time import Code, Grant, GrantPreview
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.balance import amount_words
from familypair_tui.faults import Fault, fault_of
from familypair_tui.screens.base import Dialog
from familypair_tui.text import fit, hanging, line
from familypair_tui.when import countdown
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, Panel, key_hint

GIVE = Key("give.give", "enter", "give", "Give", "Do it with the selected amount.", 1)
PICKS = tuple(
    Key(f"give.pick{n}", str(n), f"pick({n - 1})", "Amount", f"Select amount {n}.", 9)
    for n in range(1, 5)
)
OTHER = Key("give.other", "c", "pick(-1)", "Other", "Select an amount of your own.", 9)
LESS = Key("give.less", "left,minus", "step(-5)", "Less", "5 minutes less.", 9)
MORE = Key("give.more", "right,plus", "step(5)", "Other amount", "5 minutes more.", 2, "← →")
COPY = Key("code.copy", "y", "copy", "Copy", "Copy the code.", 1)
WITHDRAW = Key("code.withdraw", "X", "withdraw", "Withdraw", "The code works no more.", 2)

AMOUNTS: Final = (15, 30, 60, None)
"""Minutes; None is the rest of the day."""
_FIRST_OTHER: Final = 20
_MOST_OTHER: Final = 240
_CODE_AMOUNTS: Final = (15, 30, 60)


class AmountPanel(ListPanel):
    """Amounts, and below them what the selected one would do."""

    KEYS = (GIVE, *PICKS, OTHER, LESS, MORE, *LIST_KEYS)

    DEFAULT_CSS = """
    AmountPanel { width: 62; max-width: 100%; height: 15; max-height: 100%; }
    """

    def __init__(self, title: str, act: str, amounts: Sequence[int | None]) -> None:
        super().__init__(id="box")
        self.title, self.act, self.amounts = title, act, amounts
        self.other = _FIRST_OTHER
        self.index = 0
        self.effect: GrantPreview | None = None
        self.fault: Fault | None = None
        self.busy = False

    def wish(self) -> MoreTime:
        """The selected amount."""
        if self.index >= len(self.amounts):
            return MoreTime(minutes=self.other)
        minutes = self.amounts[self.index]
        return MoreTime(minutes=minutes, rest_of_day=minutes is None)

    def heading(self) -> Content:
        """What is given to whom."""
        return line((self.title, self.title_style()))

    def legend(self) -> Content:
        """The keys, or what is going on."""
        if self.busy:
            return line(("sending…", self.ink.muted))
        keys = (GIVE.shown, self.act), (MORE.shown, MORE.word), (BACK.shown, BACK.word)
        return line("   ").join([key_hint(key, word, self.ink) for key, word in keys])

    def count(self) -> int:
        """The fixed amounts and one of one's own."""
        return len(self.amounts) + 1

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """`2  30 min`."""
        del selected
        if index >= len(self.amounts):
            words = f"{self.other} min  ← → change it"
            return [line(("c  ", self.ink.key), (words, self.ink.text))]
        minutes = self.amounts[index]
        words = amount_words(MoreTime(minutes=minutes, rest_of_day=minutes is None))
        return [fit(line((f"{index + 1}  ", self.ink.key), (words, self.ink.text)), width)]

    def body(self, width: int, height: int) -> list[Content]:
        """The amounts and the effect."""
        rows = super().body(width, height)[: self.count()]
        return [*rows, Content(""), *self._effect(width)]

    def _effect(self, width: int) -> list[Content]:
        if self.fault is not None:
            return hanging(f"! {self.fault.sentence}", width, self.ink.bad, lines=3)
        if self.effect is None:
            return [line(("reading what it does…", self.ink.muted))]
        loud = self.ink.bad if not self.effect.now_minutes else self.ink.value
        rows = hanging(self.effect.words, width, loud, lines=2)
        if self.effect.needs_teen:
            rows += hanging("the teen has to take it first", width, self.ink.text, lines=1)
        return rows


class _AmountDialog(Dialog[Grant]):
    """Keys that choose an amount."""

    KEYS = (GIVE, *PICKS, OTHER, LESS, MORE, BACK)
    BINDINGS = bindings(GIVE, *PICKS, OTHER, LESS, MORE)

    def __init__(self, teen: str, name: str) -> None:
        super().__init__()
        self.teen, self.name_of = teen, name

    @property
    def panel(self) -> AmountPanel:
        """The panel."""
        return self.query_one(AmountPanel)

    def on_mount(self) -> None:
        """Read what the first amount would do."""
        self.panel.focus()
        self.chosen()

    def on_list_panel_moved(self) -> None:
        """Another amount."""
        self.chosen()

    def on_list_panel_chosen(self) -> None:
        """Enter."""
        self.action_give()

    def action_pick(self, place: int) -> None:
        """A digit selects; it gives nothing."""
        if place < self.panel.count():
            self.panel.select(place % self.panel.count())

    def action_step(self, minutes: int) -> None:
        """Another amount of one's own."""
        panel = self.panel
        panel.other = max(5, min(_MOST_OTHER, panel.other + minutes))
        if panel.index < len(panel.amounts):
            panel.select(len(panel.amounts))
        else:
            self.chosen()
        panel.refresh()

    def chosen(self) -> None:
        """Another amount is selected."""

    def action_give(self) -> None:
        """Do it, once."""

    def failed(self, error: ClientError) -> None:
        """Say why not."""
        self.panel.busy = False
        self.panel.fault = fault_of(error)
        self.panel.refresh()


class GiveDialog(_AmountDialog):
    """Minutes for today; answers with the grant."""

    def compose(self) -> ComposeResult:
        """One panel."""
        yield AmountPanel(f"Give {self.name_of} minutes for today", "Give", AMOUNTS)

    def chosen(self) -> None:
        """Ask what it would do."""
        self.panel.effect, self.panel.fault = None, None
        self.panel.refresh()
        self.family.begin(self._preview(self.panel.wish()), group="gift")

    async def _preview(self, wish: MoreTime) -> None:
        call = self.family.api.preview_grant(
            self.teen, minutes=wish.minutes, rest_of_day=wish.rest_of_day
        )
        try:
            effect = await guarded(call)
        except ClientError as error:
            self.failed(error)
            return
        if self.is_mounted and wish == self.panel.wish():
            self.panel.effect = effect
            self.panel.refresh()

    def action_give(self) -> None:
        """Give it, once, and only after its effect could be read."""
        if not self.panel.busy and self.panel.effect is not None:
            self.panel.busy = True
            self.panel.refresh()
            self.family.begin(self._give(self.panel.wish()), group="gift")

    async def _give(self, wish: MoreTime) -> None:
        call = self.family.api.give(self.teen, minutes=wish.minutes, rest_of_day=wish.rest_of_day)
        try:
            grant = await guarded(call)
        except ClientError as error:
            self.failed(error)
            return
        self.dismiss(grant)


class CodeDialog(_AmountDialog):
    """Choose what a code is worth, then read it out."""

    def compose(self) -> ComposeResult:
        """One panel."""
        yield AmountPanel(f"A one-time code for {self.name_of}", "Make it", _CODE_AMOUNTS)

    def chosen(self) -> None:
        """Say what a code is."""
        words = "6 digits, for 10 minutes, used once, for today only. You say it, they type it."
        minutes = self.panel.wish().minutes or 0
        self.panel.fault = None
        self.panel.effect = GrantPreview(minutes=minutes, now_minutes=minutes, words=words)
        self.panel.refresh()

    def action_give(self) -> None:
        """Make it, once."""
        if not self.panel.busy:
            self.panel.busy = True
            self.panel.refresh()
            self.family.begin(self._make(self.panel.wish().minutes or 0), group="gift")

    async def _make(self, minutes: int) -> None:
        try:
            code = await guarded(self.family.api.make_code(self.teen, minutes))
        except ClientError as error:
            self.failed(error)
            return
        self.dismiss(None)
        self.family.call_later(self.family.push_screen, CodeShown(code, self.name_of))


_FONT: Final = {
    "0": ("█▀▀█", "█  █", "█▄▄█"),
    "1": (" ▄█ ", "  █ ", " ▄█▄"),
    "2": ("▀▀▀█", "█▀▀▀", "█▄▄▄"),
    "3": ("▀▀▀█", " ▀▀█", "▄▄▄█"),
    "4": ("█  █", "▀▀▀█", "   █"),
    "5": ("█▀▀▀", "▀▀▀█", "▄▄▄█"),
    "6": ("█▀▀▀", "█▀▀█", "█▄▄█"),
    "7": ("▀▀▀█", "  ▐▌", "  █ "),
    "8": ("█▀▀█", "█▀▀█", "█▄▄█"),
    "9": ("█▀▀█", "▀▀▀█", "▄▄▄█"),
}


class CodeBox(Panel):
    """The code in big digits, and as text for whoever cannot see them."""

    KEYS = (COPY, WITHDRAW)

    DEFAULT_CSS = """
    CodeBox { width: 58; max-width: 100%; height: 13; max-height: 100%; }
    """

    def __init__(self, code: Code, name: str) -> None:
        super().__init__(id="box")
        self.code, self.name_of = code, name
        self.now = datetime.min.replace(tzinfo=UTC)

    def heading(self) -> Content:
        """For whom."""
        words = f"{self.code.minutes} min for {self.name_of} · say it, once"
        return line((words, self.title_style()))

    def legend(self) -> Content:
        """The keys."""
        keys = (COPY, WITHDRAW, BACK)
        return line("   ").join([key_hint(key.shown, key.word, self.ink) for key in keys])

    def body(self, width: int, height: int) -> list[Content]:
        """Three rows of big digits, the code as text, and how long it works."""
        del height
        text = self.code.code
        rows = [Content("")]
        for row in range(3):
            cells = [_FONT.get(char, ("", "", ""))[row] for char in text]
            words = "  ".join(cells[:3]) + "     " + "  ".join(cells[3:])
            rows.append(line((words.center(width).rstrip(), self.ink.strong)))
        over = self.now >= self.code.expires_at
        left = (
            "this code has expired"
            if over
            else f"works for {countdown(self.code.expires_at, self.now)}"
        )
        said = f"{text[:3]} {text[3:]}"
        return [
            *rows,
            Content(""),
            line((said.center(width).rstrip(), self.ink.muted)),
            line((left.center(width).rstrip(), self.ink.bad if over else self.ink.accent)),
        ]


class CodeShown(Dialog[None]):
    """Shown until it is closed; only the countdown's line is drawn again."""

    KEYS = (COPY, WITHDRAW, BACK)
    BINDINGS = bindings(COPY, WITHDRAW)

    def __init__(self, code: Code, name: str) -> None:
        super().__init__()
        self.code, self.name_of = code, name

    def compose(self) -> ComposeResult:
        """One panel."""
        yield CodeBox(self.code, self.name_of)

    def on_mount(self) -> None:
        """Count down."""
        box = self.query_one(CodeBox)
        box.now = self.now()
        box.focus()
        box.refresh()
        if self.family.ticking:
            self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """A second passed."""
        box = self.query_one(CodeBox)
        box.now = self.now()
        box.refresh()

    def action_copy(self) -> None:
        """Copy the digits."""
        self.family.copy_to_clipboard(self.code.code)
        self.family.notify("Copied.", markup=False, timeout=3)

    def action_withdraw(self) -> None:
        """Take the code back."""
        self.family.begin(self._withdraw())

    async def _withdraw(self) -> None:
        await guarded(self.family.api.withdraw_code(self.code.id))
        self.family.notify("The code works no more.", markup=False, timeout=4)
        self.dismiss(None)
