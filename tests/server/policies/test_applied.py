"""Applied, not just accepted: what a family sees of its rules at the apps."""

from typing import Any

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
    for seen in (bound.guardian, bound.teen):
        found = await bound.applied(seen)
        assert fields(found) == ("pending", "applied", "advisory")
        assert found["apps"][0].get("pending_since") is None
    await bound.tick(MINUTE)
    await bound.sync()
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
