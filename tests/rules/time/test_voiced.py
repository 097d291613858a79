"""What is kept by day is what would be worked out anew; and the busiest family stays quick."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.rules.days import Regime, days_from, moved
from familypair.rules.kept import Same
from familypair.rules.layers import Policy
from familypair.rules.time import preview
from familypair.rules.time.blocks import block_claims, block_times, blocked
from familypair.rules.time.calendar import MOST_NOTES, MOST_SPANS, View, calendar, view_of
from familypair.rules.time.insight import day_use
from familypair.rules.time.model import Lifted, Use
from familypair.rules.time.preview import Record, Versions
from familypair.rules.time.spans import union
from familypair.rules.time.stretches import seconds_of, united
from familypair.settings import WEEKDAYS
from familypair.testing.families import NOON, TEEN, family, guardian

DAY = timedelta(days=1)
SPRING = datetime(2027, 3, 27, 12, tzinfo=UTC)
"""The day before the clock goes forward in Berlin."""


def busy(owner: int, count: int = 200, first: str = "2026-10-20") -> dict[str, Any]:
    """As many exceptions as a layer may have, each with a minute of its own every day."""
    minutes = [(n * 7 + owner) % 1400 for n in range(count)]
    return {"schedule": {"exceptions": [_minute(at, first) for at in minutes]}}


def _minute(at: int, first: str) -> dict[str, Any]:
    clock = [f"{n // 60:02d}:{n % 60:02d}" for n in (at, at + 1)]
    block = {"days": list(WEEKDAYS), "start": clock[0], "end": clock[1], "label": f"b{at}"}
    last = "2027-10-18"
    return {"kind": "add_blocks", "first": first, "last": last, "blocks": [block]}


def seen(policy: Policy, viewer: str) -> View:
    """The policy as somebody sees it."""
    view = view_of(policy, viewer, now=NOON)
    assert view is not None
    return view


_clock = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}")
_block = st.tuples(
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True),
    _clock,
    _clock,
    st.sampled_from("ab"),
).filter(lambda one: one[1] != one[2])


def _blocks(found: list[tuple[list[str], str, str, str]]) -> list[dict[str, Any]]:
    names = ("days", "start", "end", "label")
    return [dict(zip(names, one, strict=True)) for one in found]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_block, max_size=4),
    st.lists(_block, min_size=1, max_size=3),
    st.integers(0, 72),
    st.sampled_from(["Europe/Berlin", "UTC"]),
)
def test_days_that_are_kept_say_what_a_whole_time_says(
    mine: list[Any], added: list[Any], offset: int, name: str
) -> None:
    """Across a clock change and a move, with something opened; with and without who it was."""
    change: dict[str, Any] = {"kind": "add_blocks", "first": "2027-03-28", "blocks": _blocks(added)}
    rules = {"schedule": {"blocks": _blocks(mine), "exceptions": [change]}}
    policy = family(guardian("A", rules), guardian("B", rules), zone=name)
    clock = moved((Regime(zone=name),), zone="America/New_York", now=SPRING)
    policy = Policy(
        band=policy.band, zone=name, teen=policy.teen, guardians=policy.guardians, clock=clock
    )
    start = SPRING - DAY + timedelta(hours=offset)
    lifted = (Lifted(owner="A", start=SPRING, end=SPRING + DAY),)
    low, high = seconds_of(start), seconds_of(start + 3 * DAY)
    whole = united(block_claims(policy, lifted, low, high))
    assert blocked(policy, lifted, start, start + 3 * DAY) == whole
    times = block_times(policy, lifted, start, start + 3 * DAY)
    assert times == union((one.start, one.end) for one in whole)


def test_of_a_day_with_too_many_times_the_longest_are_listed() -> None:
    """Two hundred minutes and a night: the night is there, and how many are not is said."""
    sleep = {"kind": "sleep", "days": list(WEEKDAYS), "start": "23:30", "end": "00:00"}
    rules = busy(0)
    rules["schedule"]["blocks"] = [sleep]
    (day,) = calendar(seen(family(guardian("A", rules)), TEEN), 1)
    assert len(day.spans) == MOST_SPANS
    assert day.spans == tuple(sorted(day.spans, key=lambda span: span.start))
    assert [one.block_kind for one in day.spans if one.local_start == "23:30"] == ["sleep"]
    left = int(day.notes[-1].split()[0])
    assert day.notes[-1] == f"{left} shorter times are not listed"
    assert left > 100
    assert f"{200 - MOST_NOTES} more exceptions: set by a guardian" in day.notes


def test_the_busiest_family_stays_quick() -> None:
    """Six guardians with all the exceptions that they may have; it took seconds once."""
    policy = family(*(guardian("ABCDEF"[n], busy(n)) for n in range(6)))
    days = list(days_from(policy.regimes(), NOON - 27 * DAY, 28))
    use = Use(spans=tuple((seconds_of(d.start) * 1000, seconds_of(d.end) * 1000) for d in days))
    record = Record([(day, day_use(day, use, viewer_is_teen=False, now=NOON)) for day in days])
    draft = family(guardian("A", busy(6)), *policy.guardians[1:])
    began = time.process_time()
    calendar(seen(policy, "A"), 7)
    versions = Versions(policy, draft, NOON, NOON)
    found = preview.ahead(versions, "A")
    assert preview.past(versions, record)
    assert time.process_time() - began < 2
    assert {len(day.hours) for day in found[1:]} == {MOST_SPANS}
    warm = time.process_time()
    calendar(seen(policy, "A"), 7)
    assert time.process_time() - warm < 0.3


def test_what_is_kept_is_kept_for_one_object_alone() -> None:
    """An equal value of another layer is another one: no comparing, and no mixing up."""
    one, other = [1], [1]
    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert hash(Same(one)) == hash(Same(one))
