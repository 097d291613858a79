"""What is over keeps the names of its time: nobody reads what the other is called later."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.rules.actors import Actor
from familypair_server.invitations import service
from support.linked import DAY, Family
from support.pairs import Api, House
from support.server import Running

LATER = "Robin New"
CONFIRM = {"confirm": True}


async def rename(api: Api) -> None:
    """Take another name."""
    tag = (await api.get("me")).headers["etag"]
    done = await api.patch("me", {"name": LATER}, tag)
    assert done.status_code == 200, done.text


async def names(api: Api) -> tuple[str, str]:
    """Both names, as one side reads them in the list of links and in the link."""
    one: dict[str, Any] = (await api.get("links")).json()["items"][0]
    alone = await api.get(f"links/{one['id']}")
    if alone.status_code == 200:
        assert (alone.json()["teen"], alone.json()["guardian"]) == (one["teen"], one["guardian"])
    return one["teen"]["name"], one["guardian"]["name"]


async def both_renamed(family: Family) -> None:
    """Both people take another name, 20 days later."""
    family.house.clock.tick(20 * DAY)
    family.teen = await family.house.api(family.teen_id)
    family.guardian = await family.house.api(family.guardian_id)
    await rename(family.teen)
    await rename(family.guardian)


@pytest.mark.parametrize("ender", ["teen", "guardian"])
async def test_an_end_keeps_the_names(family: Family, ender: str) -> None:
    """Each side reads the other's name of then, whoever ended it."""
    api = family.teen if ender == "teen" else family.guardian
    assert (await api.post(family.path("/end"), {})).status_code == 200
    await both_renamed(family)
    assert (await names(family.guardian))[0] == "Mia Smith"
    assert (await names(family.teen))[1] == "Dana Smith"


async def test_an_active_link_tells_the_name_of_now(family: Family) -> None:
    """As the people are called; so does one that was taken back."""
    await both_renamed(family)
    assert await names(family.guardian) == (LATER, LATER)
    await family.teen.post(family.path("/end"), {})
    await family.guardian.post(family.path("/resume"))
    tag = (await family.teen.get("me")).headers["etag"]
    assert (await family.teen.patch("me", {"name": "Third"}, tag)).status_code == 200
    assert (await names(family.guardian))[0] == LATER
    await family.teen.post(family.path("/resume/confirm"))
    assert (await names(family.guardian))[0] == "Third"


async def test_the_card_after_an_exit_is_fixed(family: Family) -> None:
    """The teen's new name is not in it, nor their zone, band, day or time; it never moves."""
    assert (await family.teen.post(family.path("/safety-exit"), CONFIRM)).status_code == 200
    first = (await family.guardian.get("teens")).json()["items"]
    assert first[0]["name"] == "Mia Smith"
    assert not any(first[0].get(part) for part in ("zone", "local_time", "weekday", "band"))
    tag = (await family.teen.get("me")).headers["etag"]
    moved = {"name": LATER, "zone": "America/New_York", "country": "US"}
    assert (await family.teen.patch("me", moved, tag)).status_code == 200
    family.house.clock.tick(timedelta(hours=23))
    assert (await family.guardian.get("teens")).json()["items"] == first
    assert (await names(family.guardian))[0] == "Mia Smith"


async def test_after_the_generic_notice_too(family: Family) -> None:
    """The link that is over tells the name of the exit."""
    await family.teen.post(family.path("/safety-exit"), CONFIRM)
    await both_renamed(family)
    assert (await names(family.guardian))[0] == "Mia Smith"


async def test_the_teens_access_log_keeps_the_name_of_who_looked(family: Family) -> None:
    """An ex-guardian's later name is not told to the teen either."""
    assert (await family.guardian.get(f"teens/{family.teen_id}")).status_code == 200
    await family.guardian.post(family.path("/end"), {})
    await both_renamed(family)
    log = (await family.teen.get(f"teens/{family.teen_id}/access-log")).json()
    assert {item["name"] for item in log["items"]} == {"Dana Smith"}


@pytest.mark.parametrize("how", ["declined", "cancelled", "expired"])
async def test_an_invitation_that_came_to_nothing_keeps_the_names(
    server: Running, how: str
) -> None:
    """A stranger whom the teen refused does not learn what they are called later."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    invitation = await house.disclosed(guardian, teen)
    if how == "declined":
        await house.store.run(
            service.decline(house.desk, account_id=teen, invitation_id=invitation, now=house.now)
        )
    elif how == "cancelled":
        await house.store.run(
            service.cancel(house.desk, account_id=teen, invitation_id=invitation, now=house.now)
        )
    house.clock.tick(2 * DAY)
    people = {Actor.TEEN: await house.api(teen), Actor.GUARDIAN: await house.api(guardian)}
    for api in people.values():
        await rename(api)
    theirs = (await people[Actor.GUARDIAN].get(f"invitations/{invitation}")).json()
    assert (theirs["state"], theirs["other"]["name"]) == (how, "Mia Smith")
    mine = (await people[Actor.TEEN].get(f"invitations/{invitation}")).json()
    assert mine["other"]["name"] == "Dana Smith"


async def test_an_approved_invitation_is_no_way_round(server: Running) -> None:
    """It keeps the names of the approval, whatever became of the link."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    invitation = await house.disclosed(guardian, teen)
    await house.approve(teen, invitation)
    await rename(await house.api(teen))
    theirs = (await (await house.api(guardian)).get(f"invitations/{invitation}")).json()
    assert theirs["other"]["name"] == "Mia Smith"
