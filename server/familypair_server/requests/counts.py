"""How many requests wait for somebody, for the overview card."""

from datetime import datetime

from familypair_server.requests import statements as sql
from familypair_server.storage import Txn
from familypair_server.times import millis


def waiting(teen_id: str, viewer_id: str, now: datetime) -> Txn[int]:
    """Requests of this teen that wait for the viewer: a guardian's answer, the teen's own yes."""
    return (yield from sql.waiting.get(teen=teen_id, viewer=viewer_id, now=millis(now)))
