"""The sweep, as a job: one process at a time looks at everything, however a wake-up was lost.

The job itself only says that it is time (and lets old messages go): what it starts is many small
transactions outside of it, so that one that fails hinders no other.
"""

from datetime import datetime, timedelta
from typing import Final

from familypair.schema.webhooks import DeliveryState
from familypair_server.jobs import Handler, JobParts
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import millis
from familypair_server.webhooks import statements as sql
from familypair_server.webhooks.service import SCAN

EVERY: Final = timedelta(seconds=5)
RARELY: Final = timedelta(hours=1)
"""While every webhook is disabled: only old messages are let go."""
SWEEP: Final = "webhooks:sweep"
"""What the job's commit notifies."""
KEPT: Final = {
    DeliveryState.DELIVERED: timedelta(days=7),
    DeliveryState.FAILED: timedelta(days=30),
}
"""How long a host can look up what became of a message."""


@transaction
def scan(parts: JobParts, subject: str, now: datetime) -> Txn[datetime | None]:
    """Start a sweep; again after `EVERY`, or `RARELY`, while there are webhooks."""
    del parts, subject
    for state, kept in KEPT.items():
        yield from sql.forget.run(state=state, before=millis(now - kept))
    if (yield from sql.any_enabled.one()) is None:
        return None if (yield from sql.any_left.one()) is None else now + RARELY
    yield from notify(SWEEP)
    return now + EVERY


JOBS: dict[str, Handler] = {SCAN: scan}
