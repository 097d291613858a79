"""Roll-over in the service: posted by the job, computed before it, corrected by late reports."""

from datetime import timedelta

import pytest

from familypair.rules.time.model import PostingKind
from familypair_server.jobs.model import JobParts
from familypair_server.records.verify import verify
from familypair_server.settings import Settings
from familypair_server.storage import Store
from familypair_server.time.jobs import open_day
from support.faults import no_half_state
from support.pairs import BASE
from support.timed import Pair
from support.uses import DAY, MINUTE, Reporter, used


def parts(pair: Pair) -> JobParts:
    """What a job gets."""
    people = pair.people
    return JobParts(keys=people.keys, random=people.random, settings=Settings(issuer=BASE))


async def saving(store: Store) -> tuple[Pair, Reporter]:
    """60 minutes every day, of which 30 may move; 40 were used today."""
    pair = await Pair.of(store)
    await pair.limit(pair.guardian, 60, roll_over=30)
    phone = await Reporter.of(pair.people, "phone", teen=pair.teen)
    start = pair.people.now
    pair.people.clock.tick(40 * MINUTE)
    await phone.send(used(start, pair.people.now, seq=1))
    return pair, phone


async def test_the_job_posts_once_what_a_reader_saw_before_it(store: Store) -> None:
    """20 minutes are there at the first instant of the day, before any job; the job adds none."""
    pair, _ = await saving(store)
    pair.people.clock.tick(DAY)
    before = (await pair.day()).found
    assert (before.limit, await pair.kinds()) == (80 * 60, {})
    due = None
    for _ in range(2):
        due = await store.run(open_day(parts(pair), pair.teen, pair.people.now))
    assert due == (await pair.day()).day.end
    assert await pair.kinds() == {PostingKind.ROLL_OVER: 1}
    assert (await pair.day()).found.limit == before.limit
    assert (await store.read(verify(pair.teen))).bad is None


async def test_a_late_report_of_a_closed_day_corrects_what_was_derived(store: Store) -> None:
    """The tablet was offline: 15 minutes more of yesterday leave 5, so 15 are taken back."""
    pair, phone = await saving(store)
    await phone.bind("tablet")
    start = pair.people.now
    pair.people.clock.tick(DAY)
    await store.run(open_day(parts(pair), pair.teen, pair.people.now))
    statuses = await phone.statuses(used(start, start + 15 * MINUTE, seq=1, device="tablet"))
    assert statuses == ["late"]
    assert await pair.kinds() == {PostingKind.ROLL_OVER: 1, PostingKind.CORRECTION: 1}
    assert (await pair.day()).found.limit == 65 * 60
    again = await phone.statuses(used(start, start + 15 * MINUTE, seq=1, device="tablet"))
    assert again == ["repeated"]
    assert (await pair.day()).found.limit == 65 * 60


async def test_a_rule_that_changes_after_midnight_does_not_change_yesterday(store: Store) -> None:
    """Yesterday is kept as it was before the first write of the new day (A22)."""
    pair, _ = await saving(store)
    pair.people.clock.tick(DAY)
    await pair.limit(pair.guardian, 90, roll_over=30)
    assert (await pair.day()).found.limit == 110 * 60
    assert await pair.kinds() == {PostingKind.CHANGED: 1}


@pytest.mark.engine("sqlite")
async def test_a_dated_exception_of_today_is_a_change_of_today(store: Store) -> None:
    """Another limit for this date changes the day within itself: a line says so (A22)."""
    pair = await Pair.of(store)
    await pair.limit(pair.guardian, 60)
    today = (await pair.day()).day.date
    found = [{"kind": "set_limit", "first": today.isoformat(), "minutes": 90}]
    await pair.limit(pair.guardian, 60, {"schedule": {"exceptions": found}})
    assert ((await pair.day()).found.limit, await pair.kinds()) == (
        90 * 60,
        {PostingKind.CHANGED: 2},
    )


async def test_a_day_of_which_nothing_is_known_rolls_nothing_until_it_is_known(
    store: Store,
) -> None:
    """The phone was silent for a day; when it reports at last, that day is a known zero."""
    pair, phone = await saving(store)
    pair.people.clock.tick(2 * DAY)
    await store.run(open_day(parts(pair), pair.teen, pair.people.now))
    assert (await pair.day()).found.limit == 3600
    start = pair.people.now
    pair.people.clock.tick(MINUTE)
    await phone.send(used(start, pair.people.now, seq=2))
    assert (await pair.day()).found.limit == 90 * 60
    assert await pair.kinds() == {PostingKind.ROLL_OVER: 1}


@pytest.mark.engine("sqlite")
async def test_a_fault_leaves_nothing_of_a_days_opening(store: Store) -> None:
    """The closed day, the posting, its entry and the next job come together."""
    pair, _ = await saving(store)
    pair.people.clock.tick(DAY)
    tried = await no_half_state(store, lambda: open_day(parts(pair), pair.teen, pair.people.now))
    assert tried > 5


@pytest.mark.engine("sqlite")
async def test_the_job_ends_with_the_account_and_forgets_old_days(store: Store) -> None:
    """Nothing is due for a teen who is gone; lines are kept as long as days are shown."""
    pair, _ = await saving(store)
    assert await store.run(open_day(parts(pair), "acc_nobody", pair.people.now)) is None
    pair.people.clock.tick(DAY)
    await store.run(open_day(parts(pair), pair.teen, pair.people.now))
    pair.people.clock.tick(timedelta(days=40))
    await store.run(open_day(parts(pair), pair.teen, pair.people.now))
    assert await pair.all_lines() == []
