"""A teen's home: what each guardian sees and can change, what nobody sees, and who looked."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from familypair.schema.links import LinkPhase
from familypair_tui.actions import REFRESH, Key, bindings
from familypair_tui.balance import standing, state_words
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.store import Stage
from familypair_tui.when import countdown, short_span
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.news import ANSWER, WaitingPanel
from familypair_tui.widgets.sharing import LookedPanel, NeverPanel, SharingPanel

CLAIM = Key("home.claim", "e", "claim", "Enter code", "Enter a code that a guardian gave you.", 3)
INVITE = Key("home.invite", "i", "invite", "Invite", "Make a code for a guardian.", 4)
LEAVE = Key(
    "home.leave", "L", "leave", "Leave…", "End a link, or leave at once; and help lines.", 2
)
LOWER = Key("home.lower", "t", "next_lower", "Switch", "Switch the lower panel.", 5)
_LOWER = ("waiting", "never", "looked")


class HomeScreen(FamilyScreen[None]):
    """The first thing a teen sees is what is seen of them."""

    KEYS = (LEAVE, CLAIM, INVITE, LOWER, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "overview"
    _pointed = False

    DEFAULT_CSS = """
    HomeScreen #content { layout: horizontal; }
    HomeScreen #sharing { width: 1fr; }
    HomeScreen #side { width: 46; margin-left: 1; }
    HomeScreen #waiting { height: 8; }
    HomeScreen #never { height: 9; }
    HomeScreen #looked { height: 1fr; }
    HomeScreen.-compact #content { layout: vertical; }
    HomeScreen.-compact #side { width: 1fr; height: 6; margin: 0; }
    HomeScreen.-compact #side > .below { display: none; }
    HomeScreen.-compact #side > * { height: 1fr; }
    """

    def content(self) -> ComposeResult:
        """Sharing left, the rest right; on a narrow screen the rest is below, one at a time."""
        with Horizontal(id="content"):
            yield SharingPanel(id="sharing")
            with Vertical(id="side"):
                yield WaitingPanel(id="waiting")
                never = NeverPanel(id="never")
                never.add_class("below")
                yield never
                looked = LookedPanel(id="looked")
                looked.add_class("below")
                yield looked

    def refresh_data(self) -> None:
        """From the server's own page "what they can see"."""
        store, now = self.store, self.now()
        waiting = self.query_one(WaitingPanel)
        waiting.show(store.open_invitations(), now, teen=True)
        self._point_at(waiting)
        self.query_one(SharingPanel).show(store.sharing, now, self.family.zone)
        self.query_one(NeverPanel).show(store.sharing.never if store.sharing else ())
        self.query_one(LookedPanel).show(store.access, self.family.zone, now)

    def _point_at(self, waiting: WaitingPanel) -> None:
        """Somebody waits for this teen's answer: once, the focus goes there, so Enter opens it."""
        mine = [place for place, item in enumerate(waiting.items) if not item.mine]
        if mine and not self._pointed:
            self._pointed = True
            waiting.index = mine[0]
            waiting.focus()

    def allows(self, key: Key) -> bool:
        """Leaving is on offer where there is something to leave."""
        if key.id == ANSWER.id:
            return False
        return key.id != LEAVE.id or bool(self.store.present_links())

    def sentence(self) -> Sequence[Clause]:
        """Whether anything needs me."""
        store, now = self.store, self.now()
        if store.stage is Stage.LOADING:
            return (Clause("Reading what is shared…", tone="muted"),)
        if store.fault is not None:
            return (Clause(f"! {store.fault.sentence} · r tries again", "! r tries again", "bad"),)
        clauses = [
            Clause(
                f"! {item.other.name if item.other else 'Somebody'} waits for your answer",
                "! one asks",
                "bad",
            )
            for item in store.open_invitations()
            if not item.mine
        ]
        clauses += self._today_clauses()
        for link in store.links:
            if link.phase is LinkPhase.NOTICE and link.notice_until:
                left = short_span(link.notice_until, now)
                clauses.append(
                    Clause(f"{link.guardian.name}’s time rules stay {left}", f"notice {left}")
                )
            elif link.phase is LinkPhase.HOLD and link.hold_until:
                left = short_span(link.hold_until, now)
                clauses.append(
                    Clause(f"your contact rules stay as they are for {left}", f"hold {left}")
                )
            if link.undo_exit_until and link.undo_exit_until > now:
                left = countdown(link.undo_exit_until, now)
                clauses.append(Clause(f"you can take your leaving back for {left}", tone="text"))
        count = len(store.standing_links())
        linked = {0: "No guardian is linked", 1: "1 guardian is linked"}.get(
            count, f"{count} guardians are linked"
        )
        rest = "you see everything they see" if count else "nothing is shared"
        return (*clauses, Clause(f"{linked}; {rest}", linked))

    def _today_clauses(self) -> list[Clause]:
        """What is left today, and an answer that waits for me."""
        data = next(iter(self.store.teens.values()), None)
        found: list[Clause] = []
        if any("accept" in item.may for item in self.store.all_requests()):
            found.append(Clause("! an offer waits · 6", tone="accent"))
        if data is not None and data.card.time is not None:
            at = standing(data.card.time)
            found.append(Clause(f"{at.glyph} {state_words(at)} · 5", tone="text"))
        return found

    def on_waiting_panel_opened(self, message: WaitingPanel.Opened) -> None:
        """An invitation was opened."""
        item = self.store.invitations.get(message.invitation)
        if item is not None:
            self.family.push_screen(self.family.invitation_screen(item))

    def action_leave(self) -> None:
        """The page about leaving."""
        self.family.show_view("family")

    def action_next_lower(self) -> None:
        """The next of the lower panels, where only one is shown."""
        panels = [self.query_one(f"#{name}") for name in _LOWER]
        shown = next(
            (place for place, panel in enumerate(panels) if not panel.has_class("below")), 0
        )
        for place, panel in enumerate(panels):
            panel.set_class(place != (shown + 1) % len(panels), "below")
        panels[(shown + 1) % len(panels)].focus()

    def action_reload(self) -> None:
        """Read again."""
        self.family.reload()
