"""Many at once: of racing claims and answers one takes effect, on both engines."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable
from typing import Any

from familypair.reasons import Refusal
from familypair.rules.actors import Actor
from familypair.schema.invitations import Invitation, InvitationForm, InvitationState
from familypair_server.invitations import service
from familypair_server.links import statements as links
from familypair_server.problems import Refused
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import Store, Txn, transaction
from support.pairs import People

CROWD = 64


async def outcomes(calls: Iterable[Coroutine[Any, Any, Any]]) -> Counter[str]:
    """Run all at once and count how each ended: a state, or a reason."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    return Counter(_name(answer) for answer in answers)


def _name(answer: object) -> str:
    if isinstance(answer, Invitation):
        return answer.state
    if isinstance(answer, Refusal):
        return answer.reason
    if isinstance(answer, Refused):
        return answer.refusals[0].reason
    assert isinstance(answer, BaseException)
    raise answer


@transaction
def links_of(teen_id: str) -> Txn[list[links.LinkRow]]:
    """Every link of a teen."""
    return (yield from links.by_teen.all(teen=teen_id))


async def test_sixty_four_claims_of_one_code(store: Store) -> None:
    """One teen gets it; to the others it is a code that does not work."""
    people = People(store)
    guardian = await people.guardian()
    link = await people.offer(guardian, Actor.GUARDIAN, InvitationForm.LINK)
    teens = [await people.teen() for _ in range(CROWD)]
    counts = await outcomes(
        people.claim(teen, Actor.TEEN, link.url or "", f"198.51.{number}.1")
        for number, teen in enumerate(teens)
    )
    assert counts == {InvitationState.CLAIMED: 1, "code_not_valid": CROWD - 1}


async def test_sixty_four_claims_by_one_person(store: Store) -> None:
    """Many devices of one account guess together no more than one would."""
    people = People(store)
    teen = await people.teen()
    counts = await outcomes(people.claim(teen, Actor.TEEN, "BCDF-GHJK") for _ in range(CROWD))
    assert counts == {"code_not_valid": 5, "too_many_guesses": CROWD - 5}


async def test_sixty_four_people_at_one_address(store: Store) -> None:
    """Many accounts behind one address guess together no more than twenty times."""
    people = People(store)
    teens = [await people.teen() for _ in range(CROWD)]
    counts = await outcomes(people.claim(teen, Actor.TEEN, "BCDF-GHJK") for teen in teens)
    assert counts == {"code_not_valid": 20, "too_many_guesses": CROWD - 20}


async def test_sixty_four_approvals(store: Store) -> None:
    """One makes the link; the others find the invitation over. One entry, sound chains."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    invitation_id = await people.disclosed(guardian, teen)
    counts = await outcomes(people.approve(teen, invitation_id) for _ in range(CROWD))
    assert counts == {InvitationState.APPROVED: 1, "no_such_move": CROWD - 1}
    await _one_consent(store, teen, guardian)


async def _one_consent(store: Store, teen: str, guardian: str) -> None:
    found = await store.read(links_of(teen))
    assert len(found) == 1
    entries = await store.read(ledger.read_ledger(teen))
    assert [ledger.type_of(item.entry) for item in entries if item.entry] == ["link.activated"]
    assert len(await store.read(ledger.read_inbox(teen, guardian))) == 1
    assert (await store.read(verify(teen))).bad is None


async def test_approve_decline_and_cancel_at_once(store: Store) -> None:
    """Of three kinds of answers one wins, and a link exists only if it was the yes."""
    people = People(store)
    for _ in range(3):
        guardian, teen = await people.guardian(), await people.teen()
        invitation_id = await people.disclosed(guardian, teen)
        desk, now = people.desk, people.now
        calls: list[Coroutine[Any, Any, Any]] = []
        for _ in range(CROWD // 3):
            calls.append(people.approve(teen, invitation_id))
            calls.append(
                store.run(
                    service.decline(desk, account_id=teen, invitation_id=invitation_id, now=now)
                )
            )
            calls.append(
                store.run(
                    service.cancel(desk, account_id=guardian, invitation_id=invitation_id, now=now)
                )
            )
        counts = await outcomes(calls)
        won = [state for state in InvitationState if counts[state]]
        assert len(won) == 1
        assert counts[won[0]] == 1
        linked = len(await store.read(links_of(teen)))
        assert linked == (1 if won == [InvitationState.APPROVED] else 0)


async def test_sixty_four_guardians_ask_one_teen(store: Store) -> None:
    """However many codes a teen is handed at once, three are pending."""
    people = People(store)
    teen = await people.teen()
    offers = [await people.offer(await people.guardian(), Actor.GUARDIAN) for _ in range(CROWD)]
    counts = await outcomes(people.claim(teen, Actor.TEEN, offer.code or "") for offer in offers)
    assert counts == {InvitationState.CLAIMED: 3, "too_many_pending": CROWD - 3}


async def test_a_person_has_one_live_code(store: Store) -> None:
    """Offers of one person at once leave one that works."""
    people = People(store)
    teen = await people.teen()
    calls = [people.offer(teen, Actor.TEEN) for _ in range(8)]
    made = await asyncio.gather(*calls)
    open_now = await store.read(service.mine(people.desk, account_id=teen, now=people.now))
    assert len(open_now) == 1
    assert open_now[0].id in {invitation.id for invitation in made}
