"""The history of one teen as this viewer may read it: words, who, and undo where it is possible."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from familypair.client.errors import ClientError
from familypair_tui.actions import REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import FaultKind, fault_of
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.store import TeenData
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.history import HistoryPanel, entry_words
from familypair_tui.widgets.words import WordsPanel

UNDO = Key("history.undo", "u", "undo", "Undo", "Undo this change of your rules.", 1)
TEEN_BEFORE = Key(
    "history.teen_before", "left_square_bracket", "teen(-1)", "Teen", "The teen before.", 9
)
TEEN_NEXT = Key("history.teen_next", "right_square_bracket", "teen(1)", "Teen", "The next teen.", 5)
FILTER = Key("history.mine", "f", "filter", "Mine only", "Only my own changes, or all.", 4)


class HistoryScreen(FamilyScreen[None]):
    """Newest first; what is new since the last look is bright."""

    KEYS = (UNDO, FILTER, TEEN_BEFORE, TEEN_NEXT, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "history"

    DEFAULT_CSS = """
    HistoryScreen #content { layout: horizontal; }
    HistoryScreen #list { width: 1fr; }
    HistoryScreen #detail { width: 42; margin-left: 1; }
    HistoryScreen.-compact #content { layout: vertical; }
    HistoryScreen.-compact #detail { width: 1fr; height: 7; margin: 0; }
    """

    def __init__(self, teen: str) -> None:
        super().__init__()
        self.teen = teen
        self.note = ""
        self.only_mine = False

    def content(self) -> ComposeResult:
        """List left, detail right or below."""
        with Horizontal(id="content"):
            yield HistoryPanel(id="list")
            yield WordsPanel(id="detail")

    def on_mount(self) -> None:
        """Read the whole history."""
        super().on_mount()
        self._read()

    def _read(self) -> None:
        data = self.data()
        if data is not None:
            self.family.begin(self.family.sync.load_older(self.teen), group="history")

    def data(self) -> TeenData | None:
        """The teen in view."""
        self.teen = self.family.teen_in_view(self.teen)
        return self.store.teens.get(self.teen)

    def refresh_data(self) -> None:
        """The list, and the selected entry."""
        data = self.data()
        panel = self.query_one(HistoryPanel)
        entries = data.entries if data else []
        if self.only_mine:
            entries = [entry for entry in entries if entry.actor == "me"]
        panel.show(
            entries,
            data.card.name if data else "",
            self.store.colour_of(self.teen),
            seen=data.seen if data else 0,
            zone=self.family.zone,
            now=self.now(),
        )
        self._show_detail()

    def _show_detail(self) -> None:
        entry = self.query_one(HistoryPanel).selected()
        detail = self.query_one("#detail", WordsPanel)
        if entry is None:
            detail.show("", lambda _width, _ink: [])
            return
        zone = self.family.zone
        detail.show(f"Entry {entry.seq}", lambda width, ink: entry_words(entry, width, ink, zone))

    def on_unmount(self) -> None:
        """What was shown here is not new any more."""
        data = self.store.teens.get(self.teen)
        if data is not None:
            data.seen = max(data.seen, data.card.head)

    def sentence(self) -> Sequence[Clause]:
        """What this is, or what happened."""
        if self.note:
            return (Clause(self.note, tone="bad" if self.note[0] == "!" else "strong"),)
        data = self.store.teens.get(self.teen)
        if data is None:
            return (Clause("No history yet"),)
        count = len(data.entries)
        whose = "You read all of it" if self.store.is_teen else "What you may read of it"
        plural = "entry" if count == 1 else "entries"
        return (
            Clause(f"{count} {plural} for {data.card.name}", f"{count} {plural}"),
            Clause(f"{whose}; nothing can be changed or removed", whose, "muted"),
        )

    def on_list_panel_moved(self) -> None:
        """Another entry."""
        self._show_detail()
        self.show_hints()

    def allows(self, key: Key) -> bool:
        """Undo only where the server would try it."""
        entry = self.query_one(HistoryPanel).selected()
        if key.id == UNDO.id:
            return entry is not None and entry.undoable
        if key.id in {TEEN_NEXT.id, TEEN_BEFORE.id}:
            return len(self.store.teens) > 1
        return key.id != "list.open"

    def action_filter(self) -> None:
        """All, or my own."""
        self.only_mine = not self.only_mine
        self.show_all()

    def action_teen(self, step: int) -> None:
        """Another teen."""
        teens = list(self.store.teens)
        if len(teens) > 1:
            self.on_unmount()
            place = teens.index(self.teen) if self.teen in teens else 0
            self.teen = self.family.current_teen = teens[(place + step) % len(teens)]
            self.note = ""
            self._read()
            self.show_all()

    def action_undo(self) -> None:
        """Undo the selected change; the undo is itself an entry."""
        entry = self.query_one(HistoryPanel).selected()
        if entry is not None and entry.undoable:
            self.family.begin(self._undo(entry.seq))

    async def _undo(self, seq: int) -> None:
        try:
            await guarded(self.family.api.revert(self.teen, seq))
        except ClientError as error:
            fault = fault_of(error)
            if fault.kind is FaultKind.EXPIRED:
                raise
            self.note = f"! {fault.sentence}"
            self.show_all()
            return
        self.note = "✓ Undone: the rule is as it was before that change"
        await self.family.sync.load_card(self.teen)
        self.show_all()

    def action_reload(self) -> None:
        """Read again."""
        self.family.reload()
        self._read()
