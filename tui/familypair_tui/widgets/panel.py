"""Framed panels that draw themselves: one fixed-size widget, no layout while data arrives."""

from collections.abc import Sequence
from operator import attrgetter
from typing import ClassVar, Protocol, Self, cast

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

from familypair_tui.actions import Key, bindings
from familypair_tui.text import Part, fit, hanging, line
from familypair_tui.theme import COLOUR_INK, Ink

_ROUND = "╭╮╰╯─│"
_HEAVY = "┏┓┗┛━┃"


application = attrgetter("app")
"""The application of a widget; Textual's own attribute leaves its type open."""


class HasInk(Protocol):
    """The application, as far as widgets need it to draw."""

    ink: Ink


class Drawn(Widget):
    """A widget that draws lines of its own width; text in it is never markup."""

    DEFAULT_CSS = """
    Drawn { text-wrap: nowrap; text-overflow: clip; height: 1; width: 1fr; }
    """

    _shown: Sequence[Content] = ()
    _shown_size = Size(0, 0)
    _stale = False

    @property
    def ink(self) -> Ink:
        """The styles of the current theme."""
        if not self.is_attached:
            return COLOUR_INK
        return cast("HasInk", application(self)).ink

    def draw(self, size: Size) -> list[Content]:
        """The lines, each exactly `size.width` cells, at most `size.height` of them."""
        raise NotImplementedError

    def render(self) -> Content:
        """Join the lines; a line too many is left out."""
        self._shown, self._shown_size = self._freshly_drawn(), self.size
        return Content("\n").join(self._shown)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Send only the lines (or edges) that changed: bytes matter over SSH."""
        plain = repaint and not (regions or layout or recompose)
        if plain and self.is_mounted and not self.size.area:
            self._stale = True  # not shown: Textual would send the whole screen for it
            return self
        if plain and self.is_mounted and self._shown and self._shown_size == self.size:
            regions = changed_regions(self._shown, self._freshly_drawn(), self.size.width)
            if not regions:
                return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def on_show(self) -> None:
        """On the screen again: what changed meanwhile is drawn."""
        if self._stale:
            self._stale = False
            super().refresh()

    def forget(self) -> None:
        """Other colours: everything has to be sent again."""
        self._shown = ()
        self.refresh()

    def _freshly_drawn(self) -> list[Content]:
        size = self.size
        return self.draw(size)[: size.height] if size.width and size.height else []


def changed_regions(
    before: Sequence[Content], after: Sequence[Content], width: int
) -> tuple[Region, ...]:
    """What differs: whole lines, or only the two edges of a line where the inside is the same."""
    if len(before) != len(after):
        return (Region(0, 0, width, max(len(before), len(after))),)
    found: list[Region] = []
    for row, (old, new) in enumerate(zip(before, after, strict=True)):
        if old.is_same(new):
            continue
        if len(old) == len(new) and len(new) > 2 and old[1:-1].is_same(new[1:-1]):  # noqa: PLR2004 - two edges
            found += [Region(0, row, 1, 1), Region(width - 1, row, 1, 1)]
        else:
            found.append(Region(0, row, width, 1))
    return tuple(found)


class Panel(Drawn, can_focus=True):
    """A rounded frame with a title, something at the right of it, and a legend in its foot."""

    DEFAULT_CSS = """
    Panel { height: 1fr; }
    """
    KEYS: ClassVar[tuple[Key, ...]] = ()

    def heading(self) -> Content:
        """The title in the top of the frame."""
        return Content("")

    def aside(self) -> Content:
        """What stands at the right end of the top."""
        return Content("")

    def legend(self) -> Content:
        """What stands at the right end of the foot."""
        return Content("")

    def body(self, width: int, height: int) -> list[Content]:
        """The lines inside the frame; each is fitted to `width` by the frame."""
        raise NotImplementedError

    def marks(self, height: int) -> tuple[int, int] | None:
        """First row and length of the scroll thumb on the right edge, if it scrolls."""
        del height
        return None

    def draw(self, size: Size) -> list[Content]:
        """Draw the frame around the body."""
        inner = Size(max(size.width - 4, 0), max(size.height - 2, 0))
        rows = self.body(inner.width, inner.height)[: inner.height]
        rows += [Content("")] * (inner.height - len(rows))
        chars = _HEAVY if self.ink.heavy and self.has_focus else _ROUND
        edge = self.ink.accent if self.has_focus else self.ink.border
        thumb = self.marks(inner.height)
        drawn = [_top(self.heading(), self.aside(), size.width, chars, edge)]
        for index, row in enumerate(rows):
            right = chars[5]
            if thumb and thumb[0] <= index < thumb[0] + thumb[1]:
                right = "▐"
            drawn.append(line((chars[5], edge), " ", fit(row, inner.width), " ", (right, edge)))
        drawn.append(_foot(self.legend(), size.width, chars, edge))
        return drawn

    def title_style(self) -> str:
        """Bold and in the accent while focused, quiet otherwise."""
        return self.ink.key if self.has_focus else self.ink.muted

    def sentence_lines(
        self, sentence: str, width: int, key: str = "", act: str = ""
    ) -> list[Content]:
        """An empty state: one sentence, and the one key that fills it."""
        rows = hanging(sentence, width, self.ink.muted)
        if key:
            rows.append(
                line(("press ", self.ink.muted), (key, self.ink.key), (f" {act}", self.ink.muted))
            )
        return rows

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """The frame says where the focus is."""
        self.refresh()


def _top(title: Content, aside: Content, width: int, chars: str, edge: str) -> Content:
    room = max(width - 6, 0)
    title = title.truncate(room, ellipsis=True)
    left = (
        line((f"{chars[0]}{chars[4]} ", edge), title, " ")
        if title.cell_length
        else line((chars[0] + chars[4], edge))
    )
    rest = width - left.cell_length
    tail = (
        line(" ", aside, (f" {chars[4]}{chars[1]}", edge))
        if aside.cell_length
        else line((chars[1], edge))
    )
    if tail.cell_length > rest:
        tail = line((chars[1], edge))
    return line(left, (chars[4] * (rest - tail.cell_length), edge), tail)


def _foot(legend: Content, width: int, chars: str, edge: str) -> Content:
    if not legend.cell_length or legend.cell_length + 8 > width:
        return line((chars[2] + chars[4] * max(width - 2, 0) + chars[3], edge))
    dashes = width - legend.cell_length - 5
    return line(
        (chars[2] + chars[4] * dashes + " ", edge), legend, (f" {chars[4]}{chars[3]}", edge)
    )


LIST_KEYS = (
    Key("list.up", "up,k", "move(-1)", "Up", "Go one line up.", 9),
    Key("list.down", "down,j", "move(1)", "Down", "Go one line down.", 9),
    Key("list.page_up", "pageup", "page(-1)", "Page up", "Go one page up.", 9),
    Key("list.page_down", "pagedown", "page(1)", "Page down", "Go one page down.", 9),
    Key("list.first", "home,g", "move_to(0)", "First", "Go to the first line.", 9),
    Key("list.last", "end,G", "move_to(-1)", "Last", "Go to the last line.", 9),
)
OPEN = Key("list.open", "enter", "choose", "Open", "Open what is selected.", 4)


class ListPanel(Panel):
    """A panel with items of one or more lines, a cursor, and its own scrolling."""

    KEYS: ClassVar[tuple[Key, ...]] = (*LIST_KEYS, OPEN)
    BINDINGS = bindings(*LIST_KEYS, OPEN)
    AIR: ClassVar[bool] = False
    """Whether items stand apart by an empty line where the panel is tall enough."""

    class Chosen(Message):
        """Enter was pressed on an item, or it was clicked while selected."""

        def __init__(self, panel: "ListPanel", index: int) -> None:
            super().__init__()
            self.panel = panel
            self.index = index

        @property
        def control(self) -> "ListPanel":
            """The panel."""
            return self.panel

    class Moved(Message):
        """The cursor is on another item."""

        def __init__(self, panel: "ListPanel", index: int) -> None:
            super().__init__()
            self.panel = panel
            self.index = index

        @property
        def control(self) -> "ListPanel":
            """The panel."""
            return self.panel

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.index = 0
        self._offset = 0

    def count(self) -> int:
        """How many items there are."""
        raise NotImplementedError

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """The lines of one item."""
        raise NotImplementedError

    def nothing(self, width: int) -> list[Content]:
        """What stands there when there is no item."""
        del width
        return []

    def can_select(self, index: int) -> bool:
        """Whether the cursor may rest on an item; headings say no."""
        del index
        return True

    def body(self, width: int, height: int) -> list[Content]:
        """The visible part, scrolled so that the selected item is whole."""
        if not self.count():
            return self.nothing(width)
        self.index = min(self.index, self.count() - 1)
        blocks = self.blocks(width)
        self._offset = self._scrolled(blocks, height)
        rows = [row for block in blocks for row in block]
        return rows[self._offset : self._offset + height]

    def marks(self, height: int) -> tuple[int, int] | None:
        """Where the thumb stands on the edge."""
        total = sum(len(block) for block in self.blocks(max(self.size.width - 4, 1)))
        if total <= height or not height:
            return None
        length = max(1, height * height // total)
        return min(self._offset * height // total, height - length), length

    def blocks(self, width: int) -> list[list[Content]]:
        """The lines of every item, the selected one on the cursor's ground."""
        found = self._plain_blocks(width)
        room = self.size.height - 2 - sum(len(block) for block in found)
        if self.AIR and room >= len(found):
            return [[*block, Content("")] for block in found]
        return found

    def _plain_blocks(self, width: int) -> list[list[Content]]:
        blocks: list[list[Content]] = []
        for index in range(self.count()):
            chosen = index == self.index and self.has_focus
            rows = self.item(index, width, selected=chosen)
            if chosen:
                rows = [fit(row, width).stylize_before(self.ink.cursor) for row in rows]
            blocks.append(rows)
        return blocks

    def _scrolled(self, blocks: list[list[Content]], height: int) -> int:
        total = sum(len(block) for block in blocks)
        first = sum(len(block) for block in blocks[: self.index])
        last = first + len(blocks[self.index])
        above = 0 if not any(self.can_select(place) for place in range(self.index)) else first
        offset = min(self._offset, above)
        offset = max(offset, min(last - height, first))  # too tall: from its start
        return max(0, min(offset, max(0, total - height)))

    def action_move(self, step: int) -> None:
        """Move the cursor to the next item that can be selected; it stops at the ends."""
        place = self.index + step
        while 0 <= place < self.count() and not self.can_select(place):
            place += 1 if step > 0 else -1
        if 0 <= place < self.count():
            self.select(place)

    def action_page(self, pages: int) -> None:
        """Move by about a page."""
        step = max(1, self.size.height // 2) * pages
        target = max(0, min(self.count() - 1, self.index + step))
        while 0 < target < self.count() - 1 and not self.can_select(target):
            target += 1 if pages > 0 else -1
        if self.count() and self.can_select(target):
            self.select(target)

    def action_move_to(self, index: int) -> None:
        """Go to the first (0) or the last (-1) item."""
        places = [place for place in range(self.count()) if self.can_select(place)]
        if places:
            self.select(places[index])

    def action_choose(self) -> None:
        """Enter."""
        if self.count():
            self.post_message(self.Chosen(self, self.index))

    def select(self, index: int) -> None:
        """Put the cursor on an item and tell the screen."""
        if index == self.index:
            return
        self.index = index
        self.refresh()
        self.post_message(self.Moved(self, index))

    def item_at(self, y: int) -> int | None:
        """Which item is drawn in row `y` of the widget."""
        row = y - 1 + self._offset
        for index, block in enumerate(self.blocks(max(self.size.width - 4, 1))):
            if row < len(block):
                return index if row >= 0 else None
            row -= len(block)
        return None

    def on_click(self, event: events.Click) -> None:
        """A click selects; a click on what is selected opens it."""
        index = self.item_at(event.y)
        if index is None or not self.can_select(index):
            return
        if index == self.index:
            self.action_choose()
        self.select(index)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.action_move(-1)


def key_hint(key: str, act: str, ink: Ink) -> Content:
    """`i Invite` as it stands in panels and legends."""
    return line((key, ink.key), (f" {act}", ink.muted))


def chip(name: str, index: int, ink: Ink) -> Content:
    """A person's initial on their colour."""
    initial = next((char for char in name if char.isalnum()), "?").upper()
    return line(
        (f" {initial} " if line(initial).cell_length == 1 else f"{initial} ", ink.chip(index))
    )


def stacked(*parts: Part) -> list[Content]:
    """Lines from parts."""
    return [line(part) for part in parts]
