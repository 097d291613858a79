"""How much one host app may send to this process (security T6): one must not starve the others.

In memory and for each node: a count in the database would be one row under every batch of a host,
and would make the batches of different teens wait for each other.
"""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

PERIOD: Final = timedelta(minutes=1)
_PAST: Final = datetime.min.replace(tzinfo=UTC)


class Budget:
    """So many items a minute for each host, all at once or one by one (GCRA).

    There are as many entries as there are registered hosts that have sent something.
    """

    def __init__(self) -> None:
        self._full_at: dict[str, datetime] = {}

    def take(self, host_id: str, items: int, *, most: int, now: datetime) -> int:
        """Take `items` of `most` a minute: 0, or nothing taken and the seconds to wait."""
        full_at = self._full_at.get(host_id, _PAST)
        if not now < full_at <= now + PERIOD:  # used up nothing, or the clock was set back
            full_at = now
        after = full_at + items * PERIOD / most
        if after > now + PERIOD:
            return ceil((after - now - PERIOD).total_seconds())
        self._full_at[host_id] = after
        return 0
