"""Sending a wish: the exact change, who is asked as far as that is known, and a reason."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Input

from familypair.client.errors import ClientError
from familypair.reasons import Reason
from familypair.schema.requests import MoreTime, Plan, Request, Wish
from familypair.schema.time import Balance
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import Fault, fault_of
from familypair_tui.screens.base import Dialog
from familypair_tui.text import clean, hanging, line
from familypair_tui.typed_days import MOST_NOTE
from familypair_tui.widgets.panel import Drawn, key_hint

SEND = Key("wish.send", "enter", "send", "Send", "Send the request.", 1)
_MINUTE = 60
_NOBODY = "Nobody else's rule is in the way."
_STARTING = (
    "It is the starting value: you may change it yourself;"
    " or ask, and one guardian's yes is enough."
)


class WishWords(Drawn):
    """What is asked, who is asked, and what went wrong."""

    DEFAULT_CSS = """
    WishWords { height: 1fr; }
    """

    def __init__(self, words: str, who: str) -> None:
        super().__init__()
        self.words, self.who = words, who
        self.fault: Fault | None = None
        self.busy = False

    def draw(self, size: Size) -> list[Content]:
        """A few lines."""
        width = max(size.width - 2, 1)
        rows = [Content(""), *hanging(f"You ask: {self.words}", width, self.ink.strong, lines=2)]
        rows += hanging(self.who, width, self.ink.text, lines=2)
        if self.fault is not None and self.fault.reason is Reason.NOTHING_IN_THE_WAY:
            rows += hanging(
                "= Nobody needs to agree: you can set this yourself. Esc, then 2 shows your rules.",
                width,
                self.ink.value,
                lines=2,
            )
        elif self.fault is not None:
            rows += hanging(f"! {self.fault.sentence}", width, self.ink.bad, lines=3)
        elif self.busy:
            rows.append(line(("sending…", self.ink.muted)))
        return [line(" ", row) for row in rows]


class Counter(Drawn):
    """How much of a reason is used, and the keys."""

    length = 0

    def draw(self, size: Size) -> list[Content]:
        """`12 of 140`."""
        del size
        over = self.length > MOST_NOTE
        count = line((f" {self.length} of {MOST_NOTE}", self.ink.bad if over else self.ink.muted))
        keys = [key_hint(key.shown, key.word, self.ink) for key in (SEND, BACK)]
        return [line(count, "   ", line("   ").join(keys))]


class WishDialog(Dialog[Request]):
    """A reason (at most 140 characters, or none), then it is sent; answers with the request."""

    KEYS = (SEND, BACK)
    BINDINGS = bindings()

    DEFAULT_CSS = """
    WishDialog > #box {
        width: 76; max-width: 100%; height: 13; max-height: 100%; border: round $fp-accent;
    }
    WishDialog Input { margin: 0 1; }
    """

    def __init__(self, teen: str, wish: Wish, words: str, who: str) -> None:
        super().__init__()
        self.teen, self.wish = teen, wish
        self._words = (words, who)
        self.busy = False

    def compose(self) -> ComposeResult:
        """Words, a caption, the input, the counter."""
        box = Vertical(id="box")
        box.border_title = "Ask"
        with box:
            yield WishWords(*self._words)
            yield Input(placeholder="Why? They read it; you may leave it empty")
            yield Counter()

    def on_mount(self) -> None:
        """Letters go into the reason."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Count."""
        counter = self.query_one(Counter)
        counter.length = len(event.value)
        counter.refresh()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Send it, once."""
        reason = clean(event.value).strip()
        if len(reason) <= MOST_NOTE and not self.busy:
            self._say(busy=True)
            self.family.begin(self._send(reason), group="wish")

    def _say(self, *, busy: bool = False, fault: Fault | None = None) -> None:
        words = self.query_one(WishWords)
        self.busy = words.busy = busy
        words.fault = fault
        words.refresh()

    async def _send(self, reason: str) -> None:
        api, wish = self.family.api, self.wish
        if isinstance(wish, Plan):
            call = api.propose(self.teen, wish, reason=reason)
        else:
            call = api.ask(self.teen, wish, reason=reason)
        try:
            request = await guarded(call)
        except ClientError as error:
            self._say(fault=fault_of(error))
            return
        self.family.sync.put_request(request)
        self.dismiss(request)


def in_the_way(balance: Balance | None, wish: MoreTime) -> str:
    """Who is asked for minutes, as far as the arithmetic shows it (A8)."""
    if balance is None or balance.limit_seconds is None:
        return ""
    minutes = 24 * 60 if wish.rest_of_day else wish.minutes or 0
    wanted = balance.limit_seconds + minutes * _MINUTE
    names = [
        one.name
        for one in balance.sums
        if one.total_seconds is not None
        and one.total_seconds < wanted
        and one.owner not in {"me", "teen", "default", "cap"}
    ]
    if not names:
        return _STARTING if any(one.owner == "default" for one in balance.sums) else _NOBODY
    if len(names) == 1:
        return f"In the way: {names[0]}, who is asked, and nobody else."
    return f"In the way: {' and '.join(names)}. They are asked, and nobody else."
