"""The handshake through its services, on both engines."""

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.schema.invitations import Invitation, InvitationState
from familypair_server.records import ledger
from familypair_server.storage import Store
from support.pairs import People


async def test_a_guardians_code_leads_to_a_link(store: Store) -> None:
    """Offer, claim, disclosure, approval: then there is a link, an entry and two inboxes."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    invitation_id = await people.disclosed(guardian, teen)
    approved = await people.approve(teen, invitation_id)
    assert isinstance(approved, Invitation)
    assert approved.state is InvitationState.APPROVED
    assert approved.link is not None
    entries = await store.read(ledger.read_ledger(teen))
    assert [ledger.type_of(item.entry) for item in entries if item.entry] == ["link.activated"]
    for viewer in (teen, guardian):
        assert len(await store.read(ledger.read_inbox(teen, viewer))) == 1


async def test_a_wrong_code_is_refused(store: Store) -> None:
    """A code that was never made is not valid."""
    people = People(store)
    teen = await people.teen()
    answer = await people.claim(teen, Actor.TEEN, "BCDF-GHJK")
    assert answer == Refusal(Reason.CODE_NOT_VALID, "/code")
