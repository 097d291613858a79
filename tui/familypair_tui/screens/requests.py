"""The guardian's inbox of requests: a list and one in full, answered by one key."""

from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from familypair.schema.requests import Agreement, LiftBlock, MoreTime, Request, Wish
from familypair_tui.actions import BACK, REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.balance import amount_words
from familypair_tui.screens.answering import AnsweringScreen, asked_amount
from familypair_tui.store import Stage, waits
from familypair_tui.typed_days import AMOUNT_EXAMPLE, read_amount, read_note, read_until
from familypair_tui.when import zone_of
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import TYPING_KEYS, EntryBar
from familypair_tui.widgets.panel import ListPanel
from familypair_tui.widgets.requests import AMOUNTS, RequestPanel, RequestsPanel, within

APPROVE = Key("requests.approve", "a", "approve", "Approve", "Approve the selected amount.", 1)
DECLINE = Key("requests.decline", "d", "decline", "Decline", "Decline, with a reason or not.", 2)
COUNTER = Key("requests.counter", "c", "counter", "Offer", "Offer something else; type it.", 3)
NOTE = Key("requests.note", "n", "note", "Note", "Write a line to those who are asked.", 4)
AGAIN = Key("requests.again", "l", "review(30)", "Later", "Look at it again in 30 days.", 2)
END = Key("requests.end", "E", "review(0)", "End mark", "End the mark; the rules stay.", 3)


class RequestsScreen(AnsweringScreen[None]):
    """List left, detail right; on a narrow screen Enter opens the detail."""

    KEYS = (APPROVE, DECLINE, COUNTER, NOTE, AGAIN, END, BACK, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "requests"

    DEFAULT_CSS = """
    RequestsScreen #content { layout: horizontal; }
    RequestsScreen #list { width: 50; }
    RequestsScreen #detail { width: 1fr; margin-left: 1; }
    RequestsScreen.-compact #list { width: 1fr; }
    RequestsScreen.-compact #detail { display: none; margin: 0; }
    RequestsScreen.-compact.-one #list { display: none; }
    RequestsScreen.-compact.-one #detail { display: block; }
    """

    def __init__(self, request: str = "") -> None:
        super().__init__()
        self.wanted = request
        self.amounts: dict[str, MoreTime] = {}
        self._asking: Callable[[object], None] | None = None

    def content(self) -> ComposeResult:
        """List and detail."""
        with Horizontal(id="content"):
            yield RequestsPanel(id="list")
            yield RequestPanel(id="detail")
        yield EntryBar()

    def on_mount(self) -> None:
        """Read the answered ones too; the list has the focus."""
        super().on_mount()
        self.query_one(RequestsPanel).focus()
        if self.wanted:
            items = self.store.all_requests()
            places = [place for place, item in enumerate(items) if item.id == self.wanted]
            panel = self.query_one(RequestsPanel)
            panel.index, panel.touched = (places[0] if places else 0), True
            self.set_class(bool(places), "-one")
            self.show_all()
        for teen in self.store.teens:
            self.family.begin(self.family.sync.load_requests(teen), group="requests")
            self.family.begin(self.family.sync.load_agreements(teen), group="requests")

    def refresh_data(self) -> None:
        """The list, and the selected one."""
        panel = self.query_one(RequestsPanel)
        agreed = [one for data in self.store.teens.values() for one in data.agreements]
        agreed.sort(key=lambda one: one.state != "review_due")
        if self.store.stage is Stage.LOADING:
            panel.empty = "Reading what was asked…"
        else:
            panel.empty = "Nobody has asked for anything. Questions appear here at once."
        panel.show(self.store.all_requests(), agreed, self.store, self.family.zone, self.now())
        self._show_detail()

    def _show_detail(self) -> None:
        panel, detail = self.query_one(RequestsPanel), self.query_one(RequestPanel)
        one = panel.request()
        data = self.store.teens.get(one.teen) if one is not None else None
        amount, zone = self._amount(one), self.family.zone
        detail.show(one, panel.agreement(), amount, zone, self.now(), data=data)

    def _amount(self, one: Request | None) -> MoreTime | None:
        if one is None or not isinstance(one.wish, MoreTime):
            return None
        return self.amounts.get(one.id, asked_amount(one))

    def sentence(self) -> Sequence[Clause]:
        """What was answered last, or how many wait."""
        fault = self.store.fault
        if fault is not None:
            return (Clause(f"○ {fault.sentence} · r tries again", "○ offline · r", "bad"),)
        if self.note:
            return (Clause(self.note, tone="bad" if self.note.startswith("!") else "strong"),)
        count = self.store.waiting()
        if not count:
            return (Clause("No question waits for you"),)
        words = "1 question waits" if count == 1 else f"{count} questions wait"
        return (Clause(words), Clause("a approves what is selected", tone="muted"))

    # keys

    def allows(self, key: Key) -> bool:
        """What the selected request or agreement allows."""
        panel = self.query_one(RequestsPanel)
        one, agreement = panel.request(), panel.agreement()
        if key.id in {AGAIN.id, END.id}:
            return agreement is not None and agreement.state != "ended"
        names = {APPROVE.id: "approve", DECLINE.id: "decline", COUNTER.id: "counter"}
        names[NOTE.id] = "note"
        if key.id in names:
            return one is not None and names[key.id] in one.may
        if key.id.startswith("request.amount"):
            return one is not None and waits(one) and isinstance(one.wish, MoreTime)
        return True

    def hint_keys(self) -> list[Key]:
        """The answers first; while somebody types, letters belong to the input."""
        if isinstance(self.focused, Input):
            return [*TYPING_KEYS]
        keys = super().hint_keys()
        return sorted(keys, key=lambda key: not key.id.startswith("requests."))

    def on_list_panel_moved(self) -> None:
        """Another request."""
        self.note = ""
        self._show_detail()
        self.show_sentence()
        super().on_list_panel_moved()

    def on_list_panel_chosen(self, message: ListPanel.Chosen) -> None:
        """Enter: the detail, alone where there is no room for both."""
        message.stop()
        self.set_class(True, "-one")
        self.query_one(RequestPanel).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        super().on_resize(event)
        self.call_after_refresh(self.show_all)

    def action_back(self) -> None:
        """From the detail to the list, from the list to the overview."""
        if self.has_class("-one"):
            self.remove_class("-one")
            self.query_one(RequestsPanel).focus()
        else:
            self.family.show_view("overview")

    def _selected(self, act: str) -> Request | None:
        one = self.query_one(RequestsPanel).request()
        return one if one is not None and act in one.may else None

    def action_amount(self, place: int) -> None:
        """A digit selects an amount; it answers nothing."""
        one = self._selected("approve")
        if one is None or not isinstance(one.wish, MoreTime):
            return
        if within(AMOUNTS[place], one.wish):
            self.amounts[one.id] = AMOUNTS[place]
            self.note = f"a approves {amount_words(AMOUNTS[place])}"
        else:
            self.note = "⊘ More than was asked; + on the overview gives more."
        self.show_all()

    def action_approve(self) -> None:
        """Yes."""
        one = self._selected("approve")
        if one is not None:
            self.approve(one, self._amount(one))
            self._to_list()

    def answer(
        self, request: Request, call: Awaitable[Request], said: str, *, keeps: bool = False
    ) -> None:
        """The cursor goes on to what waits next."""
        super().answer(request, call, said, keeps=keeps)
        if not keeps and not self.query_one(EntryBar).is_open:
            self.query_one(RequestsPanel).index = 0
            self.refresh_data()

    def _to_list(self) -> None:
        if self.has_class("-compact") and self.has_class("-one"):
            self.action_back()

    def action_decline(self) -> None:
        """No; a reason may be typed, and Enter alone gives none."""
        one = self._selected("decline")
        if one is not None:
            title = f"Decline for {one.teen_name}: why? (they read it; Enter alone gives none)"
            self._ask(
                title,
                "At most 140 characters",
                read_note,
                lambda text: self.decline(one, str(text)),
            )

    def action_counter(self) -> None:
        """Another offer, typed."""
        one = self._selected("counter")
        if one is None:
            return
        data = self.store.teens.get(one.teen)
        zone = zone_of(data.card.zone if data else "", self.family.zone)
        if isinstance(one.wish, MoreTime):
            self._ask(
                "Your offer", AMOUNT_EXAMPLE, read_amount, lambda wish: self._offer(one, wish)
            )
        elif isinstance(one.wish, LiftBlock):
            self._ask(
                "Open until",
                "A time today: 16:30",
                lambda text: LiftBlock(end=read_until(text, self.now(), zone)),
                lambda wish: self._offer(one, wish),
            )
        else:
            self.note = "⊘ For this an offer is typed with: familypair counter"
            self.show_all()

    def _offer(self, one: Request, wish: object) -> None:
        if isinstance(wish, Wish):
            self.counter(one, wish)

    def action_note(self) -> None:
        """A line to those who are asked."""
        one = self._selected("note")
        if one is not None:
            self._ask(
                f"Note to {one.teen_name} and those who are asked",
                "At most 140 characters",
                read_note,
                lambda text: self._note(one, str(text)),
            )

    def _note(self, one: Request, text: str) -> None:
        if text:
            self.say_note(one, text)
        else:
            self.close_entry()

    def _ask(
        self,
        title: str,
        hint: str,
        read: Callable[[str], object],
        then: Callable[[object], None],
    ) -> None:
        self._asking = then
        self.query_one(EntryBar).ask(title, "", hint, read, sends=True)
        self.show_hints()

    def on_entry_bar_typed(self, message: EntryBar.Typed) -> None:
        """Something was typed."""
        if self._asking is not None:
            self._asking(message.value)

    def after_entry(self) -> None:
        """Sent: to the list, and on to what waits next."""
        self._asking = None
        self._refocus()
        self._to_list()
        self.query_one(RequestsPanel).index = 0

    def on_entry_bar_left(self) -> None:
        """Nothing was typed."""
        self._asking = None
        self._refocus()

    def _refocus(self) -> None:
        one = self.has_class("-one") and self.has_class("-compact")
        (self.query_one(RequestPanel) if one else self.query_one(RequestsPanel)).focus()

    def action_review(self, days: int) -> None:
        """Look at an agreement again later, or end the mark."""
        agreement = self.query_one(RequestsPanel).agreement()
        if agreement is not None:
            self.family.begin(self._review(agreement, days))

    async def _review(self, agreement: Agreement, days: int) -> None:
        call = self.family.api.review_agreement(
            agreement.id, again_in_days=days or None, end=not days
        )
        await guarded(call)
        self.note = "✓ In 30 days again" if days else "✓ The mark is ended; the rules stay"
        await self.family.sync.load_agreements(agreement.teen)
        self.show_all()

    def action_reload(self) -> None:
        """Read again."""
        self.family.reload()
