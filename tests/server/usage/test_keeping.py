"""What days know: unknown and zero, silence, late news, sparse numbers, and letting go."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from familypair.reasons import Reason
from familypair.rules.days import Regimes, day_at
from familypair.schema.time import WeekUse
from familypair_server.days.service import change, regimes_of
from familypair_server.hosts.service import AtHost, release_device
from familypair_server.jobs import JobParts
from familypair_server.settings import Settings
from familypair_server.storage import Transaction, Txn, teens, transaction
from familypair_server.time import late
from familypair_server.usage import books
from familypair_server.usage.jobs import fold
from familypair_server.usage.reads import days_shown, weeks_of
from support.faults import digest
from support.uses import DAY, HOUR, MINUTE, NOON, SECOND, Reporter, used

pytestmark = pytest.mark.engine("sqlite")


async def test_a_silent_day_is_unknown_until_a_report_covers_it(reporter: Reporter) -> None:
    """Two days without a word are unknown; the next report makes them days without use, 0."""
    clock = reporter.people.clock
    clock.tick(MINUTE)
    await reporter.send(used(NOON, NOON + MINUTE))
    now = clock.tick(3 * DAY)
    assert [await reporter.seconds(f"2026-03-0{n}") for n in (1, 2, 3, 4, 5)] == [
        None,
        60,
        None,
        None,
        None,
    ]
    await reporter.send(used(now - MINUTE, now, seq=1))
    assert [await reporter.seconds(f"2026-03-0{n}") for n in (1, 2, 3, 4, 5)] == [
        None,
        60,
        0,
        0,
        60,
    ]


async def test_nothing_before_the_binding_counts(reporter: Reporter) -> None:
    """What lies before a device was bound cannot even be claimed; that day stays unknown."""
    reporter.people.clock.tick(MINUTE)
    assert await reporter.statuses(used(NOON - DAY, NOON - 23 * HOUR)) == [
        Reason.BEFORE_LAST_REPORT
    ]
    use = await reporter.use("2026-03-01")
    assert (use.known, use.seconds, use.unknown_seconds) == (False, 0, 0)
    assert await reporter.seconds() is None
    over = used(NOON - HOUR, NOON + MINUTE, seq=1)
    assert await reporter.statuses(over) == ["clipped"]
    assert (await reporter.use()).unknown_seconds == 0
    assert await reporter.seconds() == 60


async def test_an_offline_device_is_late_and_not_clipped(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own previous receipt counts, not another device's; a day that was over is corrected."""
    corrected: list[date] = []

    def correct(_desk: object, _teen: str, days: Sequence[date], _now: datetime) -> Txn[None]:
        corrected.extend(days)
        yield from ()

    monkeypatch.setattr(late, "correct", correct)
    await reporter.bind("tablet")
    clock = reporter.people.clock
    clock.tick(HOUR)
    await reporter.send(used(NOON, NOON + MINUTE, device="tablet"))
    clock.tick(DAY)
    await reporter.send(used(NOON + DAY, NOON + DAY + HOUR, device="tablet", seq=1))
    assert corrected == []
    assert await reporter.statuses(used(NOON + HOUR, NOON + 2 * HOUR)) == ["late"]
    assert corrected == [NOON.date()]
    use = await reporter.use("2026-03-02")
    assert (use.seconds, use.late) == (3660, True)


async def test_a_device_bound_again_counts_from_its_first_number(reporter: Reporter) -> None:
    """An app that was installed again starts at 0; what was counted before cannot count twice."""
    now = reporter.people.clock.tick(10 * MINUTE)
    old = used(NOON, now)
    assert await reporter.statuses(old) == ["counted"]
    await reporter.store.run(release_device(AtHost(reporter.host, "phone")))
    await reporter.bind("phone")
    assert await reporter.statuses(old) == [Reason.BEFORE_LAST_REPORT]
    later = reporter.people.clock.tick(5 * MINUTE)
    assert await reporter.statuses(old, used(now, later, seq=1)) == ["repeated", "counted"]
    use = await reporter.use()
    assert (use.seconds, use.unknown_seconds) == (15 * 60, 0)


@pytest.mark.parametrize("far", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
async def test_an_instant_out_of_reach_is_refused_alone(reporter: Reporter, far: datetime) -> None:
    """The first and the last year of the calendar: that item's refusal, the other is kept."""
    now = reporter.people.clock.tick(HOUR)
    said = await reporter.statuses(used(far, far + HOUR), used(now - MINUTE, now, seq=1))
    assert said == [Reason.TOO_OLD if far < now else Reason.IN_THE_FUTURE, "counted"]
    assert await reporter.statuses(used(far, far + HOUR)) == said[:1]


async def test_what_was_unknown_is_known_once_it_is_reported(reporter: Reporter) -> None:
    """A minute that a phone claimed in vain, but another device knows, is no gap."""
    await reporter.bind("tablet")
    clock = reporter.people.clock
    now = clock.tick(10 * MINUTE)
    await reporter.send(used(now - MINUTE, now))
    assert await reporter.statuses(used(NOON, now, seq=1)) == [Reason.BEFORE_LAST_REPORT]
    assert (await reporter.use()).unknown_seconds == 9 * 60
    await reporter.send(used(NOON, now - 5 * MINUTE, device="tablet"))
    assert (await reporter.use()).unknown_seconds == 4 * 60


async def test_numbers_may_lie_anywhere(reporter: Reporter) -> None:
    """Far apart, in gaps of what was sent before, at the ends: each is found again."""
    now = reporter.people.clock.tick(HOUR)
    seqs = [0, 1, 17, 18, 40, 999, 1_000, 5_000, 2**40, 2**53]
    items = [used(now - (n + 1) * MINUTE, now - n * MINUTE, seq=s) for n, s in enumerate(seqs)]
    assert set(await reporter.statuses(*items)) == {"counted"}
    between = [used(now - MINUTE, now, seq=seq) for seq in (2, 30, 4_999, 2**40 + 1)]
    assert set(await reporter.statuses(*between)) == {Reason.BEFORE_LAST_REPORT}
    for some in (items, items[:4], items[-1:], items[4:7], items[::-1]):
        assert set(await reporter.statuses(*some)) == {"repeated"}
    changed = [used(now - HOUR, now, seq=seq) for seq in (*seqs, 2, 30, 4_999)]
    assert set(await reporter.statuses(*changed)) == {Reason.SEQ_CONFLICT}


async def test_a_day_is_as_long_as_a_move_makes_it(reporter: Reporter) -> None:
    """What was reported before and after a move of the day's start is in one day, once."""
    clock = reporter.people.clock
    now = clock.tick(HOUR)
    await reporter.send(used(NOON, now))
    await reporter.store.run(_later_start(reporter, "06:00"))
    now = clock.tick(14 * HOUR)
    assert await reporter.statuses(used(now - HOUR, now, seq=1)) == ["late"]
    assert await reporter.seconds("2026-03-02") == 2 * 3600
    assert now.date().isoformat() == "2026-03-03"


async def test_a_host_of_tiny_pieces_stops_no_other_from_counting(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many stretches of a day the least pauses are filled; other use counts as it is."""
    other = await Reporter.of(reporter.people, teen=reporter.teen, host="cli_" + "o" * 26)
    start, now = NOON, reporter.people.clock.tick(HOUR)
    monkeypatch.setattr(books, "MOST_SPANS", 3)
    tiny = [used(start + 2 * n * SECOND, start + (2 * n + 1) * SECOND, seq=n) for n in range(9)]
    assert set(await reporter.statuses(*tiny)) == {"late"}
    assert await reporter.seconds() == 17
    good = [used(now - n * MINUTE, now - (n - 0.5) * MINUTE, seq=n) for n in (4, 2)]
    assert await other.statuses(*good) == ["counted", "counted"]
    assert await reporter.seconds() == 17 + 60


async def test_no_surface_and_no_device_is_finer_than_the_day_may_be(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces that hide in one long stretch are bounded too; 41 surfaces are 40 and the rest."""
    now = reporter.people.clock.tick(HOUR)
    monkeypatch.setattr(books, "MOST_SPANS", 3)
    monkeypatch.setattr(books, "MOST_SURFACES", 1)
    pieces = [
        used(NOON + 2 * n * SECOND, NOON + (2 * n + 1) * SECOND, seq=n, surface="search")
        for n in range(9)
    ]
    await reporter.send(*pieces, used(NOON, now, seq=9, surface="app"))
    use = await reporter.use()
    assert use.surfaces == {"app": 3600, "other": 17}
    assert [len(spans) for spans in use.surface_spans.values()] == [1, 1]


async def test_days_become_weeks_and_weeks_end(reporter: Reporter) -> None:
    """28 days by day, a year by week, whether the job has run or not; then nothing is left."""
    clock = reporter.people.clock
    for n in range(2):
        now = clock.tick(HOUR + n * DAY)
        await reporter.send(used(now - HOUR, now, seq=n), used(now - 20 * DAY, now, seq=50 + n))
    clock.tick(26 * DAY)
    assert await _weeks(reporter) == []
    clock.tick(2 * DAY)
    told = await _weeks(reporter)
    assert [(week.first.isoformat(), week.used_seconds, week.known_days) for week in told] == [
        ("2026-03-02", 7200, 2)
    ]
    assert [(week.opens, week.night_seconds) for week in told] == [(2, 0)]
    due = await reporter.store.run(_fold(reporter))
    assert due == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert await _weeks(reporter) == told
    assert (await digest(reporter.store))["usage_day"] == []
    assert (await digest(reporter.store))["usage_sent"] == []
    assert await reporter.store.run(_fold(reporter)) == due
    assert await _weeks(reporter) == told
    clock.tick(54 * 7 * DAY)
    assert await _weeks(reporter) == []
    assert await reporter.store.run(_fold(reporter)) is None
    assert (await digest(reporter.store))["usage_week"] == []


async def test_the_days_shown_are_28_and_those_asked_for(reporter: Reporter) -> None:
    """Oldest first, today last; narrowed by what was asked and by what may be seen."""
    people = reporter.people
    regimes = await reporter.store.read(_regimes(reporter.teen))
    today = day_at(regimes, people.now)
    every = days_shown(regimes, people.now)
    assert len(every) == 28
    assert every[-1] == today
    assert every[0].date == (NOON - 27 * DAY).date()
    some = {"first": (NOON - 40 * DAY).date(), "last": (NOON - DAY).date()}
    assert days_shown(regimes, people.now, **some) == every[:-1]
    assert days_shown(regimes, people.now, since=today.date) == [today]


@transaction
def _regimes(teen_id: str) -> Txn[Regimes]:
    return (yield from regimes_of(teen_id))


@transaction
def _later_start(reporter: Reporter, starts: str) -> Txn[None]:
    yield from teens.lock.get(teen=reporter.teen)
    yield from change(reporter.teen, day_starts_at=starts, now=reporter.people.now)


def _fold(reporter: Reporter) -> Transaction[datetime | None]:
    people = reporter.people
    parts = JobParts(keys=people.keys, random=people.random, settings=Settings())
    return fold(parts, reporter.teen, people.now)


async def _weeks(reporter: Reporter) -> list[WeekUse]:
    @transaction
    def read() -> Txn[list[WeekUse]]:
        regimes = yield from regimes_of(reporter.teen)
        return (yield from weeks_of(reporter.teen, day_at(regimes, reporter.people.now).date))

    return await reporter.store.read(read())
