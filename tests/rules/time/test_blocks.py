"""Blocked time: the union of the layers' own blocks, exceptions and openings (A3, A6, R0)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.rules.days import moved
from familypair.rules.layers import LayerState, Policy
from familypair.rules.time.blocks import blocked, blocked_at, mute_claims, next_block
from familypair.rules.time.model import Lifted
from familypair.rules.time.stretches import instant_of, seconds_of, united
from familypair.rules.zones import wall_spans
from familypair.schema.scopes import Scope
from familypair.settings import Band, decode
from familypair.testing.families import NOON, TEEN, family, guardian
from support.families import PROFILE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SLEEP = {"kind": "sleep", "days": WEEK, "start": "22:00", "end": "07:00"}
SCHOOL = {"kind": "school", "days": WEEK[:5], "start": "08:00", "end": "13:00", "label": "HS 1"}
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def rules(*blocks: dict[str, Any], exceptions: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A document with these blocks."""
    return {"schedule": {"blocks": list(blocks), "exceptions": list(exceptions)}}


def hours(policy: Policy, *lifted: Lifted, start: datetime = MONDAY, days: int = 1) -> list[str]:
    """Blocked time of some days in UTC, each stretch with who decided it."""
    found = blocked(policy, lifted, start, start + days * DAY)
    return [
        f"{instant_of(one.start):%H:%M}-{instant_of(one.end):%H:%M}"
        f" {' '.join(str(claim.source) for claim in one.by)}"
        for one in found
    ]


def test_a_block_may_cross_midnight_and_belongs_to_where_it_starts() -> None:
    """Sunday's night reaches into Monday; with Sunday taken out only its morning is gone."""
    assert hours(family(guardian("A", rules(SLEEP)))) == ["00:00-07:00 A", "22:00-00:00 A"]
    weekdays = {**SLEEP, "days": WEEK[:5]}
    assert hours(family(guardian("A", rules(weekdays)))) == ["22:00-00:00 A"]


def test_layers_unite_and_each_stretch_names_who_decided_it() -> None:
    """Two guardians and the teen: a tie names all, in the order of A8."""
    lunch = {"days": ["mon"], "start": "12:00", "end": "14:00"}
    policy = family(guardian("A", rules(SCHOOL)), guardian("B", rules(lunch)), teen=rules(lunch))
    assert hours(policy) == ["08:00-12:00 A", "12:00-13:00 teen A B", "13:00-14:00 teen B"]


def test_a06_an_exception_rewrites_its_own_layer_for_the_days_it_starts_on() -> None:
    """Dana's holiday lifts Dana's school, not Bo's, and Sunday's night stays."""
    holiday = {"kind": "lift_blocks", "first": "2026-11-23"}
    dana = guardian("A", rules(SCHOOL, SLEEP, exceptions=(holiday,)))
    assert hours(family(dana)) == ["00:00-07:00 A"]
    both = family(dana, guardian("B", rules(SCHOOL)))
    assert hours(both) == ["00:00-07:00 A", "08:00-13:00 B"]


def test_a_swap_has_its_own_blocks_on_its_days() -> None:
    """A custody week: other blocks, on the weekdays that they name."""
    late = {"kind": "sleep", "days": ["mon"], "start": "23:00", "end": "06:00"}
    swap = {"kind": "swap_blocks", "first": "2026-11-23", "last": "2026-11-24", "blocks": [late]}
    policy = family(guardian("A", rules(SLEEP, exceptions=(swap,))))
    assert hours(policy, days=2) == ["00:00-07:00 A", "23:00-06:00 A"]


def test_a_day_that_starts_at_four_has_its_small_hours_at_its_end() -> None:
    """What is lifted on Monday is Monday's, until four in the night of Tuesday."""
    night = {"days": WEEK, "start": "01:00", "end": "03:00"}
    lift = {"kind": "lift_blocks", "first": "2026-11-23"}
    owner = guardian("A", rules(night, exceptions=(lift,)))
    assert hours(family(owner), days=2) == ["01:00-03:00 A"]
    policy = family(owner, teen={"screen_time": {"day_starts_at": "04:00"}})
    found = blocked(policy, (), MONDAY, MONDAY + 2 * DAY)
    assert [instant_of(one.start).day for one in found] == [23]


def test_an_approved_opening_lifts_one_owners_blocks_for_a_while() -> None:
    """Only theirs, and only from start to end."""
    policy = family(guardian("A", rules(SCHOOL)), guardian("B", rules(SCHOOL)))
    one = Lifted(owner="A", start=MONDAY + 9 * HOUR, end=MONDAY + 10 * HOUR)
    other = msgspec.structs.replace(one, owner="B")
    assert hours(policy, one) == ["08:00-09:00 A B", "09:00-10:00 B", "10:00-13:00 A B"]
    assert hours(policy, one, other) == ["08:00-09:00 A B", "10:00-13:00 A B"]


def test_a03_a_voice_that_ends_falls_silent_at_once() -> None:
    """A notice period over at ten: blocks are open from then on. Ended at once: none."""
    until = {Scope.SET_TIME: MONDAY + 10 * HOUR}
    leaving = guardian("A", rules(SCHOOL), state=LayerState.ENDING, frozen=until)
    assert hours(family(leaving)) == ["08:00-10:00 A"]
    gone = guardian("A", rules(SCHOOL), state=LayerState.ENDED)
    assert hours(family(gone)) == []


def test_a_guardian_without_a_say_in_time_blocks_nothing() -> None:
    """The scope decides (A18)."""
    assert hours(family(guardian("A", rules(SCHOOL), without=(Scope.SET_TIME,)))) == []


def test_an_operators_cap_blocks_whatever_is_lifted() -> None:
    """It has no exceptions (A6) and comes first among the names."""
    cap = {"schedule.blocks": decode("schedule.blocks", [SCHOOL])}
    policy = family(guardian("A", rules(SCHOOL)), caps=cap)
    one = Lifted(owner="A", start=MONDAY, end=MONDAY + DAY)
    assert hours(policy) == ["08:00-13:00 cap A"]
    assert hours(policy, one) == ["08:00-13:00 cap"]


def test_a_move_cuts_a_block_and_never_doubles_one() -> None:
    """The clock of the zone in force decides: Berlin's until Tokyo's Tuesday, then Tokyo's."""
    policy = family(guardian("A", rules(SLEEP)), zone="Europe/Berlin")
    clock = moved(policy.regimes(), zone="Asia/Tokyo", now=NOON)
    there = msgspec.structs.replace(policy, clock=clock)
    assert hours(there, days=2) == ["00:00-06:00 A", "15:00-22:00 A", "13:00-22:00 A"]


def test_the_block_that_runs_says_until_when() -> None:
    """School at ten: until one. Before it nobody blocks; it is the next one then."""
    policy = family(guardian("A", rules(SCHOOL, SLEEP)))
    now = blocked_at(policy, (), MONDAY + 10 * HOUR)
    assert now is not None
    assert (now.kind, now.label, str(now.by[0])) == ("school", "HS 1", "A")
    assert (now.start, now.until) == (MONDAY + 8 * HOUR, MONDAY + 13 * HOUR)
    assert blocked_at(policy, (), MONDAY + 13 * HOUR) is None
    following = next_block(policy, (), MONDAY + 10 * HOUR)
    assert following is not None
    assert (following.start, following.end) == (MONDAY + 22 * HOUR, MONDAY + 31 * HOUR)
    assert following.kind == "sleep"


def test_blocks_that_meet_are_open_only_after_the_last_one() -> None:
    """Sleep until seven, then breakfast of another guardian until eight, then school."""
    breakfast = {"kind": "away", "days": WEEK, "start": "07:00", "end": "08:00"}
    policy = family(guardian("A", rules(SLEEP, SCHOOL)), guardian("B", rules(breakfast)))
    now = blocked_at(policy, (), MONDAY + 2 * HOUR)
    assert now is not None
    assert (now.kind, now.until) == ("sleep", MONDAY + 13 * HOUR)
    following = next_block(policy, (), MONDAY + 2 * HOUR)
    assert following is not None
    assert following.start == MONDAY + 22 * HOUR


@pytest.mark.parametrize(("days", "start_of_next"), [(WEEK[5:6], 6), (["mon"], None)])
def test_the_next_block_is_looked_for_a_week_ahead(
    days: list[str], start_of_next: int | None
) -> None:
    """From Sunday noon, Saturday's is six days off; one that always runs has no next."""
    if start_of_next is None:
        days = WEEK
    whole = {"days": days, "start": "00:00", "end": "24:00"}
    policy = family(guardian("A", rules(whole)))
    following = next_block(policy, (), NOON)
    if start_of_next is not None:
        assert following is not None
        assert following.start == MONDAY + 5 * DAY
        return
    assert following is None
    now = blocked_at(policy, (), NOON)
    assert now is not None
    assert now.until == NOON + 8 * DAY


def test_a15_quiet_windows_unite_minute_by_minute() -> None:
    """The platform's night and a guardian's afternoon: two stretches, not their hull."""
    quiet = {"days": ["mon"], "start": "14:00", "end": "15:00"}
    policy = family(guardian("A", {"notifications": {"mute": [quiet]}}))
    found = united(mute_claims(policy, seconds_of(MONDAY), seconds_of(MONDAY + DAY)))
    assert [str(one.by[0].source) for one in found] == ["cap", "A", "cap"]
    grown = family(guardian("A", {"notifications": {"mute": [quiet]}}), band=Band.ADULT)
    found = united(mute_claims(grown, seconds_of(MONDAY), seconds_of(MONDAY + DAY)))
    assert [instant_of(one.start).hour for one in found] == [14]


def test_in_a_gap_a_wall_time_shifts_forward_and_in_a_fold_both_passes_count() -> None:
    """Quote: "a wall time in a gap shifts forward, one in a fold covers both passes"."""
    away = {"days": ["sun"], "start": "01:30", "end": "02:30"}
    policy = family(guardian("A", rules(away)), zone="Europe/Berlin")
    spring = datetime(2026, 3, 29, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert hours(policy, start=spring) == ["00:30-01:30 A"]
    assert hours(policy, start=autumn) == ["23:30-00:30 A", "01:00-01:30 A"]


WALLS = st.integers(0, 30 * 60)


@settings(PROFILE, max_examples=60)
@given(WALLS, WALLS, WALLS, st.sampled_from([date(2026, 3, 28), date(2026, 10, 24)]))
def test_a_longer_window_never_covers_less(one: int, two: int, three: int, day: date) -> None:
    """Across a clock change too, so that a stricter rule is never the looser one."""
    first, middle, last = sorted((one, two, three))
    midnight = (day - date(1970, 1, 1)).days * 86400
    walls = [midnight + minute * 60 for minute in (first, middle, last)]
    whole = wall_spans("Europe/Berlin", walls[0], walls[2])
    parts = [*wall_spans("Europe/Berlin", *walls[:2]), *wall_spans("Europe/Berlin", *walls[1:])]
    covered = {minute for start, end in parts for minute in range(start // 60, end // 60)}
    assert covered == {minute for start, end in whole for minute in range(start // 60, end // 60)}


def test_the_teens_own_blocks_are_a_layer_like_the_others() -> None:
    """A teen may plan their own time away (law 2)."""
    assert hours(family(teen=rules(SCHOOL))) == ["08:00-13:00 teen"]
    assert blocked_at(family(teen=rules(SCHOOL)), (), MONDAY + 9 * HOUR) is not None
    assert TEEN not in hours(family(teen=rules(SCHOOL)))[0]
