"""Jobs on both engines: once, in spite of crashes, races and jobs that cannot be done."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from familypair.testing import ManualClock
from familypair_server.jobs import JobParts, drop, schedule
from familypair_server.jobs import queue as q
from familypair_server.jobs.runner import Runner
from familypair_server.storage import Statement, Store, Txn, transaction

Make = Callable[..., Runner]
MINUTE = timedelta(minutes=1)
put = Statement("INSERT INTO refused_signup (day, n) VALUES (:day, 1)")
"""An effect that would break if it came twice: the day is a key."""
effects = Statement("SELECT day FROM refused_signup ORDER BY day", str)


@transaction
def ask(*jobs: tuple[str, str, datetime]) -> Txn[None]:
    for name, subject, due in jobs:
        yield from schedule(name, subject, due)


@transaction
def forget(name: str, subject: str) -> Txn[None]:
    yield from drop(name, subject)


@transaction
def seen() -> Txn[list[str]]:
    return (yield from effects.all())


@transaction
def note(_: JobParts, subject: str, now: datetime) -> Txn[datetime | None]:
    """The effect, once and for all."""
    yield from put.run(day=f"{subject} {now:%H:%M}")
    return None


@transaction
def daily(_: JobParts, subject: str, now: datetime) -> Txn[datetime | None]:
    yield from put.run(day=f"{subject} {now:%d}")
    return now + timedelta(days=1)


@transaction
def poison(_: JobParts, subject: str, now: datetime) -> Txn[datetime | None]:
    yield from put.run(day=f"{subject} {now:%H:%M:%S}")
    raise ValueError("x" * 500)


async def test_due_jobs_run_once_and_others_wait(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """Due ones run at their time, the repeating one comes back, and a forgotten one never runs."""
    now = clock()
    later = now + 5 * MINUTE
    await store.run(ask(("once", "a", now), ("once", "b", later), ("daily", "c", now)))
    await store.run(ask(("once", "b", later + MINUTE), ("once", "z", now)))
    await store.run(forget("once", "z"))
    one = runner({"once": note, "daily": daily})
    assert await one.run_due(now - MINUTE) == 0
    assert await one.run_due(now) == 2
    assert await one.run_due(now) == 0
    assert await store.read(seen()) == ["a 12:00", "c 22"]
    # b kept the earlier of its two times
    assert await store.read(q.next_due()) == later
    clock.set(now + timedelta(days=1))
    assert await one.run_due(clock()) == 2
    assert await store.read(seen()) == ["a 12:00", "b 12:00", "c 22", "c 23"]


async def test_a_poison_job_waits_longer_each_time_and_stops_nobody(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """Its effect is rolled back, its error kept and cut, the others run; `status` says it all."""
    now = clock()
    await store.run(ask(("bad", "p", now - q.LATE), ("unknown", "u", now), ("once", "a", now)))
    one = runner({"bad": poison, "once": note})
    assert await one.run_due(now) == 1
    assert await store.read(seen()) == ["a 12:00"]
    found = await store.read(q.status(now))
    assert (found.waiting, found.due, found.late, found.failing) == (2, 2, 1, 2)
    assert found.holder == one.holder
    assert found.next_due == now + timedelta(seconds=10)
    errors = {one.name: one.error for one in found.failures}
    assert errors["bad"].startswith("ValueError: xxx")
    assert len(errors["bad"]) == 200
    assert errors["unknown"] == "this build has no such job"
    waits: list[timedelta] = []
    for _ in range(9):
        due = await store.read(q.next_due())
        assert due is not None
        waits.append(due - clock())
        clock.set(due)
        await one.run_due(due)
    assert waits[0] < waits[1] < waits[2]
    assert waits[-1] <= timedelta(hours=1)
    mended = runner({"bad": note, "unknown": note})
    clock.tick(timedelta(hours=2))
    assert await mended.run_due(clock()) == 2
    assert (await store.read(q.status(clock()))).failing == 0


async def test_a_crash_between_claim_and_commit_runs_again_once(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """Claim and lease run out, the next process does it, and the effect is there once."""
    await store.run(ask(("once", "a", clock())))
    dead, second = runner({"once": note}), runner({"once": note})
    lease = await store.run(q.take_lease(dead.holder, MINUTE, clock()))
    assert len(await store.run(q.claim(dead.holder, lease or 0, clock()))) == 1
    # here the first process is killed
    assert await second.run_due(clock()) == 0
    clock.tick(q.CLAIM)
    assert await second.run_due(clock()) == 1
    assert await store.read(seen()) == ["a 12:01"]
    assert await store.read(q.next_due()) is None


async def test_many_runners_at_once_do_each_job_once(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """One has the lease; also when it passes on, no job runs twice."""
    jobs = [("once", f"s{n:02}", clock()) for n in range(40)]
    await store.run(ask(*jobs))
    runners: list[Runner] = [runner({"once": note}) for _ in range(4)]
    done = await asyncio.gather(*(one.run_due(clock()) for one in runners))
    assert sorted(done) == [0, 0, 0, 40]
    assert len(await store.read(seen())) == 40
    assert (await store.read(q.status(clock()))).holder in {one.holder for one in runners}


async def test_a_runner_that_was_overtaken_changes_nothing(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """A claim that ran out and was taken by another: the old runner's commit is refused."""
    await store.run(ask(("once", "a", clock())))
    old, new = runner({"once": note}), runner({"once": note})
    lease = await store.run(q.take_lease(old.holder, MINUTE, clock()))
    assert lease is not None
    (row,) = await store.run(q.claim(old.holder, lease, clock()))
    clock.tick(2 * MINUTE)
    taken = await store.run(q.take_lease(new.holder, MINUTE, clock()))
    assert taken is not None
    assert taken == lease + 1
    assert await store.run(q.claim(old.holder, lease, clock())) == []
    (again,) = await store.run(q.claim(new.holder, taken, clock()))
    assert again.fence == row.fence + 1
    with pytest.raises(q.LostClaim):
        await store.run(q.do(note, new.parts, row, clock()))
    assert await store.read(seen()) == []
    await store.run(q.fail(row, "too late to matter", clock()))
    await store.run(q.do(note, new.parts, again, clock()))
    assert await store.read(seen()) == ["a 12:02"]


async def test_a_clock_that_went_back_stops_nothing(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """A lease and a claim of a process whose clock was a month ahead do not last a month."""
    await store.run(ask(("once", "a", clock())))
    ahead = clock() + timedelta(days=30)
    lost = runner({"once": note})
    lease = await store.run(q.take_lease(lost.holder, MINUTE, ahead))
    assert len(await store.run(q.claim(lost.holder, lease or 0, ahead))) == 1
    await store.run(ask(("once", "b", clock())))
    assert await runner({"once": note}).run_due(clock()) == 2
    assert await store.read(seen()) == ["a 12:00", "b 12:00"]


async def test_what_is_asked_for_during_a_run_is_not_lost(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """A job that says it is over runs again when somebody has asked for it meanwhile."""
    await store.run(ask(("once", "a", clock())))
    one = runner({"once": note})
    lease = await store.run(q.take_lease(one.holder, MINUTE, clock()))
    (row,) = await store.run(q.claim(one.holder, lease or 0, clock()))
    due = clock() + 3 * MINUTE
    await store.run(ask(("once", "a", due), ("once", "a", due + MINUTE)))
    await store.run(q.do(note, one.parts, row, clock()))
    assert await store.read(q.next_due()) == due
    clock.set(due)
    assert await one.run_due(due) == 1
    assert await store.read(q.next_due()) is None


@pytest.mark.engine("sqlite")
async def test_the_background_loop_wakes_for_what_is_new_and_stops_at_once(
    store: Store, runner: Make, clock: ManualClock
) -> None:
    """A commit that asks for a job wakes it, long before its pause is over; the lease is left."""
    ran = asyncio.Event()
    loop = asyncio.get_running_loop()

    @transaction
    def tells(_: JobParts, subject: str, __: datetime) -> Txn[datetime | None]:
        yield from put.run(day=subject)
        loop.call_soon_threadsafe(ran.set)
        return None

    one = runner({"job": tells}, jobs_seconds=3600)
    one.start()
    await store.run(ask(("job", "a", clock())))
    async with asyncio.timeout(5):
        await ran.wait()
        await one.stop()
    assert (await store.read(q.status(clock()))).holder == ""
    silent = runner({"job": tells}, jobs_seconds=0)
    silent.start()
    await silent.stop()
