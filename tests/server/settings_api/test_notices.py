"""Notices that no write of one's own brings: a starting value replaced, a band that will change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from familypair.schema.accounts import Band
from familypair.schema.scopes import Scope
from familypair_server.jobs import schedule
from familypair_server.jobs.runner import Runner
from familypair_server.storage import Store, Txn, transaction
from support.homes import Home
from support.server import Running

BIRTHDAY = date(2027, 1, 1)
CHANGE = datetime(2027, 1, 1, tzinfo=UTC)
NOTICE = CHANGE - timedelta(days=14)
DUET = "interactions.duet"


def daily(**minutes: Any) -> dict[str, Any]:
    """A patch of the limits of some days."""
    return {"screen_time": {"daily_minutes": minutes}}


@transaction
def ask(teen: str, due: datetime) -> Txn[None]:
    yield from schedule("band_notice", teen, due)


def of_type(items: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in items if one["entry"]["type"] == kind]


async def test_a_starting_value_made_a_rule_is_announced(home: Home) -> None:
    """60 stays 60, and the other guardian is told; without `set_time`, or a second time, not."""
    anne, boris, cleo = [await home.guardian(name) for name in ("Anne A", "Boris B", "Cleo C")]
    teen = await home.teen()
    for guardian in (anne, boris):
        await home.link(guardian, teen)
    await home.link(cleo, teen, (Scope.SEE_SETTINGS,))
    await home.settle_in()
    heads = [len(await home.inbox(who, teen)) for who in (boris, cleo)]
    await home.write(anne, teen, daily(mon=60, tue=60))
    told = (await home.inbox(boris, teen))[heads[0] :]
    assert [one["entry"]["type"] for one in told] == ["effective.changed"]
    assert told[0]["actor"] == "another_guardian"
    assert anne not in str(told)
    assert "instead of the starting value" in told[0]["words"]
    # 60 again by another layer replaces nothing any more
    await home.write(boris, teen, daily(mon=60))
    assert of_type(await home.inbox(anne, teen), "effective.changed") == []
    assert len(await home.inbox(cleo, teen)) == heads[1]
    seen = [
        one for one in (await home.inbox(teen, teen)) if one["entry"]["type"] == "layer.changed"
    ]
    assert len(seen) == 2


async def test_the_teen_making_a_starting_value_theirs_is_told_to_guardians(home: Home) -> None:
    """While no guardian has set the cell the teen may change it; guardians are told (A2)."""
    guardian, teen = await home.family()
    await home.write(teen, teen, daily(mon=60))
    told = of_type(await home.inbox(guardian, teen), "effective.changed")
    assert [(one["actor"], one["entry"]["effective"][0]["starting"]) for one in told] == [
        ("teen", True)
    ]


async def test_both_sides_are_told_of_a_new_band_once_14_days_before(home: Home) -> None:
    """Not a day earlier, once in spite of repeats; a guardian reads only fields of their scopes."""
    guardian, limited = await home.guardian(), await home.guardian("Boris Brown")
    teen = await home.teen(changes_on=BIRTHDAY)
    await home.link(guardian, teen)
    await home.link(limited, teen, (Scope.SET_SEARCH,))
    await home.settle_in()
    runner = Runner(home.app.context)
    await home.store.run(ask(teen, home.clock()))
    assert await runner.run_due(home.clock()) == 1
    home.clock.set(NOTICE - timedelta(seconds=1))
    assert await runner.run_due(home.clock()) == 0
    home.clock.set(NOTICE)
    assert await runner.run_due(home.clock()) == 1
    await home.store.run(ask(teen, home.clock()))
    assert await runner.run_due(home.clock()) == 1
    await home.sign_in_again()
    found = {
        who: of_type(await home.inbox(who, teen), "band.notice")
        for who in (teen, guardian, limited)
    }
    assert [len(one) for one in found.values()] == [1, 1, 1]
    whole, some = found[guardian][0]["entry"], found[limited][0]["entry"]
    assert (whole["at"], whole["band"]) == ("2027-01-01T00:00:00Z", Band.OLDER)
    assert whole["paths"] == found[teen][0]["entry"]["paths"]
    assert "interactions.duet" in set(whole["paths"]) & set(whole["kept"])
    assert {path.split(".")[0] for path in some.get("paths", [])} <= {"search"}
    assert "Mia Smith's age group becomes 16-17" in found[guardian][0]["words"]
    # a guardian who comes later is told too, and nobody else again but the teen, who reads all
    late = await home.guardian("Cleo C")
    await home.link(late, teen)
    assert await runner.run_due(home.clock()) >= 1
    counts = [
        len(of_type(await home.inbox(who, teen), "band.notice"))
        for who in (late, guardian, limited, teen)
    ]
    assert counts == [1, 1, 1, 2]
    # on the day itself the change is written down, and the next notice is two years away
    home.clock.set(CHANGE)
    assert await runner.run_due(home.clock()) == 1
    await home.sign_in_again()
    assert (
        of_type(await home.inbox(guardian, teen), "account.changed")[-1]["entry"]["after"]
        == "16-17"
    )


@pytest.mark.engine("sqlite")
async def test_keeping_todays_values_before_the_birthday_keeps_them_from_loosening(
    home: Home,
) -> None:
    """The one key of the notice: the teen loosens what was theirs, and only the twin gets it."""
    kept, twin = [await home.teen(changes_on=BIRTHDAY) for _ in range(2)]
    guardian = await home.guardian()
    for teen in (kept, twin):
        await home.link(guardian, teen)
    home.clock.set(NOTICE)
    await home.sign_in_again()
    answer = await home.post(guardian, f"/v1/teens/{kept}/layers/mine/keep")
    assert answer.status_code == 200, answer.text
    home.clock.set(CHANGE + timedelta(hours=1))
    await home.sign_in_again()
    for teen in (kept, twin):
        await home.store.run(ask(teen, home.clock()))
    assert await Runner(home.app.context).run_due(home.clock()) == 2
    held: list[str] = []
    for teen in (kept, twin):
        held.append((await home.field(guardian, teen, DUET))["value"])
        await home.write(teen, teen, {"interactions": {"duet": "friends"}})
        held.append((await home.field(guardian, teen, DUET))["value"])
    assert held == ["no_one", "no_one", "no_one", "friends"]


async def test_a_sign_up_asks_for_the_notice(server: Running, store: Store) -> None:
    """A new teen's first job works out when both sides must be told; a guardian has none."""
    runner = Runner(server.app.context)
    await server.guardian()
    assert await runner.run_due(server.clock()) == 0
    await server.teen()
    assert await runner.run_due(server.clock()) == 1
    assert store is server.store
