"""A fault at any statement leaves nothing of the work.

So there is never a link without consent, nor a consent without its ledger entry.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from familypair.rules.link_views import EXIT_UNDO
from familypair.schema.invitations import Approve
from familypair.schema.links import EndLink
from familypair.schema.scopes import ALL_SCOPES
from familypair_server.invitations import codes
from familypair_server.invitations.approval import approve
from familypair_server.links import ending, exits, settling
from familypair_server.records.verify import verify
from familypair_server.storage import Store, Transaction
from support.faults import no_half_state
from support.pairs import People

LEAST_STEPS = 8
"""Fewer faults than this would mean that the work was not reached."""


def _approve(people: People, teen: str, invitation_id: str) -> Transaction[Any]:
    phrase = codes.phrase(people.keys, invitation_id)
    return approve(
        people.desk,
        account_id=teen,
        invitation_id=invitation_id,
        ask=Approve(phrase=phrase, scopes=ALL_SCOPES),
        signed_in_recently=True,
        now=people.now,
    )


async def test_an_approval_is_whole_or_nothing(store: Store) -> None:
    """Invitation, link, epoch, entry, inboxes and receipt come together."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    invitation_id = await people.disclosed(guardian, teen)
    tried = await no_half_state(store, lambda: _approve(people, teen, invitation_id))
    assert tried > LEAST_STEPS
    assert (await store.read(verify(teen))).bad is None


class Linked(msgspec.Struct, frozen=True):
    """An active link after its probation, of which nothing is settled yet."""

    people: People
    guardian: str
    teen: str
    link: str

    def end(self, account_id: str) -> Transaction[Any]:
        """One side ends it."""
        people = self.people
        return ending.end(
            people.desk, account_id=account_id, link_id=self.link, ask=EndLink(), now=people.now
        )


WORKS: dict[str, Callable[[Linked], Transaction[Any]]] = {
    "teen ends": lambda it: it.end(it.teen),
    "guardian ends": lambda it: it.end(it.guardian),
    "exit": lambda it: exits.leave(
        it.people.desk, account_id=it.teen, link_id=it.link, now=it.people.now
    ),
    "settle": lambda it: settling.settle(it.teen, it.people.now, it.people.random, it.people.keys),
}


@pytest.mark.parametrize("name", WORKS)
async def test_every_way_out_is_whole_or_nothing(store: Store, name: str) -> None:
    """State, what stays, epoch, blocks, entry and inboxes come together."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    linked = Linked(people, guardian, teen, await people.linked(guardian, teen))
    people.clock.tick(2 * EXIT_UNDO)
    tried = await no_half_state(store, lambda: WORKS[name](linked))
    assert tried > LEAST_STEPS
    assert (await store.read(verify(teen))).bad is None
