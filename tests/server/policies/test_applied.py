"""Applied, not just accepted: what a family sees of its rules at the apps."""

from typing import Any

import pytest

from familypair.schema.scopes import Scope
from support.homes import PROBATION
from support.policies import Bound, limit
from support.streams import Listener
from support.uses import DAY, MINUTE, Reporter, used

DAILY = "screen_time.daily_minutes.mon"
AUDIENCE = "messages.audience"
ENFORCES = {"enforces": ["app.use", "message.receive", "message.send"]}


async def declare(bound: Bound) -> None:
    """The app enforces time and messages."""
    said = await bound.app.call("PUT", "/v1/host/capabilities", json=ENFORCES)
    assert said.status_code == 200, said.text


def fields(found: dict[str, Any]) -> tuple[str, str, str]:
    """A field of time, one of messages, and one that the app does not enforce."""
    held = found["fields"]
    return held[DAILY], held[AUDIENCE], held["privacy.downloads"]


async def test_only_the_rule_that_changed_is_pending(bound: Bound) -> None:
    """Unknown, applied, pending at a write that nobody fetched, pending as fetched, applied."""
    await declare(bound)
    await bound.sync()
    assert fields(await bound.applied(bound.guardian)) == ("unknown", "unknown", "advisory")
    assert (await bound.applies(1)).status_code == 204
    found = await bound.applied(bound.guardian)
    assert fields(found) == ("applied", "applied", "advisory")
    (app,) = found["apps"]
    assert (app["name"], app["status"], app["devices"], app["applied"]) == ("Loop", "applied", 1, 1)
    assert "phone" not in str(found)
    await bound.home.write(bound.guardian, bound.teen, limit(45))
    written = f"{bound.home.clock():%Y-%m-%dT%H:%M:%SZ}"
    for seen in (bound.guardian, bound.teen):
        found = await bound.applied(seen)
        assert fields(found) == ("pending", "applied", "advisory")
        since = found["apps"][0].get("pending_since")
        assert since == (written if seen == bound.guardian else None)
    await bound.tick(MINUTE)
    told = await bound.applied(bound.guardian)
    await bound.sync()
    assert await bound.applied(bound.guardian) == told, "an app is opened: nobody is told"
    found = await bound.applied(bound.teen)
    assert fields(found) == ("pending", "applied", "advisory")
    assert found["apps"][0]["pending_since"] == f"{bound.home.clock():%Y-%m-%dT%H:%M:%SZ}"
    assert found["apps"][0]["words"].startswith("Loop has not applied the newest of your rules")
    assert (await bound.applies(2)).status_code == 204
    assert fields(await bound.applied(bound.guardian)) == ("applied", "applied", "advisory")


async def test_an_acknowledgement_is_of_what_was_given_and_never_goes_back(bound: Bound) -> None:
    """A future version is refused, an old one is harmless, one that is a day old is unknown."""
    await declare(bound)
    bad = await bound.applies(1)
    assert (bad.status_code, bad.json()["code"]) == (422, "newer_than_known")
    await bound.sync()
    await bound.home.write(bound.guardian, bound.teen, limit(45))
    await bound.sync()
    assert (await bound.applies(3)).json()["code"] == "newer_than_known"
    for version in (2, 1):
        assert (await bound.applies(version)).status_code == 204
    assert fields(await bound.applied(bound.teen))[0] == "applied"
    assert (await bound.applies(1, "tablet")).status_code == 204
    found = await bound.applied(bound.teen)
    assert fields(found) == ("pending", "applied", "advisory")
    app = found["apps"][0]
    assert (app["devices"], app["applied"], app["pending"]) == (2, 1, 1)
    await bound.tick(DAY + MINUTE)
    await bound.sync()
    assert (await bound.applies(3)).status_code == 204
    found = await bound.applied(bound.teen)
    assert (fields(found)[0], found["apps"][0]["unknown"]) == ("unknown", 1)


async def test_a_guardian_feels_nothing_that_is_not_theirs(bound: Bound) -> None:
    """A private block is no pending for them; no field out of scope; a day and no time of day."""
    home = bound.home
    second = await home.guardian("Sam Jones")
    await home.link(second, bound.teen, (Scope.SET_MESSAGES,))
    await bound.tick(PROBATION)
    await declare(bound)
    await bound.sync()
    await bound.applies(1)
    calm = await bound.applied(bound.guardian)
    phone = await Reporter.of(home.people, "phone", teen=bound.teen, host=bound.app.id)
    start = home.clock()
    await bound.tick(7 * MINUTE)
    await phone.send(used(start, home.clock(), seq=1))
    contact = {"host": "Loop", "account": "acct-1", "private": True}
    await home.write(bound.teen, bound.teen, {"contacts": {"blocked": [contact]}})
    assert (await bound.policy()).contacts[0].account == "acct-1"
    assert (await bound.applied(bound.teen))["fields"]["contacts.blocked"] == "pending"
    seen = await bound.applied(bound.guardian)
    assert seen == calm
    assert seen["fields"]["contacts.blocked"] == "applied"
    assert seen["apps"][0]["last_seen_at"].endswith("T00:00:00Z")
    theirs = await bound.applied(second)
    assert set(theirs["fields"]) == {
        path for path in theirs["fields"] if not path.startswith(("screen_time", "schedule"))
    }
    assert theirs["apps"][0].get("last_seen_at") is None
    stranger = await home.guardian("Eve Stone")
    absent = await home.get(stranger, f"/v1/teens/{bound.teen}/applied")
    assert absent.status_code == 404


async def test_an_acknowledgement_reaches_the_screens_at_once(bound: Bound) -> None:
    """The live value `applied`, whole: at first, when a rule changes, when a device has it."""
    await declare(bound)
    await bound.sync()
    async with Listener(bound.home, bound.guardian) as stream:
        (first,) = await stream.expect("applied")
        assert first.data["applied"] == await bound.applied(bound.guardian)
        await bound.applies(1)
        (*_, now) = await stream.expect("applied", 2)
        assert now.data["applied"]["fields"][DAILY] == "applied"
        await bound.home.write(bound.guardian, bound.teen, limit(30))
        (*_, now) = await stream.expect("applied", 3)
        assert now.data["applied"]["fields"][DAILY] == "pending"


async def test_no_app_is_no_app(bound: Bound) -> None:
    """Without a bound app every field says so; an app that enforces nothing is advice."""
    assert set((await bound.applied(bound.teen))["fields"].values()) == {"advisory"}
    path = f"/v1/me/apps/{bound.app.id}"
    await bound.home.web.delete(path, headers=bound.home.headers(bound.teen))
    found = await bound.applied(bound.teen)
    assert (found["apps"], set(found["fields"].values())) == ([], {"no_app"})


def block(bound: Bound, *accounts: str, private: bool = False) -> dict[str, Any]:
    """A patch of blocked accounts of the app."""
    rows = [{"host": bound.app.id, "account": one, "private": private} for one in accounts]
    return {"contacts": {"blocked": rows}}


@pytest.mark.engine("sqlite")
async def test_a_private_block_is_not_felt_where_a_guardian_blocks_the_same(bound: Bound) -> None:
    """Two worlds, with and without it: pending at the guardian's own block in both; and after."""
    home = bound.home
    worlds = [bound, await another(bound)]
    await declare(bound)
    felt: list[Any] = []
    for one, is_private in zip(worlds, (True, False), strict=True):
        seen: list[Any] = []
        if is_private:
            await home.write(one.teen, one.teen, block(one, "bully", private=True))
        await taken(one)
        own = block(one, "bully", private=True) if is_private else {}
        none: dict[str, Any] = {"contacts": {"blocked": []}} if is_private else {}
        theirs = block(one, "bully")
        for who, patch in ((one.guardian, theirs), (one.teen, none), (one.teen, own)):
            if patch:
                await home.write(who, one.teen, patch)
            found = await one.applied(one.guardian)
            seen.append((found["fields"]["contacts.blocked"], found["apps"][0]["status"]))
            await taken(one)
        felt.append(seen)
    assert felt[0] == felt[1] == [("pending", "pending"), *[("applied", "applied")] * 2]


@pytest.mark.engine("sqlite")
async def test_a_guardian_feels_no_word_that_another_one_blocks(bound: Bound) -> None:
    """Their number and the packs are theirs to read, and nothing else moves with them."""
    home = bound.home
    other = await home.guardian("Sam Jones")
    await home.link(other, bound.teen)
    await bound.tick(PROBATION)
    await bound.app.call("PUT", "/v1/host/capabilities", json={"enforces": ["search.query"]})
    words = "search.blocked_terms"

    async def pending(who: str, search: dict[str, Any]) -> list[str]:
        """Which fields wait for the app, for the first guardian, after a write of anybody's."""
        await home.write(who, bound.teen, {"search": search})
        found = (await bound.applied(bound.guardian))["fields"]
        await taken(bound)
        return [path for path, status in found.items() if status == "pending"]

    await taken(bound)
    assert await pending(other, {"blocked_terms": ["zork"]}) == [words]
    assert await pending(other, {"blocked_terms": ["blorp"]}) == []
    assert await pending(bound.guardian, {"blocked_terms": ["quux"]}) == [words]
    assert await pending(bound.guardian, {"blocked_terms": ["plugh"]}) == [words]
    assert await pending(other, {"packs": {"hate": "deny"}}) == ["search.packs.hate"]
    assert await pending(other, {"allowed_terms": ["aspirin"]}) == []


@pytest.mark.engine("sqlite")
async def test_when_an_app_is_opened_again_is_no_news_of_the_day(bound: Bound) -> None:
    """Two days without a word are unknown; the next word counts for guardians from tomorrow on."""
    await declare(bound)
    await taken(bound)
    await bound.tick(DAY)
    known = await bound.applied(bound.guardian)
    assert known["apps"][0]["status"] == "applied", "a device of yesterday"
    await bound.tick(DAY)
    before = await bound.applied(bound.guardian)
    assert before["apps"][0]["status"] == "unknown"
    await taken(bound)
    assert await bound.applied(bound.guardian) == before
    assert (await bound.applied(bound.teen))["apps"][0]["status"] == "applied"
    await bound.tick(DAY)
    after = (await bound.applied(bound.guardian))["apps"][0]
    assert after["status"] == "applied"
    assert after["last_seen_at"] > before["apps"][0]["last_seen_at"]


async def another(bound: Bound) -> Bound:
    """Another family of the same app."""
    guardian, teen = await bound.home.family()
    await bound.app.sign_in()
    return Bound(bound.home, bound.app, guardian, teen, await bound.app.bind(teen))


async def taken(bound: Bound) -> None:
    """The app has the newest version and says so."""
    have = (await bound.policy()).version
    assert (await bound.applies(have, f"phone-{bound.subject[-4:]}")).status_code == 204
