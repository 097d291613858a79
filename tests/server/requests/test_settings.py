"""Requests for settings, contacts and places: each owner's own layer is written, and the teen's."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.scopes import Scope
from familypair_server.jobs.runner import Runner
from familypair_server.records.verify import verify
from support.asking import TODAY, House, limit

SETTINGS = "settings"


def wish(patch: dict[str, Any]) -> dict[str, Any]:
    """A wish for settings."""
    return {"type": SETTINGS, "patch": patch}


async def test_a_yes_writes_the_owners_layer_and_the_teens(house: House) -> None:
    """Dana 60, the teen's own 75: both move to 90, Sam's 120 stays, each with its entry."""
    await house.sets(house.teen, limit(75))
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(120))
    before = len(await house.home.inbox(house.teen, house.teen))
    request = await house.asked(wish(limit(90)))
    hers = await house.sees(house.dana, request)
    assert (hers["words"], hers["effect"]) == (
        "Daily time on Monday 1 h 30",
        "Daily time on Monday 60 min to 1 h 30",
    )
    await house.did(house.dana, request, "approve")
    assert await house.holds(TODAY) == 90
    for who, minutes in ((house.dana, 90), (house.teen, 90), (house.sam, 120)):
        layer = await house.home.layer(who, house.teen)
        assert layer["values"] == limit(minutes)
    entries = (await house.home.inbox(house.teen, house.teen))[before:]
    assert [(e["entry"]["type"], e["actor"]) for e in entries] == [
        ("layer.changed", "Dana Smith"),
        ("layer.changed", "me"),
        ("request.closed", "Dana Smith"),
    ]
    assert await house.limit_today() == 90
    assert (await house.home.store.read(verify(house.teen))).bad is None
    undone = await house.home.post(
        house.dana, f"/v1/teens/{house.teen}/ledger/{await _last_own(house)}/revert"
    )
    assert undone.status_code == 200, undone.text
    assert await house.holds(TODAY) == 60


async def _last_own(house: House) -> int:
    """The number of Dana's newest own write in her inbox."""
    inbox = await house.home.inbox(house.dana, house.teen)
    return max(int(e["seq"]) for e in inbox if e["entry"]["type"] == "layer.changed")


@pytest.mark.engine("sqlite")
async def test_a_guardian_reads_only_the_fields_of_their_scopes(house: House) -> None:
    """A wish over two fields reaches each owner with what they may see, and the teen whole."""
    home, teen = house.home, house.teen
    cleo = await home.guardian("Cleo Time")
    await home.link(cleo, teen, (Scope.SET_TIME,))
    await home.settle_in()
    await home.write(cleo, teen, limit(45, "tue"))
    await house.sets(house.dana, {"search": {"restricted_mode": "on"}})
    patch = {**limit(90, "tue"), "search": {"restricted_mode": "off"}}
    request = await house.asked(wish(patch))
    hers = await house.sees(cleo, request)
    assert hers["wish"]["patch"] == limit(90, "tue")
    assert "restricted" not in str(hers).lower()
    assert (await house.sees(house.dana, request))["wish"]["patch"] == patch
    probe = wish({"messages": {"media": "off"}})
    blind = await house.does(cleo, request, "counter", {"wish": probe})
    assert (blind.status_code, blind.json()["code"]) == (403, "scope_not_granted")
    await house.did(cleo, request, "approve")
    await house.did(house.dana, request, "approve")
    assert (await home.layer(cleo, teen))["values"] == limit(90, "tue")
    assert await house.holds("search.restricted_mode") == "off"


@pytest.mark.engine("sqlite")
async def test_what_nobody_can_grant_is_refused_at_once(house: House) -> None:
    """A cap is named, nothing in the way is the teen's own business, a leaving owner freezes."""
    cap = await house.asks(wish({"messages": {"audience": "friends"}}))
    assert (cap.status_code, cap.json()["code"]) == (422, "cap_in_the_way")
    assert cap.json()["errors"][0]["pointer"] == "/wish/patch/messages/audience"
    free = await house.asks(wish(limit(90)))
    assert (free.status_code, free.json()["code"]) == (422, "nothing_in_the_way")
    bad = await house.asks(wish({"nonsense": 1}))
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/wish/patch/nonsense")
    await house.sets(house.dana, limit(60))
    house.home.clock.tick(timedelta(days=8))  # the notice keeps the loosest of seven days
    await house.home.sign_in_again()
    open_one = await house.asked(wish(limit(90)))
    links = (await house.home.get(house.teen, "/v1/links")).json()["items"]
    hers = next(one["id"] for one in links if one["guardian"]["id"] == house.dana)
    ended = await house.home.post(house.teen, f"/v1/links/{hers}/end", {"not_my_guardian": False})
    assert ended.status_code == 200, ended.text
    assert (await house.sees(house.teen, open_one))["state"] == "expired"
    await Runner(house.home.app.context).run_due(house.home.clock())
    assert (await house.types(house.teen))[-1] == "request.closed"
    frozen = await house.asks(wish(limit(120)))
    assert (frozen.status_code, frozen.json()["code"]) == (409, "frozen_in_the_way")
    assert (await house.home.get(house.dana, f"/v1/requests/{open_one}")).status_code == 404


@pytest.mark.engine("sqlite")
async def test_an_unblock_needs_both_owners(house: House) -> None:
    """A19: nothing is free before the second yes; then it is, also from the teen's own list."""
    contact = {"host": "app.example", "account": "kim"}
    for who in (house.dana, house.sam, house.teen):
        await house.sets(who, {"contacts": {"blocked": [contact]}})
    request = await house.asked({"type": "unblock", **contact})
    await house.did(house.dana, request, "approve")
    assert await house.holds("contacts.blocked") == [contact]
    await house.did(house.sam, request, "approve")
    assert await house.holds("contacts.blocked") == []
    inbox = str(await house.home.inbox(house.teen, house.teen))
    assert "kim" not in inbox


@pytest.mark.engine("sqlite")
async def test_another_zone_never_gives_a_second_budget(house: House) -> None:
    """Both time guardians agree; today goes on to its end, and the new zone begins after it."""
    home, teen = house.home, house.teen
    me = (await home.get(teen, "/v1/me")).json()
    headers = home.headers(teen, **{"If-Match": me["etag"]})
    refused = await home.web.patch("/v1/me", headers=headers, json={"zone": "Pacific/Auckland"})
    assert (refused.status_code, refused.json()["code"]) == (409, "needs_request")
    before = (await home.get(teen, f"/v1/teens/{teen}/time")).json()["today"]["day"]
    request = await house.asked({"type": "place", "zone": "Pacific/Auckland"})
    await house.did(house.dana, request, "approve")
    assert (await home.get(teen, "/v1/me")).json()["zone"] == "Europe/Dublin"
    await house.did(house.sam, request, "approve")
    card = (await home.get(teen, f"/v1/teens/{teen}")).json()
    assert card["zone"] == "Europe/Dublin"
    assert (await home.get(teen, f"/v1/teens/{teen}/time")).json()["today"]["day"] == before
    home.clock.tick(timedelta(hours=10))  # 23:00 in Dublin, noon of the next day in Auckland
    await home.sign_in_again()
    assert (await home.get(teen, f"/v1/teens/{teen}/time")).json()["today"]["day"] == before
    home.clock.tick(timedelta(hours=26))
    await home.sign_in_again()
    assert (await home.get(teen, f"/v1/teens/{teen}")).json()["zone"] == "Pacific/Auckland"
    bad = await house.asks({"type": "place", "zone": "Mars/Base"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/wish/zone")


@pytest.mark.engine("sqlite")
async def test_a_lift_opens_todays_block_and_no_longer(house: House) -> None:
    """School until 15:00 is Dana's: she opens it until 14:00, and the calendar says so."""
    home, teen = house.home, house.teen
    block = {"kind": "school", "start": "09:00", "end": "15:00"}
    await house.sets(house.dana, {"schedule": {"blocks": [block]}})
    end = (home.clock() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    request = await house.asked({"type": "lift_block", "end": end})
    hers = await house.sees(house.dana, request)
    assert (hers["words"], hers["effect"]) == (
        "open 13:00-14:00 today",
        "blocked times open until 14:00, today only",
    )
    await house.did(house.dana, request, "approve")
    spans = (await home.get(teen, f"/v1/teens/{teen}/calendar")).json()["days"][0]["spans"]
    shown = [(s["kind"], s["local_start"], s["local_end"]) for s in spans]
    assert ("lifted", "13:00", "14:00") in shown
    assert ("block", "14:00", "15:00") in shown
    assert "block.lifted" in await house.types(house.dana)
