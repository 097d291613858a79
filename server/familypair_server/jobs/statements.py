"""SQL of jobs and of the lease under which one process runs them."""

from typing import Final

import msgspec

from familypair_server.storage import Statement

NEVER: Final = 2**62
"""After every instant."""


class ClaimRow(msgspec.Struct, frozen=True):
    """A job that a runner has claimed; `fence` is this claim's own number."""

    name: str
    subject: str
    due_at: int
    fence: int
    attempts: int


class LeaseRow(msgspec.Struct, frozen=True):
    """Who runs jobs, until when."""

    holder: str
    held_until: int
    fence: int


class CountRow(msgspec.Struct, frozen=True):
    """How the queue stands; `next_at` is None when it is empty."""

    waiting: int
    due: int
    late: int
    failing: int
    next_at: int | None


class FailingRow(msgspec.Struct, frozen=True):
    """A job that failed when it was last tried."""

    name: str
    subject: str
    attempts: int
    last_error: str


schedule = Statement(
    "INSERT INTO job (name, subject, due_at) VALUES (:name, :subject, :due)"
    " ON CONFLICT (name, subject) DO UPDATE SET"
    " due_at = CASE WHEN job.due_at > excluded.due_at THEN excluded.due_at ELSE job.due_at END,"
    " again_at = CASE WHEN job.claimed_until = 0 THEN NULL"
    " WHEN job.again_at < excluded.due_at THEN job.again_at ELSE excluded.due_at END"
    " WHERE job.due_at > excluded.due_at OR job.claimed_until > 0"
)
"""The earlier time stays. What is asked while a runner is at it is kept for after that run."""

drop = Statement("DELETE FROM job WHERE name = :name AND subject = :subject")

lease = Statement(
    "UPDATE job_lease SET fence = fence + CASE WHEN holder = :holder THEN 0 ELSE 1 END,"
    " holder = :holder, held_until = :until"
    " WHERE id = 1 AND (holder = :holder OR held_until <= :now OR held_until > :absurd)"
    " RETURNING fence",
    int,
)
"""Take or keep the lease; no row while somebody else holds it. A change of holder is counted.

What is held until `absurd` was written by a clock that has gone back since.
"""

release = Statement("UPDATE job_lease SET held_until = 0 WHERE id = 1 AND holder = :holder")
holder = Statement("SELECT holder, held_until, fence FROM job_lease WHERE id = 1", LeaseRow)

_READY = (
    "SELECT name, subject FROM job WHERE due_at <= :now"
    " AND (claimed_until <= :now OR claimed_until > :absurd)"
    " ORDER BY due_at, name, subject LIMIT :most"
)
_CLAIM = "SET claimed_until = :until, fence = job.fence + 1, attempts = job.attempts + 1"
_LEASED = "EXISTS (SELECT 1 FROM job_lease WHERE holder = :holder AND job_lease.fence = :lease)"
_CLAIMED = "job.name, job.subject, job.due_at, job.fence, job.attempts"
claim = Statement(
    f"UPDATE job {_CLAIM} WHERE (name, subject) IN ({_READY}) AND {_LEASED} RETURNING"
    " name, subject, due_at, fence, attempts",
    ClaimRow,
    pg=f"WITH ready AS MATERIALIZED ({_READY} FOR UPDATE SKIP LOCKED) UPDATE job {_CLAIM}"
    f" FROM ready WHERE job.name = ready.name AND job.subject = ready.subject AND {_LEASED}"
    f" RETURNING {_CLAIMED}",
)
"""Jobs for this runner alone until `until`; none when its lease is gone. In no order."""

_MINE = "WHERE name = :name AND subject = :subject AND fence = :fence"
over = Statement(f"DELETE FROM job {_MINE} AND again_at IS NULL")  # noqa: S608 - constant part
"""Done for good, unless it was asked for again meanwhile."""
_LATER = "CASE WHEN again_at < CAST(:due AS BIGINT) THEN again_at ELSE CAST(:due AS BIGINT) END"
again = Statement(
    f"UPDATE job SET due_at = {_LATER}, claimed_until = 0, attempts = 0, last_error = '',"  # noqa: S608 - constant parts
    f" again_at = NULL {_MINE}"
)
"""Done until the next time; no row when the claim has passed to another runner."""
failed = Statement(f"UPDATE job SET claimed_until = :until, last_error = :error {_MINE}")  # noqa: S608 - constant part
"""Not done: nobody tries it again before `until`."""

_NEXT = "CASE WHEN claimed_until > due_at THEN claimed_until ELSE due_at END"
next_due = Statement(
    "SELECT at FROM (SELECT MIN(due_at) AS at FROM job WHERE claimed_until = 0"  # noqa: S608 - constant part
    f" UNION ALL SELECT MIN({_NEXT}) FROM job WHERE claimed_until > 0) q"
    " WHERE at IS NOT NULL ORDER BY at LIMIT 1",
    int,
)
"""When a runner could next do something; two looks into an index."""

counts = Statement(
    "SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at <= :now THEN 1 ELSE 0 END), 0),"  # noqa: S608 - constant part
    " COALESCE(SUM(CASE WHEN due_at <= :late THEN 1 ELSE 0 END), 0),"
    f" COALESCE(SUM(CASE WHEN last_error <> '' THEN 1 ELSE 0 END), 0), MIN({_NEXT}) FROM job",
    CountRow,
)
failing = Statement(
    "SELECT name, subject, attempts, last_error FROM job WHERE last_error <> ''"
    " ORDER BY attempts DESC, name, subject LIMIT :most",
    FailingRow,
)
