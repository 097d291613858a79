"""`GET /v1/teens/{id}/calendar`: the next 7 days for each viewer."""

from datetime import timedelta
from typing import Any

from familypair.schema.scopes import Scope
from support.homes import Home

WEEK = ["mon", "tue", "wed", "thu", "fri"]
SCHOOL = {"kind": "school", "days": WEEK, "start": "08:00", "end": "13:00"}
LUNCH = {"kind": "away", "days": WEEK, "start": "12:00", "end": "14:00", "label": "With Grandma"}


def blocks(*written: dict[str, Any]) -> dict[str, Any]:
    """A patch of blocks."""
    return {"schedule": {"blocks": list(written)}}


async def days(home: Home, who: str, teen: str) -> list[dict[str, Any]]:
    """The calendar's days."""
    answer = await home.get(who, f"/v1/teens/{teen}/calendar")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["teen"], answer.json()["zone"]) == (teen, "Europe/Dublin")
    return list(answer.json()["days"])


def words(day: dict[str, Any]) -> list[str]:
    """What is blocked."""
    return [span["words"] for span in day["spans"] if span["kind"] == "block"]


async def test_everybody_sees_the_same_week_in_their_own_words(home: Home) -> None:
    """Seven days with two instants each; another guardian has no name; a look is written down."""
    dana, mia = await home.family()
    bo = await home.guardian("Bo Jones")
    await home.link(bo, mia)
    await home.settle_in()
    await home.write(dana, mia, blocks(SCHOOL))
    await home.write(bo, mia, blocks(LUNCH))
    seen = await days(home, mia, mia)
    assert [day["date"][-2:] for day in seen] == ["24", "25", "26", "27", "28", "29", "30"]
    assert (seen[0]["start"], seen[0]["end"]) == ("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")
    assert words(seen[0]) == [
        "School until 12:00: set by Dana Smith",
        "School until 13:00: set by Dana Smith and Bo Jones",
        "With Grandma until 14:00: set by Bo Jones",
    ]
    theirs = await days(home, dana, mia)
    assert words(theirs[0])[2] == "Time away until 14:00: set by another guardian"
    assert "Grandma" not in str(theirs)
    assert "Jones" not in str(theirs)
    log = (await home.get(mia, f"/v1/teens/{mia}/access-log")).json()["items"]
    assert {(one["name"], one["what"]) for one in log} == {("Dana Smith", "time")}


async def test_who_may_not_look(home: Home) -> None:
    """Strangers: absent. No say in time and no sight of it: the scope is named. Sight: limits."""
    dana, mia = await home.family()
    other, ada = await home.teen("Ada"), await home.guardian("Eve")
    gran = await home.guardian("Gran")
    await home.link(ada, other, (Scope.SET_SEARCH,))
    await home.link(gran, other, (Scope.SEE_TIME,))
    for who in (other, ada):
        assert (await home.get(who, f"/v1/teens/{mia}/calendar")).status_code == 404
    refused = await home.get(ada, f"/v1/teens/{other}/calendar")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_granted")
    seen = (await home.get(gran, f"/v1/teens/{other}/calendar")).json()["days"]
    assert [day["spans"] for day in seen] == [[]] * 7
    assert seen[0]["limit"] == 60
    assert (await home.get(dana, f"/v1/teens/{mia}/calendar")).status_code == 200


async def test_a_start_of_day_moves_the_days(home: Home) -> None:
    """A teen without a guardian says 04:00: the calendar has the long day and the new ones."""
    mia = await home.teen()
    await home.write(mia, mia, {"screen_time": {"day_starts_at": "04:00"}})
    seen = await days(home, mia, mia)
    assert seen[0]["notes"] == ["28 hours: the day starts at 04:00 from then on"]
    assert seen[1]["start"] == "2026-11-23T04:00:00Z"
    home.clock.tick(timedelta(hours=15))
    await home.sign_in_again()
    card = (await home.get(mia, f"/v1/teens/{mia}")).json()
    assert (card["local_time"], card["weekday"]) == ("2026-11-23T03:00", "sun")
