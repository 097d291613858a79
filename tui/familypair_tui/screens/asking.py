"""A teen asks: amounts, closed times, rules and plans; my requests and what was agreed."""

from collections.abc import Callable, Sequence
from zoneinfo import available_timezones

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from familypair.schema.requests import ChangePlace, LiftBlock, MoreTime, Plan, Request, Wish
from familypair_tui.actions import BACK, REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.balance import wish_words
from familypair_tui.screens.answering import AnsweringScreen
from familypair_tui.screens.wish import WishDialog, in_the_way
from familypair_tui.store import TeenData
from familypair_tui.typed_days import (
    AMOUNT_EXAMPLE,
    PLAN_EXAMPLE,
    read_amount,
    read_note,
    read_plan,
    read_until,
)
from familypair_tui.typed_spans import NotTypedError
from familypair_tui.when import zone_of
from familypair_tui.widgets.ask import AskPanel
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import TYPING_KEYS, EntryBar
from familypair_tui.widgets.notice import NoticePanel
from familypair_tui.widgets.panel import ListPanel
from familypair_tui.widgets.requests import RequestPanel, RequestsPanel

ACCEPT = Key("asking.accept", "a", "accept", "Accept", "Take the offer.", 1)
LET_GO = Key("asking.let_go", "x", "let_go", "Let go", "Let the offer go, or take it back.", 2)
NOTE = Key("asking.note", "n", "note", "Note", "Write a line to those who are asked.", 4)
END = Key("asking.end", "E", "end_mark", "End mark", "End an agreement's mark.", 3)
_REVIEW_DAYS = 30


def read_zone(text: str) -> ChangePlace:
    """An IANA zone that this machine knows."""
    names = {name.lower(): name for name in available_timezones()}
    zone = names.get(text.strip().lower())
    if zone is None:
        raise NotTypedError("Write a zone like Europe/Berlin.")
    return ChangePlace(zone=zone)


def read_wish_plan(text: str) -> Plan:
    """A plan for daily minutes, to be looked at again in 30 days."""
    return Plan(patch=read_plan(text), title=text.strip()[:60], review_in_days=_REVIEW_DAYS)


class AskingScreen(AnsweringScreen[None]):
    """Ask left, my requests and agreements beside or below."""

    KEYS = (ACCEPT, LET_GO, NOTE, END, BACK, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "requests"

    DEFAULT_CSS = """
    AskingScreen #content { layout: horizontal; }
    AskingScreen #left { width: 54; }
    AskingScreen #ask { height: 14; }
    AskingScreen #detail { width: 1fr; margin-left: 1; }
    AskingScreen.-compact #left { width: 1fr; }
    AskingScreen.-compact #ask { height: 11; }
    AskingScreen.-compact #detail { display: none; margin: 0; }
    AskingScreen.-compact.-one #left { display: none; }
    AskingScreen.-compact.-one #detail { display: block; }
    AskingScreen.-shortest #ask { height: 7; }
    AskingScreen.-nobody #left, AskingScreen.-nobody #detail { display: none; }
    AskingScreen NoticePanel { display: none; width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._then: Callable[[object], None] | None = None

    def content(self) -> ComposeResult:
        """Ask, my requests, and one in full."""
        with Horizontal(id="content"):
            yield NoticePanel(id="notice")
            with Vertical(id="left"):
                yield AskPanel()
                yield RequestsPanel(id="list", title="My requests")
            yield RequestPanel(id="detail")
        yield EntryBar()

    def data(self) -> TeenData | None:
        """Me."""
        return self.store.teens.get(self.family.teen_in_view())

    def on_mount(self) -> None:
        """Read answered requests, agreements and today's arithmetic."""
        super().on_mount()
        offers = [item for item in self.store.all_requests() if "accept" in item.may]
        self.query_one(RequestsPanel if offers else AskPanel).focus()
        for teen, data in self.store.teens.items():
            sync = self.family.sync
            self.family.begin(sync.load_requests(teen), group="requests")
            self.family.begin(sync.load_agreements(teen), group="requests")
            if data.time is None:
                self.family.begin(sync.load_time(teen), group="time")

    def watch_focused(self) -> None:
        """While somebody chooses what to ask, the list below follows what is urgent."""
        if self.is_mounted and isinstance(self.focused, AskPanel):
            self.query_one(RequestsPanel).touched = False
        super().watch_focused()

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        super().on_resize(event)
        self.set_class(event.size.height < 23, "-shortest")  # noqa: PLR2004 - lines for both lists
        self.call_after_refresh(self.show_all)

    def refresh_data(self) -> None:
        """Lists and detail."""
        data, notice = self.data(), self.query_one(NoticePanel)
        notice.display = data is None
        self.set_class(data is None, "-nobody")
        if data is None:
            notice.show("Ask", "Reading…")
            return
        panel = self.query_one(RequestsPanel)
        panel.empty = "Nothing asked yet. Enter above asks; you see the answers here."
        zone = zone_of(data.card.zone, self.family.zone)
        panel.show(self.store.all_requests(), data.agreements, self.store, zone, self.now())
        self._show_choice(data)
        self._show_detail()

    def _show_choice(self, data: TeenData) -> None:
        wish = self.query_one(AskPanel).choice().wish
        balance = data.time.today if data.time else None
        self.query_one(AskPanel).show(in_the_way(balance, wish) if wish else "")

    def _show_detail(self) -> None:
        panel, detail = self.query_one(RequestsPanel), self.query_one(RequestPanel)
        detail.own = True
        detail.show(panel.request(), panel.agreement(), None, self.family.zone, self.now())

    def sentence(self) -> Sequence[Clause]:
        """What was answered last, or what waits for me."""
        fault = self.store.fault
        if fault is not None:
            return (Clause(f"○ {fault.sentence} · r tries again", "○ offline · r", "bad"),)
        found: list[Clause] = []
        if self.note:
            found = [Clause(self.note, tone="bad" if self.note.startswith("!") else "strong")]
        offers = [item for item in self.store.all_requests() if "accept" in item.may]
        if offers and offers[0].counter is not None:
            one = offers[0].counter
            take = " · a takes it" if self._selected("accept") else ""
            words = f"! {one.name} offers {one.words}{take}"
            found.append(Clause(words, f"! an offer waits{take}", "accent"))
        if found:
            return found
        return (Clause("Only those whose rule is in the way are asked"),)

    # keys

    def allows(self, key: Key) -> bool:
        """What the selected request allows."""
        panel = self.query_one(RequestsPanel)
        if key.id == ACCEPT.id:
            return self._selected("accept") is not None
        one = panel.request() if not self.query_one(AskPanel).has_focus else None
        names = {LET_GO.id: "withdraw", NOTE.id: "note"}
        if key.id in names:
            return one is not None and names[key.id] in one.may
        if key.id == END.id:
            agreement = panel.agreement() if panel.has_focus else None
            return agreement is not None and agreement.state != "ended"
        return not key.id.startswith("request.amount")

    def hint_keys(self) -> list[Key]:
        """The answers first; while somebody types, letters belong to the input."""
        if isinstance(self.focused, Input):
            return [*TYPING_KEYS]
        return sorted(super().hint_keys(), key=lambda key: not key.id.startswith("asking."))

    def on_list_panel_moved(self) -> None:
        """Another line."""
        self.note = ""
        data = self.data()
        if data is not None:
            self._show_choice(data)
        self._show_detail()
        self.show_sentence()
        super().on_list_panel_moved()

    def on_list_panel_chosen(self, message: ListPanel.Chosen) -> None:
        """Enter: ask, or show one request in full."""
        message.stop()
        if isinstance(message.panel, AskPanel):
            self._begin(message.panel)
        else:
            self.add_class("-one")
            self.query_one(RequestPanel).focus()

    def action_amount(self, _place: int) -> None:
        """Digits are a guardian's here."""

    def action_back(self) -> None:
        """From one request to the lists, from the lists to my day."""
        if self.has_class("-one"):
            self.remove_class("-one")
            self.query_one(RequestsPanel).focus()
        else:
            self.family.show_view("today")

    # asking

    def _begin(self, panel: AskPanel) -> None:
        choice, data = panel.choice(), self.data()
        if data is None:
            return
        zone = zone_of(data.card.zone, self.family.zone)
        if choice.wish is not None:
            self._wish(choice.wish)
            return
        if choice.act == "rule":
            self.family.show_view("rules")
            return
        readers: dict[str, tuple[str, str, Callable[[str], object]]] = {
            "amount": ("How much more today?", AMOUNT_EXAMPLE, read_amount),
            "until": (
                "Open until when today?",
                "A time: 16:30",
                lambda text: LiftBlock(end=read_until(text, self.now(), zone)),
            ),
            "plan": ("A plan: days and minutes", PLAN_EXAMPLE, read_wish_plan),
            "zone": ("Your home zone", "A zone: Europe/Berlin", read_zone),
        }
        title, hint, read = readers[choice.act]
        self._type(title, hint, read, self._wish)

    def _wish(self, wish: object) -> None:
        data = self.data()
        if data is None or not isinstance(wish, Wish):
            return
        words = wish_words(wish, zone_of(data.card.zone, self.family.zone))
        balance = data.time.today if data.time else None
        who = (
            in_the_way(balance, wish)
            if isinstance(wish, MoreTime)
            else ("Only those whose rule is in the way are asked.")
        )
        self.family.push_screen(WishDialog(data.card.id, wish, words, who), self._sent)

    def _sent(self, request: Request | None) -> None:
        if request is None:
            return
        names = " and ".join(part.name for part in request.parts if part.state == "open")
        self.note = f"✓ Sent to {names}" if names else f"✓ {request.outcome or 'Done'}"
        self.query_one(RequestsPanel).choose(request.id)
        self.show_all()

    def _type(
        self,
        title: str,
        hint: str,
        read: Callable[[str], object],
        then: Callable[[object], None],
        *,
        sends: bool = False,
    ) -> None:
        self._then = then
        self.query_one(EntryBar).ask(title, "", hint, read, sends=sends)
        self.show_hints()

    def on_entry_bar_typed(self, message: EntryBar.Typed) -> None:
        """Something was typed."""
        then, sends = self._then, self.query_one(EntryBar).is_sending
        if not sends:
            self.after_entry()
        if then is not None:
            then(message.value)

    def after_entry(self) -> None:
        """Typed, and sent where it is sent: back to the lists."""
        self._then = None
        self.query_one(RequestsPanel if self.has_class("-one") else AskPanel).focus()

    def on_entry_bar_left(self) -> None:
        """Nothing was typed."""
        self._then = None
        self.query_one(AskPanel).focus()

    # answers

    def _selected(self, act: str) -> Request | None:
        one = self.query_one(RequestsPanel).request()
        return one if one is not None and act in one.may else None

    def action_accept(self) -> None:
        """Take the counter-offer."""
        one = self._selected("accept")
        if one is not None:
            self.answer(one, self.family.api.accept_request(one.id), "took the offer")

    def action_let_go(self) -> None:
        """Let the offer go, or take the request back."""
        one = self._selected("withdraw")
        if one is not None:
            said = "let it go" if one.counter is not None else "took it back"
            self.answer(one, self.family.api.withdraw_request(one.id), said)

    def action_note(self) -> None:
        """A line to those who are asked."""
        one = self._selected("note")
        if one is not None:
            self._type(
                "Note to those who are asked",
                "At most 140 characters",
                read_note,
                lambda text: self.say_note(one, str(text)) if text else self.close_entry(),
                sends=True,
            )

    def action_end_mark(self) -> None:
        """The mark of an agreement ends; the rules stay."""
        panel = self.query_one(RequestsPanel)
        agreement = panel.agreement() if panel.has_focus else None
        if agreement is not None:
            self.family.begin(self._end(agreement.id, agreement.teen))

    async def _end(self, agreement: str, teen: str) -> None:
        await guarded(self.family.api.review_agreement(agreement, end=True))
        self.note = "✓ The mark is ended; the rules stay"
        await self.family.sync.load_agreements(teen)
        self.show_all()

    def action_reload(self) -> None:
        """Read again."""
        self.family.reload()
