"""The consent receipt: what was agreed, by whom, when, under which text (product.md section 3).

Both sides get the same bytes as a JWS; signing and verification are elsewhere. Every id is made for
this one link, so that two receipts cannot be joined into "the same teen" or "the same guardian".
"""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.handshake import Invitation
from familypair.schema.base import Instant
from familypair.schema.invitations import InvitationState
from familypair.schema.scopes import Scope

MEDIA_TYPE = "familypair-receipt+jws"
"""The `typ` of the JWS header."""


class ConsentReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The payload of a receipt. Times are in UTC, to the second."""

    v: Literal[1] = 1
    iss: str
    """The service that recorded the consent."""
    receipt: str
    """The receipt's own id."""
    link: str
    """Pseudonym of the link."""
    teen: str
    """Pseudonym of the teen for this link only."""
    guardian: str
    """Pseudonym of the guardian for this link only."""
    started_by: Literal["guardian", "teen"]
    asked: tuple[Scope, ...]
    granted: tuple[Scope, ...]
    share_history: bool
    disclosure_version: str
    disclosure_hash: str
    """SHA-256 in hex of the text that the teen read."""
    disclosed_at: Instant
    approved_at: Instant
    jurisdiction: str
    """The rows behind the consent, see `jurisdiction.basis`."""
    notice_hours: int


class Parties(msgspec.Struct, frozen=True, kw_only=True):
    """Ids for one link, as the caller derives them: `keys.mac("receipt", link_id, account_id)`."""

    receipt: str
    link: str
    teen: str
    guardian: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Under what the consent was given."""

    issuer: str
    disclosure_version: str
    jurisdiction: str
    notice_hours: int


def receipt_for(
    invitation: Invitation, *, parties: Parties, terms: Terms
) -> ConsentReceipt | Refusal:
    """The receipt of an approved invitation; anything else has nothing to certify."""
    approved_at, disclosed_at = invitation.closed_at, invitation.disclosed_at
    if invitation.state is not InvitationState.APPROVED or approved_at is None:
        return Refusal(Reason.NO_SUCH_MOVE)
    if disclosed_at is None or not invitation.disclosure_hash:
        return Refusal(Reason.DISCLOSURE_NOT_SHOWN)
    return ConsentReceipt(
        iss=terms.issuer,
        receipt=parties.receipt,
        link=parties.link,
        teen=parties.teen,
        guardian=parties.guardian,
        started_by="teen" if invitation.started_by == "teen" else "guardian",
        asked=_in_order(invitation.asked),
        granted=_in_order(invitation.granted),
        share_history=invitation.share_history,
        disclosure_version=terms.disclosure_version,
        disclosure_hash=invitation.disclosure_hash,
        disclosed_at=_second(disclosed_at),
        approved_at=_second(approved_at),
        jurisdiction=terms.jurisdiction,
        notice_hours=terms.notice_hours,
    )


def canonical(receipt: ConsentReceipt) -> bytes:
    """The bytes that are signed: JSON, keys sorted, no spaces, UTF-8; equal for equal receipts."""
    return msgspec.json.encode(receipt, order="sorted")


def parse(payload: bytes) -> ConsentReceipt | Refusal:
    """The receipt in a payload whose signature was verified; it must be in canonical form."""
    try:
        receipt = msgspec.json.decode(payload, type=ConsentReceipt)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal(Reason.MALFORMED_JSON)
    return receipt if canonical(receipt) == payload else Refusal(Reason.MALFORMED_JSON)


def _in_order(scopes: frozenset[Scope]) -> tuple[Scope, ...]:
    return tuple(scope for scope in Scope if scope in scopes)


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
