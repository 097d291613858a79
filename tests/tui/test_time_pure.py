"""The pure parts of time on the screen: strips, sentences, the week as a grid, typed days."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.schema.time import UseSpan
from familypair.settings import WEEKDAYS
from familypair.settings.values import BlockKind
from familypair.settings.weekmask import span_mask
from familypair_tui import balance, strip, typed_days
from familypair_tui.weekgrid import CELLS, WeekGrid
from tui_fake.days import MIDNIGHT, SPANS, at, glance, span
from tui_fake.family import START

DUBLIN = ZoneInfo("Europe/Dublin")
SLEEP = {"kind": "sleep", "days": list(WEEKDAYS), "start": "22:15", "end": "07:00"}


@pytest.mark.parametrize(
    ("used", "limit", "words", "level"),
    [
        (95, 120, "1 h 35 of 2 h, 25 min left: set by Dana", "normal"),
        (108, 120, "1 h 48 of 2 h, 12 min left: set by Dana", "near"),
        (120, 120, "2 h of 2 h, time is up: set by Dana", "over"),
        (135, 120, "2 h 15 of 2 h, 15 min over: set by Dana", "over"),
        (0, 0, "0 min of 0 min, time is up: set by Dana", "over"),
        (50, None, "50 min, no limit today", "none"),
        (None, 120, "? of 2 h, use is not known: set by Dana", "unknown"),
    ],
)
def test_the_balance_is_one_sentence(
    used: int | None, limit: int | None, words: str, level: str
) -> None:
    """Used, limit, left and by whom; what is over, and what is unknown, is said."""
    found = glance(used, limit, "Dana")
    assert balance.wordings(found)[0] == words
    assert balance.standing(found).level == level


@given(st.integers(0, 90000), st.integers(0, 90000))
@settings(max_examples=50)
def test_figures_in_minutes_add_up(used: int, limit: int) -> None:
    """Used + left - over is the limit in whole minutes, whatever the seconds are."""
    found = balance.standing(glance(0, 0, "", used_seconds=used, limit_seconds=limit))
    assert found.used is not None
    assert found.left is not None
    assert found.used + found.left - found.over == found.limit


def test_the_strip_shows_use_above_the_schedule() -> None:
    """48 cells each: levels of use until now, blocks by kind, one mark of now."""
    found = strip.of_glance(glance(95, 120, ""), START, DUBLIN)
    assert found.use == "               ▃▇▁       ▅   ▇▇▃▇▁              "
    assert found.schedule == "██████████████────▒▒▒▒▒▒▒──────────░░░──┄┄██████"
    assert found.now == 33
    assert found.axis.split() == ["0", "3", "6", "9", "12", "15", "18", "21"]


def test_what_is_unknown_is_never_blank() -> None:
    """Nothing known: `?` until now; known until 10:00: `?` from then on; a lift shows as `═`."""
    nothing = glance(None, 120, "", unknown=True, cells=(), as_of=None)
    assert strip.of_glance(nothing, START, DUBLIN).use == "?" * 33 + " " * 15
    stale = glance(95, 120, "", as_of=at("10:00"), cells=(0,) * 48)
    assert strip.of_glance(stale, START, DUBLIN).use.count("?") == 12
    opened = (*SPANS, span("lifted", "21:00", "22:00"))
    row = strip.schedule_row(opened, MIDNIGHT, 48)
    assert row[42:48] == "══████"


@pytest.mark.parametrize(("hours", "cells"), [(23, 46), (24, 48), (25, 50), (50, 52)])
def test_a_day_across_a_clock_change_has_its_own_length(hours: int, cells: int) -> None:
    """46 or 50 cells; a very long day (a move) is cut, not wrapped."""
    found = glance(0, 60, "", day_end=MIDNIGHT + timedelta(hours=hours))
    drawn = strip.of_glance(found, START, DUBLIN)
    assert len(drawn.use) == len(drawn.schedule) == len(drawn.axis) == cells


def test_the_teen_sees_exact_use() -> None:
    """Ten minutes of a half hour are a third of a cell; before the last report no `?` stays."""
    base = strip.of_glance(glance(0, 60, "", cells=()), START, DUBLIN)
    spans = (UseSpan(start=at("10:00"), end=at("10:10")),)
    found = strip.of_spans(base, spans, MIDNIGHT, at("12:00"))
    assert found.use[20] == "▃"
    assert found.use[:20].strip() == ""
    assert found.use[24] == "?"


def test_a_grid_gives_back_the_blocks_it_was_made_of() -> None:
    """Blocks over midnight and at odd minutes stay what they are."""
    school = {"kind": "school", "days": ["mon", "tue"], "start": "07:45", "end": "13:20"}
    blocks = [{**school, "label": "St Mary"}, SLEEP]
    assert WeekGrid.of(blocks).blocks() == blocks


def test_painting_changes_these_minutes_and_no_others() -> None:
    """Monday 08:00-09:00 becomes free: the rest of the block is untouched."""
    grid = WeekGrid.of([{"kind": "school", "days": ["mon"], "start": "07:45", "end": "13:20"}])
    grid.paint_cells(0, 16, 17, None)
    assert [(one["start"], one["end"]) for one in grid.blocks()] == [
        ("07:45", "08:00"),
        ("09:00", "13:20"),
    ]
    grid.paint_span(6, "22:00", "06:30", (BlockKind.SLEEP, ""))
    assert grid.at(0, 0) == (BlockKind.SLEEP, "")


def test_a_day_is_copied_to_others() -> None:
    """Monday to the weekdays: between midnight and midnight they are alike."""
    grid = WeekGrid.of([{"kind": "away", "days": ["mon"], "start": "18:00", "end": "20:00"}])
    grid.copy_day(0, range(5))
    assert grid.blocks() == [
        {"kind": "away", "days": list(WEEKDAYS[:5]), "start": "18:00", "end": "20:00"}
    ]


@given(
    st.integers(0, 6),
    st.integers(0, CELLS - 1),
    st.integers(0, CELLS - 1),
    st.sampled_from([*BlockKind, None]),
)
@settings(max_examples=60)
def test_painting_any_cells_keeps_the_grid_whole(
    day: int, one: int, other: int, kind: BlockKind | None
) -> None:
    """After painting, the blocks cover exactly the old minutes with the painted ones changed."""
    grid = WeekGrid.of([SLEEP])
    first, last = min(one, other), max(one, other)
    grid.paint_cells(day, first, last, None if kind is None else (kind, ""))
    again = WeekGrid.of(grid.blocks())
    assert again.masks == {paint: mask for paint, mask in grid.masks.items() if mask}
    sleep = span_mask(WEEKDAYS, "22:15", "07:00")
    painted = ((1 << (30 * (last - first + 1))) - 1) << (day * 1440 + first * 30)
    covered = 0
    for mask in grid.masks.values():
        covered |= mask
    assert covered == (sleep | painted if kind is not None else sleep & ~painted)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("18:00-20:00 away", [("18:00", "20:00", "away", "")]),
        ("18:00-20:00 away dinner", [("18:00", "20:00", "away", "dinner")]),
        ("sleep 22:00-07:00", [("22:00", "07:00", "sleep", "")]),
        ("14:00-15:00 free", [("14:00", "15:00", None, "")]),
        (
            "8:00-9:00 school, 21.00 to 24:00 sleep",
            [("08:00", "09:00", "school", ""), ("21:00", "24:00", "sleep", "")],
        ),
    ],
)
def test_a_typed_day(text: str, parts: list[tuple[str, str, str | None, str]]) -> None:
    """Times and what they are, in either order; over midnight wraps."""
    read = typed_days.read_day(text)
    assert [(one.start, one.end, one.kind, one.label) for one in read] == parts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("22:00-25:00", "hours end at 24:00"),
        ("10:00-10:00 away", "after the start"),
        ("mon 10:00-11:00", "this is one day"),
        ("later", "write days and times"),
        ("", "write times like 18:00-20:00"),
    ],
)
def test_a_typed_day_that_does_not_fit(text: str, words: str) -> None:
    """One sentence under the input."""
    with pytest.raises(ValueError, match=words):
        typed_days.read_day(text)


def test_amounts_plans_and_times() -> None:
    """What a teen types when asking."""
    assert typed_days.read_amount("1h30").minutes == 90
    assert typed_days.read_amount("rest").rest_of_day
    assert typed_days.read_until("16:30", at("15:00"), DUBLIN) == at("16:30")
    plan = typed_days.read_plan("mon-thu 45, weekend 1h30")
    limits = plan["screen_time"]["daily_minutes"]
    assert (limits["mon"], limits["sun"], "fri" in limits) == (45, 90, False)
    for text in ("0", "none"):
        with pytest.raises(ValueError, match="1 to 1440"):
            typed_days.read_amount(text)
    with pytest.raises(ValueError, match="mon-fri 45"):
        typed_days.read_plan("45")
    with pytest.raises(ValueError, match="141"):
        typed_days.read_note("x" * 141)
    with pytest.raises(ValueError, match="over already"):
        typed_days.read_until("16:30", at("17:00"), DUBLIN)
