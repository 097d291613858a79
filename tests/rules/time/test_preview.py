"""Previews: what a draft would have stopped, and which hours of the next week it changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.rules.days import Day, days_from
from familypair.rules.layers import LayerState, Policy
from familypair.rules.time import preview
from familypair.rules.time.insight import day_use
from familypair.rules.time.model import Lifted, Posting, PostingKind, Spans, Use
from familypair.rules.time.preview import Record, Versions
from familypair.rules.time.spans import to_ms, union
from familypair.schema.scopes import Scope
from familypair.schema.settings import PastDay
from familypair.settings import WEEKDAYS
from familypair.testing.families import NOON, TEEN, daily, family, guardian

MINUTE = 60_000
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)
"""A Sunday."""
ALL = WEEKDAYS


def days(count: int, start: datetime = MIDNIGHT) -> list[Day]:
    """So many days of UTC."""
    return list(days_from(family().regimes(), start, count))


def use(day: Day, *spans: tuple[float, float], known: bool = True) -> Use:
    """Use from and to hours of the day."""
    start = to_ms(day.start)
    made = union(
        [(start + round(a * 60) * MINUTE, start + round(b * 60) * MINUTE) for a, b in spans]
    )
    return Use(spans=made, known=known)


def record(found: Sequence[tuple[Day, Use]], *, teen: bool = False, **more: Any) -> Record:
    """The days as their viewer sees them, when all are closed."""
    seen = [(day, day_use(day, one, viewer_is_teen=teen, now=NOON)) for day, one in found]
    return Record(seen, **more)


def replay(before: Policy, after: Policy, what: Record) -> tuple[PastDay, ...]:
    return preview.past(Versions(before, after, NOON, NOON), what)


def limit(minutes: int | str, at: str = "ask", **more: Any) -> Policy:
    """One guardian's limit for every day."""
    values = daily(minutes, *ALL)
    values["screen_time"]["at_limit"] = at
    return family(guardian("A", {**values, **more}))


def test_a_stricter_limit_is_counted_in_days_and_hours() -> None:
    """Four of six known days are over 45 minutes; under 60 it was one; two days are unknown."""
    hours = [0.5, 0.75, 1, 1, 1.25, 0.95]
    found = [(day, use(day, (10, 10 + h))) for day, h in zip(days(6), hours, strict=True)]
    found += [(day, use(day, known=False)) for day in days(8)[6:]]
    seen = replay(limit(60), limit(45), record(found))
    assert [day.stopped_seconds // 60 for day in seen] == [0, 0, 15, 15, 30, 12, 0, 0]
    assert [day.before_stopped_seconds // 60 for day in seen] == [0, 0, 0, 0, 15, 0, 0, 0]
    assert [day.used_seconds for day in seen][-1] is None
    assert preview.words((), seen) == (
        "Would have stopped on 4 of 6 days, 1 h 12 in all.",
        "Under today's rules: on 1 of 6 days, 15 min in all.",
        "Nothing is known of 2 of the last 8 days.",
    )


def test_a_reminder_stops_nothing_and_its_stop_does() -> None:
    """Remind at 60 of one layer, stop at 120 of another: only what is beyond 120 is stopped."""
    (day,) = days(1)
    what = record([(day, use(day, (8, 11)))])
    both = family(guardian("A", _doc(60, "remind")), guardian("B", _doc(120, "stop")))
    (seen,) = replay(limit(60, "remind"), both, what)
    assert (seen.before_stopped_seconds, seen.stopped_seconds) == (0, 3600)


def _doc(minutes: int, at: str) -> dict[str, Any]:
    return {"screen_time": {"daily_minutes": dict.fromkeys(ALL, minutes), "at_limit": at}}


def test_what_was_given_on_a_day_counts_on_that_day_alone() -> None:
    """A gift of 30 minutes in the layer of A spares the first day and not the second."""
    two = days(2)
    gift = Posting(
        id="p", owner="A", day=two[0].date, seconds=1800, kind=PostingKind.GRANT, at=two[0].start
    )
    what = record([(day, use(day, (8, 9.5))) for day in two], postings=(gift,))
    seen = replay(limit(60), limit(60), what)
    assert [day.stopped_seconds for day in seen] == [0, 1800]


def school(start: str = "08:00", end: str = "13:00") -> dict[str, Any]:
    """Blocks on every day."""
    return {"schedule": {"blocks": [{"kind": "school", "start": start, "end": end}]}}


def test_use_in_a_block_is_stopped_and_does_not_count_towards_the_limit() -> None:
    """An hour in the block, 80 minutes after it with a limit of 60: 60 + 20 are stopped."""
    (day,) = days(1)
    spans = use(day, (9, 10), (14, 14 + 80 / 60))
    (seen,) = replay(limit(60), limit(60, **school()), record([(day, spans)], teen=True))
    assert seen.stopped_seconds == 80 * 60
    assert seen.before_stopped_seconds == 80 * 60
    opened = Lifted(owner="A", start=day.start + 9 * HOUR, end=day.start + 10 * HOUR)
    what = record([(day, spans)], teen=True, lifted=(opened,))
    assert replay(limit(60), limit("none", **school()), what)[0].stopped_seconds == 0


def test_a_guardians_replay_tells_nothing_that_the_half_hours_do_not() -> None:
    """Two days that differ only inside a half hour give the same answer to every probing block."""
    (day,) = days(1)
    early, late = use(day, (21, 21.1), (22, 22.4)), use(day, (21.4, 21.5), (22, 22.4))
    for probe in ("21:05", "21:15", "21:29", "22:10"):
        draft = limit("none", **school("21:00", probe))
        answers = [replay(limit("none"), draft, record([(day, one)])) for one in (early, late)]
        assert answers[0] == answers[1]
        assert answers[0][0].stopped_seconds % 60 == 0
    exact = [
        replay(
            limit("none"),
            limit("none", **school("21:00", "21:15")),
            record([(day, one)], teen=True),
        )
        for one in (early, late)
    ]
    assert [one[0].stopped_seconds for one in exact] == [360, 0]


def test_a_layer_that_has_ended_is_not_replayed() -> None:
    """Blocks of a guardian who is gone by now did stop things then; today's rules do not."""
    (day,) = days(1)
    values = {**_doc(30, "stop"), **school("00:00", "23:00")}
    gone = guardian(
        "A",
        values,
        state=LayerState.ENDED,
        frozen={Scope.SET_TIME: NOON - timedelta(hours=20)},
    )
    left = family(gone, guardian("B", _doc(120, "stop")))
    (seen,) = replay(left, left, record([(day, use(day, (8, 9)))]))
    assert seen.before_stopped_seconds == 0


minutes_of_day = st.lists(st.tuples(st.integers(0, 1430), st.integers(1, 200)), max_size=6)


@given(
    used=minutes_of_day, closed=minutes_of_day, allowed=st.sampled_from([0, 30, 60, 200, "none"])
)
@settings(max_examples=40, deadline=None)
def test_the_replay_equals_a_walk_minute_by_minute(
    used: list[tuple[int, int]], closed: list[tuple[int, int]], allowed: int | str
) -> None:
    """An oracle that walks the day, counts what it lets through, and stops the rest."""
    (day,) = days(1)
    start = to_ms(day.start)
    spans: Spans = union([(start + a * MINUTE, start + min(a + n, 1440) * MINUTE) for a, n in used])
    blocks = [
        {"kind": "away", "start": _clock(a), "end": _clock(min(a + n, 1439)), "days": ["sun"]}
        for a, n in closed
        if min(a + n, 1439) > a
    ]
    draft = limit(allowed, "stop", schedule={"blocks": blocks})
    what = record([(day, Use(spans=spans, known=True))], teen=True)
    (seen,) = replay(draft, draft, what)
    shut = {m for a, n in closed for m in range(a, min(a + n, 1439))}
    through = stopped = 0
    for minute in range(1440):
        if not any(s <= start + minute * MINUTE < e for s, e in spans):
            continue
        if minute in shut or (not isinstance(allowed, str) and through >= allowed):
            stopped += 60
        else:
            through += 1
    assert seen.stopped_seconds == stopped


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def ahead(before: Policy, after: Policy, viewer: str = "A", now: datetime = NOON) -> Any:
    return preview.ahead(Versions(before, after, now, now), viewer)


def test_the_next_days_show_limits_and_only_the_hours_that_differ() -> None:
    """A new block on Mondays from 20:00 to 22:00: free becomes blocked until the quiet begins."""
    block = {"kind": "custom", "days": ["mon"], "start": "20:00", "end": "22:00"}
    found = ahead(limit(60), limit(45, schedule={"blocks": [block]}))
    assert [(day.limit_before, day.limit_after) for day in found] == [(60, 45)] * 7
    monday = next(day for day in found if day.weekday == "mon")
    assert [(h.before, h.after, h.words) for h in monday.hours] == [
        ("free", "block", "20:00-21:00: free → blocked"),
        ("mute", "block", "21:00-22:00: notifications quiet → blocked"),
    ]
    assert [day.hours for day in found if day.weekday != "mon"] == [()] * 6
    assert preview.words(found, ()) == ("It changes 7 of the next 7 days.",)
    assert preview.words(ahead(limit(60), limit(60)), ()) == (
        "It changes none of the next 7 days.",
    )


def test_a_looser_rule_of_another_guardian_cannot_be_told_from_none() -> None:
    """Only where it wins does it show, as everywhere."""
    alone = limit(60, **school())
    other = guardian("B", _doc(90, "remind"))
    both = msgspec.structs.replace(alone, guardians=(*alone.guardians, other))
    draft = limit(45, **school("08:00", "12:00"))
    with_other = msgspec.structs.replace(draft, guardians=(*draft.guardians, other))
    assert ahead(alone, draft) == ahead(both, with_other)
    winning = guardian("B", _doc(20, "stop"))
    seen = ahead(
        msgspec.structs.replace(alone, guardians=(*alone.guardians, winning)),
        msgspec.structs.replace(draft, guardians=(*draft.guardians, winning)),
    )
    assert {(day.limit_before, day.limit_after) for day in seen} == {(20, 20)}


def test_who_may_not_see_the_calendar_gets_no_days_ahead() -> None:
    """A guardian with neither `set_time` nor `see_settings`; the teen always does."""
    blind = guardian("C", without=(Scope.SET_TIME, Scope.SEE_SETTINGS))
    policy = msgspec.structs.replace(limit(60), guardians=(*limit(60).guardians, blind))
    assert ahead(policy, policy, "C") == ()
    assert ahead(policy, policy, "nobody") == ()
    assert len(ahead(policy, policy, TEEN)) == 7


def test_a_value_that_waits_for_the_end_of_probation_shows_from_then_on() -> None:
    """Today stays 60; from the day on which the first 24 hours end it is 90."""
    new = guardian("A", state=LayerState.PROBATION, probation_ends=NOON + timedelta(hours=10))
    before = family(new)
    after = family(msgspec.structs.replace(new, values=limit(90).guardians[0].values))
    found = ahead(before, after)
    assert [(day.limit_before, day.limit_after) for day in found[:3]] == [
        (60, 60),
        (60, 90),
        (60, 90),
    ]


def test_a_day_of_25_hours_is_cut_at_its_own_ends() -> None:
    """Across the end of summer time in Dublin a block of the whole day differs for 25 hours."""
    block = {"kind": "away", "days": ["sun"], "start": "00:00", "end": "24:00"}
    before = family(guardian("A"), zone="Europe/Dublin")
    after = family(guardian("A", {"schedule": {"blocks": [block]}}), zone="Europe/Dublin")
    found = ahead(before, after, now=datetime(2026, 10, 24, 12, tzinfo=UTC))
    sunday = next(day for day in found if day.date == date(2026, 10, 25))
    assert sum(((h.end - h.start) for h in sunday.hours), timedelta()) == 25 * HOUR
