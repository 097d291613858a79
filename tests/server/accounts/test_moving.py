"""A teen's home zone and country: what needs a yes, and from when a new zone holds."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_server.storage import Store
from support.homes import Home, at_home


@pytest.fixture
async def home(store: Store, tmp_path: Path) -> AsyncGenerator[Home]:
    """Requests against an application over this test's database."""
    async with at_home(store, tmp_path) as found:
        yield found


async def change(home: Home, who: str, body: Any) -> httpx2.Response:
    """PATCH /v1/me with a password typed just now."""
    home.tokens[who] = await home.people.token(who)
    me = (await home.get(who, "/v1/me")).json()
    headers = home.headers(who, **{"If-Match": me["etag"]})
    return await home.web.patch("/v1/me", headers=headers, json=body)


def asked_for(reply: httpx2.Response) -> list[str]:
    """Which fields need somebody's yes."""
    assert reply.status_code == 409, reply.text
    return [one["pointer"] for one in reply.json()["errors"] if one["code"] == "needs_request"]


async def test_with_a_guardian_a_move_is_a_request(home: Home) -> None:
    """Zone and country of a linked teen; the name and what stays as it is are theirs.

    While the link ends it is so still, and when it has ended it is over. A guardian moves freely.
    """
    guardian, teen = await home.family()
    move = {"zone": "Asia/Tokyo", "country": "JP"}
    assert asked_for(await change(home, teen, move)) == ["/country", "/zone"]
    same = {"zone": "Europe/Dublin", "name": "M"}
    assert (await change(home, teen, same)).status_code == 200
    assert (await change(home, guardian, move)).json()["zone"] == "Asia/Tokyo"
    links = (await home.get(teen, "/v1/links")).json()["items"]
    ended = await home.post(teen, f"/v1/links/{links[0]['id']}/end", {})
    assert ended.status_code == 200, ended.text
    assert asked_for(await change(home, teen, move)) == ["/country", "/zone"]
    home.clock.tick(timedelta(days=3))
    moved = (await change(home, teen, move)).json()
    assert (moved["country"], moved["zone_pending"]) == ("JP", "Asia/Tokyo")


async def test_the_zone_is_asked_of_who_has_a_say_in_time(home: Home) -> None:
    """A guardian without `set_time` has a say in the country alone, and reads of a new zone."""
    guardian, teen = await home.guardian(), await home.teen()
    scopes = tuple(one for one in ALL_SCOPES if one is not Scope.SET_TIME)
    await home.link(guardian, teen, scopes)
    await home.settle_in()
    assert asked_for(await change(home, teen, {"country": "JP"})) == ["/country"]
    moved = await change(home, teen, {"zone": "Asia/Tokyo"})
    assert moved.status_code == 200, moved.text
    kinds = [one["entry"]["type"] for one in await home.inbox(guardian, teen)]
    assert kinds[-1] == "account.changed"


async def test_a_new_zone_holds_from_a_boundary_that_gives_no_second_day(home: Home) -> None:
    """Seen on the card, in the account and on its page; taking it back leaves no trace of it."""
    teen = await home.teen()
    wanted = (await change(home, teen, {"zone": "Asia/Tokyo"})).json()
    assert (wanted["zone"], wanted["zone_pending"]) == ("Europe/Dublin", "Asia/Tokyo")
    assert wanted["zone_from"] == "2026-11-23T15:00:00Z"
    card = (await home.get(teen, f"/v1/teens/{teen}")).json()
    assert (card["zone"], card["weekday"]) == ("Europe/Dublin", "sun")
    back = (await change(home, teen, {"zone": "Europe/Dublin"})).json()
    assert (back["zone_pending"], back["zone_from"]) == (None, None)
    await change(home, teen, {"zone": "Asia/Tokyo"})
    home.clock.tick(timedelta(hours=27))
    await home.sign_in_again()
    there = (await home.get(teen, "/v1/me")).json()
    assert (there["zone"], there["zone_pending"]) == ("Asia/Tokyo", None)
    card = (await home.get(teen, f"/v1/teens/{teen}")).json()
    assert (card["zone"], card["weekday"]) == ("Asia/Tokyo", "tue")
    assert card["local_time"] == "2026-11-24T00:00"
