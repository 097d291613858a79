"""What stays after an end: protection for seven days, time rules for the notice, then nothing."""

from datetime import timedelta
from typing import Any

from familypair.schema.links import EndLink
from familypair_server.links import ending
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import Store
from support.linked import DAY, Family
from support.pairs import People

WEEK = 7 * DAY
MON = "screen_time.daily_minutes.mon"
CONTACT = {"host": "clips", "account": "someone"}


async def write(family: Family, rule: dict[str, Any]) -> None:
    """The guardian changes their layer."""
    path = f"teens/{family.teen_id}/layers/mine"
    tag = (await family.guardian.get(path)).headers["etag"]
    saved = await family.guardian.patch(path, rule, tag)
    assert saved.status_code == 200, saved.text


async def holds(family: Family, path: str) -> Any:
    """What holds for the teen now."""
    seen = (await family.teen.get(f"teens/{family.teen_id}/settings")).json()
    return next(field["value"] for field in seen["fields"] if field["path"] == path)


async def later(family: Family, step: timedelta) -> None:
    """Move the clock and sign both in again."""
    family.house.clock.tick(step)
    family.teen = await family.house.api(family.teen_id)
    family.guardian = await family.house.api(family.guardian_id)
    await family.teen.get("links")


async def test_protection_stays_for_seven_days(family: Family) -> None:
    """What a guardian had tightened stays after their end, and is gone with the hold."""
    await write(family, {"search": {"enabled": "off"}})
    await family.guardian.post(family.path("/end"), {})
    assert await holds(family, "search.enabled") == "off"
    await later(family, WEEK - timedelta(seconds=1))
    assert await holds(family, "search.enabled") == "off"
    await later(family, timedelta(seconds=1))
    assert await holds(family, "search.enabled") == "on"


async def test_time_rules_stay_as_the_loosest_of_the_week(family: Family) -> None:
    """Tightening on the eve of the teen's end gains nothing; nobody can change what is frozen."""
    await write(family, {"screen_time": {"daily_minutes": {"mon": 90}}})
    await later(family, 8 * DAY)
    await write(family, {"screen_time": {"daily_minutes": {"mon": 30}}})
    assert await holds(family, MON) == 30
    await family.teen.post(family.path("/end"), {})
    assert await holds(family, MON) == 90


async def test_contacts_stay_blocked_after_an_ordinary_end(family: Family) -> None:
    """The block outlives the link by seven days (algebra A19)."""
    await write(family, {"contacts": {"blocked": [CONTACT]}})
    await family.guardian.post(family.path("/end"), {})
    assert [entry["account"] for entry in await holds(family, "contacts.blocked")] == ["someone"]
    await later(family, WEEK)
    assert await holds(family, "contacts.blocked") == []


async def test_contacts_are_free_at_once_after_an_exit(family: Family) -> None:
    """Whom this guardian had blocked may help; other protection stays."""
    await write(family, {"contacts": {"blocked": [CONTACT]}, "search": {"enabled": "off"}})
    done = await family.teen.post(family.path("/safety-exit"), {"confirm": True})
    assert done.status_code == 200
    assert await holds(family, "contacts.blocked") == []
    assert await holds(family, "search.enabled") == "off"


async def test_an_exit_taken_back_restores_the_rules(family: Family) -> None:
    """The guardian's layer speaks again as if nothing had been."""
    await write(family, {"contacts": {"blocked": [CONTACT]}})
    await family.teen.post(family.path("/safety-exit"), {"confirm": True})
    await family.teen.post(family.path("/safety-exit/undo"))
    assert [entry["account"] for entry in await holds(family, "contacts.blocked")] == ["someone"]


async def test_a_new_link_starts_without_the_old_rules(family: Family) -> None:
    """A new consent is a new row: what the guardian had set before is not in force again."""
    await write(family, {"screen_time": {"daily_minutes": {"mon": 30}}})
    await family.guardian.post(family.path("/end"), {})
    await later(family, DAY)
    link = await family.house.linked(family.guardian_id, family.teen_id)
    assert link != family.link
    layer = (await family.guardian.get(f"teens/{family.teen_id}/layers/mine")).json()
    assert layer["values"] == {}
    await later(family, 8 * DAY)
    entries = await family.house.store.read(ledger.read_ledger(family.teen_id))
    assert "hold.ended" in [ledger.type_of(item.entry) for item in entries if item.entry]


async def test_a_new_link_right_after_a_notice_that_nobody_looked_at(store: Store) -> None:
    """A notice period that ran out by itself does not stand in the way of a new consent."""
    people = People(store)
    guardian, teen = await people.guardian(), await people.teen()
    link = await people.linked(guardian, teen)
    people.clock.tick(DAY)
    ask = EndLink()
    work = ending.end(people.desk, account_id=teen, link_id=link, ask=ask, now=people.now)
    await store.run(work)
    people.clock.tick(2 * DAY)
    assert await people.linked(guardian, teen) != link
    assert (await store.read(verify(teen))).bad is None
