"""One teen's day in figures: for a guardian the teen's detail, for a teen "My day"."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from familypair.client.errors import ClientError
from familypair.schema.time import Grant, PostingView
from familypair_tui.actions import BACK, REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.balance import as_of_words, standing, state_words
from familypair_tui.faults import FaultKind, fault_of
from familypair_tui.messages import Part, StoreChanged
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.store import Stage, TeenData
from familypair_tui.typed_spans import NotTypedError
from familypair_tui.when import zone_of
from familypair_tui.widgets.arithmetic import BalancePanel
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import TYPING_KEYS, EntryBar
from familypair_tui.widgets.insight import InsightPanel
from familypair_tui.widgets.notice import NoticePanel
from familypair_tui.widgets.today import AheadPanel, AppsPanel, DayPanel

GIVE = Key("today.give", "plus", "add", "Give", "Give minutes for today.", 1)
CODE = Key("today.code", "o", "code", "Code", "Make a one-time code for today.", 3)
TAKE = Key("today.take", "plus", "add", "Take gift", "Take the gift that waits for you.", 1)
ASK = Key("today.ask", "a", "ask", "Ask", "Ask for more time, or for another rule.", 2)
REDEEM = Key("today.redeem", "c", "redeem", "Code", "Enter a one-time code.", 3)
UNDO = Key("today.undo", "u", "undo", "Undo", "Take the unused part of a gift back.", 2)
WEEK = Key("today.week", "w,s", "week", "Week", "Paint the week.", 4)
LOWER = Key(
    "today.lower", "t", "next_lower", "Switch", "Arithmetic, 28 days, the days ahead, apps.", 4
)
UNBIND = Key("today.unbind", "X", "unbind", "Disconnect", "Disconnect the selected app.", 6)
TEEN_BEFORE = Key(
    "today.teen_before", "left_square_bracket", "teen(-1)", "Teen", "The teen before.", 9
)
TEEN_NEXT = Key(
    "today.teen_next", "right_square_bracket", "teen(1)", "Teen", "The next teen.", 6, "[ ]"
)
_GUARDIAN = frozenset({GIVE.id, CODE.id})
_TEEN = frozenset({TAKE.id, ASK.id, REDEEM.id, UNBIND.id})
_CODE_LENGTH = 6
_AHEAD, _APPS = 2, 3
"""Places of the panels on a narrow screen."""


def read_code(text: str) -> str:
    """A one-time code; spaces and dashes do not count."""
    code = "".join(char for char in text if char not in " -")
    if len(code) != _CODE_LENGTH or not code.isdigit():
        raise NotTypedError("A code has 6 digits.")
    return code


class TodayScreen(FamilyScreen[None]):
    """Balance as arithmetic, the day on one axis, and 28 days."""

    KEYS = (
        *(GIVE, TAKE, ASK, UNDO, CODE, REDEEM, WEEK, LOWER, UNBIND),
        *(TEEN_BEFORE, TEEN_NEXT, BACK, REFRESH),
    )
    BINDINGS = bindings(*(key for key in KEYS if key is not TAKE))
    TAB = "today"

    DEFAULT_CSS = """
    TodayScreen #content { layout: horizontal; }
    TodayScreen #left { width: 54; }
    TodayScreen #side { width: 1fr; margin-left: 1; }
    TodayScreen #apps { height: 8; }
    TodayScreen #ahead { height: 10; }
    TodayScreen.-compact #content { layout: vertical; }
    TodayScreen.-compact #left { width: 1fr; height: 1fr; }
    TodayScreen.-compact #side { display: none; width: 1fr; height: 1fr; margin: 0; }
    TodayScreen.-compact #day { height: 7; }
    TodayScreen.-compact.-second #left { height: 7; }
    TodayScreen.-compact.-second #side { display: block; }
    TodayScreen.-compact.-second #balance { display: none; }
    TodayScreen.-compact #ahead { display: none; height: 1fr; }
    TodayScreen.-compact.-third #ahead { display: block; }
    TodayScreen.-compact.-third #balance { display: none; }
    TodayScreen.-compact .below { display: none; }
    TodayScreen NoticePanel { display: none; width: 1fr; }
    """

    def __init__(self, teen: str) -> None:
        super().__init__()
        self.teen = teen
        self.note = ""
        self._read_for: object = None
        self._given = ""
        self._lower = 0

    def content(self) -> ComposeResult:
        """Day and arithmetic left, days and apps right."""
        with Horizontal(id="content"):
            yield NoticePanel(id="notice")
            with Vertical(id="left"):
                yield DayPanel(id="day")
                yield BalancePanel(id="balance")
                yield AheadPanel(id="ahead")
            with Vertical(id="side"):
                yield InsightPanel(id="insight")
                yield AppsPanel(id="apps")
        yield EntryBar()

    def data(self) -> TeenData | None:
        """The teen in view."""
        self.teen = self.family.teen_in_view(self.teen)
        return self.store.teens.get(self.teen)

    def on_mount(self) -> None:
        """The arithmetic has the focus."""
        super().on_mount()
        self.query_one(BalancePanel).focus()

    def refresh_data(self) -> None:
        """Draw what is known; read more when the day changed."""
        data, notice = self.data(), self.query_one(NoticePanel)
        notice.display = data is None
        for name in ("#left", "#side"):
            self.query_one(name).set_class(data is None, "below")
        if data is None:
            self._say_nobody(notice)
            return
        self._read(data)
        zone, now = zone_of(data.card.zone, self.family.zone), self.now()
        colour = self.store.colour_of(self.teen)
        self.query_one(DayPanel).show(data, now, zone, colour)
        balance = data.time.today if data.time else None
        panel = self.query_one(BalancePanel)
        panel.show(balance, data.time_fault, zone, teen=self.store.is_teen)
        self.query_one(InsightPanel).show(data.time, data.time_fault)
        apps = self.query_one(AppsPanel)
        apps.display = self.store.is_teen and (self._wide() or self._lower == _APPS)
        apps.show(self.store.apps, now)
        self.query_one(AheadPanel).show(data.calendar, data.time_fault)

    def _say_nobody(self, notice: NoticePanel) -> None:
        if self.store.stage is Stage.LOADING:
            notice.show("Day", "Reading your family…")
        elif self.store.fault is not None:
            notice.show_fault(self.store.fault)
        else:
            notice.show("Day", "No teen is linked with you yet.", (("1", "invite one"),))

    def _read(self, data: TeenData) -> None:
        """Once for every picture of the day that the live stream brings."""
        picture = (self.teen, data.card.time)
        if picture != self._read_for:
            self._read_for = picture
            self.family.begin(self.family.sync.load_time(self.teen), group="time")
            if self.store.is_teen and self.store.apps is None:
                self.family.begin(self.family.sync.load_apps(), group="apps")

    def on_store_changed(self, message: StoreChanged) -> None:
        """An entry about this teen may be a posting: the arithmetic is read again."""
        if message.part is Part.ENTRIES and message.teen == self.teen:
            self._read_for = None
        super().on_store_changed(message)

    def sentence(self) -> Sequence[Clause]:
        """Where today stands, a warning, and what waits."""
        if self.note:
            return (Clause(self.note, tone="bad" if self.note[0] in "⊘!" else "strong"),)
        data = self.store.teens.get(self.teen)
        if data is None:
            return ()
        fault = self.store.fault
        if fault is not None and self.store.read_at:
            return (Clause(f"○ {fault.sentence} · r tries again", "○ offline · r", "bad"),)
        glance = data.card.time
        if glance is None:
            return (Clause("Time is not shared with you", tone="muted"),)
        return (*self._warning(data), *self._state(data))

    def _warning(self, data: TeenData) -> list[Clause]:
        """A warning in force, for the teen: 15, 5 and 0 minutes."""
        glance = data.card.time
        if glance is None or not self.store.is_teen or glance.warning is None:
            return []
        if glance.warning == 0:
            return [Clause("! your time for today is used up · a asks", "! time is up · a", "bad")]
        return [Clause(f"~ less than {glance.warning} min are left today", tone="accent")]

    def _state(self, data: TeenData) -> list[Clause]:
        glance = data.card.time
        if glance is None:
            return []
        at = standing(glance)
        found = [Clause(f"{at.glyph} {state_words(at)}", tone="text")]
        zone = zone_of(data.card.zone, self.family.zone)
        late = as_of_words(glance, self.now(), zone)
        if late:
            found.append(Clause(f"use {late}", tone="muted"))
        if self._waiting_gift():
            found.insert(0, Clause("a gift waits · + takes it", "gift · +", "accent"))
        count = self.store.waiting()
        if count:
            one = "an offer waits · 6" if self.store.is_teen else "a question waits · 5"
            many = f"{count} wait · {6 if self.store.is_teen else 5}"
            found.append(Clause(one if count == 1 else many, tone="accent"))
        return found

    # keys

    def _wide(self) -> bool:
        return self.has_class("-wide")

    def allows(self, key: Key) -> bool:
        """Keys of a guardian, keys of a teen, and what can be undone now."""
        if key.id in _GUARDIAN:
            return not self.store.is_teen and bool(self.store.teens)
        if key.id == TAKE.id:
            return bool(self._waiting_gift())
        if key.id == UNBIND.id:
            return bool(self.store.apps) and self.query_one(AppsPanel).display
        if key.id in _TEEN:
            return self.store.is_teen
        if key.id == UNDO.id:
            return bool(self._undoable())
        if key.id in {TEEN_NEXT.id, TEEN_BEFORE.id}:
            return len(self.store.teens) > 1
        return key.id != LOWER.id or not self._wide()

    def hint_keys(self) -> list[Key]:
        """While somebody types, letters belong to the input."""
        return [*TYPING_KEYS] if isinstance(self.focused, Input) else super().hint_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        super().on_resize(event)
        self.call_after_refresh(self.show_all)

    def _postings(self) -> list[PostingView]:
        data = self.store.teens.get(self.teen)
        sums = data.time.today.sums if data and data.time else ()
        return [posting for one in sums for posting in one.postings]

    def _undoable(self) -> str:
        """The selected gift if it can be undone, else the newest one."""
        posting = self.query_one(BalancePanel).posting() if self.is_mounted else None
        if posting is not None and posting.undoable:
            return posting.id
        found = [one.id for one in self._postings() if one.undoable]
        return self._given or (found[-1] if found else "")

    def _waiting_gift(self) -> str:
        return next((one.id for one in self._postings() if one.waiting), "")

    def action_add(self) -> None:
        """More minutes today: a guardian gives them, a teen takes what waits."""
        if self.store.is_teen:
            self._begin_take()
        else:
            self._begin_give()

    def _begin_give(self) -> None:
        """Choose an amount; its effect is read before it is given."""
        data = self.data()
        if data is not None and self.allows(GIVE):
            from familypair_tui.screens.give import GiveDialog

            self.family.push_screen(GiveDialog(self.teen, data.card.name), self._gave)

    def _gave(self, grant: Grant | None) -> None:
        if grant is None:
            return
        self._given = grant.id
        self.note = f"✓ Gave {grant.effect.words or grant.minutes} · u undoes it"
        self._read_for = None
        self.show_all()

    def action_undo(self) -> None:
        """The selected gift, or the one given last."""
        grant = self._undoable()
        if grant:
            self.family.begin(self._undo(grant))

    async def _undo(self, grant: str) -> None:
        await guarded(self.family.api.undo_grant(grant))
        self._given, self._read_for = "", None
        self.note = "✓ Undone: the unused part is taken back"
        self.show_all()

    def _begin_take(self) -> None:
        """Take the gift that waits because my own limit is in the way."""
        gift = self._waiting_gift()
        if gift:
            self.family.begin(self._take(gift))

    async def _take(self, gift: str) -> None:
        grant = await guarded(self.family.api.accept_grant(gift))
        self._read_for = None
        self.note = f"✓ You took {grant.minutes} min"
        self.show_all()

    def action_code(self) -> None:
        """A one-time code, shown once."""
        data = self.data()
        if data is not None and self.allows(CODE):
            from familypair_tui.screens.give import CodeDialog

            self.family.push_screen(CodeDialog(self.teen, data.card.name))

    def action_redeem(self) -> None:
        """Type a code."""
        if self.store.is_teen:
            bar = self.query_one(EntryBar)
            bar.ask(
                "One-time code", "", "Six digits that a guardian told you", read_code, sends=True
            )
            self.show_hints()

    def on_entry_bar_typed(self, message: EntryBar.Typed) -> None:
        """A code was typed."""
        self.family.begin(self._redeem(str(message.value)))

    def on_entry_bar_left(self) -> None:
        """Nothing was typed."""
        self.query_one(BalancePanel).focus()

    async def _redeem(self, code: str) -> None:
        bar = self.query_one(EntryBar)
        try:
            done = await guarded(self.family.api.redeem_code(code))
        except ClientError as error:
            fault = fault_of(error)
            if fault.kind is FaultKind.EXPIRED:
                self.family.tell_fault(fault)
            if not bar.refuse(fault.sentence):
                self.note = f"! {fault.sentence}"
                self.show_all()
            return
        if bar.is_sending:
            bar.close()
            self.query_one(BalancePanel).focus()
        self._read_for = None
        self.note = f"✓ {done.words}"
        self.show_all()

    def action_ask(self) -> None:
        """The screen for asking."""
        if self.store.is_teen:
            self.family.show_view("requests")

    def action_back(self) -> None:
        """To the first view."""
        self.family.show_view("overview")

    def action_week(self) -> None:
        """The week editor."""
        self.family.open_teen(self.teen, "week")

    def action_unbind(self) -> None:
        """Disconnect the selected app, after asking."""
        app = self.query_one(AppsPanel).app_id()
        if not app or not self.store.is_teen:
            return
        from familypair_tui.screens.confirm import ConfirmDialog

        words = "The app learns nothing more about you, and its time is not counted any more."
        dialog = ConfirmDialog("Disconnect the app?", words, "Disconnect", "y")
        self.family.push_screen(dialog, lambda yes: self._unbind(app) if yes else None)

    def _unbind(self, app: str) -> None:
        self.family.begin(self._remove(app))

    async def _remove(self, app: str) -> None:
        await self.family.api.remove_app(app)
        await self.family.sync.load_apps()

    def action_next_lower(self) -> None:
        """On a narrow screen: arithmetic, days before, days ahead, then (for a teen) apps."""
        panels = (BalancePanel, InsightPanel, AheadPanel, AppsPanel)
        self._lower = (self._lower + 1) % (len(panels) if self.store.is_teen else _APPS)
        self.set_class(self._lower in {1, _APPS}, "-second")
        self.set_class(self._lower == _AHEAD, "-third")
        self.query_one(InsightPanel).set_class(self._lower == _APPS, "below")
        self.show_all()
        self.query_one(panels[self._lower]).focus()

    def action_teen(self, step: int) -> None:
        """Another teen."""
        teens = list(self.store.teens)
        if len(teens) > 1:
            place = teens.index(self.teen) if self.teen in teens else 0
            self.teen = self.family.current_teen = teens[(place + step) % len(teens)]
            self.note, self._given = "", ""
            self.show_all()

    def action_reload(self) -> None:
        """Read again."""
        self._read_for = None
        self.family.reload()
