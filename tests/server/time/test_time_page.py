"""The time page, the card and the live event: what each of two sides reads, and when it moves."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.scopes import Scope
from support.streams import Listener
from support.timed import Timed, daily
from support.uses import DAY

pytestmark = pytest.mark.engine("sqlite")


async def test_both_sides_read_the_same_days_each_in_their_own_grain(house: Timed) -> None:
    """A closed day is exact for both; the open one moves in steps for the guardian."""
    await house.use(20)
    house.home.clock.tick(DAY)
    await house.home.sign_in_again()
    await house.use(40)
    mine, hers = await house.time(house.teen), await house.time(house.guardian)
    seen = {
        page: [d["used_seconds"] for d in found["days"]][-2:]
        for page, found in (("teen", mine), ("guardian", hers))
    }
    assert seen == {"teen": [1200, 2400], "guardian": [1200, 1800]}
    assert (mine["today"]["remaining_seconds"], hers["today"]["remaining_seconds"]) == (1200, 1800)
    assert mine["days"][-1]["spans"]
    assert not hers["days"][-1]["spans"]
    assert (len(mine["days"]), mine["visible_from"]) == (7, None)
    # the day of the link is the first that the guardian may see
    assert [d["date"] for d in hers["days"]] == [
        d["date"] for d in mine["days"] if d["date"] >= hers["visible_from"]
    ]
    as_of = hers["today"]["as_of"]
    assert as_of.endswith(("00:00Z", "15:00Z", "30:00Z", "45:00Z"))


async def test_a_range_is_asked_for_by_dates(house: Timed) -> None:
    """At most 28 days at once; days to come are not there; a bad date is refused."""
    found = await house.time(house.teen, **{"from": "2026-10-27", "to": "2026-11-23"})
    assert len(found["days"]) == 28
    one = await house.time(house.teen, **{"from": "2026-11-20", "to": "2026-11-20"})
    assert [d["date"] for d in one["days"]] == ["2026-11-20"]
    path = f"/v1/teens/{house.teen}/time"
    for params in ({"from": "2026-10-26"}, {"from": "yesterday"}):
        answer = await house.home.get(house.teen, path, params=params)
        assert answer.status_code in {400, 422}
        assert answer.json()["code"] in {"too_many_days", "bad_request", "wrong_type"}
    for params in ({"to": "0001-01-02"}, {"from": "2026-11-21", "to": "2026-11-20"}):
        answer = await house.home.get(house.teen, path, params=params)
        assert (answer.status_code, answer.json()["code"]) == (400, "out_of_range")
        assert answer.json()["errors"][0]["pointer"] == "/to"


async def test_who_may_not_see_time_reads_no_time(house: Timed) -> None:
    """Neither page nor card nor live event; a stranger hears what everybody hears of nobody."""
    home = house.home
    other = await home.guardian("Ola")
    await home.link(other, house.teen, (Scope.SET_SEARCH,))
    path = f"/v1/teens/{house.teen}/time"
    refused = await home.get(other, path)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_granted")
    card = (await home.get(other, f"/v1/teens/{house.teen}")).json()
    assert "time" not in card or card["time"] is None
    stranger = await home.guardian("Eve")
    assert (await home.get(stranger, path)).status_code == 404
    async with Listener(home, other) as stream:
        await stream.expect("pending")
        await house.post(house.guardian, "grants", {"minutes": 15}, status=201)
        await home.post(house.guardian, path)
        assert stream.of("use") == []


async def test_a_gift_and_use_move_both_screens_without_a_reload(house: Timed) -> None:
    """`use` comes whole on connect, after a gift and after a report; only when it differs."""
    home = house.home
    async with Listener(home, house.teen) as teen, Listener(home, house.guardian) as guardian:
        await teen.expect("use")
        await guardian.expect("use")
        await house.post(house.guardian, "grants", {"minutes": 30}, status=201)
        for stream in (teen, guardian):
            (_, after) = await stream.expect("use", 2)
            assert after.data["teen"] == house.teen
            assert after.data["time"]["limit_seconds"] == 5400
        await house.use(3)
        assert (await teen.expect("use", 3))[2].data["time"]["used_seconds"] == 180
        first = (await guardian.expect("use", 3))[2].data["time"]
        assert first["used_seconds"] == 0
        await house.use(3)
        assert (await teen.expect("use", 4))[3].data["time"]["remaining_seconds"] == 84 * 60
        # a second report within the same 15 minutes says nothing to the guardian
        await house.post(house.guardian, "grants", {"minutes": 1}, status=201)
        last = (await guardian.expect("use", 4))[3].data["time"]
        assert last["limit_seconds"] == 91 * 60


async def test_warnings_come_at_15_5_and_0(house: Timed) -> None:
    """The host is told the one just crossed, with exact minutes from 15 on; then none again."""
    told: list[Any] = []
    for minutes in (44, 1, 5, 5, 4, 1, 3):
        (left,) = (await house.use(minutes)).teens
        told.append((left.minutes_left, left.warning, left.outcome))
    assert told == [
        ("more_than_15", None, "allow"),
        (15, 15, "allow"),
        (10, None, "allow"),
        (5, 5, "allow"),
        (1, None, "allow"),
        (0, 0, "ask"),
        (0, None, "ask"),
    ]
    mine = (await house.time(house.teen))["today"]
    assert (mine["warning"], mine["outcome"], mine["words"].endswith("= 3 min over")) == (
        0,
        "ask",
        True,
    )


async def test_the_card_names_todays_blocks_and_what_was_kept_of_closed_days(house: Timed) -> None:
    """The strip's blocks come with the glance; a past day shows what it allowed then."""
    home = house.home
    block = {"kind": "school", "days": list("x"), "start": "08:00", "end": "15:00"}
    block["days"] = ["mon", "tue", "wed", "thu", "fri"]
    patch = {**daily(60), "schedule": {"blocks": [block]}}
    await home.write(house.guardian, house.teen, patch)
    card = (await home.get(house.teen, f"/v1/teens/{house.teen}")).json()
    kinds = [span["kind"] for span in card["time"]["blocks"]]
    assert "block" in kinds
    assert card["time"]["next_block_at"] == "2026-11-24T08:00:00Z"
    assert card["time"]["words"] == "60 min today"
    home.clock.tick(DAY)
    await home.sign_in_again()
    await home.write(house.guardian, house.teen, daily(90))
    days = (await house.time(house.teen))["days"]
    assert [d["limit_seconds"] for d in days][-2:] == [3600, 5400]


async def test_without_a_guardian_a_teen_goes_on_by_a_recorded_choice(house: Timed) -> None:
    """The link ends: the guardian's limit stays for its notice, and the teen may go on."""
    home = house.home
    await home.write(house.guardian, house.teen, daily(90))
    (link,) = (await home.get(house.teen, "/v1/links")).json()["items"]
    ended = await home.post(house.teen, f"/v1/links/{link['id']}/end", {})
    assert ended.status_code == 200, ended.text
    home.clock.tick(timedelta(minutes=1))
    await house.use(90)
    mine = (await house.time(house.teen))["today"]
    assert (mine["outcome"], mine["limit_seconds"]) == ("ask", 5400)
    choice = await house.post(house.teen, "grants", {"minutes": 15}, status=201)
    assert choice["balance"]["remaining_seconds"] == 900
    entry = (await home.inbox(house.teen, house.teen))[-1]["entry"]
    assert (entry["type"], entry["seconds"]) == ("time.posted", 900)
