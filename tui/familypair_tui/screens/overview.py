"""The guardian's overview: does anything need me, and what holds for each teen now."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from familypair.schema.invitations import InvitationState
from familypair.schema.links import LinkPhase
from familypair.schema.time import Grant
from familypair_tui.actions import REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.balance import coming_blocks, standing, state_words
from familypair_tui.faults import FaultKind
from familypair_tui.glance import coming, end_words, local_now
from familypair_tui.screens.answering import AnsweringScreen
from familypair_tui.store import Stage, end_of, waits
from familypair_tui.when import clock, countdown, day_clock, short_span
from familypair_tui.widgets.card import TeenCardPanel
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.news import ANSWER, ComingPanel, RecentPanel, WaitingPanel
from familypair_tui.widgets.notice import NoticePanel

INVITE = Key("overview.invite", "i", "invite", "Invite", "Invite a teen by a code or a link.", 2)
CLAIM = Key("overview.claim", "e", "claim", "Enter code", "Enter a code that a teen gave you.", 3)
ASKED = Key("overview.asked", "a", "answer", "Answer", "Go to the first question that waits.", 1)
UNDO = Key("overview.undo", "u", "undo", "Undo", "Take the last gift back.", 2)
LOWER = Key("overview.lower", "t", "next_lower", "Switch", "Switch the lower panel.", 5)


UNDO_SECONDS = 10
"""How long the toast offers undo; the day's screen offers it for longer."""
WIDE = 100
"""Columns from which panels stand side by side."""
_BIG_CARDS = 3
_ROOM_FOR_THREE = 22
"""Lines from which small cards draw use above the schedule."""
_SAID = 2
"""So many invitations or names are said one by one."""


class OverviewScreen(AnsweringScreen[None]):
    """Cards of all teens, what waits, and what changed."""

    KEYS = (ASKED, UNDO, INVITE, CLAIM, LOWER, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "overview"
    AUTO_FOCUS = ""
    given = ""

    DEFAULT_CSS = """
    OverviewScreen #content { layout: horizontal; }
    OverviewScreen #left { width: 77; padding-right: 1; }
    OverviewScreen #cards { height: auto; max-height: 100%; scrollbar-size-vertical: 0; }
    OverviewScreen #coming { height: 5; display: none; }
    OverviewScreen.-roomy #coming { display: block; }
    OverviewScreen.-roomy #cards { max-height: 27; }
    OverviewScreen #side { width: 1fr; }
    OverviewScreen #waiting { height: 10; }
    OverviewScreen.-compact #content { layout: vertical; }
    OverviewScreen.-compact #left { width: 1fr; height: auto; max-height: 12; padding: 0; }
    OverviewScreen.-compact .card { height: 4; }
    OverviewScreen.-compact.-timed #left { max-height: 15; }
    OverviewScreen.-compact.-timed .card { height: 5; }
    OverviewScreen.-compact #side { height: 1fr; }
    OverviewScreen.-compact #waiting { height: 1fr; }
    OverviewScreen.-compact .below { display: none; }
    OverviewScreen.-short #waiting { height: 1fr; }
    OverviewScreen.-dense .card { height: 4; }
    """

    def content(self) -> ComposeResult:
        """Cards left, news right; on a narrow screen the news are below, one at a time."""
        with Horizontal(id="content"):
            with Vertical(id="left"):
                with VerticalScroll(id="cards", can_focus=False):
                    yield NoticePanel(id="notice")
                yield ComingPanel(id="coming")
            with Vertical(id="side"):
                yield WaitingPanel(id="waiting")
                yield RecentPanel(id="recent", classes="below")

    def refresh_data(self) -> None:
        """Cards for the teens of now; kept where they are, so that focus stays."""
        self._show_cards()
        self._show_notice()
        now = self.now()
        invitations = self.store.open_invitations()
        ends = [
            (end_words(link), day_clock(end_of(link), self.family.zone))
            for link in self.store.ends(now)
        ]
        questions = [item for item in self.store.all_requests() if waits(item)]
        self.query_one(WaitingPanel).show(invitations, now, ends=ends, questions=questions)
        self.query_one(RecentPanel).show(self.store.recent(40), self.store, self.family.zone, now)
        timed = any(data.card.time for data in self.store.teens.values())
        self.query_one(ComingPanel).show(self._coming(), timed=timed)
        self.fit_cards()

    def fit_cards(self) -> None:
        """Small cards for many teens; what comes up where there is room below the cards."""
        count, height = len(self.store.teens), self.size.height
        wide = self.size.width >= WIDE
        self.set_class(count > _BIG_CARDS or height < 9 * count + 6, "-dense")
        timed = any(data.card.time for data in self.store.teens.values())
        self.set_class(timed and count <= _BIG_CARDS and height >= _ROOM_FOR_THREE, "-timed")
        tall = 4 if self.has_class("-dense") else 9
        self.set_class(wide and height >= tall * count + 9 and count > 0, "-roomy")

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        super().on_resize(event)
        self.fit_cards()

    def _show_cards(self) -> None:
        area = self.query_one("#cards")
        now, read_at = self.now(), self.store.read_at
        known = {card.data.card.id: card for card in self.query(TeenCardPanel)}
        for teen, card in known.items():
            if teen not in self.store.teens:
                card.remove()
        for place, (teen, data) in enumerate(self.store.teens.items()):
            found = known.get(teen)
            card = found or TeenCardPanel(data, place)
            if found is None:
                area.mount(card)
            card.show(data, now, read_at)
        if self.focused is None and self.store.teens and not known:
            self.call_after_refresh(self._focus_first)

    def _focus_first(self) -> None:
        first = next(iter(self.query(TeenCardPanel)), None)
        if first is not None and self.focused is None:
            first.focus()

    def _show_notice(self) -> None:
        notice = self.query_one(NoticePanel)
        store = self.store
        notice.display = not store.teens
        if store.stage is Stage.LOADING:
            notice.show("Family Pairing", "Reading your family…")
        elif store.fault is not None and not store.teens:
            notice.show_fault(store.fault)
        else:
            notice.show(
                "Welcome",
                "No teen is linked with you yet. You invite one with a code, and they decide.",
                (("i", "invite a teen"), ("e", "enter a code that a teen gave you")),
            )

    def sentence(self) -> Sequence[Clause]:
        """What needs me, in one row."""
        if self.store.stage is Stage.LOADING:
            return (Clause("Reading your family…", tone="muted"),)
        told = (
            [Clause(self.note, tone="bad" if self.note[0] == "!" else "text")] if self.note else []
        )
        clauses = [*told, *self._fault_clauses(), *self._asking_clauses(), *self._over_clauses()]
        clauses += [*self._waiting_clauses(), *self._phase_clauses()]
        clauses += self._news_clauses()
        if not clauses:
            return (Clause("Nothing needs you now", tone="strong"), *self._next_clause())
        return (*clauses, *self._next_clause())

    def _fault_clauses(self) -> list[Clause]:
        fault = self.store.fault
        if fault is None or not self.store.teens:
            return []
        since = self.store.read_at
        seen = f" · as of {clock(since, self.family.zone)}" if since else ""
        if fault.kind is FaultKind.OFFLINE:
            return [Clause(f"○ no connection{seen} · r tries again", "○ offline · r", "bad")]
        return [Clause(f"! {fault.title}: {fault.sentence}", f"! {fault.title}", "bad")]

    def _asking_clauses(self) -> list[Clause]:
        count = self.store.waiting()
        if not count:
            return []
        words = "1 question waits" if count == 1 else f"{count} questions wait"
        return [Clause(f"! {words}", f"! {count} asked", "bad")]

    def _over_clauses(self) -> list[Clause]:
        found: list[Clause] = []
        for data in self.store.teens.values():
            at = standing(data.card.time) if data.card.time else None
            if at is not None and at.over:
                words = f"! {data.card.name} is {state_words(at)}"
                found.append(Clause(words, f"! {data.card.name} over", "bad"))
        return found

    def _waiting_clauses(self) -> list[Clause]:
        now = self.now()
        found: list[Clause] = []
        for item in self.store.open_invitations():
            left = countdown(item.expires_at, now)
            if item.state is InvitationState.CLAIMED and item.started_by.value == "teen":
                name = item.other.name if item.other else "A teen"
                found.append(
                    Clause(f"! {name} waits for you to confirm", "! confirm a teen", "bad")
                )
            elif item.state is InvitationState.OFFERED:
                found.append(Clause(f"1 invitation is open · {left}", f"1 invite · {left}"))
            else:
                name = item.other.name if item.other else "the teen"
                found.append(Clause(f"{name} is deciding · {left}", f"{name} decides"))
        if len(found) > _SAID:
            return [Clause(f"{len(found)} invitations are open", f"{len(found)} invites")]
        return found

    def _phase_clauses(self) -> list[Clause]:
        now = self.now()
        found: list[Clause] = []
        for link in self.store.links:
            if link.phase is LinkPhase.NOTICE and link.notice_until:
                left = short_span(link.notice_until, now)
                words = f"! {link.teen.name} ended the link · your time rules stay {left}"
                found.append(Clause(words, f"! {link.teen.name} left", "bad"))
            elif link.resume_by == "teen":
                found.append(Clause(f"! {link.teen.name} asks to stay linked", tone="bad"))
        for link in self.store.ends(now):
            if link.phase is not LinkPhase.NOTICE:
                time = day_clock(end_of(link), self.family.zone)
                found.append(
                    Clause(f"× {end_words(link)}, {time}", f"× {link.teen.name}: ended", "text")
                )
        return found

    def _news_clauses(self) -> list[Clause]:
        fresh = [data for data in self.store.teens.values() if data.unseen]
        if not fresh:
            return []
        total = sum(data.unseen for data in fresh)
        names = " and ".join(data.card.name for data in fresh[:_SAID])
        more = " and others" if len(fresh) > _SAID else ""
        plural = "change" if total == 1 else "changes"
        return [Clause(f"{total} new {plural} for {names}{more}", f"{total} new", "text")]

    def _coming(self) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        for data in self.store.teens.values():
            if data.card.unavailable:
                continue
            if data.card.time is not None:
                rows = coming_blocks(data.card.time, self.now())
            else:
                rows = coming(data, local_now(data, self.store.read_at, self.now()))
            found += [(time, data.card.name, words) for time, words in rows]
        return sorted(found)

    def _next_clause(self) -> list[Clause]:
        following = self._coming()
        if not following:
            return []
        time, name, words = following[0]
        return [Clause(f"next: {name}’s {words} at {time}", f"next {time}", "muted")]

    def on_teen_card_panel_opened(self, message: TeenCardPanel.Opened) -> None:
        """A card was opened, or minutes are to be given."""
        if message.view != "give":
            self.family.open_teen(message.teen, message.view)
            return
        from familypair_tui.screens.give import GiveDialog

        data = self.store.teens[message.teen]
        self.family.push_screen(GiveDialog(message.teen, data.card.name), self._gave)

    def _gave(self, grant: Grant | None) -> None:
        if grant is not None:
            self.given = grant.id
            words = f"{grant.effect.words}. u undoes it."
            self.family.notify(words, title="Given", markup=False, timeout=UNDO_SECONDS)
            self.note = f"✓ {grant.effect.words} · u undoes it"
            self.show_all()

    def action_undo(self) -> None:
        """Take back what is not used of the gift that was given here."""
        if self.given:
            self.family.begin(self._undo(self.given))

    async def _undo(self, grant: str) -> None:
        await guarded(self.family.api.undo_grant(grant))
        self.given, self.note = "", "✓ Undone: the unused part is taken back"
        self.show_all()

    def allows(self, key: Key) -> bool:
        """Undo where something was given; answers where a question is selected."""
        if key.id == UNDO.id:
            return bool(self.given)
        panel = self.query_one(WaitingPanel)
        if key.id == ANSWER.id:
            return panel.question() is not None
        if key.id == ASKED.id:
            return bool(panel.questions) and not panel.has_focus
        return True

    def on_waiting_panel_asked(self, message: WaitingPanel.Asked) -> None:
        """A question was opened: the inbox, with it selected."""
        from familypair_tui.screens.requests import RequestsScreen

        self.family.show_screen(RequestsScreen(message.request))

    def on_waiting_panel_approved(self, message: WaitingPanel.Approved) -> None:
        """One key said yes to the suggested amount."""
        self.approve(message.request)

    def on_waiting_panel_opened(self, message: WaitingPanel.Opened) -> None:
        """An invitation was opened."""
        item = self.store.invitations.get(message.invitation)
        if item is not None:
            self.family.push_screen(self.family.invitation_screen(item))

    def on_waiting_panel_end_opened(self) -> None:
        """The end of a link was opened: what holds after it."""
        self.family.show_view("family")

    def on_list_panel_chosen(self, message: RecentPanel.Chosen) -> None:
        """A change was opened: the history of that teen."""
        panel = message.panel
        if isinstance(panel, RecentPanel) and panel.entries:
            self.family.open_teen(panel.entries[message.index].teen, "history")

    def action_answer(self) -> None:
        """The first question gets the focus; `a` there says yes to it."""
        panel = self.query_one(WaitingPanel)
        if panel.questions:
            panel.remove_class("below")
            self.query_one(RecentPanel).add_class("below")
            panel.index = 0
            panel.focus()

    def action_next_lower(self) -> None:
        """On a narrow screen, the other lower panel."""
        waiting, recent = self.query_one(WaitingPanel), self.query_one(RecentPanel)
        show_recent = recent.has_class("below") and not recent.has_class("shown")
        waiting.set_class(show_recent, "below")
        recent.set_class(not show_recent, "below")
        (recent if show_recent else waiting).focus()

    def action_reload(self) -> None:
        """Read again."""
        self.family.reload()
