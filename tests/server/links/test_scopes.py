"""Scopes after the approval: taken back at once, granted with disclosure and password."""

from datetime import timedelta
from typing import Any

from familypair.schema.scopes import ALL_SCOPES, Scope
from support.linked import Family, types
from support.server import Running

SOME = (Scope.SEE_TIME, Scope.SET_TIME)
READ = timedelta(seconds=5)


async def etag(family: Family, *, of_guardian: bool = False) -> str:
    """The link's entity tag for one side."""
    api = family.guardian if of_guardian else family.teen
    return str((await api.get(family.path())).json()["etag"])


async def grant(family: Family, scopes: tuple[Scope, ...]) -> Any:
    """The teen sets the whole set."""
    return await family.teen.patch(family.path("/scopes"), {"granted": scopes}, await etag(family))


async def ask(family: Family, scopes: tuple[Scope, ...]) -> Any:
    """The guardian wishes."""
    tag = await etag(family, of_guardian=True)
    return await family.guardian.patch(family.path("/scopes"), {"asked": scopes}, tag)


async def test_taking_one_back_acts_at_once(family: Family) -> None:
    """Without a password the teen takes any scope back; the guardian is told."""
    family.teen = await family.house.api(family.teen_id, recent=False)
    kept = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SEE_TIME)
    changed = await grant(family, kept)
    assert changed.status_code == 200, changed.text
    assert Scope.SEE_TIME not in changed.json()["scopes"]
    told = await types(family.house.store, family.teen_id, family.guardian_id)
    assert told[-1] == "link.scopes_changed"


async def test_a_grant_needs_wish_disclosure_time_and_password(server: Running) -> None:
    """Each of the four is asked for in turn; then the scope is the guardian's."""
    family = await Family.make(server, SOME)
    wanted = (*SOME, Scope.SET_SEARCH)
    unasked = await grant(family, wanted)
    assert unasked.json()["code"] == "scope_not_asked"
    assert (await ask(family, (Scope.SET_SEARCH,))).json()["asked"] == ["set_search"]
    unseen = await grant(family, wanted)
    assert unseen.json()["code"] == "disclosure_not_shown"
    shown = await family.teen.post(family.path("/disclosure"))
    assert [line["scope"] for line in shown.json()["scopes"]] == ["set_search"]
    early = await grant(family, wanted)
    assert early.json()["code"] == "too_soon"
    server.clock.tick(READ)
    family.teen = await family.house.api(family.teen_id, recent=False)
    unsigned = await grant(family, wanted)
    assert unsigned.json()["code"] == "insufficient_user_authentication"
    family.teen = await family.house.api(family.teen_id)
    granted = await grant(family, wanted)
    assert granted.status_code == 200, granted.text
    assert set(granted.json()["scopes"]) == set(wanted)
    assert granted.json()["asked"] == []


async def test_another_wish_is_another_text(server: Running) -> None:
    """When the guardian asks for more after the disclosure, the teen has to read again."""
    family = await Family.make(server, SOME)
    await ask(family, (Scope.SET_SEARCH,))
    await family.teen.post(family.path("/disclosure"))
    await ask(family, (Scope.SET_SEARCH, Scope.SET_PRIVACY))
    server.clock.tick(READ)
    refused = await grant(family, (*SOME, Scope.SET_SEARCH))
    assert refused.json()["code"] == "disclosure_not_shown"


async def test_a_guardian_asks_three_times_a_day(server: Running) -> None:
    """The fourth wish of a day is refused with when to come back, and is no entry; the other
    guardian's wishes are theirs."""
    family = await Family.make(server, SOME)
    wishes = ((Scope.SET_SEARCH,), (Scope.SET_PRIVACY,))
    for n in range(3):
        assert (await ask(family, wishes[n % 2])).status_code == 200
    before = await types(family.house.store, family.teen_id, family.teen_id)
    refused = await ask(family, wishes[1])
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["retry-after"] == str(24 * 60 * 60)
    assert await types(family.house.store, family.teen_id, family.teen_id) == before
    other = Family(family.house, await family.house.guardian("Omar"), family.teen_id, "")
    other.link = await family.house.linked(other.guardian_id, family.teen_id, SOME)
    other.guardian = await family.house.api(other.guardian_id)
    assert (await ask(other, wishes[1])).status_code == 200
    server.clock.tick(timedelta(days=1))
    family.guardian = await family.house.api(family.guardian_id)
    assert (await ask(family, wishes[1])).status_code == 200


async def test_the_same_wish_again_is_no_entry(server: Running) -> None:
    """Asking for what is asked already changes nothing and tells nobody, however often."""
    family = await Family.make(server, SOME)
    await ask(family, (Scope.SET_SEARCH,))
    before = await types(family.house.store, family.teen_id, family.teen_id)
    for _ in range(5):
        assert (await ask(family, (Scope.SET_SEARCH,))).status_code == 200
    assert await types(family.house.store, family.teen_id, family.teen_id) == before


async def test_each_side_has_its_own_field(family: Family) -> None:
    """A teen cannot wish and a guardian cannot grant; neither may send nothing."""
    tag = await etag(family)
    wish = await family.teen.patch(family.path("/scopes"), {"asked": []}, tag)
    assert (wish.status_code, wish.json()["errors"][0]["pointer"]) == (403, "/asked")
    nothing = await family.teen.patch(family.path("/scopes"), {}, tag)
    assert nothing.status_code == 400


async def test_two_writers_with_one_etag(family: Family) -> None:
    """The first is 200, the second 412, and a missing tag is 428."""
    tag = await etag(family)
    body = {"granted": SOME}
    first = await family.teen.patch(family.path("/scopes"), body, tag)
    second = await family.teen.patch(family.path("/scopes"), {"granted": []}, tag)
    assert (first.status_code, second.status_code) == (200, 412)
    headers = family.teen.headers
    bare = await family.teen.web.patch(f"/v1/{family.path('/scopes')}", json=body, headers=headers)
    assert bare.status_code == 428


async def test_keep_todays_values_as_my_rule(family: Family) -> None:
    """After the approval a guardian takes today's values as their own; a repeat keeps nothing."""
    kept = await family.guardian.post(family.path("/keep-rules"), {})
    assert kept.status_code == 200, kept.text
    assert "screen_time.daily_minutes.mon" in kept.json()["fields"]
    again = await family.guardian.post(family.path("/keep-rules"), {})
    assert again.json()["fields"] == []


async def test_a_teen_keeps_a_leaving_guardians_rules(family: Family) -> None:
    """Of the guardian's layer the teen chooses what becomes their own, until the hold is over."""
    layer = await family.guardian.get(f"teens/{family.teen_id}/layers/mine")
    rule = {"screen_time": {"daily_minutes": {"mon": 45}}}
    saved = await family.guardian.patch(
        f"teens/{family.teen_id}/layers/mine", rule, layer.headers["etag"]
    )
    assert saved.status_code == 200, saved.text
    await family.guardian.post(family.path("/end"), {})
    path = "screen_time.daily_minutes.mon"
    unknown = await family.teen.post(family.path("/keep-rules"), {"fields": ["search.enabled"]})
    assert unknown.json()["code"] == "nothing_to_keep"
    kept = await family.teen.post(family.path("/keep-rules"), {"fields": [path]})
    assert kept.json()["fields"] == [path], kept.text
    mine = (await family.teen.get(f"teens/{family.teen_id}/layers/mine")).json()["values"]
    assert mine["screen_time"]["daily_minutes"]["mon"] == 45
    family.house.clock.tick(timedelta(days=8))
    late = await (await family.house.api(family.teen_id)).post(family.path("/keep-rules"), {})
    assert late.json()["code"] == "nothing_to_keep"
