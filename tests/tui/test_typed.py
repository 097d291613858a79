"""Values as people type them, there and back."""

import pytest

from familypair.settings import FIELDS
from familypair_tui import typed

DAILY = FIELDS["screen_time.daily_minutes.mon"]
WIND = FIELDS["schedule.wind_down"]
MUTE = FIELDS["notifications.mute"]
BLOCKS = FIELDS["schedule.blocks"]
TERMS = FIELDS["search.blocked_terms"]
CONTACTS = FIELDS["contacts.blocked"]
WARN = FIELDS["screen_time.warnings"]
ALL = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (DAILY, "90", 90),
        (DAILY, "90 min", 90),
        (DAILY, "1h30", 90),
        (DAILY, "1:30", 90),
        (DAILY, "none", "none"),
        (DAILY, "No limit", "none"),
        (WIND, "21:30", "21:30"),
        (WIND, "9.30", "09:30"),
        (WIND, "off", "off"),
        (MUTE, "20:30-08:00", [{"days": ALL, "start": "20:30", "end": "08:00"}]),
        (MUTE, "mon-wed 20:30 to 8:00", [{"days": ALL[:3], "start": "20:30", "end": "08:00"}]),
        (
            MUTE,
            "mon, thu 13:00-14:00",
            [{"days": ["mon", "thu"], "start": "13:00", "end": "14:00"}],
        ),
        (
            BLOCKS,
            "school weekdays 08:00-14:00",
            [{"kind": "school", "days": ALL[:5], "start": "08:00", "end": "14:00"}],
        ),
        (
            BLOCKS,
            "away sun 18:00-20:00 dinner",
            [
                {
                    "kind": "away",
                    "days": ["sun"],
                    "start": "18:00",
                    "end": "20:00",
                    "label": "dinner",
                }
            ],
        ),
        (TERMS, "casino, two words", ["casino", "two words"]),
        (CONTACTS, "chat.example/a b", [{"host": "chat.example", "account": "a b"}]),
        (WARN, "30, 5", [30, 5, 0]),
    ],
)
def test_reading(spec: object, text: str, value: object) -> None:
    """Each way of writing gives one JSON value."""
    assert typed.read(spec, text) == value  # type: ignore[arg-type]  # a Field


@pytest.mark.parametrize(
    ("spec", "text", "words"),
    [
        (DAILY, "abc", "is not a number of minutes"),
        (DAILY, "1441", "0 to 1440 minutes"),
        (WIND, "25:00", "a day has 00:00 to 23:59"),
        (WIND, "soon", "write it like 21:30"),
        (MUTE, "funday 10:00-11:00", "is not a day"),
        (MUTE, "10:00", "write days and times"),
        (MUTE, "10:00-10:00", "outside what is allowed"),
        (WARN, "1,x", "is not a number"),
        (CONTACTS, "nobody", "write host/account"),
    ],
)
def test_faults_are_one_sentence(spec: object, text: str, words: str) -> None:
    """What does not fit is said, with how to write it."""
    with pytest.raises(typed.NotTypedError, match=words):
        typed.read(spec, text)  # type: ignore[arg-type]  # a Field


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (DAILY, 90),
        (DAILY, "none"),
        (WIND, "21:30"),
        (MUTE, [{"days": ALL, "start": "20:30", "end": "08:00"}]),
        (
            BLOCKS,
            [{"kind": "away", "days": ["sun"], "start": "18:00", "end": "20:00", "label": "x"}],
        ),
        (TERMS, ["a", "b c"]),
        (WARN, [30, 5, 0]),
    ],
)
def test_writing_is_read_back(spec: object, value: object) -> None:
    """`read(write(v))` is `v`."""
    assert typed.read(spec, typed.write(spec, value)) == value  # type: ignore[arg-type]  # a Field
