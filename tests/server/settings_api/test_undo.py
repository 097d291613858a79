"""Undo, keeping today's values, previews and templates: every one of them an ordinary write."""

from typing import Any

from familypair.rules.layers import Accepted, check_write
from familypair.settings import Band, Patch, parse_patch
from familypair.testing.families import family, guardian
from familypair_server.settings_api.templates import TEMPLATES
from support.faults import digest
from support.homes import Home


def daily(**minutes: Any) -> dict[str, Any]:
    """A patch of the limits of some days."""
    return {"screen_time": {"daily_minutes": minutes}}


async def revert(home: Home, who: str, teen: str, entry: int) -> Any:
    """Ask for an undo of an entry of this person's inbox."""
    return await home.post(who, f"/v1/teens/{teen}/ledger/{entry}/revert")


async def test_an_undo_brings_the_old_values_back_as_a_new_write(home: Home) -> None:
    """Set fields return, unset ones are unset again; the history keeps both writes."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, daily(mon=45))
    changed = await home.write(guardian, teen, daily(mon=30, tue=20))
    assert [e["undoable"] for e in await home.inbox(guardian, teen)][-2:] == [False, True]
    undone = await revert(home, guardian, teen, changed["entry"])
    assert undone.status_code == 200, undone.text
    assert undone.json()["layer"]["values"] == daily(mon=45)
    assert undone.json()["entry"] == changed["entry"] + 1
    newest = (await home.inbox(teen, teen))[-1]["entry"]
    assert newest["type"] == "layer.changed"
    assert newest["undo_of"]
    # the guardian is told that it was an undo, not the number of an entry of the teen's ledger
    assert (await home.inbox(guardian, teen))[-1]["entry"]["undo_of"] == 0


async def test_an_undo_can_be_undone(home: Home) -> None:
    """It is a write like any other."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, daily(mon=45))
    undone = (await revert(home, guardian, teen, saved["entry"])).json()
    again = await revert(home, guardian, teen, undone["entry"])
    assert again.json()["layer"]["values"] == daily(mon=45)


async def test_a_field_that_was_touched_later_is_named_and_nothing_is_undone(home: Home) -> None:
    """`changed_since` with the pointer; also when it was changed and changed back."""
    guardian, teen = await home.family()
    first = await home.write(guardian, teen, daily(mon=45, tue=20))
    await home.write(guardian, teen, daily(tue=25))
    await home.write(guardian, teen, daily(tue=20))
    before = await digest(home.store)
    refused = await revert(home, guardian, teen, first["entry"])
    assert refused.status_code == 409
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("/screen_time/daily_minutes/tue", "changed_since")
    ]
    assert await digest(home.store) == before


async def test_the_same_undo_twice_takes_once(home: Home) -> None:
    """The second finds the field changed since."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, daily(mon=45))
    assert (await revert(home, guardian, teen, saved["entry"])).status_code == 200
    assert (await revert(home, guardian, teen, saved["entry"])).status_code == 409


async def test_a_repeated_undo_with_one_key_has_one_effect_and_one_answer(home: Home) -> None:
    """The answer was lost, the request is sent again: the same answer, and no second write."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, daily(mon=45))
    path = f"/v1/teens/{teen}/ledger/{saved['entry']}/revert"
    headers = home.headers(guardian, **{"Idempotency-Key": "k1"})
    first, again = [await home.web.post(path, headers=headers) for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert len(await home.inbox(guardian, teen)) == saved["entry"] + 1


async def test_only_an_own_write_can_be_undone(home: Home) -> None:
    """Another's write, and what is no write, are refused; a number that is not there is 404."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, daily(mon=45))
    seen = (await home.inbox(teen, teen))[-1]["seq"]
    assert saved["entry"] == (await home.inbox(guardian, teen))[-1]["seq"]
    foreign = await revert(home, teen, teen, seen)
    assert (foreign.status_code, foreign.json()["code"]) == (409, "not_undoable")
    linked = await revert(home, guardian, teen, 1)
    assert linked.json()["code"] == "not_undoable"
    for number in (99, 2**40):
        assert (await revert(home, guardian, teen, number)).status_code == 404
    for nonsense in (0, -1, "x", 2**70):
        status = (
            await home.post(guardian, f"/v1/teens/{teen}/ledger/{nonsense}/revert")
        ).status_code
        assert status in {400, 404}


async def test_todays_values_can_be_kept_as_my_rule(home: Home) -> None:
    """On offer until a layer is written; afterwards the starting values are the guardian's."""
    guardian, teen = await home.family()
    assert (await home.layer(guardian, teen))["keep"]
    assert not (await home.layer(teen, teen))["keep"]
    kept = await home.post(guardian, f"/v1/teens/{teen}/layers/mine/keep")
    assert kept.status_code == 200
    assert kept.json()["layer"]["values"]["screen_time"]["daily_minutes"]["mon"] == 60
    assert not (await home.layer(guardian, teen))["keep"]
    monday = await home.field(teen, teen, "screen_time.daily_minutes.mon")
    assert (monday["value"], monday["decided_by"]) == (60, [guardian])
    again = await home.post(guardian, f"/v1/teens/{teen}/layers/mine/keep")
    assert again.json()["changes"] == []


async def test_a_preview_says_what_the_write_will_say(home: Home) -> None:
    """The same changes, word for word, and the database as it was."""
    guardian, teen = await home.family()
    await home.write(teen, teen, daily(mon=30))
    before = await digest(home.store)
    draft = daily(mon=45, tue=20)
    shown = await home.post(guardian, f"/v1/teens/{teen}/preview", {"patch": draft})
    assert shown.status_code == 200
    assert await digest(home.store) == before
    saved = await home.write(guardian, teen, draft)
    assert shown.json()["changes"] == saved["changes"]
    monday = saved["changes"][0]
    assert monday["effective_after"] == 30
    assert "Mia Smith" in monday["note"]


async def test_every_template_can_be_saved_as_it_is(home: Home) -> None:
    """A template is a valid first layer of a guardian with every scope in its band."""
    person, _ = await home.family()
    served = (await home.get(person, "/v1/templates")).json()["items"]
    assert len(served) == len(TEMPLATES.items)
    for template in TEMPLATES.items:
        patch = parse_patch(template.values)
        assert isinstance(patch, Patch), template.name
        policy = family(guardian("A"), band=Band(template.band))
        assert isinstance(check_write(policy, "A", patch, now=home.clock()), Accepted)
