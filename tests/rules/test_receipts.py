"""The consent receipt: what it says, and that its bytes are one form only."""

import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from msgspec.structs import replace

from familypair.reasons import Reason, Refusal
from familypair.rules.handshake import Actor, Invitation
from familypair.rules.receipts import (
    ConsentReceipt,
    Parties,
    Terms,
    canonical,
    parse,
    receipt_for,
)
from familypair.schema.invitations import InvitationForm, InvitationState
from familypair.schema.scopes import Scope

NOW = datetime(2026, 11, 22, 12, 0, 0, 999, tzinfo=UTC)
APPROVED = Invitation(
    started_by=Actor.TEEN,
    form=InvitationForm.CODE,
    state=InvitationState.APPROVED,
    created_at=NOW - timedelta(minutes=10),
    expires_at=NOW + timedelta(hours=20),
    asked=frozenset({Scope.SET_TIME, Scope.SEE_TIME}),
    granted=frozenset({Scope.SEE_TIME}),
    disclosed_at=NOW - timedelta(minutes=1),
    disclosure_hash="a" * 64,
    closed_at=NOW,
)
PARTIES = Parties(receipt="rcp_1", link="p_link", teen="p_teen", guardian="p_guardian")
TERMS = Terms(
    issuer="https://pair.example",
    disclosure_version="1",
    jurisdiction="DE consent_age 16",
    notice_hours=48,
)


def made(invitation: Invitation = APPROVED) -> ConsentReceipt:
    """The receipt of an invitation that must have one."""
    receipt = receipt_for(invitation, parties=PARTIES, terms=TERMS)
    assert isinstance(receipt, ConsentReceipt), receipt
    return receipt


def test_it_says_who_what_when_and_under_which_text() -> None:
    """Every fact of the approval, with pseudonyms only, to the second, in the order of scopes."""
    assert json.loads(canonical(made())) == {
        "v": 1,
        "iss": "https://pair.example",
        "receipt": "rcp_1",
        "link": "p_link",
        "teen": "p_teen",
        "guardian": "p_guardian",
        "started_by": "teen",
        "asked": ["see_time", "set_time"],
        "granted": ["see_time"],
        "share_history": False,
        "disclosure_version": "1",
        "disclosure_hash": "a" * 64,
        "disclosed_at": "2026-11-22T11:59:00Z",
        "approved_at": "2026-11-22T12:00:00Z",
        "jurisdiction": "DE consent_age 16",
        "notice_hours": 48,
    }
    assert made(replace(APPROVED, started_by=Actor.GUARDIAN)).started_by == "guardian"


def test_equal_receipts_are_equal_bytes() -> None:
    """Another zone of the same instant changes nothing."""
    east = timezone(timedelta(hours=9))
    moved = replace(APPROVED, closed_at=NOW.astimezone(east))
    assert canonical(made(moved)) == canonical(made())
    assert parse(canonical(made())) == made()


@pytest.mark.parametrize("state", sorted(set(InvitationState) - {InvitationState.APPROVED}))
def test_only_an_approval_has_a_receipt(state: InvitationState) -> None:
    """Nothing else certifies consent."""
    refusal = receipt_for(replace(APPROVED, state=state), parties=PARTIES, terms=TERMS)
    assert refusal == Refusal(Reason.NO_SUCH_MOVE)


@pytest.mark.parametrize("fault", [{"disclosed_at": None}, {"disclosure_hash": ""}])
def test_there_is_no_receipt_without_a_text(fault: dict[str, object]) -> None:
    """Consent to nothing is none."""
    refusal = receipt_for(replace(APPROVED, **fault), parties=PARTIES, terms=TERMS)
    assert refusal == Refusal(Reason.DISCLOSURE_NOT_SHOWN)


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "Mia"},
        {"v": 2},
        {"granted": ["see_all"]},
        {"disclosure_hash": None},
        {"approved_at": "2026-11-22T12:00:00"},
    ],
)
def test_another_payload_is_no_receipt(fault: dict[str, object]) -> None:
    """An unknown field, version or scope, a field without a value, a time without a zone."""
    other = json.loads(canonical(made())) | fault
    assert parse(msgspec.json.encode(other, order="sorted")) == Refusal(Reason.MALFORMED_JSON)


def test_another_form_of_the_same_facts_is_no_receipt() -> None:
    """Spaces, another order, bytes that are no JSON or no UTF-8: one form only."""
    loose = json.dumps(json.loads(canonical(made())), sort_keys=True).encode()
    for payload in (loose, b"", b"{", b"\xff", b"[]"):
        assert parse(payload) == Refusal(Reason.MALFORMED_JSON)
