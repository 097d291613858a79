"""The effective calendar: days, stretches, reasons, and what a viewer may know of them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from familypair.rules.days import days_from, moved
from familypair.rules.layers import LayerState, Policy
from familypair.rules.time.calendar import calendar, day_spans, view_of
from familypair.rules.time.model import Lifted
from familypair.schema.scopes import Scope
from familypair.schema.time import CalendarDay
from familypair.settings import Band
from familypair.testing.families import NOON, TEEN, daily, family, guardian

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SCHOOL = {"kind": "school", "days": WEEK[:5], "start": "08:00", "end": "13:00"}
LUNCH = {"days": WEEK, "start": "12:00", "end": "14:00", "label": "Lunch with Grandma"}
NAMES = {TEEN: "Mia", "A": "Dana", "B": "Bo"}
BERLIN = "Europe/Berlin"


def rules(*blocks: dict[str, Any], exceptions: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A document with these blocks."""
    return {"schedule": {"blocks": list(blocks), "exceptions": list(exceptions)}}


def seen(
    policy: Policy, viewer: str, count: int = 2, now: datetime = NOON, *lifted: Lifted
) -> tuple[CalendarDay, ...]:
    """The calendar of somebody."""
    view = view_of(policy, viewer, now=now, names=NAMES, lifted=lifted)
    assert view is not None
    return calendar(view, count)


def said(day: CalendarDay, kind: str = "block") -> list[str]:
    """The stretches of one kind, with local times and words."""
    return [f"{s.local_start}-{s.local_end} {s.words}" for s in day.spans if s.kind == kind]


def test_every_stretch_has_its_reason() -> None:
    """The teen reads who set it; the guardian that it was them."""
    policy = family(guardian("A", rules(SCHOOL)), zone=BERLIN)
    assert said(seen(policy, TEEN)[1]) == ["08:00-13:00 School until 13:00: set by Dana"]
    monday = seen(policy, "A")[1]
    assert said(monday) == ["08:00-13:00 School until 13:00: set by you"]
    assert monday.spans[2].decided_by == ("me",)
    assert (monday.weekday, monday.start) == ("mon", datetime(2026, 11, 22, 23, tzinfo=UTC))


def test_another_guardian_is_only_another_guardian() -> None:
    """No name and no label of theirs, and only where their block decides; the teen reads both."""
    policy = family(guardian("A", rules(SCHOOL)), guardian("B", rules(LUNCH)))
    assert said(seen(policy, "A")[1]) == [
        "08:00-12:00 School until 12:00: set by you",
        "12:00-13:00 School until 13:00: set by you and another guardian",
        "13:00-14:00 Blocked until 14:00: set by another guardian",
    ]
    assert said(seen(policy, TEEN)[1])[2] == "13:00-14:00 Lunch with Grandma until 14:00: set by Bo"
    for span in seen(policy, "A")[1].spans:
        assert "B" not in span.decided_by
        assert "Grandma" not in span.label + span.words


def test_guardians_who_know_each_other_read_each_others_labels() -> None:
    """Both agreed to it; the twin of the test above in one field."""
    dana = msgspec.structs.replace(guardian("A", rules(SCHOOL)), known_to=frozenset({"B"}))
    policy = family(dana, guardian("B", rules(LUNCH)))
    assert said(seen(policy, "A")[1])[2] == "13:00-14:00 Lunch with Grandma until 14:00: set by Bo"


def test_what_a_guardian_may_not_see_is_absent() -> None:
    """With `see_time` alone the limits are there, blocks and quiet times are not."""
    sight = tuple(s for s in Scope if s is not Scope.SEE_TIME)
    policy = family(guardian("A", rules(SCHOOL)), guardian("B", without=sight))
    monday = seen(policy, "B")[1]
    assert monday.spans == ()
    assert monday.limit == 60
    assert view_of(policy, "Z", now=NOON) is None


def test_a_day_has_its_limit_in_words() -> None:
    """The smallest of the layers', with who set it; exceptions count."""
    free = {"kind": "lift_limit", "first": "2026-11-23", "label": "Birthday"}
    document = {**daily(90, "sun", "mon"), **rules(exceptions=(free,))}
    sunday, monday = seen(family(guardian("A", document)), TEEN)
    assert (sunday.limit, sunday.limit_words) == (90, "1 h 30: set by Dana")
    assert (monday.limit, monday.limit_words) == ("none", "no limit: set by Dana")
    assert monday.notes == ("Birthday: set by Dana",)
    tied = family(guardian("A", daily(60)), teen=daily(60))
    assert seen(tied, "A")[0].limit_words == "60 min: set by Mia and you"
    assert seen(family(), TEEN)[0].limit_words == "60 min: starting value, you may change it"


@pytest.mark.parametrize(
    ("exception", "words"),
    [
        ({"kind": "set_limit", "minutes": 30}, "30 min for this day"),
        ({"kind": "lift_blocks", "kinds": ["school"]}, "school lifted"),
        ({"kind": "lift_blocks"}, "blocked times lifted"),
        ({"kind": "add_blocks", "blocks": [LUNCH]}, "more blocked times"),
        ({"kind": "swap_blocks", "blocks": []}, "other blocked times"),
        ({"kind": "lift_limit", "label": "Snow day"}, "Snow day"),
    ],
)
def test_an_exception_in_force_is_a_note(exception: dict[str, Any], words: str) -> None:
    """The teen reads everybody's, a guardian their own and the teen's, nobody another's."""
    document = rules(exceptions=({"first": "2026-11-23", **exception},))
    policy = family(guardian("A", document), guardian("B"))
    assert [day.notes for day in seen(policy, TEEN)] == [(), (f"{words}: set by Dana",)]
    assert seen(policy, "A")[1].notes == (f"{words}: set by you",)
    assert seen(policy, "B")[1].notes == ()
    own = family(guardian("B"), teen=document)
    assert seen(own, "B")[1].notes == (f"{words}: set by Mia",)


def test_a_layer_that_fell_silent_has_no_exceptions() -> None:
    """Its days are as if it were not there."""
    document = rules(exceptions=({"kind": "lift_limit", "first": "2026-11-23"},))
    policy = family(guardian("A", document, state=LayerState.ENDED))
    assert seen(policy, TEEN)[1].notes == ()


@pytest.mark.parametrize(
    ("zone", "now", "words"),
    [
        (BERLIN, datetime(2026, 10, 25, 12, tzinfo=UTC), "25 hours: the clock goes back"),
        (BERLIN, datetime(2026, 3, 29, 12, tzinfo=UTC), "23 hours: the clock goes forward"),
        (
            "Australia/Lord_Howe",
            datetime(2026, 4, 5, 1, tzinfo=UTC),
            "24 hours 30 min: the clock goes back",
        ),
    ],
)
def test_a_clock_change_is_a_note(zone: str, now: datetime, words: str) -> None:
    """How long the day is, and why."""
    assert seen(family(zone=zone), TEEN, 2, now)[0].notes == (words,)
    assert seen(family(zone=zone), TEEN, 2, now)[1].notes == ()


def test_a_move_is_a_note_on_its_long_day() -> None:
    """Of the zone, and of the start of day."""
    policy = family(zone=BERLIN)
    there = moved(policy.regimes(), zone="Asia/Tokyo", now=NOON)
    later = moved(policy.regimes(), day_starts_at="04:00", now=NOON)
    first = seen(msgspec.structs.replace(policy, clock=there), TEEN)[0]
    assert first.notes == ("40 hours: the home zone becomes Asia/Tokyo",)
    first = seen(msgspec.structs.replace(policy, clock=later), TEEN)[0]
    assert first.notes == ("28 hours: the day starts at 04:00 from then on",)


def test_quiet_times_are_the_platforms_and_grow() -> None:
    """A stretch that both want names both, a fixed rule first."""
    quiet = {"days": WEEK, "start": "20:00", "end": "22:00"}
    policy = family(guardian("A", {"notifications": {"mute": [quiet]}}))
    cap = "platform rule for 13-15"
    assert said(seen(policy, TEEN)[1], "mute") == [
        f"00:00-08:00 Notifications quiet until 08:00: {cap}",
        "20:00-21:00 Notifications quiet until 21:00: set by Dana",
        f"21:00-22:00 Notifications quiet until 22:00: {cap}; also set by Dana",
        f"22:00-00:00 Notifications quiet until 08:00: {cap}",
    ]


@pytest.mark.parametrize(
    ("start", "band", "expected"),
    [
        ("20:30", Band.YOUNGER, ["00:00-08:00", "20:30-00:00"]),
        ("01:00", Band.YOUNGER, ["01:00-08:00"]),
        ("23:00", Band.ADULT, ["23:00-00:00"]),
        ("00:30", Band.ADULT, ["00:30-12:00"]),
        ("off", Band.YOUNGER, []),
    ],
)
def test_a16_wind_down_ends_with_the_nights_mute(
    start: str, band: Band, expected: list[str]
) -> None:
    """One after midnight belongs to the evening before; without a mute the day's end ends it."""
    policy = family(teen={"schedule": {"wind_down": start}}, band=band)
    spans = said(seen(policy, TEEN)[1], "wind_down")
    assert [one.split(" ")[0] for one in spans] == expected
    assert all(one.endswith("set by you") for one in spans)


def test_a16_wind_down_ends_at_noon_where_it_is_always_quiet() -> None:
    """The calm screen is of the evening; it never lasts through the day."""
    always = {"days": WEEK, "start": "00:00", "end": "24:00"}
    policy = family(guardian("A", {"notifications": {"mute": [always]}}))
    spans = said(seen(policy, TEEN)[1], "wind_down")
    assert [one.split(" ")[0] for one in spans] == ["00:00-12:00", "22:00-00:00"]


def test_what_a_request_opened_is_shown_as_opened() -> None:
    """In place of the block, with who agreed."""
    policy = family(guardian("A", rules(SCHOOL)))
    monday = NOON + 12 * HOUR
    one = Lifted(owner="A", start=monday + 9 * HOUR, end=monday + 10 * HOUR)
    day = seen(policy, TEEN, 2, NOON, one)[1]
    assert said(day, "lifted") == ["09:00-10:00 Opened until 10:00: agreed by Dana"]
    assert [s.split(" ")[0] for s in said(day)] == ["08:00-09:00", "10:00-13:00"]


def test_one_day_alone_is_the_same_as_in_the_week() -> None:
    """The card shows what the calendar shows."""
    policy = family(guardian("A", rules(SCHOOL, LUNCH)), zone=BERLIN)
    view = view_of(policy, TEEN, now=NOON, names=NAMES)
    assert view is not None
    for day, shown in zip(days_from(policy.regimes(), NOON, 7), calendar(view, 7), strict=True):
        assert day_spans(view, day) == shown.spans


def test_a_week_is_fast() -> None:
    """Under 5 ms of processor time for three layers with exceptions (best of five)."""
    lift = {"kind": "lift_blocks", "first": "2026-11-24", "kinds": ["school"]}
    night = {"kind": "sleep", "days": WEEK, "start": "21:30", "end": "07:00"}
    layers = [guardian(who, rules(SCHOOL, LUNCH, night, exceptions=(lift,))) for who in "AB"]
    policy = family(*layers, teen=rules(LUNCH), zone=BERLIN)
    seen(policy, TEEN, 7)
    best = float("inf")
    for _ in range(5):
        before = time.process_time()
        seen(policy, TEEN, 7)
        best = min(best, time.process_time() - before)
    assert best < 0.005
