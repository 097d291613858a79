"""Regimes in the database: history stays, what waits is replaced, nothing has rows by default."""

from datetime import UTC, datetime, timedelta

import pytest

from familypair.rules.days import day_at
from familypair_server.days import statements as sql
from familypair_server.days.service import change, regimes_of
from familypair_server.storage import RowMissing, Txn, transaction
from support.homes import Home

DAY = timedelta(days=1)


@transaction
def changed(teen: str, now: datetime, zone: str | None, start: str | None) -> Txn[datetime]:
    """Change how the days are cut; from when on."""
    return (yield from change(teen, zone=zone, day_starts_at=start, now=now)).begins


@transaction
def stored(teen: str) -> Txn[list[str]]:
    """The rows of a teen."""
    rows = yield from sql.regimes.all(teen=teen)
    return [f"{row.zone} {row.day_starts_at}" for row in rows]


@transaction
def cut(teen: str, instant: datetime) -> Txn[str]:
    """Which day an instant belongs to, and how long it is."""
    day = day_at((yield from regimes_of(teen)), instant)
    return f"{day.date:%m-%d} {day.seconds // 3600} h {day.zone}"


async def test_a_teen_who_has_never_moved_has_no_rows(home: Home) -> None:
    """The account's zone and their own start of day are enough; nobody's id is refused."""
    teen = await home.teen()
    assert await home.store.read(stored(teen)) == []
    assert await home.store.read(cut(teen, home.clock())) == "11-22 24 h Europe/Dublin"
    with pytest.raises(RowMissing):
        await home.store.read(cut("acc_nobody", home.clock()))


async def test_history_stays_and_what_waits_is_replaced(home: Home) -> None:
    """Three moves: the second before the first began, the third a week later."""
    teen, now = await home.teen(), home.clock()
    await home.store.run(changed(teen, now, "Asia/Tokyo", None))
    begins = await home.store.run(changed(teen, now, "America/New_York", "04:00"))
    assert begins == datetime(2026, 11, 23, 9, tzinfo=UTC)
    await home.store.run(changed(teen, now + 7 * DAY, None, "00:00"))
    assert await home.store.read(stored(teen)) == [
        "Europe/Dublin 00:00",
        "America/New_York 04:00",
        "America/New_York 00:00",
    ]
    assert await home.store.read(cut(teen, now)) == "11-22 33 h Europe/Dublin"
    assert await home.store.read(cut(teen, now + DAY)) == "11-23 24 h America/New_York"
    assert await home.store.read(cut(teen, now + 7 * DAY)) == "11-29 44 h America/New_York"


async def test_a_start_of_day_is_cut_from_its_write_and_its_undo(home: Home) -> None:
    """Writing the field moves the days, undoing it moves them back, and the layer agrees."""
    teen = await home.teen()
    saved = await home.write(teen, teen, {"screen_time": {"day_starts_at": "04:00"}})
    assert saved["changes"][0]["takes_effect"] == "later"
    assert await home.store.read(stored(teen)) == ["Europe/Dublin 00:00", "Europe/Dublin 04:00"]
    assert (await home.field(teen, teen, "screen_time.day_starts_at"))["value"] == "00:00"
    undone = await home.post(teen, f"/v1/teens/{teen}/ledger/{saved['entry']}/revert", {})
    assert undone.status_code == 200, undone.text
    assert await home.store.read(stored(teen)) == ["Europe/Dublin 00:00"]
    await home.write(teen, teen, {"screen_time": {"day_starts_at": "04:00"}})
    home.clock.tick(2 * DAY)
    await home.sign_in_again()
    assert (await home.field(teen, teen, "screen_time.day_starts_at"))["value"] == "04:00"
