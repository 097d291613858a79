"""The weekly band of searches (product.md section 7): a rough figure for a few eyes."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_server.jobs import JobParts
from familypair_server.searches import statements as sql
from familypair_server.searches.jobs import forget
from familypair_server.searches.service import add_blocked, band
from familypair_server.storage import Txn, transaction
from support.homes import Home

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


async def seen(home: Home, who: str, teen: str) -> Any:
    """The band on the card."""
    answer = await home.get(who, f"/v1/teens/{teen}")
    assert answer.status_code == 200, answer.text
    return answer.json().get("search")


async def searched(home: Home, teen: str, count: int) -> None:
    """So many searches count now."""
    await home.store.run(add_blocked(teen, count, home.clock()))


@transaction
def _days(teen: str) -> Txn[list[sql.DayRow]]:
    return (yield from sql.days.all(teen=teen, since=""))


async def test_a_band_of_this_week_and_the_last(home: Home) -> None:
    """For the teen and guardians with `set_search`; of days that are over, and gone in two weeks.

    Within a day nothing moves, so nobody learns when somebody searched.
    """
    dana, sam, teen = await home.guardian(), await home.guardian("Sam Jones"), await home.teen()
    await home.link(dana, teen)
    others = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SET_SEARCH)
    await home.link(sam, teen, others)
    none = {"this_week": "0", "last_week": "0"}
    home.clock.tick(DAY)  # a Monday
    await home.sign_in_again()
    assert await seen(home, dana, teen) == await seen(home, teen, teen) == none
    assert await seen(home, sam, teen) is None
    await searched(home, teen, 4)
    await searched(home, teen, 5)
    assert await seen(home, dana, teen) == await seen(home, teen, teen) == none
    home.clock.tick(DAY)
    await home.sign_in_again()
    assert await seen(home, dana, teen) == {**none, "this_week": "1-9"}
    await searched(home, teen, 1)
    await searched(home, teen, 10_000)
    await searched(home, teen, 0)
    assert await seen(home, teen, teen) == {**none, "this_week": "1-9"}
    home.clock.tick(DAY)
    await home.sign_in_again()
    assert await seen(home, dana, teen) == await seen(home, teen, teen)
    assert await seen(home, teen, teen) == {**none, "this_week": "10+"}
    assert [row.counted for row in await home.store.read(_days(teen))] == [9, 10]
    home.clock.tick(WEEK)
    await home.sign_in_again()
    assert await seen(home, dana, teen) == {**none, "last_week": "10+"}
    await searched(home, teen, 2)
    assert await seen(home, dana, teen) == {**none, "last_week": "10+"}
    home.clock.tick(DAY)
    await home.sign_in_again()
    assert await seen(home, dana, teen) == {"this_week": "1-9", "last_week": "10+"}
    assert await seen(home, sam, teen) is None

    ctx = home.app.context
    parts = JobParts(keys=ctx.keys, random=ctx.random, settings=ctx.settings)
    home.clock.tick(WEEK)
    assert await home.store.run(forget(parts, teen, home.clock())) is not None
    assert [row.counted for row in await home.store.read(_days(teen))] == [2]
    home.clock.tick(WEEK)
    assert await home.store.run(forget(parts, teen, home.clock())) is None
    assert await home.store.read(_days(teen)) == []
    await home.store.run(add_blocked("acc_nobody", 3, home.clock()))


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1, "1-9"), (9, "1-9"), (10, "10+"), (11, "10+")]
)
def test_the_bands(count: int, words: str) -> None:
    """Nothing, a few, many."""
    assert band(count) == words
