"""Work that time makes due: expiry, roll-over, reviews, notices (architecture: jobs).

A job is a row (name, subject) with the instant at which it is due. Nothing that is read depends on
a job having run; a job writes down what time has made true, so running it late or twice is
harmless.

    yield from schedule("request_expiry", teen_id, due_at)   # in the transaction it follows from

A subject's `jobs.py` has `JOBS: dict[str, Handler]`, and `registry.py` collects them. A handler is
a transaction: its effect and the job's next time are committed together. It takes the teen's lock
before anything of a teen, as everywhere.
"""

from familypair_server.jobs.model import Handler, JobParts
from familypair_server.jobs.queue import drop, schedule

__all__ = ["Handler", "JobParts", "drop", "schedule"]
