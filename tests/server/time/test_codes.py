"""One-time codes over HTTP: made, shown again, entered, refused, counted (product 5, A9)."""

import pytest

from familypair_server.time.codes import WRONG
from support.faults import digest
from support.timed import EVERY_DAY, MINUTE, Timed, daily

REDEEM = "/v1/codes/redeem"


async def test_a_code_is_one_posting_on_its_givers_layer(house: Timed) -> None:
    """Made, shown again for the same key, typed with blanks, used once; the bad twin is refused."""
    home = house.home
    headers = home.headers(house.guardian, **{"Idempotency-Key": "k"})
    path = f"/v1/teens/{house.teen}/codes"
    first = (await home.web.post(path, headers=headers, json={"minutes": 15})).json()
    again = (await home.web.post(path, headers=headers, json={"minutes": 15})).json()
    assert first == again
    await house.use(60)
    late = await house.post(house.teen, REDEEM, {"code": first["code"]}, status=404)
    assert late["code"] == "code_wrong"
    code = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    spaced = f" {code['code'][:3]}-{code['code'][3:]}"
    done = await house.post(house.teen, REDEEM, {"code": spaced})
    assert (done["minutes"], done["words"]) == (15, "+15 min from Dana Smith")
    assert done["balance"]["remaining_seconds"] == 900
    assert done["balance"]["words"].endswith("+ 15 min (code) - 60 min used = 15 min left")
    used = await house.post(house.teen, REDEEM, {"code": code["code"]}, status=404)
    assert {k: used[k] for k in ("code", "title", "detail")} == {
        k: late[k] for k in ("code", "title", "detail")
    }
    entry = (await home.inbox(house.guardian, house.teen))[-1]
    assert (entry["actor"], entry["entry"]["kind"]) == ("teen", "code")
    stored = (await digest(home.store))["time_code"]
    assert not any(code["code"] in row for row in stored)


@pytest.mark.engine("sqlite")
async def test_wrong_codes_are_counted_also_when_they_are_refused(house: Timed) -> None:
    """Five tries a day: after them even the right code waits for the next day."""
    code = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    wrong = f"{(int(code['code']) + 1) % 10**6:06d}"
    for _ in range(5):
        answer = await house.post(house.teen, REDEEM, {"code": wrong}, status=404)
        assert answer["code"] == WRONG.reason
    over = await house.post(house.teen, REDEEM, {"code": code["code"]}, status=429)
    assert over["code"] == "too_many_code_tries"
    house.home.clock.tick(24 * 60 * MINUTE)
    await house.home.sign_in_again()
    fresh = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    await house.post(house.teen, REDEEM, {"code": fresh["code"]})


@pytest.mark.engine("sqlite")
async def test_a_code_becomes_worthless(house: Timed) -> None:
    """Withdrawn, replaced by a newer one, another teen's, its rule turned to stop: one answer."""
    home = house.home
    old = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    new = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    sibling = await home.teen("Ben Smith")
    withdrawn = await house.delete(house.guardian, f"/v1/codes/{new['id']}")
    assert withdrawn["state"] == "withdrawn"
    live = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    await house.post(sibling, REDEEM, {"code": live["code"]}, status=404)
    for code in (old, new):
        await house.post(house.teen, REDEEM, {"code": code["code"]}, status=404)
    await home.write(house.guardian, house.teen, daily(60, at_limit="stop"))
    await house.post(house.teen, REDEEM, {"code": live["code"]}, status=404)
    stopped = await house.post(house.guardian, "codes", {"minutes": 15}, status=409)
    assert stopped["code"] == "codes_stopped"
    # the owner of a rule that stops may still give
    await house.post(house.guardian, "grants", {"minutes": 15}, status=201)


@pytest.mark.engine("sqlite")
async def test_a_code_of_one_who_may_not_give_any_more_is_worthless(house: Timed) -> None:
    """The giver lost `set_time` after making it: the teen's own choice, and the code is void."""
    home = house.home
    code = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    link = (await home.get(house.teen, "/v1/links")).json()["items"][0]
    changed = await home.web.patch(
        f"/v1/links/{link['id']}/scopes",
        headers=home.headers(house.teen, **{"If-Match": link["etag"]}),
        json={"granted": ["see_time"]},
    )
    assert changed.status_code == 200, changed.text
    await house.post(house.teen, REDEEM, {"code": code["code"]}, status=404)


@pytest.mark.engine("sqlite")
async def test_a_code_that_would_not_help_is_kept_and_the_other_rule_is_named(house: Timed) -> None:
    """A9: Ben's 45 asks too; the code stays good until that rule lifts. The own rule is no bar."""
    home = house.home
    ben = await home.guardian("Ben Jones")
    await home.link(ben, house.teen)
    await home.settle_in()
    await home.write(house.guardian, house.teen, daily(60))
    await home.write(house.teen, house.teen, daily(60))
    await home.write(ben, house.teen, daily(45))
    code = await house.post(house.guardian, "codes", {"minutes": 15}, status=201)
    limited = await house.post(house.teen, REDEEM, {"code": code["code"]}, status=409)
    assert limited["code"] == "still_limited"
    assert "also limited by: Ben Jones." in limited["detail"]
    await home.write(ben, house.teen, {"screen_time": {"daily_minutes": dict.fromkeys(EVERY_DAY)}})
    done = await house.post(house.teen, REDEEM, {"code": code["code"]})
    assert done["balance"]["limit_seconds"] == 75 * 60
