"""One day's use as the teen and as a guardian see it, across clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.rules.days import Day, Regime, day_named
from familypair.rules.time.insight import cells, coarse_night, day_use, night_seconds, opens
from familypair.rules.time.model import Spans, Use
from familypair.rules.time.spans import to_ms, union
from familypair.schema.time import DayUse, WeekUse
from support.families import PROFILE

BERLIN, LORD_HOWE = "Europe/Berlin", "Australia/Lord_Howe"
HOUR = 3600
PLAIN, SPRING, AUTUMN = date(2026, 3, 2), date(2026, 3, 29), date(2026, 10, 25)


def the_day(named: date = PLAIN, zone: str = BERLIN, starts: str = "00:00") -> Day:
    """A local day."""
    found = day_named((Regime(zone=zone, day_starts_at=starts),), named)
    assert found is not None
    return found


def used(day: Day, *seconds: tuple[int, int]) -> Spans:
    """Spans by seconds from the start of the day."""
    at = to_ms(day.start)
    return union([(at + 1000 * start, at + 1000 * end) for start, end in seconds])


def known(day: Day, *seconds: tuple[int, int], **more: object) -> Use:
    """Known use of these seconds of the day."""
    return Use(spans=used(day, *seconds), known=True, **more)  # type: ignore[arg-type]  # fields of Use


def seen(day: Day, use: Use, *, teen: bool, closed: bool = True) -> DayUse:
    """What somebody sees of the day after it, or one second before its end."""
    now = day.end if closed else day.end - timedelta(seconds=1)
    return day_use(day, use, viewer_is_teen=teen, now=now)


@pytest.mark.parametrize("teen", [True, False])
def test_unknown_is_not_zero(teen: bool) -> None:  # noqa: FBT001 - a case
    """Without a report every figure is absent; a report without use says 0."""
    day = the_day()
    nothing = seen(day, Use(unknown_seconds=60), teen=teen)
    figures = (nothing.used_seconds, nothing.opens, nothing.day_seconds, nothing.night_seconds)
    assert figures == (None, None, None, None)
    assert nothing.unknown_seconds == 60
    assert nothing.cells == ()
    zero = seen(day, Use(known=True), teen=teen)
    assert (zero.used_seconds, zero.opens, zero.day_seconds, zero.night_seconds) == (0, 0, 0, 0)
    assert zero.cells == (0,) * 48


def test_a_guardian_has_no_surfaces_devices_or_spans() -> None:
    """No consent names them; the teen has all of it."""
    day = the_day()
    use = known(
        day,
        (0, 90),
        surfaces={"feed": 90},
        devices={"phone": 90},
        surface_spans={"feed": used(day, (0, 90)), "search": used(day, (500, 600))},
    )
    own, other = seen(day, use, teen=True), seen(day, use, teen=False)
    assert (own.surfaces, own.devices, own.device_seconds) == ({"feed": 90}, 1, {"phone": 90})
    assert [(span.start, span.surfaces) for span in own.spans] == [(day.start, ("feed",))]
    assert (other.surfaces, other.devices, other.device_seconds, other.spans) == ({}, 0, {}, ())
    assert (other.used_seconds, other.opens) == (own.used_seconds, own.opens) == (90, 1)


@PROFILE
@given(st.lists(st.tuples(st.integers(0, 86_399), st.integers(1, 4_000)), min_size=1, max_size=12))
def test_a_guardians_open_day_moves_in_steps_of_15_minutes_of_use(
    raw: list[tuple[int, int]],
) -> None:
    """Every figure comes from the first whole quarters of use; the closed day is exact."""
    day = the_day()
    use = known(day, *((start, min(start + length, 86_400)) for start, length in raw))
    shown = seen(day, use, teen=False, closed=False)
    assert shown.used_seconds == use.seconds // 900 * 900
    assert (shown.day_seconds or 0) + (shown.night_seconds or 0) == shown.used_seconds
    ahead = as_it_was(use, seconds=shown.used_seconds or 0)
    assert seen(day, ahead, teen=False, closed=False) == shown
    exact = seen(day, use, teen=True, closed=False)
    assert exact.used_seconds == use.seconds
    assert seen(day, use, teen=False).used_seconds == use.seconds


def as_it_was(use: Use, *, seconds: int) -> Use:
    """The same day as it was when this much had been used."""
    left, spans = seconds * 1000, list[tuple[int, int]]()
    for start, end in use.spans:
        if left > 0:
            spans.append((start, min(end, start + left)))
            left -= end - start
    return Use(spans=tuple(spans), known=True)


@pytest.mark.parametrize(("pause", "count"), [(60, 1), (61, 2)])
def test_a_pause_of_a_minute_is_no_new_opening(pause: int, count: int) -> None:
    """Up to 60 s is one opening, a second more is two."""
    day = the_day()
    assert opens(used(day, (0, 10), (10 + pause, 200))) == count


def test_splits_and_overlaps_are_one_opening() -> None:
    """Surface after surface, on two devices at once, is one time at the app."""
    day = the_day()
    pieces = [(second, second + 20) for second in range(0, 600, 10)]
    assert opens(used(day, *pieces)) == 1
    assert opens(()) == 0


@pytest.mark.parametrize(
    ("named", "night"), [(PLAIN, 8 * HOUR), (SPRING, 7 * HOUR), (AUTUMN, 9 * HOUR)]
)
def test_a_night_is_as_long_as_the_clock_makes_it(named: date, night: int) -> None:
    """22:00 to 06:00 of the home zone: a day of use all through has 8, 7 or 9 hours of night."""
    day = the_day(named)
    whole = used(day, (0, day.seconds))
    assert night_seconds(day, whole) == night
    shown = seen(day, Use(spans=whole, known=True), teen=False)
    assert (shown.used_seconds, shown.day_seconds) == (day.seconds, 16 * HOUR)


def test_a_night_is_found_wherever_the_day_begins() -> None:
    """A day from 04:00 has its night at the other end, and 2 hours of it at its own start."""
    day = the_day(starts="04:00")
    assert night_seconds(day, used(day, (0, 3 * HOUR))) == 2 * HOUR
    assert night_seconds(day, used(day, (17 * HOUR, 19 * HOUR))) == HOUR


@pytest.mark.parametrize(
    ("named", "zone", "count"),
    [
        (PLAIN, BERLIN, 48),
        (SPRING, BERLIN, 46),
        (AUTUMN, BERLIN, 50),
        (date(2026, 4, 5), LORD_HOWE, 49),
    ],
)
def test_a_day_has_as_many_half_hours_as_it_lasts(named: date, zone: str, count: int) -> None:
    """46, 48 or 50; 49 where the clock changes by half an hour."""
    assert len(cells(the_day(named, zone), ())) == count


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, 0), (1, 1), (450, 1), (451, 2), (900, 2), (1350, 3), (1800, 4)]
)
def test_a_half_hour_has_five_levels(seconds: int, level: int) -> None:
    """None, then up to each quarter of it: never the minute at which somebody came or went."""
    day = the_day()
    assert cells(day, used(day, (1800, 1800 + seconds)))[:3] == (0, level, 0)


def test_a_closed_day_says_so_and_how_it_was_cut() -> None:
    """Zone, instants, weekday, the zone database, and whether it came late."""
    day = the_day(SPRING)
    shown = seen(day, known(day, (0, 60), late=True, tzdata="2026.1"), teen=False)
    assert (shown.date, shown.weekday, shown.zone) == (SPRING, "sun", BERLIN)
    assert (shown.start, shown.end) == (
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )
    assert (shown.closed, shown.late, shown.tzdata) == (True, True, "2026.1")
    assert seen(day, Use(), teen=False, closed=False).closed is False


def test_the_split_of_a_guardians_closed_day_does_not_say_when_it_ended() -> None:
    """Used 21:43:17 to 22:14:28: the total is exact, the night a step; the teen reads 14:28."""
    day, evening = the_day(), (21 * HOUR + 43 * 60 + 17, 22 * HOUR + 14 * 60 + 28)
    use = known(day, evening)
    mine, hers = seen(day, use, teen=True), seen(day, use, teen=False)
    assert (mine.used_seconds, mine.night_seconds) == (1871, 868)
    assert (hers.used_seconds, hers.night_seconds, hers.day_seconds) == (1871, 900, 971)
    week = coarse_night(WeekUse(first=day.date, used_seconds=700, known_days=1, night_seconds=500))
    assert week.night_seconds == 700
