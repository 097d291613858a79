"""Jobs inside a running application: they run by themselves, and a stop leaves nothing behind."""

import asyncio
from datetime import date, datetime
from pathlib import Path

import pytest

from familypair_server.jobs import queue as q
from familypair_server.jobs import schedule
from familypair_server.jobs.registry import HANDLERS
from familypair_server.jobs.runner import Runner
from familypair_server.storage import Store, Txn, transaction
from support.homes import at_home

pytestmark = pytest.mark.engine("sqlite")


@transaction
def ask(name: str, subject: str, due: datetime) -> Txn[None]:
    yield from schedule(name, subject, due)


async def test_an_application_runs_what_becomes_due_and_lets_go_at_its_end(
    store: Store, tmp_path: Path
) -> None:
    """A commit wakes it long before its hour is over; afterwards the lease is nobody's."""
    async with at_home(store, tmp_path, jobs_seconds=3600) as home:
        teen = await home.teen(changes_on=date(2027, 1, 1))
        now = home.clock()
        await store.run(ask("band_notice", teen, now))
        async with asyncio.timeout(10):
            while (await store.read(q.next_due()) or now) <= now:
                pass
        assert (await store.read(q.status(now))).holder
    after = await store.read(q.status(now))
    assert (after.holder, after.due, after.failing) == ("", 0, 0)


async def test_every_job_is_harmless_for_somebody_who_is_not_there(
    store: Store, tmp_path: Path
) -> None:
    """Each registered job, asked for an account that is gone: done or told, never in the way."""
    async with at_home(store, tmp_path) as home:
        for name in HANDLERS:
            await store.run(ask(name, "acc_0123456789abcdefghjkmnpqrs", home.clock()))
        runner = Runner(home.app.context)
        assert await runner.run_due(home.clock()) == len(HANDLERS)
        assert (await store.read(q.status(home.clock()))).failures == ()
