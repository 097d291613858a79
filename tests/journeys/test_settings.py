"""Two households and one teen: rules that differ, the strictest with its reason, until the end."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from familypair_server.records.verify import verify
from familypair_server.storage import Store
from support.homes import Home, at_home
from support.streams import Listener

MONDAY = "screen_time.daily_minutes.mon"


@pytest.fixture
async def home(store: Store, tmp_path: Path) -> AsyncGenerator[Home]:
    """Requests against an application over this test's database."""
    async with at_home(store, tmp_path) as found:
        yield found


def daily(**minutes: Any) -> dict[str, Any]:
    """A patch of the limits of some days."""
    return {"screen_time": {"daily_minutes": minutes}}


async def test_the_same_truth_on_every_side(home: Home) -> None:
    """Everybody sees the strictest rule with its reason, live, and nobody sees what is not theirs.

    In the end every ledger and inbox verifies, and the teen's own rules are what is left.
    """
    anne, boris = await home.guardian("Anne Adams"), await home.guardian("Boris Brown")
    mia = await home.teen("Mia")
    link = await home.link(anne, mia)
    await home.link(boris, mia)
    await home.settle_in()
    async with Listener(home, anne) as hers, Listener(home, mia) as theirs:
        await hers.expect("pending")
        await theirs.expect("pending")
        await _two_rules(home, anne, boris, mia)
        await theirs.expect("entry", 3)
        assert [one.data["entry"]["actor"] for one in theirs.of("entry")] == [
            "Anne Adams",
            "Boris Brown",
            "me",
        ]
        await hers.expect("entry", 3)
        assert [one.data["entry"]["actor"] for one in hers.of("entry")] == [
            "me",
            "another_guardian",
            "teen",
        ]
        await _anne_leaves(home, anne, mia, link)
        await hers.expect("gone")
    await _what_is_left(home, boris, mia)
    verdict = await home.store.read(verify(mia))
    assert verdict.bad is None
    assert verdict.inbox_entries > verdict.entries


async def _two_rules(home: Home, anne: str, boris: str, mia: str) -> None:
    await home.write(anne, mia, daily(mon=90))
    assert (await home.field(mia, mia, MONDAY))["reason"] == "1 h 30: set by Anne Adams"
    await home.write(boris, mia, daily(mon=45))
    assert (await home.field(mia, mia, MONDAY))["reason"] == "45 min: set by Boris Brown"
    assert (await home.field(anne, mia, MONDAY))["reason"] == "45 min: set by another guardian"
    assert (await home.field(boris, mia, MONDAY))["reason"] == "45 min: set by you"
    await home.write(mia, mia, daily(mon=30))
    for who, name in ((anne, "Mia"), (boris, "Mia"), (mia, "you")):
        assert (await home.field(who, mia, MONDAY))["reason"] == f"30 min: set by {name}"


async def _anne_leaves(home: Home, anne: str, mia: str, link: str) -> None:
    ended = await home.post(anne, f"/v1/links/{link}/end", {})
    assert ended.status_code < 300, ended.text
    assert (await home.get(anne, f"/v1/teens/{mia}/settings")).status_code == 404


async def _what_is_left(home: Home, boris: str, mia: str) -> None:
    """Anne's rule is gone, Boris's and Mia's stand; Mia takes hers back and Boris's decides."""
    home.clock.tick(timedelta(days=2))
    await home.sign_in_again()
    own = [e for e in await home.inbox(mia, mia) if e["actor"] == "me" and e["undoable"]]
    undone = await home.post(mia, f"/v1/teens/{mia}/ledger/{own[-1]['seq']}/revert")
    assert undone.status_code == 200, undone.text
    assert (await home.field(mia, mia, MONDAY))["decided_by"] == [boris]
