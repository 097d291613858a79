"""What the live stream carries (architecture.md section 6)."""

from typing import Any

from familypair.schema.base import Answer
from familypair.schema.ledger import InboxEntry


class EntryEvent(Answer, frozen=True, kw_only=True):
    """`event: entry` - one new inbox entry; the stream's id moves with it."""

    entry: InboxEntry


class PendingEvent(Answer, frozen=True, kw_only=True):
    """`event: pending` - my invitations that are not over, sent whole on connect and on change."""

    invitations: tuple[dict[str, Any], ...]


class ResetEvent(Answer, frozen=True, kw_only=True):
    """`event: reset` - the cursor is unknown: read everything again, then go on from `heads`."""

    heads: dict[str, int]


class GoneEvent(Answer, frozen=True, kw_only=True):
    """`event: gone` - this teen is no longer yours to see; nothing more follows about them."""

    teen: str
