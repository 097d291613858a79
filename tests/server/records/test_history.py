"""An inbox shows what its guardian may read today: today's scopes, and no history of before."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.invitations import Invitation
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_server.records.verify import verify
from support.homes import Home
from support.streams import Listener

MENTIONS = {"interactions": {"mentions": "no_one"}}
SOME = (Scope.SEE_TIME,)


def kinds(items: list[dict[str, Any]]) -> list[str]:
    """The types of entries."""
    return [one["entry"]["type"] for one in items]


def numbers(items: list[dict[str, Any]]) -> list[int]:
    """Their numbers."""
    return [one["seq"] for one in items]


async def narrowed(home: Home, scopes: tuple[Scope, ...]) -> tuple[str, str]:
    """A family in which the teen wrote something and then took scopes back."""
    guardian, teen = await home.family()
    await home.write(teen, teen, MENTIONS)
    link = (await home.get(teen, "/v1/links")).json()["items"][0]
    answer = await home.web.patch(
        f"/v1/links/{link['id']}/scopes",
        headers=home.headers(teen, **{"If-Match": link["etag"]}),
        json={"granted": scopes},
    )
    assert answer.status_code == 200, answer.text
    return guardian, teen


async def linked_again(home: Home, *, share_history: bool) -> tuple[str, str]:
    """A family that was linked, parted, and is linked anew with every scope."""
    guardian, teen = await home.family()
    await home.write(teen, teen, MENTIONS)
    link = (await home.get(teen, "/v1/links")).json()["items"][0]["id"]
    await home.post(teen, f"/v1/links/{link}/end", {})
    home.clock.tick(timedelta(days=12))
    await home.sign_in_again()
    await home.get(teen, "/v1/links")
    invitation = await home.people.disclosed(guardian, teen)
    made = await home.people.approve(teen, invitation, share_history=share_history)
    assert isinstance(made, Invitation), made
    return guardian, teen


@pytest.mark.parametrize(
    ("scopes", "shown"), [(SOME, "withheld"), (ALL_SCOPES, "effective.changed")]
)
async def test_a_scope_taken_back_takes_its_entries_back(
    home: Home, scopes: tuple[Scope, ...], shown: str
) -> None:
    """What the guardian could read by it is not shared any more; its number and hash stay."""
    guardian, teen = await narrowed(home, scopes)
    items = await home.inbox(guardian, teen)
    assert kinds(items)[:3] == ["link.activated", "link.probation_ended", shown]
    assert numbers(items) == list(range(1, len(items) + 1))
    told = items[2]
    assert (told["words"] == "Not shared any more.") == (shown == "withheld")
    if shown == "withheld":
        assert (told["entry"], told["actor"], told["undoable"]) == ({"type": shown}, "", False)
    assert (await home.store.read(verify(teen))).bad is None


async def test_the_teens_own_inbox_is_never_withheld(home: Home) -> None:
    """Every entry is the teen's, whatever a guardian may read."""
    _, teen = await narrowed(home, SOME)
    assert "withheld" not in kinds(await home.inbox(teen, teen))


async def test_a_new_link_begins_with_its_own_entries(home: Home) -> None:
    """Nothing of before the approval is in any word, unless the teen shares history."""
    guardian, teen = await linked_again(home, share_history=False)
    items = await home.inbox(guardian, teen)
    assert kinds(items)[-1] == "link.activated"
    assert set(kinds(items)[:-1]) == {"withheld"}
    assert numbers(items) == list(range(1, len(items) + 1))


async def test_shared_history_is_read(home: Home) -> None:
    """With the line ticked the new link shows what the inbox holds."""
    guardian, teen = await linked_again(home, share_history=True)
    assert "withheld" not in kinds(await home.inbox(guardian, teen))


async def test_a_resumed_stream_withholds_alike(home: Home) -> None:
    """A client that comes back with an old cursor gets today's view of what it missed."""
    guardian, teen = await home.family()
    async with Listener(home, guardian) as first:
        await first.expect("reset")
    await home.write(teen, teen, MENTIONS)
    link = (await home.get(teen, "/v1/links")).json()["items"][0]
    await home.web.patch(
        f"/v1/links/{link['id']}/scopes",
        headers=home.headers(teen, **{"If-Match": link["etag"]}),
        json={"granted": SOME},
    )
    async with Listener(home, guardian, first.last_event_id) as again:
        sent = await again.expect("entry", 2)
    assert [one.data["entry"]["entry"]["type"] for one in sent] == [
        "withheld",
        "link.scopes_changed",
    ]
