"""Limits that protect people from floods, and the silence about blocks."""

from datetime import timedelta

import msgspec
import pytest

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.schema.invitations import Invitation, InvitationForm, NewInvitation
from familypair_server.invitations import service
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused
from familypair_server.storage import Store
from support.pairs import People

DAY = timedelta(days=1)
NOT_VALID = Refusal(Reason.CODE_NOT_VALID, "/code")


async def refusal_of_offer(people: People, account_id: str, actor: Actor) -> Reason | None:
    """Why this offer is refused, or None."""
    made = await people.store.run(
        service.offer(
            people.desk, account_id=account_id, actor=actor, ask=NewInvitation(), now=people.now
        )
    )
    return made.reason if isinstance(made, Refusal) else None


async def test_three_requests_a_day_per_guardian(store: Store) -> None:
    """After three that teens have seen the fourth is refused; a day after the first it works."""
    people = People(store)
    guardian = await people.guardian()
    for _ in range(3):
        offered = await people.offer(guardian, Actor.GUARDIAN)
        await people.claim(await people.teen(), Actor.TEEN, offered.code or "")
    reason = await refusal_of_offer(people, guardian, Actor.GUARDIAN)
    assert reason is Reason.TOO_MANY_LINK_REQUESTS
    people.clock.tick(DAY)
    assert await refusal_of_offer(people, guardian, Actor.GUARDIAN) is None


@pytest.mark.parametrize("actor", [Actor.GUARDIAN, Actor.TEEN])
async def test_codes_that_nobody_entered_ask_nobody(store: Store, actor: Actor) -> None:
    """A lost or expired code costs no request; thirty in a day are enough for anybody."""
    people = People(store)
    person = await (people.guardian() if actor is Actor.GUARDIAN else people.teen())
    for _ in range(30):
        assert await refusal_of_offer(people, person, actor) is None
    assert await refusal_of_offer(people, person, actor) is Reason.TOO_MANY_REQUESTS


async def test_a_guardians_claims_count_as_requests(store: Store) -> None:
    """Entering teens' codes is asking too."""
    people = People(store)
    guardian = await people.guardian()
    answers: list[Invitation | Refusal] = []
    for _ in range(4):
        offered = await people.offer(await people.teen(), Actor.TEEN)
        answers.append(await people.claim(guardian, Actor.GUARDIAN, offered.code or ""))
    assert all(isinstance(answer, Invitation) for answer in answers[:3])
    assert isinstance(answers[3], Refusal)
    assert answers[3].reason is Reason.TOO_MANY_LINK_REQUESTS


async def test_three_pending_per_teen(store: Store) -> None:
    """A teen with three open questions can neither ask nor be asked a fourth."""
    people = People(store)
    teen = await people.teen()
    for _ in range(3):
        offered = await people.offer(await people.guardian(), Actor.GUARDIAN)
        assert isinstance(await people.claim(teen, Actor.TEEN, offered.code or ""), Invitation)
    assert await refusal_of_offer(people, teen, Actor.TEEN) is Reason.TOO_MANY_PENDING
    fourth = await people.offer(await people.guardian(), Actor.GUARDIAN)
    refused = await people.claim(teen, Actor.TEEN, fourth.code or "")
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TOO_MANY_PENDING


async def test_a_full_guardian_is_a_wrong_code_to_the_teen(store: Store) -> None:
    """How many links the other side has is told to nobody who enters their code."""
    people = People(store)
    people.desk = _with_limits(people, teens=1)
    guardian = await people.guardian()
    link = await people.offer(guardian, Actor.GUARDIAN, InvitationForm.LINK)
    await people.linked(guardian, await people.teen(), starter=Actor.TEEN)
    refused = await people.claim(await people.teen(), Actor.TEEN, link.url or "")
    assert refused == NOT_VALID
    assert await refusal_of_offer(people, guardian, Actor.GUARDIAN) is Reason.TOO_MANY_TEENS


async def test_room_is_checked_again_at_the_approval(store: Store) -> None:
    """Two open invitations and room for one: the second approval is refused and kept open."""
    people = People(store)
    people.desk = _with_limits(people, guardians=1)
    teen = await people.teen()
    first = await people.disclosed(await people.guardian(), teen)
    second = await people.disclosed(await people.guardian(), teen)
    assert isinstance(await people.approve(teen, first), Invitation)
    with pytest.raises(Refused, match=Reason.TOO_MANY_GUARDIANS):
        await people.approve(teen, second)


async def test_a_decline_blocks_the_pair_for_seven_days(store: Store) -> None:
    """Either side's code is a wrong code then; others are free, and after the week so are they."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    invitation_id = await people.disclosed(guardian, teen)
    await store.run(
        service.decline(people.desk, account_id=teen, invitation_id=invitation_id, now=people.now)
    )
    ids = {Actor.GUARDIAN: guardian, Actor.TEEN: teen}
    for starter, claimer in ((Actor.GUARDIAN, Actor.TEEN), (Actor.TEEN, Actor.GUARDIAN)):
        offered = await people.offer(ids[starter], starter)
        assert await people.claim(ids[claimer], claimer, offered.code or "") == NOT_VALID
    other = await people.offer(await people.guardian("Ben"), Actor.GUARDIAN)
    assert isinstance(await people.claim(teen, Actor.TEEN, other.code or ""), Invitation)
    people.clock.tick(timedelta(days=7))
    again = await people.offer(guardian, Actor.GUARDIAN)
    assert isinstance(await people.claim(teen, Actor.TEEN, again.code or ""), Invitation)


async def test_who_is_linked_is_told_so(store: Store) -> None:
    """Both know of their link; a code between them says it and is not a guess."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    await people.linked(guardian, teen)
    for _ in range(6):
        offered = await people.offer(teen, Actor.TEEN)
        refused = await people.claim(guardian, Actor.GUARDIAN, offered.code or "")
        assert refused == Refusal(Reason.ALREADY_LINKED)


def _with_limits(people: People, *, teens: int = 10, guardians: int = 6) -> Desk:
    changed = msgspec.structs.replace(
        people.desk.limits, teens_per_guardian=teens, guardians_per_teen=guardians
    )
    return msgspec.structs.replace(people.desk, limits=changed)
