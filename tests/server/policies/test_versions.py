"""The law of versions: a new one if and only if the document says something new."""

import asyncio
from datetime import timedelta

import pytest

from familypair.schema.accounts import Band
from familypair_server.jobs.model import JobParts
from familypair_server.policies import service
from familypair_server.settings import Settings
from familypair_server.time.jobs import open_day
from support.pairs import BASE
from support.policies import Bound, limit
from support.uses import DAY, HOUR, MINUTE, Reporter, used

CALLERS = 16


async def test_a_version_moves_if_and_only_if_the_document_differs(bound: Bound) -> None:
    """A rule moves it; a silent write, use, an acknowledgement and time within a day do not."""
    first = await bound.policy()
    assert (first.version, first.teen) == (1, bound.subject)
    assert first.until - first.issued_at >= timedelta(hours=48)
    home, teen, guardian = bound.home, bound.teen, bound.guardian
    await home.write(guardian, teen, limit(45))
    second = await bound.policy()
    assert second.version == 2
    assert second.days[0].rungs[0].seconds == 45 * 60
    await home.write(guardian, teen, {"screen_time": {"warnings": [0, 5, 10, 15]}})
    phone = await Reporter.of(home.people, "phone", teen=teen)
    start = home.clock()
    await bound.tick(20 * MINUTE)
    await phone.send(used(start, home.clock(), seq=1))
    assert await bound.policy() == second
    assert (await bound.applies(2)).status_code == 204
    await bound.tick(HOUR)
    assert await bound.policy() == second
    await home.write(guardian, teen, limit(None))
    again = await bound.policy()
    assert (again.version, again.days) == (3, first.days)


async def test_sixteen_syncs_at_once_give_one_version(bound: Bound) -> None:
    """All callers see the same document, whoever wrote it."""
    for version in (1, 2):
        found = await asyncio.gather(*[bound.policy() for _ in range(CALLERS)])
        assert {one.version for one in found} == {version}
        assert all(one == found[0] for one in found)
        await bound.home.write(bound.guardian, bound.teen, limit(30))


async def test_a_page_where_nothing_moved_needs_no_rules(
    bound: Bound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host that has the version gets use only; an older one gets the document again."""
    first = await bound.only()
    assert first.document is not None
    with monkeypatch.context() as without:
        without.setattr(service, "build", None)
        again = await bound.only()
    assert (again.document, again.version, again.use) == (None, 1, first.use)
    bound.have = {bound.subject: 99}
    assert (await bound.only()).document is not None


async def test_roll_over_is_in_the_document_at_the_first_instant_of_the_day(bound: Bound) -> None:
    """40 of 60 used: tomorrow allows 80, before and after the job that posts it, one version."""
    home = bound.home
    await home.write(bound.guardian, bound.teen, limit(60))
    await home.write(bound.guardian, bound.teen, {"screen_time": {"roll_over": 30}})
    phone = await Reporter.of(home.people, "phone", teen=bound.teen)
    start = home.clock()
    await bound.tick(40 * MINUTE)
    await phone.send(used(start, home.clock(), seq=1))
    today = await bound.policy()
    assert today.days[0].rungs[0].seconds == 60 * 60
    assert today.refresh_at == today.days[0].end
    await bound.tick(today.refresh_at - home.clock())
    before = await bound.policy()
    assert before.version == today.version + 1
    assert before.days[0].start == today.days[0].end
    assert before.days[0].rungs[0].seconds == 80 * 60
    people = home.people
    parts = JobParts(keys=people.keys, random=people.random, settings=Settings(issuer=BASE))
    await home.store.run(open_day(parts, bound.teen, home.clock()))
    assert await bound.policy() == before
    await phone.bind("tablet")
    late = used(start + HOUR, start + 75 * MINUTE, seq=1, device="tablet")
    assert await phone.statuses(late) in (["late"], ["clipped"], ["before_last_report"])


async def test_the_end_of_a_notice_is_an_instant_to_ask_again(bound: Bound) -> None:
    """Time rules stay for the notice; `refresh_at` is its end, and then they are gone."""
    home = bound.home
    await home.write(bound.guardian, bound.teen, limit(30))
    await bound.tick(10 * DAY)
    (link,) = (await home.get(bound.teen, "/v1/links")).json()["items"]
    await home.post(bound.teen, f"/v1/links/{link['id']}/end", {})
    ending = await bound.policy()
    assert ending.days[0].rungs[0].seconds == 30 * 60
    moved = 0
    while ending.days[0].rungs[0].seconds == 30 * 60 and moved < 10:
        await bound.tick(ending.refresh_at - home.clock())
        ending, moved = await bound.policy(), moved + 1
    assert ending.days[0].rungs[0].seconds == 60 * 60, "the starting value is back"
    assert ending.version == 1 + moved


@pytest.mark.engine("sqlite")
async def test_when_a_link_began_is_not_in_the_document(bound: Bound) -> None:
    """Two worlds, minutes apart, ask again at one instant; the server changes at their own."""
    home, refreshed = bound.home, set[object]()
    await bound.tick(HOUR - timedelta(minutes=home.clock().minute, seconds=home.clock().second))
    for _ in range(2):
        await bound.tick(7 * MINUTE + timedelta(seconds=9))
        bound.guardian, bound.teen = await home.guardian(), await home.teen()
        await home.link(bound.guardian, bound.teen)
        ends = home.clock() + DAY
        await home.write(bound.guardian, bound.teen, limit(120))
        bound.subject = await bound.app.bind(bound.teen)
        await bound.tick(ends - home.clock() - 15 * HOUR)
        await bound.tick(15 * HOUR - MINUTE)
        waiting = await bound.policy()
        refreshed.add((waiting.refresh_at - ends) // HOUR)
        assert (waiting.refresh_at.minute, waiting.refresh_at.second) == (0, 0)
        assert waiting.days[0].rungs[0].seconds == 60 * 60
        await bound.tick(2 * MINUTE)
        assert home.clock() < waiting.refresh_at
        assert (await bound.policy()).days[0].rungs[0].seconds == 120 * 60
    assert refreshed == {0}


async def test_unbinding_is_the_end_and_binding_anew_a_new_beginning(bound: Bound) -> None:
    """The old id is gone at once, everywhere; the new one counts from 1 and cannot be joined."""
    await bound.home.write(bound.guardian, bound.teen, limit(30))
    old, tag = bound.subject, (await bound.get()).headers["etag"]
    assert (await bound.get({"If-None-Match": f'W/"x", {tag}'})).status_code == 304
    await bound.sync()
    assert (await bound.applies(1)).status_code == 204
    path = f"/v1/me/apps/{bound.app.id}"
    gone = await bound.home.web.delete(path, headers=bound.home.headers(bound.teen))
    assert gone.status_code == 204
    assert (await bound.get({"If-None-Match": tag})).status_code == 404
    assert (await bound.applies(1)).status_code == 404
    found = await bound.sync()
    assert (found.teens, found.gone) == ((), (old,))
    bound.subject = await bound.app.bind(bound.teen)
    assert bound.subject != old
    assert (await bound.policy()).version == 1
    app = (await bound.applied(bound.teen))["apps"][0]
    assert (app["status"], app["devices"]) == ("advisory", 0)


async def test_a_day_goes_by_with_one_version_a_day(bound: Bound) -> None:
    """Three days of hourly syncs: the horizon moves at midnight, and nothing else does."""
    versions = [await bound.version()]
    for _ in range(6):
        await bound.tick(DAY / 2)
        versions.append(await bound.version())
    assert versions == [1, 1 + 1, 2, 3, 3, 4, 4]


async def test_at_18_nothing_of_guardians_is_left_from_the_very_day(bound: Bound) -> None:
    """Before any job has written it down: no limit, no caps, and the app stays connected."""
    home = bound.home
    birthday = home.clock().date() + 3 * DAY
    bound.teen = await home.teen("Ada Smith", Band.OLDER, changes_on=birthday)
    await home.link(bound.guardian, bound.teen)
    await bound.tick(2 * DAY)
    await home.write(bound.guardian, bound.teen, limit(30))
    bound.subject = await bound.app.bind(bound.teen)
    before = await bound.policy()
    assert before.days[0].rungs[0].seconds == 30 * 60
    assert before.settings["money.gifts"].value == "off"
    await bound.tick(2 * DAY)
    after = await bound.policy()
    assert after.version == before.version + 1
    assert [day.rungs for day in after.days] == [()] * len(after.days)
    assert after.settings["money.gifts"].value == "on"
