"""A new age band: at 18 supervision is over at once, at 16 nothing is loosened by a birthday."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from familypair.rules.actors import Actor
from familypair.rules.links_table import Cause
from familypair.schema.accounts import Band
from familypair.schema.links import LinkState
from familypair_server.accounts import statements as accounts
from familypair_server.invitations import service
from familypair_server.links import settling
from familypair_server.links import statements as sql
from familypair_server.links.records import load
from familypair_server.problems import Refused
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.settings_api import statements as layer_sql
from familypair_server.storage import Store, Txn, transaction
from support.faults import no_half_state
from support.linked import Family, problem, types
from support.pairs import House, People
from support.server import Running

BIRTHDAY = date(2026, 12, 1)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)
CAUTIOUS = {"search": {"enabled": "off"}, "screen_time": {"daily_minutes": {"mon": 30}}}
DUET = "interactions.duet"


async def growing(server: Running, band: Band) -> Family:
    """A linked pair an instant before the teen's new band; nothing is due but that."""
    house = House(server)
    guardian = await house.guardian()
    teen = await house.teen(band=band, changes_on=BIRTHDAY)
    family = Family(house, guardian, teen, await house.linked(guardian, teen))
    server.clock.tick(MIDNIGHT - server.clock() - timedelta(seconds=1))
    await house.store.run(settling.settle(teen, house.now, house.random, house.keys))
    await sign_in(family)
    return family


async def sign_in(family: Family) -> None:
    """Fresh tokens for both."""
    family.teen = await family.house.api(family.teen_id)
    family.guardian = await family.house.api(family.guardian_id)


async def settle(people: People, teen: str) -> bool:
    """Write down what time has moved."""
    return await people.store.run(settling.settle(teen, people.now, people.random, people.keys))


@transaction
def stored(teen: str, link: str) -> Txn[tuple[accounts.AccountRow, sql.LinkRow, list[Any]]]:
    """The account, the link and the layers as they lie in the database."""
    account = yield from accounts.by_id.get(id=teen)
    row = yield from sql.by_id.get(teen=teen, id=link)
    return account, row, (yield from layer_sql.layers.all(teen=teen))


async def write(family: Family, rule: dict[str, Any]) -> int:
    """The guardian changes their layer; the status of the answer."""
    path = f"teens/{family.teen_id}/layers/mine"
    tag = (await family.guardian.get(path)).headers.get("etag", '"none"')
    return (await family.guardian.patch(path, rule, tag)).status_code


async def holds(family: Family, path: str) -> Any:
    """What holds for the teen now."""
    seen = (await family.teen.get(f"teens/{family.teen_id}/settings")).json()
    return next(field["value"] for field in seen["fields"] if field["path"] == path)


@pytest.mark.parametrize("tail", ["", "/settings", "/layers/mine", "/ledger"])
async def test_reading_is_over_at_18_before_anybody_wrote_it_down(
    server: Running, tail: str
) -> None:
    """One second before midnight the guardian reads, at midnight it is the 404 of a stranger."""
    family = await growing(server, Band.OLDER)
    path = f"teens/{family.teen_id}{tail}"
    assert (await family.guardian.get(path)).status_code == 200
    server.clock.tick(timedelta(seconds=1))
    stranger = await family.house.api(await family.house.guardian("Eve"))
    refused = problem(await family.guardian.get(path))
    assert refused == problem(await stranger.get(path))
    _, row, _ = await server.store.read(stored(family.teen_id, family.link))
    assert (refused[0], row.state) == (404, LinkState.ACTIVE)


async def test_writing_is_over_at_18(server: Running) -> None:
    """No rule of a guardian holds or can be written; nothing is held, the defaults are silent."""
    family = await growing(server, Band.OLDER)
    assert await write(family, CAUTIOUS) == 200
    assert await holds(family, "search.enabled") == "off"
    server.clock.tick(timedelta(seconds=1))
    assert await holds(family, "search.enabled") == "on"
    assert await write(family, CAUTIOUS) == 404
    assert await holds(family, "screen_time.daily_minutes.mon") == "none"


async def test_at_18_the_end_is_written_for_both(server: Running) -> None:
    """Link, account, layers and entries: both read why, and the chains are whole."""
    family = await growing(server, Band.OLDER)
    await write(family, CAUTIOUS)
    server.clock.tick(timedelta(seconds=1))
    seen = (await family.guardian.get("links")).json()["items"][0]
    assert (seen["state"], seen["phase"], seen["ended_by"]) == ("ended", "ended", "age")
    account, row, layers = await server.store.read(stored(family.teen_id, family.link))
    link = load(row).link
    assert (account.kind, link.cause, link.ended_at) == ("adult", Cause.AGE, MIDNIGHT)
    assert layers == []
    me = (await family.teen.get("me")).json()
    assert (me["kind"], me["band"]) == ("adult", "18+")
    told = await types(server.store, family.teen_id, family.teen_id)
    assert told[-2:] == ["link.ended", "account.changed"]
    assert (await types(server.store, family.teen_id, family.guardian_id))[-1] == "link.ended"
    assert (await server.store.read(verify(family.teen_id))).bad is None
    assert not await settle(family.house, family.teen_id)


async def test_a_hold_of_an_earlier_end_is_free_at_18(server: Running) -> None:
    """Protection by the platform is for teens (A11); the entry says that it is over."""
    family = await growing(server, Band.OLDER)
    await write(family, CAUTIOUS)
    await family.guardian.post(family.path("/end"), {})
    assert await holds(family, "search.enabled") == "off"
    server.clock.tick(timedelta(seconds=1))
    assert await holds(family, "search.enabled") == "on"
    await settle(family.house, family.teen_id)
    assert await holds(family, "search.enabled") == "on"
    told = await types(server.store, family.teen_id, family.teen_id)
    assert told[-2:] == ["hold.ended", "account.changed"]


async def test_an_exit_cannot_be_taken_back_at_18(server: Running) -> None:
    """Nothing brings supervision back; a second earlier it would have."""
    family = await growing(server, Band.OLDER)
    await family.teen.post(family.path("/safety-exit"), {"confirm": True})
    server.clock.tick(timedelta(seconds=1))
    refused = await family.teen.post(family.path("/safety-exit/undo"))
    assert refused.json()["code"] == "no_such_move"
    assert (await family.guardian.get(f"teens/{family.teen_id}")).status_code != 200


async def test_open_invitations_are_closed_at_18(store: Store) -> None:
    """What a guardian was waiting for is cancelled, and an answer comes too late."""
    people = People(store)
    guardian = await people.guardian()
    teen = await people.teen(band=Band.OLDER, changes_on=BIRTHDAY)
    people.clock.tick(MIDNIGHT - people.now - timedelta(minutes=1))
    invitation = await people.disclosed(guardian, teen)
    other = await people.offer(teen, Actor.TEEN)
    people.clock.tick(timedelta(minutes=1))
    assert await settle(people, teen)

    for account in (guardian, teen):
        assert await store.read(service.mine(people.desk, account_id=account, now=people.now)) == ()
    assert other.id != invitation


async def test_an_approval_at_midnight_makes_no_link(store: Store) -> None:
    """Who is 18 when they answer is given no guardian, whatever was open."""
    people = People(store)
    guardian = await people.guardian()
    teen = await people.teen(band=Band.OLDER, changes_on=BIRTHDAY)
    people.clock.tick(MIDNIGHT - people.now - timedelta(minutes=1))
    invitation = await people.disclosed(guardian, teen)
    people.clock.tick(timedelta(minutes=1))
    with pytest.raises(Refused):
        await people.approve(teen, invitation)


async def test_a_birthday_at_16_loosens_nothing_of_the_starting_values(server: Running) -> None:
    """What the new defaults would loosen is the teen's own until they decide otherwise."""
    family = await growing(server, Band.YOUNGER)
    before = await holds(family, DUET)
    server.clock.tick(timedelta(seconds=1))
    assert await holds(family, DUET) == before == "no_one"
    assert await settle(family.house, family.teen_id)
    assert await holds(family, DUET) == "no_one"
    mine = (await family.teen.get(f"teens/{family.teen_id}/layers/mine")).json()["values"]
    assert mine["interactions"]["duet"] == "no_one"
    told = (await family.teen.get(f"teens/{family.teen_id}/ledger")).json()["items"]
    assert [one["entry"]["type"] for one in told[-2:]] == ["account.changed", "layer.changed"]
    assert told[-2]["words"] == "Your age group changed from 13-15 to 16-17."
    seen = await types(server.store, family.teen_id, family.guardian_id)
    assert seen[-1] == "account.changed"
    assert (await server.store.read(verify(family.teen_id))).bad is None


async def test_a_teen_without_a_guardian_grows_too(server: Running) -> None:
    """Both changes in one go, years later: an entry of each, and the account of an adult."""
    house = House(server)
    teen = await house.teen(band=Band.YOUNGER, changes_on=BIRTHDAY)
    server.clock.tick(timedelta(days=3 * 365))
    api = await house.api(teen)
    items = (await api.get(f"teens/{teen}/ledger")).json()["items"]
    changes = [one["entry"] for one in items if one["entry"]["type"] == "account.changed"]
    assert [(one["before"], one["after"]) for one in changes] == [
        ("13-15", "16-17"),
        ("16-17", "18+"),
    ]
    assert (await api.get("me")).json()["kind"] == "adult"


async def test_coming_of_age_is_whole_or_nothing(store: Store) -> None:
    """A fault at any statement leaves the teen a teen with everything that holds."""
    people = People(store)
    guardian = await people.guardian()
    teen = await people.teen(band=Band.OLDER, changes_on=BIRTHDAY)
    await people.linked(guardian, teen)
    people.clock.tick(MIDNIGHT - people.now)
    tried = await no_half_state(
        store, lambda: settling.settle(teen, people.now, people.random, people.keys)
    )
    assert tried > len(BIRTHDAY.isoformat())
    items = await store.read(ledger.read_ledger(teen))
    assert [ledger.type_of(one.entry) for one in items if one.entry][-2:] == [
        "link.ended",
        "account.changed",
    ]
