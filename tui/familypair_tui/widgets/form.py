"""The settings form: lines with editors, drawn from the registry and the explained values."""

from textual import events
from textual.content import Content
from textual.message import Message

from familypair.schema.policies import AppliedRules
from familypair.schema.settings import Explained
from familypair.settings import FIELDS, Kind
from familypair_tui.actions import Key, bindings
from familypair_tui.applied import mark
from familypair_tui.draft import Draft, Row, Subject
from familypair_tui.text import Part, fit, line, spread
from familypair_tui.when import minutes_words
from familypair_tui.widgets.chrome import tone_style
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, chip

FORM_KEYS = (
    Key(
        "form.less", "left", "change(-1)", "Change", "The option or day to the left; less time.", 9
    ),
    Key(
        "form.more", "right", "change(1)", "Change", "The option or day to the right; more time.", 9
    ),
    Key("form.next", "space", "next", "Change", "The next option; on a day 15 minutes more.", 1),
    Key("form.plus", "plus", "step(1)", "More/less", "15 minutes more, or later.", 4, "+ -"),
    Key("form.minus", "minus", "step(-1)", "Less", "15 minutes less, or earlier.", 9),
    Key("form.type", "enter", "type", "Type", "Type the value.", 3),
    Key("form.all_days", "equals_sign", "all_days", "All days", "The same on all seven days.", 5),
    Key("form.mine", "m", "make_mine", "Make mine", "Make this value my own rule.", 5),
    Key("form.clear", "x", "clear", "Take back", "Take back this change, or my rule.", 5),
    Key("form.why", "full_stop", "why", "Why", "Who decided, and what would change it.", 2),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CELL = 7


class FormPanel(ListPanel):
    """One subject's settings. It changes the draft and nothing else."""

    KEYS = (*FORM_KEYS, *LIST_KEYS)
    BINDINGS = bindings(*FORM_KEYS)
    AIR = True

    class Asked(Message):
        """A key asks the screen for something: `type`, `why`, `changed` or `told`."""

        def __init__(self, what: str, path: str, words: str = "") -> None:
            super().__init__()
            self.what = what
            self.path = path
            self.words = words

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.draft: Draft | None = None
        self.applied: AppliedRules | None = None
        """How the connected apps stand with the rules."""
        self.subject = Subject.TIME
        self.who = ""
        self.colour = 0
        self.day = 0
        self._rows: list[Row] = []

    def show(self, draft: Draft, subject: Subject, who: str, colour: int) -> None:
        """Draw this draft."""
        self.index = 0 if subject is not self.subject else self.index
        self.draft, self.subject, self.who, self.colour = draft, subject, who, colour
        self._rows = draft.rows(subject)
        self.refresh()

    # what is selected

    def row(self) -> Row | None:
        """The selected line."""
        return self._rows[self.index] if self.index < len(self._rows) else None

    def path(self) -> str:
        """The selected field; in the row of seven cells the one of the selected day."""
        row = self.row()
        if row is None:
            return ""
        return row.paths[min(self.day, len(row.paths) - 1)] if row.is_week else row.paths[0]

    def explained(self) -> Explained | None:
        """The selected field's explanation."""
        return self.draft.fields.get(self.path()) if self.draft else None

    # drawing

    def heading(self) -> Content:
        """Whose rules, and which form."""
        name = line((self.who, self.title_style())).truncate(30, ellipsis=True)
        return line(
            chip(self.who, self.colour, self.ink),
            " ",
            name,
            (f" · {self.subject}", self.title_style()),
        )

    def legend(self) -> Content:
        """How many changes wait, and the key that saves them."""
        count = len(self.draft.changes) if self.draft else 0
        if not count:
            return line(("● a rule  ○ starting value  ⊘ not yours to loosen", self.ink.muted))
        plural = "change" if count == 1 else "changes"
        return line(
            (f"✎ {count} {plural} not saved  ", self.ink.strong),
            ("^s", self.ink.key),
            (" review", self.ink.muted),
        )

    def count(self) -> int:
        """Lines."""
        return len(self._rows)

    def nothing(self, width: int) -> list[Content]:
        """Nothing of this subject is shared."""
        if self.draft is None:
            return [line(("loading…", self.ink.muted))]
        return self.sentence_lines("Nothing here is shared with you.", width)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Title and editor, and below it who decides."""
        row = self._rows[index]
        draft = self.draft
        if draft is None:
            return []
        if row.is_week:
            return self._week(draft, row, width, selected=selected)
        path = row.paths[0]
        titles = self._title_width(width)
        marker = "✎ " if draft.is_changed(path) else "  "
        title = fit(line((marker, self.ink.key), (self._title(row), self.ink.strong)), titles)
        editor = self._editor(draft, path, width - titles - 1, selected=selected)
        status = fit(line(" " * (titles + 1), self._status(draft, path)), width)
        return [line(title, " ", editor), status]

    def _title(self, row: Row) -> str:
        """Without the name of the form, which stands above."""
        words = row.title.removeprefix(f"{self.subject}: ")
        return words[:1].upper() + words[1:]

    def _title_width(self, width: int) -> int:
        longest = max((len(self._title(row)) for row in self._rows), default=0) + 2
        return min(longest, width * 2 // 5)

    def _week(self, draft: Draft, row: Row, width: int, *, selected: bool) -> list[Content]:
        cell = min(_CELL, max(5, (width - 2) // 7))
        names: list[Part] = ["  "]
        values: list[Part] = ["  "]
        marks: list[Part] = ["  "]
        for place, path in enumerate(row.paths):
            here = selected and place == self.day
            changed = draft.is_changed(path)
            value = _short_minutes(draft.shown(path))
            name = f"▸{_DAYS[place]}" if here else f" {_DAYS[place]}"
            names.append(fit(line((name, self.ink.key if here else self.ink.muted)), cell))
            style = self.ink.strong if changed else self.ink.value
            text = f"[{value}]" if here else f" {value} "
            values.append(fit(line((text, style)), cell))
            marks.append(fit(line(self._mark(draft, path)), cell))
        waits = any(draft.waiting(path) is not None for path in row.paths)
        differs = any(draft.overruled(path) for path in row.paths)
        later = f"  ◷ {draft.since_words()}" if waits else ""
        about = "your limits, and below what holds" if differs else "the limit of each day"
        title = line(
            ("  ", ""),
            (row.title, self.ink.strong),
            (f"  {about}", self.ink.muted),
            (later, self.ink.accent),
            *self._applied(row.paths),
        )
        return [title, line(*names), line(*values), line(*marks)]

    def _mark(self, draft: Draft, path: str) -> Part:
        if draft.is_changed(path):
            return (" ✎", self.ink.key)
        found = draft.fields[path]
        waits, mine = draft.waiting(path), draft.mine(path)
        if waits is not None:
            return (f" ◷{_short_minutes(waits)}", self.ink.accent)
        if mine is not None and mine != found.value:
            return (f" {state_glyph(found)}{_short_minutes(found.value)}", self.ink.plain_value)
        return (f" {state_glyph(found)}", self.ink.muted)

    def _editor(self, draft: Draft, path: str, width: int, *, selected: bool) -> Content:
        spec, value = FIELDS[path], draft.shown(path)
        style = self.ink.strong if draft.is_changed(path) else self.ink.value
        if spec.kind is Kind.TOGGLE:
            words = draft.say(path, value)
            return fit(line(("[x] " if value == "on" else "[ ] ", style), (words, style)), width)
        if spec.kind is Kind.CHOICE:
            return self._radio(draft, path, width)
        words = draft.say(path, value)
        if selected and spec.kind in {Kind.MINUTES, Kind.TIME_OF_DAY}:
            return fit(line(("◂ ", self.ink.key), (words, style), (" ▸", self.ink.key)), width)
        return fit(line((words, style)), width)

    def _radio(self, draft: Draft, path: str, width: int) -> Content:
        value, allowed = draft.shown(path), draft.choices(path)
        style = self.ink.strong if draft.is_changed(path) else self.ink.value
        parts: list[Part] = []
        for option in FIELDS[path].choices:
            words = draft.say(path, option).partition(" (")[0]
            if option == value:
                parts += [("(•) ", style), (words, style), "  "]
            elif option in allowed:
                parts += [("( ) ", self.ink.muted), (words, self.ink.muted), "  "]
            else:
                parts += [("(×) ", self.ink.muted), (words, self.ink.muted), "  "]
        radio = line(*parts[:-1])
        if radio.cell_length <= width:
            return fit(radio, width)
        place = f"{allowed.index(value) + 1} of {len(allowed)}" if value in allowed else ""
        words = draft.say(path, value).partition(" (")[0]
        tail = line((place, self.ink.muted))
        return spread(
            line(("‹ ", self.ink.muted), (words, style), (" ›", self.ink.muted)), tail, width
        )

    def _status(self, draft: Draft, path: str) -> Content:
        found = draft.fields[path]
        if draft.is_changed(path):
            before = draft.mine(path)
            was = draft.say(path, before) if before is not None else "no rule of yours"
            return line(("not saved · was ", self.ink.muted), (was, self.ink.text))
        waits = draft.waiting(path)
        if waits is not None:
            who = found.reason.partition(": ")[2] or found.reason
            later = f"◷ {draft.since_words()}: {draft.say(path, waits)}"
            return line(
                (f"{state_glyph(found)} {who} · ", self.ink.muted), (later, self.ink.accent)
            )
        parts: list[Part] = [(f"{state_glyph(found)} {state_words(found)}", self.ink.muted)]
        mine = draft.mine(path)
        if mine is not None and mine != found.value and found.value is not None:
            parts.append((f" · in force: {found.words}", self.ink.plain_value))
        return line(*parts, *self._applied((path,)))

    def _applied(self, paths: tuple[str, ...]) -> list[Part]:
        """Whether the connected apps apply it; nothing where there is none."""
        found = mark(self.applied, paths)
        return [] if found is None else [(f" · {found[0]}", tone_style(found[1], self.ink))]

    # keys

    def action_move(self, step: int) -> None:
        """Up and down; the side panel follows."""
        super().action_move(step)

    def action_change(self, step: int) -> None:
        """Left and right: another day, another option, or less and more."""
        row = self.row()
        if row is None:
            return
        if row.is_week:
            self.day = max(0, min(len(row.paths) - 1, self.day + step))
            self.refresh()
            self.post_message(self.Moved(self, self.index))
            return
        kind = FIELDS[row.paths[0]].kind
        if kind in {Kind.MINUTES, Kind.TIME_OF_DAY, Kind.CHOICE, Kind.TOGGLE}:
            self._put_step(step, wrap=kind is Kind.TOGGLE)
        else:
            self.action_type()

    def action_next(self) -> None:
        """Space."""
        path = self.path()
        if path and FIELDS[path].kind in {Kind.CHOICE, Kind.TOGGLE}:
            self._put_step(1, wrap=True)
        elif path and FIELDS[path].kind in {Kind.MINUTES, Kind.TIME_OF_DAY}:
            self._put_step(1)
        elif path:
            self.action_type()

    def action_step(self, step: int) -> None:
        """Plus and minus."""
        path = self.path()
        if path and FIELDS[path].kind in {Kind.MINUTES, Kind.TIME_OF_DAY}:
            self._put_step(step)

    def _put_step(self, step: int, *, wrap: bool = False) -> None:
        draft, path = self.draft, self.path()
        if draft is None or not self._may_write():
            return
        value = draft.stepped(path, step, wrap=wrap)
        if value is None or value == draft.edited(path):
            self._say_end(path)
            return
        self._put(path, value)

    def _say_end(self, path: str) -> None:
        draft = self.draft
        if draft and len(draft.choices(path)) < len(FIELDS[path].choices):
            self.post_message(
                self.Asked("told", path, "⊘ The platform allows no more at this age.")
            )

    def _may_write(self) -> bool:
        found = self.explained()
        if found is None:
            return False
        if found.writable:
            return True
        self.post_message(self.Asked("told", found.path, f"⊘ You cannot set this. {found.change}"))
        return False

    def _put(self, path: str, value: object) -> None:
        if self.draft is not None:
            self.draft.put(path, value)
            self.refresh()
            self.post_message(self.Asked("changed", path))

    def action_type(self) -> None:
        """Type the value."""
        if self.path() and self._may_write():
            self.post_message(self.Asked("type", self.path()))

    def action_all_days(self) -> None:
        """The selected day's minutes on all days."""
        row, draft = self.row(), self.draft
        if row is None or draft is None or not row.is_week or not self._may_write():
            return
        value = draft.edited(self.path())
        for path in row.paths:
            if draft.edited(path) != value or draft.mine(path) is None:
                draft.put(path, value)
        self.refresh()
        self.post_message(self.Asked("changed", self.path()))

    def action_make_mine(self) -> None:
        """A starting value becomes my rule: the same value, stored."""
        draft, path = self.draft, self.path()
        found = self.explained()
        if draft and found and draft.mine(path) is None and self._may_write():
            self._put(path, found.value)

    def action_clear(self) -> None:
        """Take back the unsaved change, or else my saved rule."""
        draft, path = self.draft, self.path()
        if draft is None or not path:
            return
        if draft.is_changed(path):
            draft.changes.pop(path)
            self.refresh()
            self.post_message(self.Asked("changed", path))
        elif draft.mine(path) is not None:
            self._put(path, None)

    def action_why(self) -> None:
        """Explain."""
        if self.path():
            self.post_message(self.Asked("why", self.path()))

    def on_click(self, event: events.Click) -> None:
        """A click selects a line; in the row of seven cells also the day."""
        super().on_click(event)
        row = self.row()
        if row is not None and row.is_week:
            self.day = max(0, min(len(row.paths) - 1, (event.x - 4) // _CELL))
            self.refresh()


def _short_minutes(value: object) -> str:
    """`60min`, `1h30`, `none`: as it fits into a cell."""
    return minutes_words(value).replace("no limit", "none").replace(" ", "")


def state_glyph(found: Explained) -> str:
    """`○` nobody's rule yet, `⊘` not mine to loosen, `–` not mine to set, `●` a rule."""
    if found.starting_value:
        return "○"
    if not found.writable:
        return "–"
    return "⊘" if found.locked else "●"


def state_words(found: Explained) -> str:
    """The state in words: who decides, and whether I can loosen it."""
    who = found.reason.partition(": ")[2] or found.reason
    if found.starting_value:
        return "starting value · m makes it your rule" if found.writable else who
    if not found.writable:
        return f"{who} · not yours to set"
    if found.locked:
        return f"locked: {who}"
    return who
