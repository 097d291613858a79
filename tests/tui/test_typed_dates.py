"""Weeks and exceptions as people type them, there and back."""

import pytest

from familypair.settings import FIELDS
from familypair_tui import typed

EXCEPTIONS = FIELDS["schedule.exceptions"]
BLOCKS = FIELDS["schedule.blocks"]
ALL = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVENING = {"start": "18:00", "end": "20:00"}
XMAS = {"first": "2026-12-24", "last": "2027-01-06"}
EVE = {"first": "2026-12-24", "last": "2026-12-24"}


@pytest.mark.parametrize(
    "text",
    [
        "away mon-fri 18:00-20:00 dinner",
        "mon-fri away 18.00 - 20.00 dinner",
        "Mon-Fri 18:00-20:00 away dinner",
        "weekdays 18:00 to 20:00 Away dinner",
    ],
)
def test_the_kind_stands_where_people_put_it(text: str) -> None:
    """Before the days, before the times or after them: the same block."""
    block = {"kind": "away", "days": ALL[:5], **EVENING, "label": "dinner"}
    assert typed.read(BLOCKS, text) == [block]
    assert typed.write(BLOCKS, [block]) == "away mon-fri 18:00-20:00 dinner"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-12-24..2027-01-06 no limit", {"kind": "lift_limit", **XMAS}),
        ("2026-12-24 to 2027-01-06 1h30", {"kind": "set_limit", "minutes": 90, **XMAS}),
        ("2026-12-24 limit 180 min", {"kind": "set_limit", "minutes": 180, **EVE}),
        ("2026-12-24..2027-01-06 free", {"kind": "lift_blocks", "kinds": [], **XMAS}),
        (
            "2026-12-24..2027-01-06 no school and sleep (Christmas)",
            {"kind": "lift_blocks", "kinds": ["sleep", "school"], "label": "Christmas", **XMAS},
        ),
        (
            "2026-12-24 away 18:00-20:00 dinner (Eve)",
            {
                "kind": "add_blocks",
                "blocks": [{"kind": "away", "days": ALL, **EVENING, "label": "dinner"}],
                "label": "Eve",
                **EVE,
            },
        ),
        (
            "2026-12-24..2027-01-06 only sleep 23:00-09:00, 18:00-20:00 away",
            {
                "kind": "swap_blocks",
                "blocks": [
                    {"kind": "away", "days": ALL, **EVENING},
                    {"kind": "sleep", "days": ALL, "start": "23:00", "end": "09:00"},
                ],
                **XMAS,
            },
        ),
        ("2026-12-24 only nothing", {"kind": "swap_blocks", "blocks": [], **EVE}),
    ],
)
def test_exceptions_there_and_back(text: str, value: dict[str, object]) -> None:
    """Each kind of exception is typed in one line, and what is shown can be typed again."""
    read = typed.read(EXCEPTIONS, text)
    assert {**read[0], "kinds": read[0].get("kinds", [])} == {"kinds": [], **value}
    assert typed.read(EXCEPTIONS, typed.write(EXCEPTIONS, read)) == read


def test_several_exceptions_and_odd_names() -> None:
    """A semicolon parts them; a name's own brackets cannot end it early."""
    read = typed.read(EXCEPTIONS, "2026-12-24 90 (one); 2026-12-25 free;")
    assert [one["first"] for one in read] == ["2026-12-24", "2026-12-25"]
    odd = [{**read[0], "label": "a) b; (c"}]
    assert typed.read(EXCEPTIONS, typed.write(EXCEPTIONS, odd))[0]["label"] == "a] b, [c"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow free", "write dates and what differs"),
        ("2026-12-24", "write dates and what differs"),
        ("2026-12-24 no homework", 'after "no" comes limit'),
        ("2026-12-24 maybe", "write dates and what differs"),
        ("2026-12-24 limit none of it", "write dates and what differs"),
        ("2026-12-24 away 25:00-26:00", "00:00 to 23:59"),
        ("2026-13-45 free", "there is no such day"),
        ("2027-01-06..2026-12-24 free", "366"),
        ("2026-12-24 1441", "1440"),
        ("2026-12-24 away 18:00-18:00", "another time"),
    ],
)
def test_what_is_no_exception_is_told(text: str, said: str) -> None:
    """The sentence says what was not understood and how to write it."""
    with pytest.raises(typed.NotTypedError, match=said) as caught:
        typed.read(EXCEPTIONS, text)
    assert str(caught.value)


@pytest.mark.parametrize("day", ["2026-13-99", "2026-02-30"])
def test_a_day_that_no_calendar_has(day: str) -> None:
    """It is named, at either end of the dates; its neighbour that exists is fine."""
    for text in (f"{day} 180", f"2026-01-01..{day} no school"):
        with pytest.raises(typed.NotTypedError, match=f"^{day}: there is no such day.$"):
            typed.read(EXCEPTIONS, text)
    assert typed.read(EXCEPTIONS, "2026-02-28 180")
