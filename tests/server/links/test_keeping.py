"""A teen who keeps a leaving guardian's rules ends up no less protected, and reads no secret."""

from typing import Any

import pytest

from familypair_server.storage import Store
from support.linked import DAY, Family, family
from support.pairs import Api

__all__ = ["family"]

LOOSE: dict[str, Any] = {
    "interactions": {"mentions": "everyone", "comments": "friends", "duet": "no_one"},
    "privacy": {
        "private_account": "off",
        "searchable": "on",
        "liked_list": "everyone",
        "suggest_account": "on",
    },
    "search": {"restricted_mode": "off"},
}
HIDDEN = {"search": {"blocked_terms": ["secretword"], "blocked_terms_shown": "off"}}
SHOWN = {"search": {"blocked_terms": ["openword"], "blocked_terms_shown": "on"}}


async def write(api: Api, family: Family, rule: dict[str, Any]) -> None:
    """One of them changes their layer."""
    path = f"teens/{family.teen_id}/layers/mine"
    tag = (await api.get(path)).headers["etag"]
    saved = await api.patch(path, rule, tag)
    assert saved.status_code == 200, saved.text


async def everything(family: Family) -> dict[str, Any]:
    """What holds for the teen now, field by field."""
    seen = (await family.teen.get(f"teens/{family.teen_id}/settings")).json()
    return {field["path"]: field["value"] for field in seen["fields"]}


async def keep(family: Family, fields: tuple[str, ...] = ()) -> dict[str, Any]:
    """The teen keeps the rules after having ended the link."""
    await family.teen.post(family.path("/end"), {})
    kept = await family.teen.post(family.path("/keep-rules"), {"fields": fields})
    return dict(kept.json())


async def values(family: Family) -> dict[str, Any]:
    """The teen's own layer."""
    mine = await family.teen.get(f"teens/{family.teen_id}/layers/mine")
    return dict(mine.json()["values"])


@pytest.mark.parametrize("own", [{}, {"interactions": {"mentions": "no_one"}}])
async def test_keeping_loosens_nothing(family: Family, own: dict[str, Any]) -> None:
    """Values that never held, because they are looser, are not what is kept: now nor afterwards."""
    if own:
        await write(family.teen, family, own)
    await write(family.guardian, family, LOOSE)
    before = await everything(family)
    await keep(family)
    assert await everything(family) == before
    family.house.clock.tick(10 * DAY)
    family.teen = await family.house.api(family.teen_id)
    await family.teen.get("links")
    assert await everything(family) == before
    assert (await values(family))["interactions"]["mentions"] == before["interactions.mentions"]


async def test_a_stricter_value_is_kept(family: Family) -> None:
    """What the guardian had tightened becomes the teen's own."""
    await write(family.guardian, family, {"search": {"enabled": "off"}})
    assert (await keep(family))["fields"] == ["search.enabled"]
    assert (await values(family))["search"] == {"enabled": "off"}


@pytest.mark.parametrize(("own", "kept"), [(45, 45), (90, 60)])
async def test_a_time_rule_never_replaces_a_stricter_own_one(
    family: Family, own: int, kept: int
) -> None:
    """Of the teen's own minutes and the guardian's the stricter is the teen's afterwards."""
    await write(family.teen, family, {"screen_time": {"daily_minutes": {"mon": own}}})
    await write(family.guardian, family, {"screen_time": {"daily_minutes": {"mon": 60}}})
    await keep(family, ("screen_time.daily_minutes.mon",))
    assert (await values(family))["screen_time"]["daily_minutes"]["mon"] == kept


async def test_a_time_rule_above_the_default_is_kept_as_it_was(family: Family) -> None:
    """Where the teen had no rule the guardian's minutes are theirs (product.md section 3)."""
    await write(family.guardian, family, {"screen_time": {"daily_minutes": {"mon": 120}}})
    await keep(family, ("screen_time.daily_minutes.mon",))
    assert (await values(family))["screen_time"]["daily_minutes"]["mon"] == 120


@pytest.mark.parametrize(("rule", "kept"), [(HIDDEN, None), (SHOWN, ["openword"])])
async def test_a_hidden_list_stays_hidden(
    family: Family, store: Store, rule: dict[str, Any], kept: list[str] | None
) -> None:
    """Keeping shows no word that its owner hid; words that the teen could read are kept."""
    await write(family.guardian, family, rule)
    answer = await keep(family)
    assert (await values(family)).get("search", {}).get("blocked_terms") == kept
    assert answer.get("fields", []) == ([] if kept is None else ["search.blocked_terms"])
    ledger = (await family.teen.get(f"teens/{family.teen_id}/ledger")).text
    assert "secretword" not in ledger
    assert store is family.house.store


async def test_a_hidden_list_cannot_be_named_either(family: Family) -> None:
    """Asked for by name it is as absent as what was never set."""
    await write(family.guardian, family, HIDDEN)
    assert (await keep(family, ("search.blocked_terms",)))["code"] == "nothing_to_keep"


async def test_words_that_open_a_pack_are_not_kept(family: Family) -> None:
    """Of the guardian's layer they opened only its own packs; the teen's would open the default."""
    await write(family.guardian, family, {"search": {"allowed_terms": ["poker"]}})
    assert (await keep(family))["code"] == "nothing_to_keep"
