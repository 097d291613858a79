"""The queue as transactions: asking for a job, claiming due ones, and ending a claim."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair_server.jobs import statements as sql
from familypair_server.jobs.model import Handler, JobParts
from familypair_server.jobs.statements import ClaimRow
from familypair_server.storage import Param, Txn, notify, transaction
from familypair_server.times import instant, millis

TOPIC: Final = "jobs"
"""What a commit notifies when a job is due earlier than anybody knew."""
CLAIM: Final = timedelta(seconds=60)
"""After this a claim of a runner that has died is free again."""
BATCH: Final = 32
"""Jobs that are claimed at once."""
LATE: Final = timedelta(minutes=5)
"""A job that is due this long without having been done is late."""
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_ABSURD: Final = 2 * _LONGEST_PAUSE
"""Nothing is held for this long: the clock that wrote it was ahead."""
_SHOWN: Final = 5
_LONGEST_ERROR: Final = 200
_SOONEST: Final = timedelta(seconds=1)


class LostClaim(Exception):  # noqa: N818 - says what happened
    """Another runner has the job now: what this one did is rolled back."""


class Failing(msgspec.Struct, frozen=True):
    """A job that does not get done, and why."""

    name: str
    subject: str
    attempts: int
    error: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How the queue stands, for `familypair-server check`."""

    waiting: int
    due: int
    late: int
    failing: int
    holder: str
    """Which process runs jobs now; empty when none does."""
    next_due: datetime | None
    failures: tuple[Failing, ...] = ()


def schedule(name: str, subject: str, due_at: datetime) -> Txn[None]:
    """Have a job done at an instant; when it is already waiting, the earlier instant stays."""
    if (yield from sql.schedule.run(name=name, subject=subject, due=millis(due_at))):
        yield from notify(TOPIC)


def drop(name: str, subject: str) -> Txn[None]:
    """Forget a job, whenever it was due."""
    yield from sql.drop.run(name=name, subject=subject)


@transaction
def take_lease(holder: str, lasts: timedelta, now: datetime) -> Txn[int | None]:
    """The lease's fencing number, or None while another process holds it."""
    until, absurd = millis(now + lasts), millis(now + _ABSURD)
    return (yield from sql.lease.one(holder=holder, until=until, now=millis(now), absurd=absurd))


@transaction
def release(holder: str) -> Txn[None]:
    """Let the next process begin at once."""
    yield from sql.release.run(holder=holder)


@transaction
def claim(holder: str, lease: int, now: datetime) -> Txn[Sequence[ClaimRow]]:
    """Some due jobs, the longest due first; nobody else gets them for a while."""
    rows = yield from sql.claim.all(
        holder=holder,
        lease=lease,
        now=millis(now),
        until=millis(now + CLAIM),
        absurd=millis(now + _ABSURD),
        most=BATCH,
    )
    return sorted(rows, key=lambda row: (row.due_at, row.name, row.subject))


@transaction
def do(handler: Handler, parts: JobParts, row: ClaimRow, now: datetime) -> Txn[None]:
    """A job's effect and its end, together or not at all. Raises `LostClaim`."""
    due = yield from handler(parts, row.subject, now)
    mine: dict[str, Param] = {"name": row.name, "subject": row.subject, "fence": row.fence}
    if due is None and (yield from sql.over.run(**mine)):
        return
    # Last, not first: whoever schedules holds the teen's lock before the job's row.
    soonest = millis(now + _SOONEST)
    at = sql.NEVER if due is None else max(soonest, millis(due))
    if not (yield from sql.again.run(due=at, **mine)):
        raise LostClaim(f"{row.name} of {row.subject}")


@transaction
def fail(row: ClaimRow, error: str, now: datetime) -> Txn[None]:
    """Note why, and wait longer each time before it is tried again."""
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(row.attempts - 1, 16))
    yield from sql.failed.run(
        name=row.name,
        subject=row.subject,
        fence=row.fence,
        until=millis(now + pause),
        error=error[:_LONGEST_ERROR],
    )


@transaction
def next_due() -> Txn[datetime | None]:
    """When something may be done next; None when nothing waits."""
    at = yield from sql.next_due.one()
    return None if at is None else instant(at)


@transaction
def status(now: datetime) -> Txn[Status]:
    """How the queue stands; reads only."""
    found = yield from sql.counts.get(now=millis(now), late=millis(now - LATE))
    lease = yield from sql.holder.get()
    failing = yield from sql.failing.all(most=_SHOWN)
    return Status(
        waiting=found.waiting,
        due=found.due,
        late=found.late,
        failing=found.failing,
        holder=lease.holder if lease.held_until > millis(now) else "",
        next_due=None if found.next_at is None else instant(found.next_at),
        failures=tuple(
            Failing(row.name, row.subject, row.attempts, row.last_error) for row in failing
        ),
    )
