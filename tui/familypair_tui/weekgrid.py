"""A week of blocked times as something to paint on: exact to the minute, drawn in half hours.

Blocks are kept as sets of minutes of the week per kind and label, so painting one half hour never
moves a block that starts at 07:45, and a block over midnight stays one block.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from familypair.settings import WEEKDAYS
from familypair.settings.values import BlockKind, Window
from familypair.settings.weekmask import DAY, WEEK, clock_of, mask_windows, span_mask

CELLS: Final = 48
CELL: Final = DAY // CELLS
_ALL: Final = (1 << WEEK) - 1
_DAY_ALL: Final = (1 << DAY) - 1

Paint = tuple[BlockKind, str]
"""A kind of block and its label."""


@dataclass(frozen=True, slots=True)
class Place:
    """A half hour of a day: Monday is 0."""

    day: int
    cell: int

    @property
    def clock(self) -> str:
        """`18:30`."""
        return clock_of(self.cell * CELL)


def span_minutes(day: int, first: int, last: int) -> int:
    """The minutes from `first` to `last` (minutes of that day) as a mask; over midnight wraps."""
    length = last - first if last > first else last - first + DAY
    mask = ((1 << length) - 1) << (day * DAY + first)
    return (mask | mask >> WEEK) & _ALL


@dataclass(slots=True)
class WeekGrid:
    """My own blocks of a week."""

    masks: dict[Paint, int] = field(default_factory=dict[Paint, int])

    @classmethod
    def of(cls, blocks: Sequence[Mapping[str, Any]]) -> "WeekGrid":
        """From the JSON of `schedule.blocks`."""
        grid = cls()
        for block in blocks:
            paint = (BlockKind(block["kind"]), str(block.get("label", "")))
            mask = span_mask(tuple(block.get("days", WEEKDAYS)), block["start"], block["end"])
            grid.masks[paint] = grid.masks.get(paint, 0) | mask
        return grid

    def blocks(self) -> list[dict[str, Any]]:
        """The JSON of `schedule.blocks`: as few blocks as there can be, in the order of a week."""
        found: list[tuple[Window, Paint]] = [
            (window, paint)
            for paint, mask in self.masks.items()
            if mask
            for window in mask_windows(mask)
        ]
        found.sort(key=lambda one: (WEEKDAYS.index(one[0].days[0]), one[0].start, one[1]))
        return [_block(window, *paint) for window, paint in found]

    def paint(self, minutes: int, paint: Paint | None) -> None:
        """These minutes are this block now, or free."""
        for known in list(self.masks):
            self.masks[known] &= ~minutes
            if not self.masks[known]:
                del self.masks[known]
        if paint is not None:
            self.masks[paint] = self.masks.get(paint, 0) | minutes

    def paint_cells(self, day: int, first: int, last: int, paint: Paint | None) -> None:
        """The half hours `first` to `last` (inclusive) of a day."""
        self.paint(span_minutes(day, first * CELL, (last + 1) * CELL), paint)

    def paint_span(self, day: int, start: str, end: str, paint: Paint | None) -> None:
        """From a time to a time; an end before the start is on the next day."""
        self.paint(span_mask((WEEKDAYS[day],), start, end), paint)

    def copy_day(self, source: int, targets: Sequence[int]) -> None:
        """Between midnight and midnight, the targets become like the source."""
        taken = {paint: (mask >> (source * DAY)) & _DAY_ALL for paint, mask in self.masks.items()}
        for day in targets:
            if day != source:
                self.paint(_DAY_ALL << (day * DAY), None)
                for paint, mask in taken.items():
                    if mask:
                        self.masks[paint] = self.masks.get(paint, 0) | mask << (day * DAY)

    def at(self, day: int, cell: int) -> Paint | None:
        """The block that covers most of a half hour, if it covers at least half of it."""
        shift = day * DAY + cell * CELL
        half = (1 << CELL) - 1
        found = [((mask >> shift) & half).bit_count() for mask in self.masks.values()]
        most = max(found, default=0)
        return list(self.masks)[found.index(most)] if 2 * most >= CELL else None

    def row(self, day: int) -> list[Paint | None]:
        """The half hours of a day."""
        return [self.at(day, cell) for cell in range(CELLS)]


def _block(window: Window, kind: BlockKind, label: str) -> dict[str, Any]:
    body = {
        "kind": kind.value,
        "days": list(window.days),
        "start": window.start,
        "end": window.end,
    }
    return body | ({"label": label} if label else {})


def closed_cells(blocks: Sequence[Mapping[str, Any]]) -> list[list[bool]]:
    """Which half hours of the week any of these blocks covers; for what others have set."""
    mask = 0
    for grid_mask in WeekGrid.of(blocks).masks.values():
        mask |= grid_mask
    half = (1 << CELL) - 1
    return [
        [
            2 * ((mask >> (day * DAY + cell * CELL)) & half).bit_count() >= CELL
            for cell in range(CELLS)
        ]
        for day in range(len(WEEKDAYS))
    ]
