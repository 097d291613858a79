"""The first day, places, the teen's own start of day, and a link that ends and comes again."""

from datetime import timedelta

import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from support.asking import MINUTES, House, limit


@pytest.mark.engine("sqlite")
async def test_a_guardian_in_the_first_day_gives_little_and_loosens_nothing(house: House) -> None:
    """Up to 60 minutes; a yes to more than holds without the new link is refused, all of it."""
    home, teen = house.home, house.teen
    cleo = await home.guardian("Cleo New")
    await home.link(cleo, teen)
    await home.write(cleo, teen, limit(30))
    rule = {"minutes": 60, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    made = await home.post(cleo, f"/v1/teens/{teen}/auto-rules", rule)
    assert made.status_code == 201
    small = await house.asked(MINUTES)
    assert (await house.sees(teen, small))["state"] == "open"  # no standing yes on the first day
    await house.did(teen, small, "withdraw")
    request = await house.asked({"type": "minutes", "minutes": 90})
    assert [p["name"] for p in (await house.sees(teen, request))["parts"]] == ["Cleo New"]
    much = await house.does(cleo, request, "approve")
    assert (much.status_code, much.json()["code"]) == (422, "probation_gift_limit")
    effect = "not in the first 24 hours of a link: 60 minutes a day at most"
    assert [(await house.sees(who, request))["effect"] for who in (teen, cleo)] == [effect] * 2
    offer = {"wish": {"type": "minutes", "minutes": 75}}
    early = await house.does(cleo, request, "counter", offer)
    assert (early.status_code, early.json()["code"]) == (422, "probation_gift_limit")
    assert (await house.did(cleo, request, "approve", {"minutes": 60}))["state"] == "approved"
    assert await house.limit_today() == 90
    settings = await house.asked({"type": "settings", "patch": limit(75)})
    effect = "not in the first 24 hours of a link: a yes has to wait until then"
    assert (await house.sees(teen, settings))["effect"] == effect
    refused = await house.does(cleo, settings, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "probation_bound")
    assert (await home.layer(cleo, teen))["values"] == limit(30)


@pytest.mark.engine("sqlite")
async def test_a_country_needs_everybody_and_the_start_of_day_the_time_guardians(
    house: House,
) -> None:
    """Cleo without `set_time` answers for the country only; the day never gets shorter."""
    home, teen = house.home, house.teen
    cleo = await home.guardian("Cleo See")
    await home.link(cleo, teen, (Scope.SEE_TIME,))
    await home.settle_in()
    country = await house.asked({"type": "place", "country": "ES"})
    assert len((await house.sees(teen, country))["parts"]) == 3
    for who in (cleo, house.dana):
        assert (await house.did(who, country, "approve"))["state"] == "open"
    await house.did(house.sam, country, "approve")
    assert (await home.get(teen, "/v1/me")).json()["country"] == "ES"
    assert "account.changed" in await house.types(cleo)
    start = {"screen_time": {"day_starts_at": "04:00"}}
    own = await home.patch(teen, teen, start)
    assert (own.status_code, own.json()["code"]) == (409, "needs_request")
    request = await house.asked({"type": "settings", "patch": start})
    assert (await home.get(cleo, f"/v1/requests/{request}")).status_code == 404
    await house.did(house.dana, request, "approve")
    await house.did(house.sam, request, "approve")
    assert (await home.layer(teen, teen))["values"] == start
    today = (await home.get(teen, f"/v1/teens/{teen}/calendar")).json()["days"][0]
    assert today["notes"] == ["28 hours: the day starts at 04:00 from then on"]


@pytest.mark.engine("sqlite")
async def test_after_a_link_came_again_nothing_of_the_old_one_is_read(house: House) -> None:
    """Requests, agreements and standing yeses of the first link stay with it; a kept answer too."""
    home, teen, dana = house.home, house.teen, house.dana
    await house.sets(dana, limit(60))
    request = await house.asked(MINUTES)
    lasting = await house.asked({"type": "settings", "patch": limit(90)})
    assert await house.waits(dana) == 2
    rules = f"/v1/teens/{teen}/auto-rules"
    body = {"minutes": 60, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    keyed = home.headers(dana, **{"Idempotency-Key": "rule-1"})
    assert (await home.web.post(rules, headers=keyed, json=body)).status_code == 201
    links = (await home.get(dana, "/v1/links")).json()["items"]
    assert (await home.post(dana, f"/v1/links/{links[0]['id']}/end", {})).status_code == 200
    assert (await home.web.post(rules, headers=keyed, json=body)).status_code == 404
    home.clock.tick(timedelta(days=3))
    await home.sign_in_again()
    await home.link(dana, teen, ALL_SCOPES)
    await home.settle_in()
    assert (await home.get(dana, f"/v1/requests/{request}")).status_code == 404
    assert (await home.get(dana, f"/v1/requests/{lasting}")).status_code == 404
    assert (await house.waits(dana), await house.waits(teen)) == (0, 0)
    assert (await home.get(dana, rules)).json() == {"items": []}
    again = await house.asked(MINUTES)
    assert (await house.sees(teen, again))["state"] == "open"
    assert await house.waits(dana) == 1
    home.clock.tick(timedelta(days=1))
    await home.sign_in_again()
    assert await house.waits(dana) == 0
