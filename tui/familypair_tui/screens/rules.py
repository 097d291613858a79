"""The rules of one teen: forms by subject, why each value holds, and review before every save."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from familypair.schema.requests import ChangeSettings, Request
from familypair.schema.settings import Explained
from familypair.settings import FIELDS, nest
from familypair_tui import typed
from familypair_tui.actions import REFRESH, Key, bindings
from familypair_tui.applied import at_apps
from familypair_tui.draft import Subject, title_of
from familypair_tui.glance import phase_words
from familypair_tui.screens.drafting import DraftingScreen
from familypair_tui.store import TeenData
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import TYPING_KEYS, EntryBar
from familypair_tui.widgets.form import FormPanel
from familypair_tui.widgets.notice import NoticePanel
from familypair_tui.widgets.subjects import SubjectBar
from familypair_tui.widgets.why import Apps, WhyPanel

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

WEEK = Key("rules.week", "w", "week", "Week", "Paint the week and its exceptions.", 5)
ASK = Key("rules.ask", "a", "ask", "Ask", "Ask for another value of this rule.", 2)
INVITE = Key("rules.invite", "i", "invite", "Invite", "With nobody linked: make a code.", 2)
CLAIM = Key("rules.claim", "e", "claim", "Enter code", "With nobody linked: enter a code.", 3)


class RulesScreen(DraftingScreen):
    """Forms for one teen; the teen's own screen of the same pattern."""

    KEYS = (REVIEW, ASK, WEEK, *MOVES, UNDO, KEEP, DISCARD, INVITE, CLAIM, REFRESH)
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
        super().__init__(teen)
        self.subject = Subject.TIME
        self._wishing = ""

    def content(self) -> ComposeResult:
        """Subjects above, form left, explanation right (or below)."""
        yield SubjectBar()
        with Horizontal(id="content"):
            yield NoticePanel(id="notice")
            yield FormPanel(id="form")
            yield WhyPanel(id="why")
        yield EntryBar()

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
        self.read_once()
        self._show_draft(data)

    def _show_draft(self, data: TeenData) -> None:
        bar = self.query_one(SubjectBar)
        bar.show(tuple(Subject), self.subject, several=len(self.store.teens) > 1)
        if self.draft is None:
            return
        form = self.query_one(FormPanel)
        form.applied = data.applied
        form.show(self.draft, self.subject, data.card.name, self.store.colour_of(self.teen))
        self._explain()

    def _explain(self) -> None:
        """The selected field beside the form."""
        found = self.query_one(FormPanel).explained()
        self.query_one(WhyPanel).show(found, self.audience, self._since(), self._apps(found))

    def _apps(self, found: Explained | None) -> Apps:
        """How the selected field stands at the connected apps."""
        data = self.data()
        if data is None or found is None:
            return ()
        return at_apps(data.applied, found.path, self.now(), self.family.zone)

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
        self._explain()
        self.show_sentence()
        self.show_hints()

    def stop_typing(self) -> None:
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
        if self._wishing:
            path, self._wishing = self._wishing, ""
            form.focus()
            self._wish(path, message.value)
            return
        if self.draft is not None:
            self.draft.put(form.path(), message.value)
        form.focus()
        form.refresh()
        self._after_change()

    def on_entry_bar_left(self) -> None:
        """Nothing was typed."""
        self._wishing = ""
        self.query_one(FormPanel).focus()

    def _why(self) -> None:
        from familypair_tui.screens.why import WhyDialog

        found = self.query_one(FormPanel).explained()
        if found is not None:
            dialog = WhyDialog(found, self.audience, self._since(), self._apps(found))
            self.family.push_screen(dialog)

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
        if key.id == ASK.id:
            found = self.query_one(FormPanel).explained() if self.draft else None
            return self.store.is_teen and found is not None and (found.locked or bool(found.ask))
        if key.id == WEEK.id:
            return bool(self.store.teens)
        if key.id in {REVIEW.id, DISCARD.id}:
            return changed
        if key.id == KEEP.id:
            return bool(self.draft and self.draft.document.keep)
        if key.id == UNDO.id:
            return self.can_undo
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

    def action_week(self) -> None:
        """The week editor, after asking when something is not saved."""
        if self.store.teens:
            self.when_free(lambda: self.family.open_teen(self.teen, "week"))

    def action_ask(self) -> None:
        """A teen asks for another value of the selected rule: type it, then say why."""
        path = self.query_one(FormPanel).path()
        if self.store.is_teen and self.draft is not None and path:
            spec, held = FIELDS[path], self.draft.fields[path]
            title = f"Ask for another value: {title_of(held)}"
            self._wishing = path
            self.query_one(EntryBar).ask(
                title, "", typed.how_to_type(spec), lambda text: typed.read(spec, text)
            )
            self.show_hints()

    def _wish(self, path: str, value: object) -> None:
        from familypair_tui.screens.wish import WishDialog

        draft = self.draft
        if draft is None:
            return
        held = draft.fields[path]
        words = f"{title_of(held)}: {held.words} to {draft.say(path, value)}, for good"
        who = held.change or "Only those in the way are asked."
        wish = ChangeSettings(patch=nest({path: value}))
        self.family.push_screen(WishDialog(self.teen, wish, words, who), self._sent)

    def _sent(self, request: Request | None) -> None:
        if request is not None:
            self.note = "✓ Sent · 6 shows the answer"
            self.show_all()

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
