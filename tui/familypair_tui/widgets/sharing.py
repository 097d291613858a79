"""What is shared, generated from the server's answer; the guardian's side uses the same list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from familypair.schema.teens import Access, SharedItem, SharedWith, Sharing
from familypair_tui.glance import phase_words
from familypair_tui.text import fit, hanging, line, spread
from familypair_tui.when import ago, stamp
from familypair_tui.widgets.chrome import tone_style
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, chip


@dataclass(frozen=True, slots=True)
class _Line:
    kind: str
    who: SharedWith
    item: SharedItem | None = None
    place: int = 0


class SharingPanel(ListPanel):
    """Every guardian with what they see and can change."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.sharing: Sharing | None = None
        self.now = datetime.min.replace(tzinfo=UTC)
        self.zone: tzinfo = UTC
        self._lines: list[_Line] = []

    def show(self, sharing: Sharing | None, now: datetime, zone: tzinfo) -> None:
        """Draw this."""
        self.sharing, self.now, self.zone = sharing, now, zone
        self._lines = []
        for place, who in enumerate(sharing.guardians if sharing else ()):
            self._lines.append(_Line("who", who, place=place))
            self._lines += [_Line("sees", who, item) for item in who.sees]
            self._lines.append(_Line("gap", who))
            self._lines += [_Line("changes", who, item) for item in who.changes]
        self.index = next((n for n in range(self.index, self.count()) if self.can_select(n)), 0)
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line(("What they see", self.title_style()))

    def legend(self) -> Content:
        """What the glyphs mean."""
        return line(("✓ sees   ✎ can change", self.ink.muted))

    def count(self) -> int:
        """Lines."""
        return len(self._lines)

    def can_select(self, index: int) -> bool:
        """Headings are not selected."""
        return self._lines[index].item is not None

    def nothing(self, width: int) -> list[Content]:
        """Nobody, or not read yet."""
        if self.sharing is None:
            return [line(("reading what is shared…", self.ink.muted))]
        rows = self.sentence_lines("Nobody is linked with you: nothing is shared.", width)
        return [
            *rows,
            Content(""),
            line(
                ("e", self.ink.key),
                (" enter a code   ", self.ink.muted),
                ("i", self.ink.key),
                (" make one", self.ink.muted),
            ),
        ]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A heading or a line."""
        del selected
        row = self._lines[index]
        name = row.who.link.guardian.name
        if row.kind == "who":
            return self._head(row, width)
        if row.kind == "gap":
            return [Content(""), line((f"{name} can change", self.ink.strong))]
        if row.item is None:
            return []
        glyph = "✓ " if row.kind == "sees" else "✎ "
        example = line((row.item.example, self.ink.plain_value))
        room = width - 2 - (example.cell_length + 1 if row.item.example else 0)
        rows = hanging(row.item.title, max(room, width // 2), self.ink.text)
        first, *rest = rows or [Content("")]
        head = line((glyph, self.ink.accent), first)
        return [spread(head, example, width), *(line("  ", more) for more in rest)]

    def _head(self, row: _Line, width: int) -> list[Content]:
        link = row.who.link
        phase = phase_words(link, self.now)
        right = line((phase[0], tone_style(phase[1], self.ink))) if phase else Content("")
        viewed = row.who.last_viewed_at
        seen = f"looked {stamp(viewed, self.zone, self.now)}" if viewed else "has not looked yet"
        name = line(
            chip(link.guardian.name, row.place, self.ink),
            " ",
            (link.guardian.name, self.ink.strong),
        )
        rows = [spread(name, right, width), fit(line("    ", (seen, self.ink.muted)), width)]
        gap = [Content("")] if row.place else []
        return [*gap, *rows, Content(""), line((f"{link.guardian.name} sees", self.ink.strong))]


class NeverPanel(ListPanel):
    """What nobody sees."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.items: Sequence[str] = ()

    def show(self, items: Sequence[str]) -> None:
        """Draw these."""
        self.items = items
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line(("No guardian ever sees", self.title_style()))

    def count(self) -> int:
        """Items."""
        return len(self.items)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A line."""
        del selected
        rows = hanging(self.items[index], width - 2, self.ink.text)
        return [
            line(("✗ " if not place else "  ", self.ink.muted), row)
            for place, row in enumerate(rows)
        ]


class LookedPanel(ListPanel):
    """Who looked, at what, when."""

    KEYS = LIST_KEYS

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.items: Sequence[Access] = ()
        self.zone: tzinfo = UTC
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(self, items: Sequence[Access], zone: tzinfo, now: datetime) -> None:
        """Draw these."""
        self.items, self.zone, self.now = items, zone, now
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line(("Who looked", self.title_style()))

    def count(self) -> int:
        """Items."""
        return len(self.items)

    def nothing(self, width: int) -> list[Content]:
        """Nobody."""
        return self.sentence_lines("Nobody has looked at your page.", width)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A line."""
        del selected
        one = self.items[index]
        words = line((one.name, self.ink.strong), (f" looked at {one.what}", self.ink.text))
        return [spread(words, line((ago(one.at, self.now), self.ink.muted)), width)]
