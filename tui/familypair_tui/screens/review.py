"""Review before every save: before and after of my rule, and of what holds; and conflicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from familypair.client.errors import ClientError
from familypair.schema.settings import Change, LayerDocument, LayerSaved, Preview
from familypair.settings import FIELDS
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.draft import Draft, title_of
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.screens.base import Dialog
from familypair_tui.text import Part, fit, hanging, line
from familypair_tui.widgets.effects import effect_lines
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, chip, key_hint

SAVE = Key("review.save", "enter,ctrl+s", "save", "Save", "Save these changes.", 1)
DROP = Key("review.drop", "x", "drop", "Drop line", "Do not change this one.", 2)
THEIRS = Key("review.theirs", "t", "theirs", "Theirs", "Keep the newer value of this line.", 2)
MINE = Key("review.mine", "m", "mine", "Mine", "Write my value over the newer one.", 2)


_INDENT = 4
_LINES = 3
_ROOM = 4
"""Lines that stay for the changes themselves."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line that somebody (me, elsewhere) changed since I read it."""

    base: Any
    theirs: Any
    use_mine: bool = True


class ReviewPanel(ListPanel):
    """The lines of a review."""

    KEYS = (SAVE, DROP, THEIRS, MINE, *LIST_KEYS)
    AIR = True

    DEFAULT_CSS = """
    ReviewPanel { width: 100; max-width: 100%; height: 20; max-height: 100%; }
    """

    def __init__(self, draft: Draft, name: str, colour: int) -> None:
        super().__init__(id="box")
        self.draft, self.who, self.colour = draft, name, colour
        self.effects: dict[str, Change] | None = None
        self.preview: Preview | None = None
        self.conflicts: dict[str, Conflict] = {}
        self.fault: Fault | None = None
        self.saving = False

    def on_click(self, event: events.Click) -> None:
        """A click selects; only a key saves."""
        index = self.item_at(event.y)
        if index is not None:
            self.select(index)

    def paths(self) -> list[str]:
        """The changed fields, in the registry's order."""
        return [path for path in self.draft.fields if path in self.draft.changes]

    def heading(self) -> Content:
        """How many, for whom."""
        count = len(self.draft.changes)
        plural = "change" if count == 1 else "changes"
        return line(
            (f"Review {count} {plural} for ", self.title_style()),
            chip(self.who, self.colour, self.ink),
            (f" {self.who}", self.title_style()),
        )

    def legend(self) -> Content:
        """The keys, or what is going on."""
        if self.saving:
            return line(("saving…", self.ink.muted))
        keys = [SAVE, *((THEIRS, MINE) if self.conflicts else (DROP,)), BACK]
        return line("   ").join([key_hint(key.shown, key.word, self.ink) for key in keys])

    def count(self) -> int:
        """Lines."""
        return len(self.paths())

    def nothing(self, width: int) -> list[Content]:
        """All lines were dropped."""
        return self.sentence_lines("No change is left.", width, BACK.shown, "to go back")

    def body(self, width: int, height: int) -> list[Content]:
        """A fault or a conflict is said first."""
        head: list[Content] = []
        if self.fault is not None:
            words = " ".join([self.fault.sentence, *(text for _, text in self.fault.pointers[:2])])
            head = hanging(f"! {self.fault.title}: {words}", width, self.ink.bad, lines=3)
        elif self.conflicts:
            words = "Your rules changed elsewhere since you opened them. Choose for each line."
            head = hanging(f"! {words}", width, self.ink.bad, lines=2)
        foot = effect_lines(self.preview, width, self.ink) if self.preview else []
        room = height - len(head) - min(len(foot), max(0, height - len(head) - _ROOM))
        rows = super().body(width, room)
        gap = [Content("")] if foot and len(rows) + len(foot) < room + len(foot) else []
        return [*head, *rows, *gap, *foot]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """My rule before and after; what holds before and after; notes."""
        del selected
        path = self.paths()[index]
        titles = min(30, width * 2 // 5)
        title = line((title_of(self.draft.fields[path]), self.ink.strong))
        rows = self._wrapped(line(fit(title, titles), " "), self._mine(path), width)
        if path in self.conflicts:
            rows.append(line(" " * titles, " ", *self._conflict(path)))
            return rows
        if self.effects is None:
            rows.append(line(" " * titles, (" reading what it does…", self.ink.muted)))
            return rows
        effect = self.effects.get(path)
        if effect is not None:
            rows += self._effect(effect, titles, width)
        return rows

    def _mine(self, path: str) -> list[Part]:
        before, after = self.draft.mine(path), self.draft.changes[path]
        if _lists(before, after):
            return self.listed(path, _items(before), _items(after))
        old = self.draft.say(path, before)
        new = self.draft.say(path, after) if after is not None else "no rule of mine"
        return [(old, self.ink.muted), (" → ", self.ink.accent), (new, self.ink.strong)]

    def listed(self, path: str, before: list[Any], after: list[Any]) -> list[Part]:
        """Of a list what is new, then what goes; what stays is not read again."""
        added = [one for one in after if one not in before]
        gone = [one for one in before if one not in after]
        parts: list[Part] = [("+ ", self.ink.accent)] if added else []
        parts += [("; ".join(self.draft.say(path, [one]) for one in added), self.ink.strong)]
        if gone:
            words = "; ".join(self.draft.say(path, [one]) for one in gone)
            parts += [("  − " if added else "− ", self.ink.accent), (words, self.ink.muted)]
        if not (added or gone):
            parts = [("as it is", self.ink.muted)]
        stay = len(after) - len(added)
        return [*parts, (f"  ({stay} stay)" if stay > 1 else "", self.ink.muted)]

    def _wrapped(self, head: Content, parts: list[Part], width: int) -> list[Content]:
        """On one line with its head where that fits; else below it, on up to three lines."""
        whole = line(head, *parts)
        if whole.cell_length <= width:
            return [whole]
        above = [head] if head.plain.strip() else []
        indent = " " * _INDENT
        rows = line(*parts).wrap(max(width - _INDENT, 1))[:_LINES]
        return [*above, *(line(indent, row) for row in rows)]

    def _conflict(self, path: str) -> list[Part]:
        one = self.conflicts[path]
        theirs = self.draft.say(path, one.theirs)
        yours = self.draft.say(path, self.draft.changes[path])
        chosen, other = self.ink.value, self.ink.muted
        return [
            ("(•) " if not one.use_mine else "( ) ", self.ink.key),
            (f"theirs: {theirs}", other if one.use_mine else chosen),
            ("   ", ""),
            ("(•) " if one.use_mine else "( ) ", self.ink.key),
            (f"mine: {yours}", chosen if one.use_mine else other),
        ]

    def _in_force(self, effect: Change) -> list[Part]:
        path = effect.path
        before: object = effect.effective_before
        after: object = effect.effective_after
        old, new = self.draft.say(path, before), self.draft.say(path, after)
        if before == after or (old == new and not _lists(before, after)):
            return [(f"stays {new}", self.ink.plain_value)]
        if _lists(before, after):
            return self.listed(path, _items(before), _items(after))
        return [(old, self.ink.muted), (" → ", self.ink.accent), (new, self.ink.value)]

    def _effect(self, effect: Change, titles: int, width: int) -> list[Content]:
        rows: list[Content] = []
        notes = [effect.note] if effect.note else []
        if FIELDS[effect.path].meets:
            parts: list[Part] = [("in force  ", self.ink.muted), *self._in_force(effect)]
            rows = self._wrapped(line(" " * (titles + 1)), parts, width)
        elif effect.takes_effect == "now":
            notes = []  # it is said of my rule alone: there is no common value that could stay
        if effect.takes_effect == "end_of_probation" and not notes:
            notes.append("from the end of the first day")
        glyph = "⊘" if effect.takes_effect == "now" else "◷"
        rows += [
            row
            for note in notes
            for row in hanging(
                f"{glyph} {note}", width, self.ink.accent, indent=titles + 1, lines=2
            )
        ]
        return rows


def _lists(before: object, after: object) -> bool:
    """Whether both are lists and there was something: then what came and went is said."""
    return bool(before) and isinstance(before, list) and isinstance(after, list)


def _items(value: object) -> list[Any]:
    return list(cast("list[object]", value)) if isinstance(value, list) else []


class ReviewDialog(Dialog[LayerSaved]):
    """Nothing is saved without this; it answers with what was saved."""

    KEYS = (SAVE, DROP, THEIRS, MINE, BACK)
    BINDINGS = bindings(SAVE, DROP, THEIRS, MINE)

    def __init__(self, draft: Draft, name: str, colour: int) -> None:
        super().__init__()
        self.draft = draft
        self._who = (name, colour)

    def compose(self) -> ComposeResult:
        """One panel."""
        yield ReviewPanel(self.draft, *self._who)

    @property
    def panel(self) -> ReviewPanel:
        """The panel."""
        return self.query_one(ReviewPanel)

    def on_mount(self) -> None:
        """Ask the server what the draft would do."""
        self.panel.focus()
        self._fit()
        self.family.begin(self._preview(), group="review")

    def _fit(self) -> None:
        preview = self.panel.preview
        lines = 4 * len(self.draft.changes) + 3
        said = len(effect_lines(preview, 90, self.panel.ink)) if preview else 0
        lines += said + 1 if said else 0
        self.panel.styles.height = max(8, min(lines, 30))

    async def _preview(self) -> None:
        try:
            preview = await guarded(
                self.family.api.preview(self.draft.document.teen, self.draft.patch())
            )
        except ClientError as error:
            self._failed(fault_of(error))
            return
        self.panel.effects = {change.path: change for change in preview.changes}
        self.panel.preview = preview
        self._fit()
        self.panel.refresh()

    def _failed(self, fault: Fault) -> None:
        self.panel.saving = False
        if fault.kind is FaultKind.EXPIRED:
            self.family.tell_fault(fault)
        self.panel.fault = fault
        self.panel.effects = self.panel.effects or {}
        self.panel.refresh()

    def _selected(self) -> str:
        paths = self.panel.paths()
        return paths[self.panel.index] if self.panel.index < len(paths) else ""

    def action_drop(self) -> None:
        """Leave the selected line out."""
        path = self._selected()
        if path and not self.panel.conflicts:
            self.draft.changes.pop(path)
            self.panel.fault = None
            self.panel.refresh()

    def action_theirs(self) -> None:
        """Take the newer value of this line."""
        self._choose(use_mine=False)

    def action_mine(self) -> None:
        """Keep mine."""
        self._choose(use_mine=True)

    def _choose(self, *, use_mine: bool) -> None:
        path = self._selected()
        if path in self.panel.conflicts:
            known = self.panel.conflicts[path]
            self.panel.conflicts[path] = Conflict(known.base, known.theirs, use_mine)
            self.panel.refresh()

    def action_save(self) -> None:
        """Save, once, and not before it could be read what the draft does."""
        if self.draft.changes and self.panel.effects is None:
            return
        if self.draft.changes and not self.panel.saving:
            self._settle_conflicts()
            self.panel.saving = True
            self.panel.refresh()
            self.family.begin(self._save(), group="review")
        elif not self.draft.changes:
            self.dismiss(None)

    def on_list_panel_chosen(self) -> None:
        """Enter on a line saves; a click only selects."""
        self.action_save()

    def _settle_conflicts(self) -> None:
        for path, one in self.panel.conflicts.items():
            if not one.use_mine:
                self.draft.changes.pop(path, None)
        self.panel.conflicts = {}

    async def _save(self) -> None:
        document = self.draft.document
        if not self.draft.changes:
            self.dismiss(None)
            return
        try:
            saved = await guarded(
                self.family.api.patch_layer(document.teen, self.draft.patch(), etag=document.etag)
            )
        except ClientError as error:
            fault = fault_of(error)
            if fault.kind is FaultKind.STALE:
                await self._reread(document)
            else:
                self._failed(fault)
            return
        self.dismiss(saved)

    async def _reread(self, before: LayerDocument) -> None:
        """Somebody was faster: show theirs beside mine, and try again with the new version."""
        newer = await guarded(self.family.api.layer(before.teen))
        base = {path: self.draft.mine(path) for path in self.draft.changes}
        self.draft.document = newer
        self.panel.conflicts = {
            path: Conflict(base[path], self.draft.mine(path))
            for path in _conflicting(self.draft, base)
        }
        self.panel.saving = False
        self.panel.fault = None
        if not self.panel.conflicts:
            self.action_save()
            return
        self.panel.refresh()


def _conflicting(draft: Draft, base: dict[str, Any]) -> Sequence[str]:
    return [
        path
        for path, value in draft.changes.items()
        if draft.mine(path) != base[path] and draft.mine(path) != value
    ]
