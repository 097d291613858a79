"""Wrong codes are counted in the database, per account and per network.

The count is part of the claim's own transaction: no restart and no second node resets it
(product.md section 3).
"""

from datetime import datetime, timedelta
from typing import Final

from familypair.rules.limits import Limits
from familypair_server.auth import limits as counters
from familypair_server.invitations import statements as sql
from familypair_server.keys import Keys
from familypair_server.storage import Txn
from familypair_server.times import millis

WINDOW: Final = timedelta(hours=1)


class Guesser:
    """One claimer: the account and the network that it comes from."""

    def __init__(self, keys: Keys, limits: Limits, *, account_id: str, address: str) -> None:
        network = counters.network_of(address)
        self._counted = (
            (
                counters.Rule("claim-account", limits.wrong_guesses_per_account, WINDOW),
                counters.subject(keys, "claim-account", account_id),
            ),
            (
                counters.Rule("claim-network", limits.wrong_guesses_per_address, WINDOW),
                counters.subject(keys, "claim-network", network),
            ),
        )

    def must_wait(self, now: datetime) -> Txn[int]:
        """Seconds until this claimer may try again; 0 when now. Asked before any code is read."""
        longest = 0
        for rule, who in self._counted:
            yield from sql.reserve_guess.run(
                kind=rule.kind, subject=who, forget_at=millis(now + WINDOW)
            )
            wait = yield from counters.wait(rule, who, now)
            longest = max(longest, wait)
        return longest

    def was_wrong(self, now: datetime) -> Txn[None]:
        """Count one wrong code."""
        for rule, who in self._counted:
            yield from counters.count(rule, who, now)
