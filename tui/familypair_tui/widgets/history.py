"""The list of history entries, and one entry in full."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from familypair.schema.ledger import EffectiveChanged, InboxEntry, LayerChanged
from familypair.settings import FIELDS, Audience
from familypair_tui.draft import words_of
from familypair_tui.text import columns, hanging, line, wrap
from familypair_tui.theme import Ink
from familypair_tui.when import day_clock, stamp
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, chip

_ACTORS = {"me": "you", "another_guardian": "another guardian", "platform": "the platform"}


_WIDE = 70
"""From this width on the actor has a column."""


class HistoryPanel(ListPanel):
    """When, who, what, and whether it can be undone."""

    KEYS = LIST_KEYS
    AIR = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.entries: Sequence[InboxEntry] = ()
        self.who = ""
        self.colour = 0
        self.seen = 0
        self.zone: tzinfo = UTC
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(
        self,
        entries: Sequence[InboxEntry],
        who: str,
        colour: int,
        *,
        seen: int,
        zone: tzinfo,
        now: datetime,
    ) -> None:
        """Draw these; the cursor stays on its entry."""
        chosen = self.selected()
        self.entries = tuple(entries)
        self.who, self.colour, self.seen, self.zone, self.now = who, colour, seen, zone, now
        places = [n for n, entry in enumerate(entries) if chosen and entry.seq == chosen.seq]
        self.index = places[0] if places else 0
        self.refresh()

    def selected(self) -> InboxEntry | None:
        """The entry under the cursor."""
        return self.entries[self.index] if self.index < len(self.entries) else None

    def heading(self) -> Content:
        """Whose history."""
        if not self.who:
            return line(("History", self.title_style()))
        return line(
            chip(self.who, self.colour, self.ink),
            " ",
            (f"{self.who} · history", self.title_style()),
        )

    def legend(self) -> Content:
        """The glyph of undo."""
        return line(("↶ can be undone", self.ink.muted))

    def count(self) -> int:
        """Entries."""
        return len(self.entries)

    def nothing(self, width: int) -> list[Content]:
        """The empty state."""
        words = "Nothing yet. Every change of a link or a rule appears here, for both sides."
        return self.sentence_lines(words, width)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """One or two lines."""
        del selected
        entry = self.entries[index]
        fresh = entry.seq > self.seen
        style = self.ink.text if fresh else self.ink.muted
        actor = actor_words(entry.actor, self.who)
        names = 17 if width >= _WIDE else 0
        rest = width - 8 - (names + 1 if names else 0) - 3
        rows = wrap(entry.words, max(rest, 10), lines=3)
        undo = ("↶", self.ink.accent) if entry.undoable else (" ", "")
        lines: list[Content] = []
        for place, row in enumerate(rows or [""]):
            when = stamp(entry.at, self.zone, self.now) if place == 0 else ""
            who = actor if place == 0 else ""
            parts: list[tuple[object, int]] = [(line((f"{when:>6}", self.ink.muted)), 7)]
            if names:
                parts.append((line((who, self.ink.strong if fresh else self.ink.muted)), names))
            parts += [(line((row, style)), rest), (line(undo) if place == 0 else "", 2)]
            lines.append(columns(parts))  # type: ignore[arg-type]  # lines and texts
        return lines


def actor_words(actor: str, teen: str) -> str:
    """Who did it, in words."""
    return teen if actor == "teen" else _ACTORS.get(actor, actor)


def entry_words(entry: InboxEntry, width: int, ink: Ink, zone: tzinfo) -> list[Content]:
    """One entry in full: when, who, words, and each field before and after."""
    rows = [
        line(
            (day_clock(entry.at, zone), ink.muted),
            (f"  {entry.at.astimezone(zone):%d %b %Y}", ink.muted),
        )
    ]
    rows += hanging(entry.words, width, ink.text)
    body = entry.entry
    changes = body.changes if isinstance(body, LayerChanged) else ()
    effective = body.effective if isinstance(body, LayerChanged | EffectiveChanged) else ()
    for change in changes:
        rows.append(Content(""))
        rows += _before_after(change.path, change.before, change.after, width, ink, what="rule")
    for effect in effective:
        rows += _before_after(effect.path, effect.before, effect.after, width, ink, what="in force")
    if entry.undoable:
        rows += [Content(""), line(("u", ink.key), (" undoes this", ink.muted))]
    return rows


def _before_after(
    path: str, before: object, after: object, width: int, ink: Ink, *, what: str
) -> list[Content]:
    title = FIELDS[path].title if path in FIELDS else path
    old = words_of(path, before, Audience.GUARDIAN)
    new = words_of(path, after, Audience.GUARDIAN)
    rows = hanging(f"{title} ({what})", width, ink.muted)
    return [*rows, line("  ", (old, ink.muted), (" → ", ink.accent), (new, ink.value))]
