"""Batches taken in: each item by itself, once, for the right teen, whole or not at all."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from familypair.reasons import Reason
from familypair_server.storage import Store
from familypair_server.usage.judging import screened
from familypair_server.usage.service import take_part
from support.faults import digest, no_half_state
from support.uses import DAY, HOST, HOUR, MINUTE, NOON, SECOND, Reporter, session, used

OTHER_HOST = "cli_" + "o" * 26


async def test_a_replay_counts_once_in_any_order(reporter: Reporter) -> None:
    """100 copies, shuffled and cut into batches at random, total the same to the second."""
    items = [used(NOON + n * MINUTE, NOON + (n + 2) * MINUTE, seq=n) for n in range(0, 12, 3)]
    reporter.people.clock.tick(HOUR)
    assert set(await reporter.statuses(*items)) == {"late"}
    assert await reporter.seconds() == 8 * 60
    random = Random(3)  # noqa: S311 - an order, not a secret
    for _ in range(4):
        copies = items * 25
        random.shuffle(copies)
        assert set(await reporter.statuses(*copies)) == {"repeated"}
        reporter.people.clock.tick(MINUTE)
    assert await reporter.seconds() == 8 * 60


async def test_a_replay_does_not_move_the_receipt(reporter: Reporter) -> None:
    """A batch whose answer was lost is sent again; what was used since is counted afterwards."""
    clock = reporter.people.clock
    clock.tick(10 * MINUTE)
    first = used(NOON, NOON + 10 * MINUTE, seq=1)
    assert await reporter.statuses(first) == ["counted"]
    clock.tick(5 * MINUTE)
    assert await reporter.statuses(first) == ["repeated"]
    assert await reporter.statuses(used(NOON + 10 * MINUTE, NOON + 15 * MINUTE, seq=2)) == [
        "counted"
    ]
    assert await reporter.seconds() == 15 * 60


async def test_each_item_is_judged_by_itself(reporter: Reporter) -> None:
    """A key with other content, the future, 24 hours, old news: refused alone, the rest is kept."""
    now = reporter.people.clock.tick(HOUR)
    good = used(now - 10 * MINUTE, now - 5 * MINUTE, seq=1)
    said = await reporter.statuses(
        good,
        used(now - 9 * MINUTE, now - 5 * MINUTE, seq=1),
        used(now, now + DAY, seq=2),
        used(now - 25 * HOUR, now, seq=3),
        used(now - 8 * DAY, now - 8 * DAY + HOUR, seq=4),
        used(now - MINUTE, now - 2 * MINUTE, seq=5),
        used(now - 30 * MINUTE, now + 30 * SECOND, seq=6),
        used(NOON - HOUR, NOON - MINUTE, seq=7),
        good,
    )
    assert said == [
        "counted",
        Reason.SEQ_CONFLICT,
        Reason.IN_THE_FUTURE,
        Reason.INTERVAL_TOO_LONG,
        Reason.TOO_OLD,
        Reason.EMPTY_INTERVAL,
        "clipped",
        Reason.BEFORE_LAST_REPORT,
        "repeated",
    ]
    use = await reporter.use()
    assert (use.seconds, use.unknown_seconds) == (30 * 60, 30)
    assert await reporter.statuses(good, used(now - 9 * MINUTE, now, seq=1)) == [
        "repeated",
        Reason.SEQ_CONFLICT,
    ]


async def test_several_devices_and_hosts_are_one_union(reporter: Reporter) -> None:
    """The same hour on a phone, a tablet and at another host is one hour of use."""
    await reporter.bind("tablet")
    other = await Reporter.of(reporter.people, "phone", teen=reporter.teen, host=OTHER_HOST)
    reporter.people.clock.tick(HOUR)
    await reporter.send(
        used(NOON, NOON + HOUR), used(NOON, NOON + HOUR / 2, seq=0, device="tablet")
    )
    await other.send(used(NOON + HOUR / 2, NOON + HOUR, surface="search"))
    use = await reporter.use()
    assert use.seconds == 3600
    assert use.devices == {"phone": 3600, "tablet": 1800, "phone (2)": 1800}
    assert use.surfaces == {"feed": 3600, "search": 1800}


async def test_a_batch_over_several_teens_goes_to_each(reporter: Reporter) -> None:
    """Every item counts for the teen whose device it is; a stranger's device is refused alone."""
    mia = reporter
    ben = await Reporter.of(mia.people, "ben-phone")
    now = mia.people.clock.tick(10 * MINUTE)
    told = await mia.send(
        used(NOON, now, seq=1),
        used(NOON, now - 5 * MINUTE, seq=1, device="ben-phone"),
        used(NOON, now, seq=1, device="nobodys"),
        used(NOON, now, seq=2, teen=mia.subject),
    )
    assert [item.status for item in told.items] == ["counted", "counted", "refused", "counted"]
    assert told.items[2].code == Reason.DEVICE_NOT_BOUND
    assert {one.teen for one in told.teens} == {mia.subject, ben.subject}
    assert (await mia.seconds(), await ben.seconds()) == (600, 300)


async def test_a_siblings_device_is_refused_in_the_words_for_nobodys(reporter: Reporter) -> None:
    """A brother's name on the device, an unknown device, another host: one and the same answer."""
    ben = await Reporter.of(reporter.people, "ben-phone")
    now = reporter.people.clock.tick(10 * MINUTE)
    before = await digest(reporter.store)
    items = (
        used(NOON, now, teen=ben.subject),
        used(NOON, now, device="ben-phone", teen=reporter.subject),
        used(NOON, now, device="nobodys"),
    )
    told = (await reporter.send(*items)).items + (
        await reporter.send(items[0], host=OTHER_HOST)
    ).items
    assert {(item.status, item.code, item.detail) for item in told} == {
        ("refused", Reason.DEVICE_NOT_BOUND, told[0].detail)
    }
    assert await digest(reporter.store) == before


async def test_devices_of_nobody_cost_one_transaction(reporter: Reporter) -> None:
    """However many strangers a batch names, one look refuses them all; the teen's own is kept."""
    now = reporter.people.clock.tick(10 * MINUTE)
    strange = [used(NOON, now, seq=n, device=f"nobodys-{n}") for n in range(20)]
    _, rest = screened([*strange, used(NOON, now)], frozenset())
    people = reporter.people
    part = await reporter.store.run(take_part(people.desk, HOST, rest, people.now))
    assert [item.index for item in part.items] == list(range(20))
    assert [item[1] for item in part.rest] == ["phone"]
    said = await reporter.statuses(*strange, used(NOON, now))
    assert said == [Reason.DEVICE_NOT_BOUND] * 20 + ["counted"]


async def test_safety_surfaces_leave_nothing_anywhere(reporter: Reporter) -> None:
    """The database is the same bytes after them, also where a device never reported before."""
    now = reporter.people.clock.tick(10 * MINUTE)
    before = await digest(reporter.store)
    told = await reporter.send(
        used(NOON, now, surface="help"),
        used(now, now - DAY, seq=1, surface="report.form"),
        used(NOON, now, seq=2, surface="leave", device="nobodys"),
    )
    assert [(item.status, item.counted_seconds, item.code) for item in told.items] == [
        ("dropped", 0, None)
    ] * 3
    assert told.teens == ()
    assert await digest(reporter.store) == before
    assert await reporter.statuses(used(NOON, now, surface="feed")) == ["counted"]


async def test_an_interval_over_midnight_counts_in_both_days(reporter: Reporter) -> None:
    """The local day of the home zone, not the host's: Dublin's midnight is UTC's in winter."""
    reporter.people.clock.tick(13 * HOUR)
    midnight = NOON + 12 * HOUR
    assert await reporter.statuses(used(midnight - HOUR, midnight + MINUTE)) == ["late"]
    assert await reporter.seconds("2026-03-02") == 3600
    assert await reporter.seconds("2026-03-03") == 60


async def test_sixteen_callers_with_one_batch_count_it_once(reporter: Reporter) -> None:
    """A race on one batch: one takes it, fifteen repeat it; so do batches that only overlap."""
    now = reporter.people.clock.tick(HOUR)
    items = session(now - 14 * MINUTE, range(12))
    said = await asyncio.gather(*(reporter.statuses(*items[:10]) for _ in range(16)))
    assert sorted(map(tuple, said)) == [("counted",) * 10, *[("repeated",) * 10] * 15]
    assert await reporter.seconds() == 600


@pytest.mark.parametrize("days", [0, 1])
async def test_a_fault_at_any_step_leaves_nothing(reporter: Reporter, days: int) -> None:
    """Today alone, and over a closed day: a broken statement leaves every table as it was."""
    now = reporter.people.clock.tick(HOUR + days * DAY)
    items = [used(now - 2 * HOUR * (1 + days * 7), now - MINUTE), used(now - 20 * HOUR, now, seq=9)]
    _, rest = screened(items, frozenset())
    people = reporter.people
    tried = await no_half_state(
        reporter.store, lambda: take_part(people.desk, HOST, rest, people.now)
    )
    assert tried > 8
    assert await reporter.statuses(*items) == ["repeated", "repeated"]


async def test_a_reader_is_told_only_when_something_is_new(
    store: Store, reporter: Reporter
) -> None:
    """A commit with new use wakes the streams of this teen; a repeat and a dropped item do not."""
    told: list[frozenset[str]] = []
    store.on_commit(told.append)
    now = reporter.people.clock.tick(timedelta(minutes=10))
    await reporter.send(used(NOON, now))
    assert reporter.teen in frozenset().union(*told)
    told.clear()
    await reporter.send(used(NOON, now))
    await reporter.send(used(NOON, now, seq=1, surface="help"))
    assert told == []
