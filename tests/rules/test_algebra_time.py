"""The rules of algebra.md for time: A1 to A6, A10, A16, A17, and the daily table."""

from datetime import date, timedelta
from typing import Any

import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import (
    Accepted,
    Layer,
    LayerState,
    Policy,
    check_write,
    day_limit,
    effective,
    minutes_in_the_way,
)
from familypair.rules.schedule import own_day
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Band, Patch, Value, decode_values
from familypair.testing.families import NOON, TEEN, daily, family, guardian

SUNDAY = date(2026, 11, 22)
SUN = "screen_time.daily_minutes.sun"
SPENT = tuple(range(0, 200, 5))


def sunday(policy: Policy, **postings: int) -> int | str:
    """The minutes that this Sunday allows."""
    return day_limit(policy, SUNDAY, now=NOON, postings=postings).minutes


def outcomes(policy: Policy) -> dict[str, int]:
    """Each outcome with the first probed use that reaches it."""
    limit = day_limit(policy, SUNDAY, now=NOON)
    found: dict[str, int] = {}
    for used in SPENT:
        found.setdefault(limit.outcome(used), used)
    return found


def ask(policy: Policy, wish: int, **postings: int) -> set[str]:
    """Who must answer for `wish` minutes on this Sunday."""
    way = minutes_in_the_way(policy, SUNDAY, wish, now=NOON, postings=postings)
    return {str(source) for source in way.owners}


def test_daily_limit_table_guardian_120() -> None:
    """Guardian 120, teen unset: 120, and the guardian must answer for more."""
    policy = family(guardian("A", daily(120)))
    assert sunday(policy) == 120
    assert ask(policy, 150) == {"A"}


def test_daily_limit_table_guardian_120_teen_90() -> None:
    """Guardian 120, teen 90: 90; for 120 nobody else, for 150 the guardian too."""
    policy = family(guardian("A", daily(120)), teen=daily(90))
    assert sunday(policy) == 90
    assert ask(policy, 120) == {"teen"}
    assert ask(policy, 150) == {"teen", "A"}


def test_daily_limit_table_two_guardians() -> None:
    """Guardians 120 and 45: 45; for 120 the second, for 150 both."""
    policy = family(guardian("A", daily(120)), guardian("B", daily(45)))
    assert sunday(policy) == 45
    assert ask(policy, 120) == {"B"}
    assert ask(policy, 150) == {"A", "B"}


def test_daily_limit_table_second_guardian_silent() -> None:
    """A 120, B unset: 120, and A must answer for more."""
    policy = family(guardian("A", daily(120)), guardian("B"))
    assert sunday(policy) == 120
    assert ask(policy, 150) == {"A"}


@pytest.mark.parametrize(("written", "holds"), [(120, 60), (45, 45)])
def test_daily_limit_table_probation(written: int, holds: int) -> None:
    """Guardian in probation: 120 holds as 60 until it ends, 45 holds at once."""
    ends = NOON + timedelta(hours=3)
    a = guardian("A", daily(written), state=LayerState.PROBATION, probation_ends=ends)
    assert sunday(family(a)) == holds
    later = day_limit(family(a), SUNDAY, now=ends)
    assert later.minutes == written


def test_daily_limit_table_without_scope() -> None:
    """Guardian 120 without `set_time`: refused, and the field and the scope are named."""
    policy = family(guardian("A", without=(Scope.SET_TIME,)))
    done = check_write(policy, "A", Patch({SUN: 120}), now=NOON)
    assert done == (
        Refusal(
            Reason.SCOPE_NOT_GRANTED,
            "/screen_time/daily_minutes/sun",
            {"field": SUN, "scope": "set_time"},
        ),
    )


def test_daily_limit_table_only_saturday() -> None:
    """Guardian sets Saturday 180 only: Monday stays 60."""
    policy = family(guardian("A", daily(180, "sat")))
    monday, saturday = date(2026, 11, 23), date(2026, 11, 28)
    assert day_limit(policy, monday, now=NOON).minutes == 60
    assert day_limit(policy, saturday, now=NOON).minutes == 180


def test_daily_limit_table_gift_of_one_guardian() -> None:
    """A 60 + 30 given by A, B 45: 45, and B must answer for more."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(45)))
    assert sunday(policy, A=30) == 45
    assert ask(policy, 90, A=30) == {"B"}


def test_daily_limit_table_gift_waits_for_the_teen() -> None:
    """A 60 + 30 given by A, teen's own 60: 60 until the teen takes it."""
    policy = family(guardian("A", daily(60)), teen=daily(60))
    assert sunday(policy, A=30) == 60
    assert ask(policy, 90, A=30) == {"teen"}
    assert sunday(policy, A=30, **{TEEN: 30}) == 90


def test_daily_limit_table_gift_on_the_default() -> None:
    """A unset, gives 30 on the default: 90."""
    assert sunday(family(guardian("A")), A=30) == 90


def test_a01_unset_and_none_differ() -> None:
    """Quote: "unset and none differ": silence leaves the default, "none" replaces it."""
    assert sunday(family(guardian("A"))) == 60
    assert sunday(family(guardian("A", daily("none")))) == "none"
    assert sunday(family(guardian("A", daily("none")), guardian("B", daily(200)))) == 200


def test_a01_a_value_equal_to_the_current_one_is_stored() -> None:
    """Quote: "a value equal to the current one is stored when written", 60 on the default."""
    done = check_write(family(guardian("A")), "A", Patch({SUN: 60}), now=NOON)
    assert isinstance(done, Accepted)
    assert done.layer.values == {SUN: 60}
    assert [change.path for change in done.changes] == [SUN]


def test_a01_a_value_that_the_layer_has_already_is_no_change() -> None:
    """Writing one's own value again changes nothing, so it makes no entry."""
    done = check_write(family(guardian("A", daily(60))), "A", Patch({SUN: 60}), now=NOON)
    assert isinstance(done, Accepted)
    assert done.changes == ()


def test_a02_an_unreplaced_default_is_a_starting_value() -> None:
    """A default is marked as nobody's rule until somebody writes the cell."""
    before = effective(family(guardian("A")), now=NOON, fields=(SUN,))[SUN]
    after = effective(family(guardian("A", daily(60))), now=NOON, fields=(SUN,))[SUN]
    assert before.starting
    assert not after.starting


def test_a02_the_write_that_replaces_a_default_is_announced() -> None:
    """Every guardian with `set_time` is told; one without is not, and the writer is not."""
    policy = family(guardian("A"), guardian("B"), guardian("C", without=(Scope.SET_TIME,)))
    done = check_write(policy, "A", Patch({SUN: 90}), now=NOON)
    assert isinstance(done, Accepted)
    assert [(notice.path, notice.to) for notice in done.notices] == [(SUN, ("B",))]


def test_a02_a_write_that_replaces_no_default_is_not_announced() -> None:
    """The cell is a rule already, or the writer is in probation and replaces nothing."""
    ruled = family(guardian("A", daily(60)), guardian("B"))
    probation = family(guardian("A", state=LayerState.PROBATION), guardian("B"))
    for policy in (ruled, probation):
        done = check_write(policy, "A", Patch({SUN: 90}), now=NOON)
        assert isinstance(done, Accepted)
        assert done.notices == ()


def test_a02_the_teen_may_change_a_starting_value_and_guardians_are_told() -> None:
    """While no guardian has set the cell the teen may change it, also to more."""
    done = check_write(family(guardian("A")), TEEN, Patch({SUN: 200}), now=NOON)
    assert isinstance(done, Accepted)
    assert [notice.to for notice in done.notices] == [("A",)]
    assert sunday(family(guardian("A"), teen=daily(200))) == 200


def ending(minutes: int) -> Layer:
    """A guardian whose time rules stay until 18:00 UTC on Sunday."""
    until = NOON + timedelta(hours=6)
    return guardian("A", daily(minutes), state=LayerState.ENDING, frozen={Scope.SET_TIME: until})


@pytest.mark.parametrize(
    ("hours", "loose", "strict"), [(0, 120, 45), (6, 120, 60), (11, 120, 60), (12, 60, 60)]
)
def test_a03_the_end_of_a_rule_loosens_at_once_and_tightens_next_day(
    hours: int, loose: int, strict: int
) -> None:
    """A rule of 120 that falls silent holds to the end of the day; one of 45 goes at once."""
    now = NOON + timedelta(hours=hours)
    for minutes, expected in ((120, loose), (45, strict)):
        found = effective(family(ending(minutes)), now=now, fields=(SUN,))[SUN]
        assert found.value == expected


def test_a04_the_strictest_outcome_wins_not_the_strictest_halves() -> None:
    """A: 60 remind, B: 180 stop gives remind from 60 and stop from 180, never stop at 60."""
    a = {"screen_time": {"daily_minutes": {"sun": 60}, "at_limit": "remind"}}
    b = {"screen_time": {"daily_minutes": {"sun": 180}, "at_limit": "stop"}}
    policy = family(guardian("A", a), guardian("B", b))
    assert outcomes(policy) == {"allow": 0, "remind": 60, "stop": 180}
    found = effective(policy, now=NOON, fields=("screen_time.at_limit",))
    assert found["screen_time.at_limit"].value == "remind"


def test_a04_a_layer_that_sets_one_half_takes_the_default_for_the_other() -> None:
    """Only `at_limit` means 60 minutes, only a limit means ask; another's limit is not used."""
    a = guardian("A", {"screen_time": {"at_limit": "stop"}})
    policy = family(a, guardian("B", daily(90)))
    assert outcomes(policy) == {"allow": 0, "stop": 60}
    assert outcomes(family(guardian("B", daily(90)))) == {"allow": 0, "ask": 90}


def test_a05_two_gifts_on_the_default_add_up() -> None:
    """Quote: "A guardian without a limit posts on the default while it is in force"."""
    policy = family(guardian("A"), guardian("B"))
    assert sunday(policy, A=30, B=15) == 105


def test_a05_a_gift_changes_only_its_own_sum() -> None:
    """Quote: "a layer's sum is its allowance plus its own postings"; the smallest counts."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(75)))
    assert [s.total for s in day_limit(policy, SUNDAY, now=NOON, postings={"A": 30}).sums] == [
        90,
        75,
    ]
    assert sunday(policy, A=30) == 75


def exceptions(*rows: dict[str, object]) -> dict[str, Value]:
    """Values of a layer with blocks on school days and these exceptions of Sunday."""
    block = {"kind": "school", "days": ["sun"], "start": "08:00", "end": "13:00"}
    dated = [{"first": "2026-11-22", **row} for row in rows]
    document = {"schedule": {"blocks": [block], "exceptions": dated}, **daily(60)}
    return decode_values(document)


NIGHT = {"kind": "sleep", "start": "20:00", "end": "07:00"}
AWAY = {"kind": "away", "start": "15:00", "end": "16:00"}


@pytest.mark.parametrize(
    ("rows", "limit", "kinds"),
    [
        ([], 60, ["school"]),
        ([{"kind": "swap_blocks", "blocks": [NIGHT]}], 60, ["sleep"]),
        (
            [{"kind": "swap_blocks", "blocks": [NIGHT]}, {"kind": "swap_blocks", "blocks": [AWAY]}],
            60,
            ["away", "sleep"],
        ),
        ([{"kind": "lift_blocks"}], 60, []),
        ([{"kind": "lift_blocks", "kinds": ["sleep"]}], 60, ["school"]),
        ([{"kind": "add_blocks", "blocks": [NIGHT]}, {"kind": "lift_blocks"}], 60, ["sleep"]),
        ([{"kind": "set_limit", "minutes": 90}, {"kind": "set_limit", "minutes": 30}], 30, None),
        ([{"kind": "set_limit", "minutes": 90}, {"kind": "lift_limit"}], 90, None),
        ([{"kind": "lift_limit"}], "none", None),
    ],
)
def test_a06_order_of_exceptions_inside_a_layer(
    rows: list[dict[str, object]], limit: int | str, kinds: list[str] | None
) -> None:
    """Quote: "swap, then lift, then add"; swaps unite, the smallest limit, limit before lift."""
    day = own_day(exceptions(*rows), SUNDAY)
    assert day.limit == limit
    assert kinds is None or [block.kind.value for block in day.blocks] == kinds


def test_a06_an_exception_ends_with_its_last_day() -> None:
    """Exceptions are for whole local days; the day after is as always."""
    values = exceptions({"kind": "lift_limit"}, {"kind": "lift_blocks"})
    next_sunday = SUNDAY + timedelta(days=7)
    day = own_day(values, next_sunday)
    assert (day.limit, len(day.blocks)) == (60, 1)


def test_a06_an_exception_of_one_layer_lifts_nothing_of_another() -> None:
    """Quote: "Exceptions rewrite only their own layer": A lifts the limit, B's 45 stays."""
    lift = {"schedule": {"exceptions": [{"kind": "lift_limit", "first": "2026-11-22"}]}}
    a = guardian("A", daily(60) | lift)
    assert sunday(family(a)) == "none"
    assert sunday(family(a, guardian("B", daily(45)))) == 45


def test_a06_mute_and_caps_have_no_exceptions() -> None:
    """A lift of blocks leaves the platform's night as it is."""
    lift = {"schedule": {"exceptions": [{"kind": "lift_blocks", "first": "2026-11-22"}]}}
    path = "notifications.mute"
    quiet = effective(family(guardian("A", lift)), now=NOON, fields=(path,))[path]
    assert quiet.value == FIELDS[path].cap(Band.YOUNGER)


def test_a10_a_looser_value_in_probation_is_marked() -> None:
    """Quote: "Accepted and marked from the end of probation"; a stricter one holds at once."""
    ends = NOON + timedelta(hours=5)
    a = guardian("A", state=LayerState.PROBATION, probation_ends=ends)
    loose = check_write(family(a), "A", Patch({SUN: 120}), now=NOON)
    strict = check_write(family(a), "A", Patch({SUN: 45}), now=NOON)
    assert isinstance(loose, Accepted)
    assert isinstance(strict, Accepted)
    assert [(c.from_probation_end, c.effective_from) for c in loose.changes] == [(True, ends)]
    assert [(c.from_probation_end, c.effective_from) for c in strict.changes] == [(False, NOON)]


def test_a10_own_entries_can_be_corrected_in_probation() -> None:
    """Quote: "The bound is the policy without this link": 45 may go back up to the default 60."""
    a = guardian("A", daily(45), state=LayerState.PROBATION)
    done = check_write(family(a), "A", Patch({SUN: 60}), now=NOON)
    assert isinstance(done, Accepted)
    assert sunday(family(done.layer)) == 60


def test_a16_wind_down_is_ordered_by_minutes_after_noon() -> None:
    """Quote: "Earlier is stricter, off is loosest": 00:30 is later than 22:00."""
    order = FIELDS["schedule.wind_down"].order
    times = ["off", "11:59", "00:30", "23:00", "20:00", "12:00"]
    assert sorted(times, key=lambda t: [order.covers(t, other) for other in times].count(True)) == (
        times
    )


def test_a17_warnings_unite_and_zero_stays() -> None:
    """A superset is stricter, guardians only add, 0 cannot be removed."""
    path = "screen_time.warnings"
    teen: dict[str, Any] = {"screen_time": {"warnings": []}}
    policy = family(guardian("A", {"screen_time": {"warnings": [30]}}), teen=teen)
    assert effective(policy, now=NOON, fields=(path,))[path].value == frozenset({30, 0})
    alone = family(guardian("A", {"screen_time": {"warnings": [30]}}))
    assert effective(alone, now=NOON, fields=(path,))[path].value == frozenset({30, 15, 5, 0})


def test_a17_the_shorter_break_interval_is_stricter() -> None:
    """Every 30 minutes wins over every 60 and over none."""
    path = "screen_time.break_every"
    a = guardian("A", {"screen_time": {"break_every": 60}})
    b = guardian("B", {"screen_time": {"break_every": 30}})
    policy = family(a, b, teen={"screen_time": {"break_every": "none"}})
    assert effective(policy, now=NOON, fields=(path,))[path].value == 30
