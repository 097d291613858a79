"""What every screen shares: the chrome, the keys, the sentence, and how it hears of news."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from familypair_tui.actions import BACK, GLOBAL, HIDDEN, NEXT, PREVIOUS, Key, bindings
from familypair_tui.messages import StoreChanged
from familypair_tui.store import Live, Store
from familypair_tui.text import line
from familypair_tui.when import clock, day_clock
from familypair_tui.widgets.chrome import Clause, HintBar, Sentence, Sign, Status, Tab, TopBar
from familypair_tui.widgets.panel import Drawn, Panel, application

if TYPE_CHECKING:
    from familypair_tui.app import FamilyPairApp

R = TypeVar("R")

SMALLEST = Size(50, 16)
"""Below this a screen shows one kind line instead of a broken picture."""

MAIN = 2
"""Screens on the stack when a main view is in front."""

GUARDIAN_TABS = (
    Tab("overview", "1", "Overview", "Home"),
    Tab("rules", "2", "Rules", "Rules"),
    Tab("history", "3", "History", "Log"),
    Tab("family", "4", "Family", "Family"),
    Tab("requests", "5", "Requests", "Asks"),
    Tab("today", "6", "Day", "Day"),
)
TEEN_TABS = (
    Tab("overview", "1", "What they see", "Seen"),
    Tab("rules", "2", "My rules", "Rules"),
    Tab("history", "3", "History", "Log"),
    Tab("family", "4", "Guardians", "Links"),
    Tab("today", "5", "My day", "Day"),
    Tab("requests", "6", "Ask", "Ask"),
)
VIEW_KEYS = tuple(
    Key(f"view.{number}", str(number), f"app.view({number})", "View", f"Go to view {number}.", 9)
    for number in range(1, 7)
)
NOT_MINE = Key(
    "sign.not_my_guardian",
    "N",
    "app.not_my_guardian",
    "Not my guardian",
    "This is not my guardian: end the link and report it.",
    2,
)


class TooSmall(Drawn):
    """One kind line for a window that is too small."""

    def __init__(self) -> None:
        super().__init__(id="too-small")

    def draw(self, size: Size) -> list[Content]:
        """The line, wrapped by hand into what there is."""
        words = f"Please enlarge to {SMALLEST.width}x{SMALLEST.height}.  q quits"
        return [line((words, self.ink.strong)).truncate(size.width, ellipsis=True)]


class AppAccess:
    """Typed access to the application for screens."""

    @property
    def family(self) -> "FamilyPairApp":
        """The application."""
        return cast("FamilyPairApp", application(self))

    @property
    def store(self) -> Store:
        """What the client knows."""
        return self.family.store

    def now(self) -> datetime:
        """The time."""
        return self.family.clock()


class FamilyScreen(Screen[R], AppAccess, Generic[R]):
    """A full screen with tab bar, sentence, content and footer."""

    # The stock attribute repaints the whole screen on every focus change (38 KB a Tab).
    focused: Reactive[Widget | None] = Reactive(None, compute=False, repaint=False)

    HORIZONTAL_BREAKPOINTS = [(0, "-compact"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    KEYS: ClassVar[tuple[Key, ...]] = ()
    BINDINGS = bindings(*VIEW_KEYS, NOT_MINE)
    TAB: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        """Chrome around the content."""
        yield TopBar()
        yield Sentence()
        yield Sign()
        yield from self.content()
        yield HintBar()
        yield TooSmall()

    def content(self) -> ComposeResult:
        """The widgets of the screen; one with the id `content` fills the room."""
        raise NotImplementedError

    def refresh_data(self) -> None:
        """Take the store's state into the widgets."""

    def sentence(self) -> Sequence[Clause]:
        """The row that answers "does anything need me?"."""
        return ()

    def on_mount(self) -> None:
        """Show what is known."""
        self.show_all()

    def on_screen_resume(self) -> None:
        """Show what became known while another screen was in front."""
        self.show_all()

    def on_store_changed(self, message: StoreChanged) -> None:
        """Something is new."""
        del message
        self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        """A window that is too small gets the kind line."""
        tiny = event.size.width < SMALLEST.width or event.size.height < SMALLEST.height
        self.set_class(tiny, "-tiny")

    def show_all(self) -> None:
        """Chrome and content."""
        if not self.is_mounted:
            return
        self.show_chrome()
        self.refresh_data()
        self.show_hints()
        self.show_sentence()

    def show_chrome(self) -> None:
        """Tab bar, sign and footer."""
        bar = self.query_one(TopBar)
        bar.tabs = self._tabs() if self.store.me else ()
        bar.active = self.TAB
        bar.status = self.status()
        bar.refresh()
        self._show_sign()

    def _tabs(self) -> tuple[Tab, ...]:
        """The views, with how many requests wait."""
        tabs = TEEN_TABS if self.store.is_teen else GUARDIAN_TABS
        count = self.store.waiting()
        return tuple(replace(tab, count=count) if tab.id == "requests" else tab for tab in tabs)

    def when_free(self, go: Callable[[], None]) -> None:
        """Do it at once; a screen with unsaved changes asks first."""
        go()

    def show_sentence(self) -> None:
        """Say the sentence again."""
        self.query_one(Sentence).say(*self.sentence())

    def status(self) -> Status:
        """Live or not, who, and the time."""
        store, now = self.store, self.now()
        zone = self.family.zone
        role = store.me.kind.value if store.me else ""
        who, time = store.name, f"{day_clock(now, zone)}{self.family.clock_note()}"
        if store.me is None:
            return Status("", "", "muted", clock=time)
        if store.live is Live.LIVE:
            return Status("●", "live", "good", who, role, time)
        if store.live is Live.CONNECTING:
            return Status("◌", "connecting", "muted", who, role, time)
        since = f" since {clock(store.live_changed, zone)}" if store.live_changed else ""
        return Status("○", f"offline{since}", "bad", who, role, time)

    def _show_sign(self) -> None:
        links = self.store.standing_links() if self.store.is_teen else []
        sign = self.query_one(Sign)
        ink = sign.ink
        if not links:
            sign.show()
            return
        names = " and ".join(link.guardian.name for link in links[:3])
        verb = "guides" if len(links) == 1 else "guide"
        base = line(("◉ ", ink.accent), (names, ink.strong), (f" {verb} this account", ink.text))
        short = line(("◉ ", ink.accent), (names, ink.strong))
        trial = self.family.trial_links()
        if trial:
            out = line(("   N", ink.key), (" this is not my guardian", ink.text))
            sign.show(line(base, out), line(short, out), out)
            return
        home = line(("   1", ink.key), (" what they see", ink.muted))
        sign.show(line(base, home), line(base), line(short))

    def show_hints(self) -> None:
        """The footer for what is in focus."""
        self.query_one(HintBar).show(self.hint_keys())

    def hint_keys(self) -> list[Key]:
        """The keys that do something now, the focused panel's first."""
        focused = self.focused
        panel = list(focused.KEYS) if isinstance(focused, Panel) else []
        trial = [NOT_MINE] if self.family.trial_links() else []
        return [key for key in (*panel, *self.KEYS, *trial, *GLOBAL) if self.allows(key)]

    def allows(self, key: Key) -> bool:
        """Whether a key does something now; screens narrow this."""
        del key
        return True

    def help_groups(self) -> list[tuple[str, tuple[Key, ...]]]:
        """Every key of this screen, by group, for the help screen."""
        panels: dict[str, Key] = {}
        for widget in self.query(Panel):
            panels.update({key.id: key for key in widget.KEYS})
        groups = [("This screen", (*self.KEYS, *((NOT_MINE,) if self.store.is_teen else ())))]
        if panels:
            groups.append(("In a panel", tuple(panels.values())))
        tabs = TEEN_TABS if self.store.is_teen else GUARDIAN_TABS
        views = tuple(
            replace(key, help=f"Go to “{tab.title}”.")
            for key, tab in zip(VIEW_KEYS, tabs, strict=True)
        )
        groups.append(("Everywhere", (*views, NEXT, PREVIOUS, *GLOBAL)))
        groups.append((self.family.OWN_TITLE, self.family.OWN_KEYS))
        return [(title, keys) for title, keys in groups if keys]

    def watch_focused(self) -> None:
        """Another widget has the focus: other keys."""
        if self.is_mounted:
            self.show_hints()

    def on_list_panel_moved(self) -> None:
        """Another item: perhaps other keys."""
        self.show_hints()

    def on_top_bar_picked(self, message: TopBar.Picked) -> None:
        """A tab was clicked."""
        tabs = self.query_one(TopBar).tabs
        number = next((int(tab.key) for tab in tabs if tab.id == message.tab), 1)
        self.family.action_view(number)

    def action_back(self) -> None:
        """Leave a screen that lies on another one."""
        if len(self.family.screen_stack) > MAIN:
            self.dismiss()

    def action_invite(self) -> None:
        """Make a code or a link."""
        from familypair_tui.screens.invite import NewInvitationScreen

        self.family.push_screen(NewInvitationScreen())

    def action_claim(self) -> None:
        """Enter a code of the other side."""
        from familypair_tui.screens.claim import ClaimScreen

        self.family.push_screen(ClaimScreen())


class Dialog(ModalScreen[R], AppAccess, Generic[R]):
    """A framed question over the screen; Escape always leaves without doing anything."""

    focused: Reactive[Widget | None] = Reactive(None, compute=False, repaint=False)

    KEYS: tuple[Key, ...] = (BACK,)
    BINDINGS = bindings(BACK)

    def action_back(self) -> None:
        """Nothing happens."""
        self.dismiss(None)

    def help_groups(self) -> list[tuple[str, tuple[Key, ...]]]:
        """Every key of this dialog."""
        panels: dict[str, Key] = {}
        for widget in self.query(Panel):
            panels.update({key.id: key for key in widget.KEYS})
        groups = [("This dialog", self.KEYS), ("In a panel", tuple(panels.values()))]
        return [(title, keys) for title, keys in [*groups, ("Everywhere", GLOBAL)] if keys]

    def hints(self) -> Sequence[Key]:
        """The keys for the legend of the box."""
        return [key for key in self.KEYS if key.rank < HIDDEN]
