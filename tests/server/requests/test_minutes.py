"""More minutes today: asked, answered by exactly those in the way, and posted (product.md 6)."""

from datetime import timedelta

import pytest

from familypair_server.jobs.runner import Runner
from familypair_server.requests.counts import waiting
from familypair_server.storage import transaction
from support.asking import MINUTES, House, limit

count = transaction(waiting)


async def waits(house: House, who: str) -> int:
    """How many requests wait for somebody."""
    return await house.home.store.read(count(house.teen, who, house.home.clock()))


async def test_a_yes_of_the_only_one_in_the_way_takes_effect_at_once(house: House) -> None:
    """Dana's 60 is in the way of 90, Sam's 120 is not: Sam is not asked and learns nothing."""
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(120))
    before = len(await house.home.inbox(house.sam, house.teen))
    request = await house.asked(MINUTES, reason="one more round")
    mine = await house.sees(house.teen, request)
    assert [(p["name"], p["state"]) for p in mine["parts"]] == [("Dana Smith", "open")]
    assert (mine["state"], mine["words"]) == ("open", "+30 min today")
    assert mine["may"] == ["withdraw", "note"]
    hers = await house.sees(house.dana, request)
    assert (hers["reason"], hers["parts"][0]["owner"]) == ("one more round", "me")
    assert hers["effect"] == "limit 60 min to 1 h 30, today only; would end at about 14:30"
    assert hers["context"] == "1 ask this week, 0 granted"
    assert hers["suggested_minutes"] == 30
    assert hers["may"] == ["approve", "decline", "counter", "note"]
    assert (await waits(house, house.dana), await waits(house, house.sam)) == (1, 0)
    path = f"/v1/requests/{request}"
    absent = await house.home.get(house.sam, f"/v1/requests/req_{request[4:][::-1]}")
    hidden = await house.home.get(house.sam, path)
    assert (hidden.status_code, hidden.json()["code"]) == (404, absent.json()["code"])
    for act in ("approve", "decline", "withdraw"):
        assert (await house.does(house.sam, request, act)).status_code == 404
    listed = await house.home.get(house.sam, f"/v1/teens/{house.teen}/requests")
    assert listed.json() == {"items": [], "waiting": 0, "next": None}
    assert (await house.does(house.teen, request, "approve")).status_code == 403
    assert (await house.does(house.dana, request, "withdraw")).status_code == 403
    more = await house.does(house.dana, request, "approve", {"minutes": 31})
    assert (more.status_code, more.json()["code"]) == (422, "more_than_asked")
    done = await house.did(house.dana, request, "approve")
    assert (done["state"], done["outcome"]) == ("approved", "You approved 30 min at 13:00.")
    assert await house.limit_today() == 90
    assert (await house.types(house.dana))[-2:] == ["time.posted", "request.closed"]
    assert (await house.types(house.sam, before)) == ["time.changed"]
    assert "one more round" not in str(await house.home.inbox(house.teen, house.teen))
    assert await waits(house, house.dana) == 0


@pytest.mark.engine("sqlite")
async def test_two_in_the_way_the_smaller_amount_and_who_knows_what(house: House) -> None:
    """60 and 70, asked 30: nothing changes before both; a late answer reads what happened."""
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(70))
    request = await house.asked(MINUTES)
    asks_two = "limit 60 min to 1 h 30, today only; would end at about 14:30; another guardian"
    assert (await house.sees(house.sam, request))["effect"] == f"{asks_two} must agree too"
    first = await house.did(house.dana, request, "approve", {"minutes": 20, "note": "homework"})
    assert (first["state"], await house.limit_today()) == ("open", 60)
    assert [(p["owner"], p["state"]) for p in first["parts"]] == [
        ("me", "approved"),
        ("another_guardian", "open"),
    ]
    again = await house.does(house.dana, request, "decline")
    assert (again.status_code, again.json()["code"]) == (409, "answered_already")
    his = await house.sees(house.sam, request)
    assert [(p["owner"], p["minutes"]) for p in his["parts"]] == [
        ("another_guardian", 20),
        ("me", None),
    ]
    assert [(n["by"], n["text"]) for n in his["notes"]] == [("another_guardian", "homework")]
    assert house.dana not in str(his)
    assert "Dana" not in str(his)
    await house.did(house.sam, request, "approve", {"rest_of_day": True})
    assert await house.limit_today() == 80
    late = await house.does(house.dana, request, "decline")
    assert (late.status_code, late.json()["code"]) == (409, "request_closed")
    said = "This request is closed: another guardian approved 20 min at 13:00; nothing changed."
    assert late.json()["detail"] == said
    mine = await house.sees(house.teen, request)
    assert mine["outcome"] == "Sam Jones approved 20 min at 13:00."
    assert [p["name"] for p in mine["parts"]] == ["Dana Smith", "Sam Jones"]
    closed = [e for e in await house.home.inbox(house.dana, house.teen) if "request" in e["entry"]]
    assert closed[-1]["entry"]["asked"] == [house.dana]
    assert (closed[-1]["entry"]["by"], closed[-1]["actor"]) == ("another_guardian",) * 2


@pytest.mark.engine("sqlite")
async def test_on_the_starting_value_one_yes_of_anybody_is_enough(house: House) -> None:
    """Nobody's rule: both may give, neither reads of the other, and the first answer counts."""
    request = await house.asked({"type": "minutes", "rest_of_day": True})
    mine = await house.sees(house.teen, request)
    assert (mine["any_one"], len(mine["parts"])) == (True, 2)
    his = await house.sees(house.sam, request)
    assert [p["owner"] for p in his["parts"]] == ["me"]
    done = await house.did(house.sam, request, "approve", {"minutes": 45})
    assert done["outcome"] == "You approved 45 min at 13:00."
    assert await house.limit_today() == 105
    late = await house.does(house.dana, request, "approve")
    assert (late.status_code, late.json()["code"]) == (409, "request_closed")
    assert await house.limit_today() == 105


@pytest.mark.engine("sqlite")
async def test_minutes_run_out_with_the_day(house: House) -> None:
    """A read shows it at the boundary, the job writes the entry, and nobody can answer any more."""
    home = house.home
    await house.sets(house.dana, limit(60))
    request = await house.asked(MINUTES)
    home.clock.tick(timedelta(hours=11))
    await home.sign_in_again()
    assert (await house.sees(house.dana, request))["state"] == "expired"
    assert await waits(house, house.dana) == 0
    late = await house.does(house.dana, request, "approve")
    assert late.json()["detail"].startswith("This request is closed: it ran out of time at 00:00")
    before = len(await home.inbox(house.dana, house.teen))
    await Runner(home.app.context).run_due(home.clock())
    assert (await house.types(house.dana, before)) == ["request.closed"]
    entry = (await home.inbox(house.dana, house.teen))[-1]
    assert (entry["entry"]["outcome"], entry["actor"]) == ("expired", "platform")
    assert (await house.sees(house.teen, request))["outcome"] == "It ran out of time at 00:00."
    home.clock.tick(timedelta(days=29))
    await Runner(home.app.context).run_due(home.clock())
    await home.sign_in_again()
    assert (await home.get(house.teen, f"/v1/requests/{request}")).status_code == 404
