"""Agreements and standing yeses (product.md section 6, algebra.md A24)."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.scopes import Scope
from familypair_server.jobs.runner import Runner
from support.asking import MINUTES, TODAY, House, limit


def deal() -> dict[str, Any]:
    """Monday 45 for Saturday 90."""
    return {"title": "Deal", "patch": {"screen_time": {"daily_minutes": {"mon": 45, "sat": 90}}}}


async def proposed(house: House, plan: dict[str, Any]) -> str:
    """The teen proposes a plan; the request's id."""
    path = f"/v1/teens/{house.teen}/agreements"
    answer = await house.home.post(house.teen, path, {"plan": plan})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def agreements(house: House, who: str) -> list[dict[str, Any]]:
    """The agreements that somebody is part of."""
    answer = await house.home.get(who, f"/v1/teens/{house.teen}/agreements")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_plan_is_agreed_reviewed_and_ended_by_a_write(house: House) -> None:
    """Saturday 90 if Monday 45: marked with a review date, and any party's write ends the mark."""
    home, teen = house.home, house.teen
    await house.sets(house.dana, {"screen_time": {"daily_minutes": {"mon": 60, "sat": 60}}})
    before = len(await home.inbox(house.sam, teen))
    request = await proposed(house, deal())
    hers = await house.sees(house.dana, request)
    assert hers["words"] == "Deal: Daily time on Monday 45 min, Daily time on Saturday 1 h 30"
    await house.did(house.dana, request, "approve")
    assert (await house.holds(TODAY), (await home.layer(house.dana, teen))["values"]) == (
        45,
        deal()["patch"],
    )
    (mine,) = await agreements(house, teen)
    (theirs,) = await agreements(house, house.dana)
    assert (mine["state"], mine["with_"], theirs["with_"]) == (
        "agreed",
        ["Dana Smith"],
        ["Mia Smith"],
    )
    assert await agreements(house, house.sam) == []
    path = f"/v1/agreements/{mine['id']}/review"
    home.clock.tick(timedelta(days=31))
    await Runner(home.app.context).run_due(home.clock())
    await home.sign_in_again()
    assert (await agreements(house, house.dana))[0]["state"] == "review_due"
    assert (await home.post(house.sam, path, {"end": True})).status_code == 404
    both = await home.post(teen, path, {"end": True, "again_in_days": 7})
    assert both.status_code == 400
    again = await home.post(house.dana, path, {"again_in_days": 14})
    assert (again.status_code, again.json()["state"]) == (200, "agreed")
    await house.sets(house.dana, limit(30, "sat"))
    (ended,) = await agreements(house, teen)
    assert (ended["state"], ended["ended_by"]) == ("ended", "Dana Smith")
    assert (await home.post(teen, path, {"end": True})).status_code == 409
    types = await house.types(house.dana)
    assert [t for t in types if t.startswith("agreement")] == ["agreement.made", "agreement.ended"]
    assert not [t for t in await house.types(house.sam, before) if t.startswith("agreement")]


@pytest.mark.engine("sqlite")
async def test_a_strangers_write_ends_it_only_where_it_changes_what_holds(house: House) -> None:
    """Sam's 120 is nobody's business; his 20 changes the deal, and he is not named to Dana."""
    await house.sets(house.dana, limit(60))
    request = await proposed(house, {"title": "", "patch": limit(75)})
    await house.did(house.dana, request, "approve")
    await house.sets(house.sam, limit(120))
    assert (await agreements(house, house.dana))[0]["state"] == "agreed"
    await house.sets(house.sam, limit(20))
    (hers,) = await agreements(house, house.dana)
    assert (hers["state"], hers["ended_by"]) == ("ended", "another guardian")
    entry = (await house.home.inbox(house.dana, house.teen))[-1]["entry"]
    assert (entry["type"], entry["by"]) == ("agreement.ended", "another_guardian")


RULE = {"minutes": 15, "days": ["sun", "mon"], "times_a_day": 1}


async def test_a_standing_yes_answers_within_its_bounds(house: House) -> None:
    """+15 once on Mondays: at once the first time, by hand after that, and never for more."""
    home, teen = house.home, house.teen
    path = f"/v1/teens/{teen}/auto-rules"
    await house.sets(house.dana, limit(60))
    made = await home.post(house.dana, path, RULE)
    assert (made.status_code, made.json()["words"]) == (201, "+15 min once a day, Mon, Sun")
    assert (await home.post(teen, path, RULE)).status_code == 403
    more = await house.asked(MINUTES)
    assert (await house.sees(teen, more))["state"] == "open"
    request = await house.asked({"type": "minutes", "minutes": 15})
    mine = await house.sees(teen, request)
    assert (mine["state"], mine["parts"][0]["by_rule"]) == ("approved", True)
    assert await house.limit_today() == 75
    lines = (await home.get(teen, f"/v1/teens/{teen}/time")).json()["today"]["sums"][0]["postings"]
    assert [line["kind"] for line in lines if line["seconds"]] == ["auto_rule"]
    second = await house.asked({"type": "minutes", "minutes": 10})
    assert (await house.sees(teen, second))["state"] == "open"
    assert (await home.get(house.sam, path)).json() == {"items": []}
    assert len((await home.get(teen, path)).json()["items"]) == 1
    rule = f"/v1/auto-rules/{made.json()['id']}"
    for who, status in ((house.sam, 404), (teen, 404), (house.dana, 204), (house.dana, 404)):
        gone = await home.web.delete(rule, headers=home.headers(who))
        assert gone.status_code == status
    assert "auto_rule.changed" not in await house.types(house.sam)


@pytest.mark.engine("sqlite")
async def test_a_standing_yes_is_one_part_of_two(house: House) -> None:
    """Dana's rule answers for her alone; Sam decides, and the scope is needed to make one."""
    home, path = house.home, f"/v1/teens/{house.teen}/auto-rules"
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(60))
    assert (await home.post(house.dana, path, RULE)).status_code == 201
    request = await house.asked({"type": "minutes", "minutes": 15})
    his = await house.sees(house.sam, request)
    assert [(p["owner"], p["state"]) for p in his["parts"]] == [
        ("another_guardian", "approved"),
        ("me", "open"),
    ]
    await house.did(house.sam, request, "approve")
    assert await house.limit_today() == 75
    bad = await home.post(house.dana, path, {**RULE, "days": ["funday"]})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/days")
    for _ in range(4):
        assert (await home.post(house.dana, path, RULE)).status_code == 201
    sixth = await home.post(house.dana, path, RULE)
    assert (sixth.status_code, sixth.json()["code"]) == (429, "too_many_auto_rules")
    for status in (201,) * 5 + (429,):  # ten made in a day; one can always be removed
        mine = (await home.get(house.dana, path)).json()["items"][-1]["id"]
        gone = await home.web.delete(f"/v1/auto-rules/{mine}", headers=home.headers(house.dana))
        assert gone.status_code == 204
        again = await home.post(house.dana, path, RULE)
        assert again.status_code == status
    flood = await home.post(house.dana, path, RULE)
    assert flood.json()["code"] == "too_many_requests"
    cleo = await home.guardian("Cleo See")
    await home.link(cleo, house.teen, (Scope.SEE_TIME,))
    refused = await home.post(cleo, path, RULE)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_granted")
