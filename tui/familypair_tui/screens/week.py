"""The week editor: paint half hours, type times, dated exceptions, calendar import, review."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from familypair.client.errors import ClientError
from familypair.schema.settings import LayerSaved
from familypair.schema.time import CalendarImport
from familypair.settings import FIELDS, WEEKDAYS, flatten
from familypair_tui import typed
from familypair_tui.actions import BACK, REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import fault_of
from familypair_tui.screens.drafting import DraftingScreen
from familypair_tui.typed_dates import read_exceptions
from familypair_tui.typed_days import DAY_EXAMPLE, Painted, read_day, write_day
from familypair_tui.weekgrid import WeekGrid, closed_cells
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import TYPING_KEYS, EntryBar
from familypair_tui.widgets.notice import NoticePanel
from familypair_tui.widgets.week import ExceptionsPanel, WeekPanel, weekday_path

REVIEW = Key("week.review", "ctrl+s", "review", "Review", "Read what it does, then save.", 1)
UNDO = Key("week.undo", "u", "undo", "Undo", "Undo the last painting, or what was saved.", 3)
NEW = Key("week.new", "n", "new", "Exception", "Type a dated exception.", 5)
DROP = Key("week.drop", "d", "drop", "Remove", "Remove the selected exception.", 5)
IMPORT = Key("week.import", "i", "import_file", "Import", "Read an iCalendar (.ics) file.", 5)
DISCARD = Key("week.discard", "D", "discard", "Discard", "Take back all unsaved changes.", 9)
TEEN_BEFORE = Key("week.teen_before", "left_square_bracket", "teen(-1)", "Teen", "Teen before.", 9)
TEEN_NEXT = Key("week.teen", "right_square_bracket", "teen(1)", "Teen", "Next teen.", 8, "[ ]")
_BLOCKS = "schedule.blocks"
_EXCEPTIONS = "schedule.exceptions"
_MOST_BYTES = 1_000_000


class WeekScreen(DraftingScreen):
    """My own blocks, limits and exceptions of one teen, by keys alone."""

    KEYS = (REVIEW, UNDO, NEW, DROP, IMPORT, DISCARD, TEEN_BEFORE, TEEN_NEXT, BACK, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "rules"

    DEFAULT_CSS = """
    WeekScreen #content { layout: vertical; }
    WeekScreen #exceptions { height: 1fr; }
    WeekScreen.-narrow #week { height: 8; }
    WeekScreen NoticePanel { display: none; width: 1fr; }
    """

    def __init__(self, teen: str) -> None:
        super().__init__(teen)
        self.grid: WeekGrid | None = None
        self._grid_of: object = None
        self._then: Callable[[object], None] | None = None

    def content(self) -> ComposeResult:
        """The grid above, exceptions below."""
        with Vertical(id="content"):
            yield NoticePanel(id="notice")
            yield WeekPanel()
            yield ExceptionsPanel()
        yield EntryBar()

    def on_mount(self) -> None:
        """The grid has the focus."""
        super().on_mount()
        self.query_one(WeekPanel).focus()

    def on_resize(self, event: events.Resize) -> None:
        """On 60 columns one day at a time."""
        super().on_resize(event)
        self.set_class(event.size.width < 66, "-narrow")  # noqa: PLR2004 - 48 cells and a frame

    def refresh_data(self) -> None:
        """Show the draft; read it when there is none for this teen."""
        data, notice = self.data(), self.query_one(NoticePanel)
        fault = self.fault or (data.fault if data else None)
        shown = data is not None and fault is None
        notice.display = not shown
        for panel in (self.query_one(WeekPanel), self.query_one(ExceptionsPanel)):
            panel.display = shown
        if data is None:
            notice.show("Week", "No teen is linked with you yet.", (("1", "the overview"),))
        elif fault is not None:
            notice.show_fault(fault)
        else:
            self.read_once()
            self._show_week(data.card.name)

    def _show_week(self, name: str) -> None:
        draft = self.draft
        if draft is None:
            return
        if self._grid_of is not draft.document:
            self._grid_of = draft.document
            self.grid = WeekGrid.of(draft.edited_mine(_BLOCKS) or [])
            self.query_one(WeekPanel).past.clear()
        if self.grid is None:
            return
        held = draft.fields.get(_BLOCKS)
        others = closed_cells(_items(held.value if held else None))
        limits = [
            (draft.edited(weekday_path(day)), draft.is_changed(weekday_path(day)))
            for day in range(7)
        ]
        who = (name, self.store.colour_of(self.teen))
        self.query_one(WeekPanel).show(self.grid, others, limits, who, len(draft.changes))
        exceptions = _items(draft.edited_mine(_EXCEPTIONS))
        changed = draft.is_changed(_EXCEPTIONS)
        self.query_one(ExceptionsPanel).show(exceptions, changed=changed)

    def sentence(self) -> Sequence[Clause]:
        """What was done last, or what this is."""
        if self.note:
            return (Clause(self.note, tone="bad" if self.note[0] in "⊘!" else "strong"),)
        if self.draft is not None and self.draft.changes:
            return (Clause("Nothing is saved yet"), Clause("^s shows what it does", tone="accent"))
        words = "Your own times; the strictest rule of all wins"
        return (Clause(words, "Your own times"), Clause(": another's rule", tone="muted"))

    # keys

    def hint_keys(self) -> list[Key]:
        """While somebody types, letters belong to the input."""
        return [*TYPING_KEYS] if isinstance(self.focused, Input) else super().hint_keys()

    def allows(self, key: Key) -> bool:
        """Hints that make sense now."""
        if key.id in {REVIEW.id, DISCARD.id}:
            return bool(self.draft and self.draft.changes)
        if key.id == UNDO.id:
            return self.can_undo or bool(self.query_one(WeekPanel).past)
        if key.id == DROP.id:
            panel = self.query_one(ExceptionsPanel)
            return panel.has_focus and bool(panel.items)
        if key.id == "week.paste":
            return self.query_one(WeekPanel).copied is not None
        if key.id in {TEEN_NEXT.id, TEEN_BEFORE.id}:
            return len(self.store.teens) > 1
        return True

    def on_week_panel_moved(self) -> None:
        """Another half hour: the note is old."""
        if self.note:
            self.note = ""
            self.show_sentence()

    def on_week_panel_painted(self, message: WeekPanel.Painted) -> None:
        """The grid changed: so does the draft."""
        draft = self.draft
        if draft is not None:
            source = weekday_path(self.query_one(WeekPanel).place.day)
            if message.days and (draft.is_changed(source) or draft.mine(source) is not None):
                for day in message.days:
                    self._put(weekday_path(day), draft.edited(source))
        self._painted()

    def _painted(self) -> None:
        if self.draft is None or self.grid is None:
            return
        mine = self.draft.mine(_BLOCKS)
        blocks = self.grid.blocks()
        self.note = ""
        if blocks == WeekGrid.of(mine or []).blocks():
            self.draft.changes.pop(_BLOCKS, None)
        elif not self._put(_BLOCKS, blocks or None):
            self.query_one(WeekPanel).undo()
        self.show_all()

    def _put(self, path: str, value: Any) -> bool:
        draft = self.draft
        found = draft.fields.get(path) if draft else None
        if draft is None or found is None or not found.writable:
            self.note = "⊘ You cannot set this. The teen grants the permission for times."
            return False
        draft.put(path, value)
        return True

    def on_week_panel_asked(self, message: WeekPanel.Asked) -> None:
        """A limit or times of the cursor's day."""
        draft, day = self.draft, self.query_one(WeekPanel).place.day
        if draft is None or self.grid is None:
            return
        name = WEEKDAYS[day].capitalize()
        if message.what == "limit":
            path = weekday_path(day)
            spec = FIELDS[path]
            self._ask(
                f"Limit on {name}",
                typed.write(spec, draft.edited(path)),
                typed.how_to_type(spec),
                lambda text: typed.read(spec, text),
                lambda value: self._take_limit(path, value),
            )
            return
        now = write_day(self.grid.blocks(), WEEKDAYS[day]) or "free"
        self._ask(
            f"{name}, now {now}",
            "",
            DAY_EXAMPLE,
            read_day,
            lambda parts: self._take_times(day, parts),
        )

    def _take_limit(self, path: str, value: object) -> None:
        self._put(path, value)
        self.show_all()

    def _take_times(self, day: int, parts: object) -> None:
        if self.grid is None:
            return
        self.query_one(WeekPanel).keep()
        for part in _items(parts):
            if isinstance(part, Painted):
                paint = None if part.kind is None else (part.kind, part.label)
                self.grid.paint_span(day, part.start, part.end, paint)
        self._painted()

    def _ask(
        self,
        title: str,
        text: str,
        hint: str,
        read: Callable[[str], object],
        then: Callable[[object], None],
    ) -> None:
        self._then = then
        self.query_one(EntryBar).ask(title, text, hint, read)
        self.show_hints()

    def on_entry_bar_typed(self, message: EntryBar.Typed) -> None:
        """A value was typed."""
        then, self._then = self._then, None
        self.query_one(WeekPanel).focus()
        if then is not None:
            then(message.value)

    def on_entry_bar_left(self) -> None:
        """Nothing was typed."""
        self._then = None
        self.query_one(WeekPanel).focus()

    def stop_typing(self) -> None:
        """Letters are keys again."""
        bar = self.query_one(EntryBar)
        if bar.is_open:
            bar.close()
            self.query_one(WeekPanel).focus()

    # exceptions

    def action_new(self) -> None:
        """Type an exception."""
        spec = FIELDS[_EXCEPTIONS]
        self._ask(
            "A dated exception",
            "",
            typed.how_to_type(spec),
            lambda text: typed.read(spec, text),
            self._add,
        )

    def _add(self, value: object) -> None:
        draft = self.draft
        if draft is not None:
            known = _items(draft.edited_mine(_EXCEPTIONS))
            added = [one for one in _items(value) if one not in known]
            self._put(_EXCEPTIONS, [*known, *added])
            self.show_all()

    def action_drop(self) -> None:
        """Remove the selected exception."""
        draft, panel = self.draft, self.query_one(ExceptionsPanel)
        if draft is not None and panel.has_focus and panel.index < len(panel.items):
            rest = [one for place, one in enumerate(panel.items) if place != panel.index]
            self._put(_EXCEPTIONS, rest or None)
            self.show_all()

    def action_import_file(self) -> None:
        """Type the path of a calendar file, then what its days are."""
        self._ask(
            "Calendar file (.ics)",
            "",
            "A path: ~/Downloads/holidays.ics",
            _read_file,
            self._ask_meaning,
        )

    def _ask_meaning(self, ics: object) -> None:
        self._ask(
            "What are its days?",
            "no school",
            "no school, free (no blocks), closed, no limit, or minutes: 3h",
            lambda text: _read_meaning(str(ics), text),
            self._import,
        )

    def _import(self, ask: object) -> None:
        if isinstance(ask, CalendarImport):
            self.family.begin(self._draft_of(ask))

    async def _draft_of(self, ask: CalendarImport) -> None:
        try:
            draft = await guarded(self.family.api.import_calendar(self.teen, ask))
        except ClientError as error:
            self.note = f"! {fault_of(error).sentence}"
            self.show_all()
            return
        self._add(flatten(draft.patch).get(_EXCEPTIONS))
        skipped = f" · not taken: {'; '.join(draft.skipped[:2])}" if draft.skipped else ""
        plural = "day or range" if draft.added == 1 else "days or ranges"
        self.note = f"✓ {draft.added} {plural} drafted, nothing is saved yet{skipped}"
        self.query_one(ExceptionsPanel).focus()
        self.show_all()

    # draft

    def action_discard(self) -> None:
        """Take all unsaved changes back."""
        if self.draft is not None:
            self.draft.changes.clear()
            self._grid_of = None
            self.note = "Nothing was changed."
            self.show_all()

    def action_back(self) -> None:
        """To the teen's day, after asking when something is not saved."""
        self.when_free(lambda: self.family.open_teen(self.teen, "today"))

    def action_undo(self) -> None:
        """The last painting; when there is none, what was saved last."""
        if self.query_one(WeekPanel).undo():
            self._painted()
        else:
            super().action_undo()

    def _reviewed(self, saved: LayerSaved | None) -> None:
        self._grid_of = None  # a dropped line changes the draft too
        super()._reviewed(saved)


def _items(value: object) -> list[Any]:
    """The items of a list; nothing for anything else (silence, a count)."""
    return list(cast("list[object]", value)) if isinstance(value, list) else []


def _read_meaning(ics: str, text: str) -> CalendarImport:
    """What the days of a calendar do to my layer. Raises ValueError with the sentence."""
    low = " ".join(text.lower().split())
    if low in {"closed", "a block"}:
        return CalendarImport(ics=ics, as_="add_blocks")
    one = read_exceptions(f"2000-01-01 {low}")[0]
    match one["kind"]:
        case "lift_blocks":
            return CalendarImport(ics=ics, as_="lift_blocks", kinds=tuple(one["kinds"]))
        case "lift_limit":
            return CalendarImport(ics=ics, as_="lift_limit")
        case "set_limit":
            return CalendarImport(ics=ics, as_="set_limit", minutes=one["minutes"])
        case _:
            raise ValueError("Write: no school, free, closed, no limit, or minutes.")


def _read_file(text: str) -> str:
    """The text of a calendar file. Raises ValueError with the sentence."""
    path = Path(text.strip()).expanduser()
    if not path.is_file():
        raise ValueError(f"{path.name or text}: there is no such file.")
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("This file is larger than 1 MB.")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path.name}: this file cannot be read.") from None
