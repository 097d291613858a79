"""The rules of one teen: forms by subject, why each value holds, and review before every save."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from familypair.client.errors import ClientError
from familypair.schema.settings import LayerSaved
from familypair.settings import FIELDS, Audience
from familypair_tui import typed
from familypair_tui.actions import REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.draft import Draft, Subject, title_of
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.glance import first_day_over, phase_words
from familypair_tui.messages import Part, StoreChanged
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.store import TeenData
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import TYPING_KEYS, EntryBar
from familypair_tui.widgets.form import FormPanel
from familypair_tui.widgets.notice import NoticePanel
from familypair_tui.widgets.subjects import SubjectBar
from familypair_tui.widgets.why import WhyPanel

REVIEW = Key("rules.review", "ctrl+s,v", "review", "Review", "See and save the changes.", 1)
SUBJECT = Key("rules.subject", "s", "subject(1)", "Subject", "Go to the next form.", 4)
SUBJECT_BACK = Key("rules.subject_back", "S", "subject(-1)", "Subject", "Go to the form before.", 9)
TEEN_BEFORE = Key(
    "rules.teen_before", "left_square_bracket", "teen(-1)", "Teen", "The teen before.", 9
)
TEEN_NEXT = Key("rules.teen_next", "right_square_bracket", "teen(1)", "Teen", "The next teen.", 6)
MOVES = (SUBJECT, SUBJECT_BACK, TEEN_BEFORE, TEEN_NEXT)
UNDO = Key("rules.undo", "u", "undo", "Undo", "Undo what was saved last.", 3)
KEEP = Key("rules.keep", "K", "keep", "Keep all", "Make all of today's values my rules.", 3)
DISCARD = Key("rules.discard", "D", "discard", "Discard", "Take back all unsaved changes.", 8)

INVITE = Key("rules.invite", "i", "invite", "Invite", "With nobody linked: make a code.", 2)
CLAIM = Key("rules.claim", "e", "claim", "Enter code", "With nobody linked: enter a code.", 3)

UNDO_SECONDS = 10
"""How long the toast offers undo; history offers it for longer."""


class RulesScreen(FamilyScreen[None]):
    """Forms for one teen; the teen's own screen of the same pattern."""

    KEYS = (REVIEW, *MOVES, UNDO, KEEP, DISCARD, INVITE, CLAIM, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "rules"

    DEFAULT_CSS = """
    RulesScreen #content { layout: horizontal; }
    RulesScreen #why { width: 38; margin-left: 1; }
    RulesScreen.-compact #content { layout: vertical; }
    RulesScreen.-compact #why { width: 1fr; height: 7; margin: 0; }
    RulesScreen.-compact.-short #why { height: 6; }
    RulesScreen NoticePanel { display: none; width: 1fr; }
    """

    def __init__(self, teen: str) -> None:
        super().__init__()
        self.teen = teen
        self.draft: Draft | None = None
        self.subject = Subject.TIME
        self.fault: Fault | None = None
        self.note = ""
        self._saved: int | None = None
        self._reading = ""

    def content(self) -> ComposeResult:
        """Subjects above, form left, explanation right (or below)."""
        yield SubjectBar()
        with Horizontal(id="content"):
            yield NoticePanel(id="notice")
            yield FormPanel(id="form")
            yield WhyPanel(id="why")
        yield EntryBar()

    @property
    def audience(self) -> Audience:
        """For whom the words are."""
        return Audience.TEEN if self.store.is_teen else Audience.GUARDIAN

    def data(self) -> TeenData | None:
        """The teen in view."""
        self.teen = self.family.teen_in_view(self.teen)
        return self.store.teens.get(self.teen)

    def on_mount(self) -> None:
        """Read my layer."""
        super().on_mount()
        self.query_one(FormPanel).focus()

    def refresh_data(self) -> None:
        """Show the draft; read it when there is none for this teen."""
        data = self.data()
        notice, form, why = (
            self.query_one(NoticePanel),
            self.query_one(FormPanel),
            self.query_one(WhyPanel),
        )
        shown = data is not None and self.fault is None and data.fault is None
        notice.display, form.display, why.display = not shown, shown, shown
        self.query_one(SubjectBar).display = data is not None
        if data is None:
            notice.show(
                "Rules",
                "No teen is linked with you yet.",
                (("i", "invite a teen"), ("e", "enter a code that a teen gave you")),
            )
            return
        fault = self.fault or data.fault
        if fault is not None:
            notice.show_fault(fault)
            return
        if self.draft is None and self._reading != self.teen:
            self.read()
        self._show_draft(data)

    def _show_draft(self, data: TeenData) -> None:
        bar = self.query_one(SubjectBar)
        bar.show(tuple(Subject), self.subject, several=len(self.store.teens) > 1)
        if self.draft is None:
            return
        form = self.query_one(FormPanel)
        form.show(self.draft, self.subject, data.card.name, self.store.colour_of(self.teen))
        self.query_one(WhyPanel).show(form.explained(), self.audience, self._since())

    def _since(self) -> str:
        since = self.draft.since if self.draft else ""
        return f"from {since}" if since else "after the first day"

    def sentence(self) -> Sequence[Clause]:
        """What the person should know before changing something here."""
        if self.note:
            return (Clause(self.note, tone="bad" if self.note[0] in "⊘!" else "strong"),)
        data = self.store.teens.get(self.teen)
        if data is None:
            return ()
        phase = phase_words(data.card.link, self.now())
        if self.store.is_teen:
            return (
                Clause("Your own rules. A guardian's rule can only be stricter.", "Your own rules"),
            )
        words = f"Your rules for {data.card.name}"
        clauses = [Clause(words, tone="strong")]
        if phase:
            clauses.append(Clause(phase[0], tone=phase[1]))
        if self.draft is not None and self.draft.document.keep:
            clauses.append(Clause("K keeps today's values as your rules", "K keeps all", "accent"))
        clauses.append(Clause("the strictest rule wins", tone="muted"))
        return clauses

    def on_store_changed(self, message: StoreChanged) -> None:
        """News of this teen: read again, unless something is unsaved."""
        if message.part is Part.SETTINGS and message.teen == self.teen and self.draft is not None:
            data = self.store.teens.get(self.teen)
            if data and data.settings and not self.draft.changes:
                self._reading = ""
                self.read()
        super().on_store_changed(message)

    def read(self) -> None:
        """Read my layer and the explained settings, in a worker."""
        self._reading = self.teen
        self.family.begin(self._read(self.teen), group="rules")

    async def _read(self, teen: str) -> None:
        try:
            document = await guarded(self.family.api.layer(teen))
            settings = await guarded(self.family.api.settings(teen))
        except ClientError as error:
            self.fault = fault_of(error)
            if self.fault.kind is FaultKind.EXPIRED:
                raise
            self.show_all()
            return
        if teen == self.teen:
            changes = self.draft.changes if self.draft and self._reading == teen else {}
            data = self.store.teens.get(teen)
            over = first_day_over(data.card.link if data else None, self.family.zone)
            self.draft = Draft(settings, document, self.audience, dict(changes), over)
            self.fault = None
            self.show_all()

    # the form asks

    def on_form_panel_asked(self, message: FormPanel.Asked) -> None:
        """A key in the form."""
        self.note = message.words
        match message.what:
            case "type":
                self._ask_typed(message.path)
            case "why":
                self._why()
            case _:
                self._after_change()

    def on_list_panel_moved(self) -> None:
        """Another line: explain that one."""
        self.note = ""
        self._after_change()

    def _after_change(self) -> None:
        form = self.query_one(FormPanel)
        self.query_one(WhyPanel).show(form.explained(), self.audience, self._since())
        self.show_sentence()
        self.show_hints()

    def _stop_typing(self) -> None:
        """What was typed and not taken is left, so that letters are keys again."""
        bar = self.query_one(EntryBar)
        if bar.is_open:
            bar.close()
            self.query_one(FormPanel).focus()

    def _ask_typed(self, path: str) -> None:
        spec, draft = FIELDS[path], self.draft
        if draft is None:
            return
        if not typed.can_type(spec):
            self.note = "Exceptions are edited with: familypair set"
            self._after_change()
            return
        self.query_one(EntryBar).ask(
            title_of(draft.fields[path]),
            typed.write(spec, draft.edited(path)),
            typed.how_to_type(spec),
            lambda text: typed.read(spec, text),
        )

    def on_entry_bar_typed(self, message: EntryBar.Typed) -> None:
        """A value was typed."""
        form = self.query_one(FormPanel)
        if self.draft is not None:
            self.draft.put(form.path(), message.value)
        form.focus()
        form.refresh()
        self._after_change()

    def on_entry_bar_left(self) -> None:
        """Nothing was typed."""
        self.query_one(FormPanel).focus()

    def _why(self) -> None:
        from familypair_tui.screens.why import WhyDialog

        found = self.query_one(FormPanel).explained()
        if found is not None:
            self.family.push_screen(WhyDialog(found, self.audience, self._since()))

    # keys

    def hint_keys(self) -> list[Key]:
        """While somebody types, letters belong to the input."""
        return [*TYPING_KEYS] if isinstance(self.focused, Input) else super().hint_keys()

    def allows(self, key: Key) -> bool:
        """Hints that make sense now."""
        changed = bool(self.draft and self.draft.changes)
        if key.id in {INVITE.id, CLAIM.id}:
            return not self.store.teens
        if key.id in {SUBJECT.id, SUBJECT_BACK.id} or key.id.startswith(("form.", "list.")):
            return self._works(key)
        return self._works_on_draft(key, changed=changed)

    def _works(self, key: Key) -> bool:
        """Keys of the form: only where there is one, and `=` only in the row of seven cells."""
        if key.id == "form.all_days":
            row = self.query_one(FormPanel).row() if self.draft else None
            return bool(row and row.is_week)
        return bool(self.store.teens)

    def _works_on_draft(self, key: Key, *, changed: bool) -> bool:
        if key.id in {REVIEW.id, DISCARD.id}:
            return changed
        if key.id == KEEP.id:
            return bool(self.draft and self.draft.document.keep)
        if key.id == UNDO.id:
            return self._saved is not None
        if key.id in {TEEN_NEXT.id, TEEN_BEFORE.id}:
            return len(self.store.teens) > 1
        return True

    def action_subject(self, step: int) -> None:
        """Another form."""
        subjects = list(Subject)
        self.subject = subjects[(subjects.index(self.subject) + step) % len(subjects)]
        self.note = ""
        self.show_all()
        self.query_one(FormPanel).focus()

    def on_subject_bar_picked(self, message: SubjectBar.Picked) -> None:
        """A subject was clicked."""
        self.subject = message.subject
        self.show_all()

    def action_teen(self, step: int) -> None:
        """Another teen, after asking when something is not saved."""
        self.when_free(lambda: self._other_teen(step))

    def _other_teen(self, step: int) -> None:
        teens = list(self.store.teens)
        if len(teens) > 1:
            place = teens.index(self.teen) if self.teen in teens else 0
            self.teen = self.family.current_teen = teens[(place + step) % len(teens)]
            self.draft, self.fault, self._saved = None, None, None
            self.show_all()

    def when_free(self, go: Callable[[], None]) -> None:
        """Ask when something is not saved."""
        if not (self.draft and self.draft.changes):
            go()
            return
        from familypair_tui.screens.confirm import ConfirmDialog

        count = len(self.draft.changes)
        plural = "change is" if count == 1 else "changes are"
        words = f"{count} {plural} not saved. Leave anyway?"
        self.family.push_screen(
            ConfirmDialog("Not saved", words, "Leave", "y"), lambda leave: go() if leave else None
        )

    def action_keep(self) -> None:
        """A default is not a rule: draft today's values as mine, then review them."""
        draft = self.draft
        if draft is not None and draft.document.keep:
            for path, found in draft.fields.items():
                if found.writable and draft.mine(path) is None and found.value is not None:
                    draft.put(path, found.value)
            self.show_all()
            self.action_review()

    def action_discard(self) -> None:
        """Take all unsaved changes back."""
        if self.draft is not None:
            self.draft.changes.clear()
            self.note = "Nothing was changed."
            self.show_all()

    def action_review(self) -> None:
        """See the changes before they are saved."""
        data, draft = self.data(), self.draft
        if data is None or draft is None or not draft.changes:
            return
        from familypair_tui.screens.review import ReviewDialog

        self._stop_typing()
        dialog = ReviewDialog(draft, data.card.name, self.store.colour_of(self.teen))
        self.family.push_screen(dialog, self._reviewed)

    def _reviewed(self, saved: LayerSaved | None) -> None:
        if saved is not None:
            self._took(saved)
        else:
            self.show_all()

    def _took(self, saved: LayerSaved) -> None:
        self.draft = None
        self._reading = ""
        self._saved = saved.entry
        count = len(saved.changes)
        plural = "change" if count == 1 else "changes"
        self.family.notify(
            f"{count} {plural} saved. u undoes them.",
            title="Saved",
            markup=False,
            timeout=UNDO_SECONDS,
        )
        self.note = f"✓ Saved {count} {plural} · u undoes them"
        self.family.begin(self.family.sync.load_card(self.teen))
        self.show_all()

    def action_undo(self) -> None:
        """Undo what was saved last on this screen."""
        if self._saved is not None:
            self.family.begin(self._undo(self._saved))

    async def _undo(self, entry: int) -> None:
        await guarded(self.family.api.revert(self.teen, entry))
        self._saved = None
        self.draft, self._reading = None, ""
        self.note = "✓ Undone: your rules are as before"
        await self.family.sync.load_card(self.teen)
        self.show_all()

    def action_reload(self) -> None:
        """Read again; unsaved changes stay."""
        self.fault = None
        self.family.reload()
        self.read()
