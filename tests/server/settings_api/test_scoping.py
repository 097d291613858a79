"""Who sees what: the teen all, a guardian their scopes, of another guardian only what wins."""

import json
from typing import Any

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import FIELDS
from support.homes import Home

MONDAY = "screen_time.daily_minutes.mon"
A, B = "Anne Adams", "Boris Brown"
TIME_ONLY = (Scope.SEE_TIME, Scope.SET_TIME)


def daily(**minutes: Any) -> dict[str, Any]:
    """A patch of the limits of some days."""
    return {"screen_time": {"daily_minutes": minutes}}


async def two(home: Home, second: tuple[Scope, ...] = ALL_SCOPES) -> tuple[str, str, str]:
    """Two guardians in two households, and their teen."""
    anne, boris, teen = await home.guardian(A), await home.guardian(B), await home.teen()
    await home.link(anne, teen)
    await home.link(boris, teen, second)
    await home.settle_in()
    return anne, boris, teen


async def everything(home: Home, who: str, teen: str) -> str:
    """All that this person can read about a teen, as one text."""
    pages = [
        "/v1/teens",
        f"/v1/teens/{teen}",
        f"/v1/teens/{teen}/settings",
        f"/v1/teens/{teen}/layers/mine",
        f"/v1/teens/{teen}/ledger",
        "/v1/links",
    ]
    return "\n".join([(await home.get(who, page)).text for page in pages])


async def test_a_losing_rule_of_another_guardian_cannot_be_seen(home: Home) -> None:
    """Neither its value nor that it exists; the twin that wins is "another guardian"."""
    anne, boris, teen = await two(home)
    await home.write(anne, teen, daily(mon=45))
    before = await home.field(anne, teen, MONDAY)
    await home.write(boris, teen, daily(mon=91))
    assert await home.field(anne, teen, MONDAY) == before
    await home.write(boris, teen, daily(mon=17))
    after = await home.field(anne, teen, MONDAY)
    assert (after["value"], after["decided_by"]) == (17, ["another_guardian"])
    assert "another guardian" in after["reason"]


async def test_no_page_names_another_guardian(home: Home) -> None:
    """Not the name, not the account id, not the link id, in anything a guardian can read."""
    anne, boris, teen = await two(home)
    await home.write(boris, teen, {**daily(mon=17), "search": {"enabled": "off"}})
    await home.write(anne, teen, daily(mon=45))
    links = (await home.get(boris, "/v1/links")).json()["items"]
    text = await everything(home, anne, teen)
    for secret in (B, "Boris", boris, links[0]["id"]):
        assert secret not in text, secret
    teens_own = await everything(home, teen, teen)
    assert A in teens_own
    assert B in teens_own


async def test_numbers_show_no_gap_where_something_is_hidden(home: Home) -> None:
    """Each inbox counts by itself: what a viewer may not know is no missing number."""
    anne, boris, teen = await two(home, second=(Scope.SEE_TIME, Scope.SET_SEARCH))
    await home.write(boris, teen, {"search": {"enabled": "off"}})
    await home.write(anne, teen, daily(mon=45))
    await home.write(anne, teen, daily(tue=45))
    for who in (anne, boris, teen):
        numbers = [entry["seq"] for entry in await home.inbox(who, teen)]
        assert numbers == list(range(1, len(numbers) + 1))
    assert "screen_time" not in json.dumps(await home.inbox(boris, teen))


async def test_without_a_scope_a_field_is_absent_and_with_it_present(home: Home) -> None:
    """The settings page has the fields of the granted scopes and no others."""
    anne, boris, teen = await two(home, second=TIME_ONLY)
    for who, shown in ((boris, {Scope.SET_TIME}), (anne, set(Scope))):
        fields = (await home.get(who, f"/v1/teens/{teen}/settings")).json()["fields"]
        assert fields
        assert {FIELDS[one["path"]].scope for one in fields} <= shown
    whole = (await home.get(teen, f"/v1/teens/{teen}/settings")).json()["fields"]
    assert {one["path"] for one in whole} == set(FIELDS)


async def test_a_change_elsewhere_does_not_move_my_tags(home: Home) -> None:
    """ETags are of what one viewer sees: an invisible write does not show in them."""
    anne, boris, teen = await two(home, second=TIME_ONLY)
    tags = {
        page: (await home.get(boris, f"/v1/teens/{teen}/{page}")).headers["etag"]
        for page in ("settings", "layers/mine")
    }
    await home.write(anne, teen, {"search": {"enabled": "off"}})
    for page, tag in tags.items():
        assert (await home.get(boris, f"/v1/teens/{teen}/{page}")).headers["etag"] == tag
    theirs = (await home.get(anne, f"/v1/teens/{teen}/settings")).headers["etag"]
    assert theirs != tags["settings"]


async def test_a_hidden_list_tells_its_size_to_the_teen_and_nothing_else(home: Home) -> None:
    """That a list exists, and how long it is, is always disclosed; its words are not."""
    anne, boris, teen = await two(home)
    hidden = {"search": {"blocked_terms": ["zebra", "yacht"], "blocked_terms_shown": "off"}}
    await home.write(anne, teen, hidden)
    seen = await home.field(teen, teen, "search.blocked_terms")
    assert seen["hidden"] == 2
    for who in (teen, boris):
        text = await everything(home, who, teen)
        assert "zebra" not in text
        assert "yacht" not in text
    words = [entry["words"] for entry in await home.inbox(teen, teen)]
    assert any("added 2 blocked words" in line for line in words)
    await home.write(boris, teen, {"search": {"blocked_terms": ["yak"]}})
    assert "zebra" not in await everything(home, teen, teen)
    await home.write(anne, teen, {"search": {"blocked_terms_shown": "on"}})
    assert "zebra" in json.dumps(await home.field(teen, teen, "search.blocked_terms"))


async def test_the_teen_reads_every_write_and_a_guardian_the_effect(home: Home) -> None:
    """The same write: whole for the teen, as an effect without a name for the other guardian."""
    anne, boris, teen = await two(home)
    await home.write(boris, teen, daily(mon=17))
    whole = (await home.inbox(teen, teen))[-1]
    effect = (await home.inbox(anne, teen))[-1]
    assert (whole["entry"]["type"], whole["actor"]) == ("layer.changed", B)
    assert (effect["entry"]["type"], effect["actor"]) == ("effective.changed", "another_guardian")
    assert (
        effect["words"] == "Another guardian made a change: “Daily time on Monday” is now 17 min."
    )
