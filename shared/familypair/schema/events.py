"""What the live stream carries (architecture.md section 6)."""

from typing import Any

from familypair.schema.base import Answer
from familypair.schema.ledger import InboxEntry
from familypair.schema.policies import AppliedRules
from familypair.schema.requests import Request
from familypair.schema.time import TimeGlance


class EntryEvent(Answer, frozen=True, kw_only=True):
    """`event: entry` - one new inbox entry; the stream's id moves with it."""

    entry: InboxEntry


class PendingEvent(Answer, frozen=True, kw_only=True):
    """`event: pending` - my invitations that are not over, sent whole on connect and on change."""

    invitations: tuple[dict[str, Any], ...]


class UseEvent(Answer, frozen=True, kw_only=True):
    """`event: use` - today's time of one teen, whole, on connect and when it changes."""

    teen: str
    time: TimeGlance


class RequestEvent(Answer, frozen=True, kw_only=True):
    """`event: request` - the open requests of one teen for this viewer, whole, on every change.

    With them the ones that closed within the last day, so that everybody reads what happened.
    """

    teen: str
    requests: tuple[Request, ...]
    waiting: int = 0


class AppliedEvent(Answer, frozen=True, kw_only=True):
    """`event: applied` - how the bound apps stand with one teen's rules, whole, on every change."""

    teen: str
    applied: AppliedRules


class ResetEvent(Answer, frozen=True, kw_only=True):
    """`event: reset` - the cursor is unknown: read everything again, then go on from `heads`."""

    heads: dict[str, int]


class GoneEvent(Answer, frozen=True, kw_only=True):
    """`event: gone` - this teen is no longer yours to see; nothing more follows about them."""

    teen: str
